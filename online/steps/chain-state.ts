/** How far a proposal came on chain. */
import type { Proposal } from '../proposals.ts';
import type { Services } from '../services.ts';
import type { Decision } from './decision.ts';
import { adoptVariants, completed, look } from './sending.ts';

/** What the chain has of a proposal, whoever sent it: older tools send without a decision. */
export async function chainState(
  services: Services,
  proposal: Proposal,
  decision: Decision | null,
): Promise<'claimed' | 'sent' | 'confirmed' | null> {
  const { derivation, signatures, request } = proposal;
  const chosen = decision?.decision === 'send' ? decision.controllers : [];
  const from = signatures.filter(s => chosen.includes(s.controller));
  const isWhole = from.length > 0 && from.length === chosen.length;
  const sent = completed(derivation, isWhole ? from : null, services);
  let known = await look(services, sent);
  const unknown = sent.filter((_, i) => known[i] === null);
  const quiet = { ...services, progress: () => undefined };
  if (unknown.length > 0 && (await adoptVariants(quiet, unknown, request.height)).length > 0)
    known = await look(services, sent);
  if (known.every(t => t !== null && t !== 'mempool')) return 'confirmed';
  if (known.some(t => t !== null)) return 'sent';
  return chosen.length > 0 ? 'claimed' : null;
}
