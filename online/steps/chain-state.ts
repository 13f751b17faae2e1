/** How far a proposal came on chain. */

import type { Decision } from './decision.ts';
import type { Proposal } from './proposals.ts';
import { completed, deadEnd, type Fates, look, traceCoins, UNTRACED_HINT, untracedText } from './sending.ts';
import type { Services } from './services.ts';

export interface ChainState {
  /** Null: nothing of it is known to the node, and nobody decided to send it. */
  state: 'claimed' | 'sent' | 'confirmed' | null;
  /** What keeps it from being completed, and what to do; null if nothing does. */
  problem: string | null;
}

/** What the chain has of a proposal, whoever sent it: older tools send without a decision. */
export async function chainState(
  services: Services,
  proposal: Proposal,
  decision: Decision | null,
): Promise<ChainState> {
  const { derivation, signatures, request } = proposal;
  const chosen = decision?.decision === 'send' ? decision.controllers : [];
  const from = signatures.filter(s => chosen.includes(s.controller));
  const isWhole = from.length > 0 && from.length === chosen.length;
  const sent = completed(derivation, isWhole ? from : null, services);
  let known = await look(services, sent);
  const unknown = sent.filter((_, i) => known[i] === null);
  const quiet = { ...services, progress: () => undefined };
  let fates: Fates = { adopted: [], foreign: new Map(), untraced: [] };
  if (unknown.length > 0) {
    fates = await traceCoins(quiet, unknown, request.height);
    if (fates.adopted.length > 0) known = await look(services, sent);
  }
  const there = sent.filter((_, i) => known[i] !== null).map(({ issuance }) => issuance.reference);
  const { foreign, untraced } = fates;
  let problem: string | null = null;
  if (untraced.length > 0) problem = `${capital(untracedText(untraced))}. ${UNTRACED_HINT}`;
  else if (foreign.size > 0 && there.length > 0) {
    const { message, hint } = deadEnd(request.reviewCode, there, foreign);
    problem = `${capital(message)}. ${hint}`;
  } else if (foreign.size > 0) {
    const gone = [...foreign].map(([{ issuance }, txid]) => `${issuance.reference} by ${txid}`).join(', ');
    problem = `Coins of it are spent by other transactions, of ${gone}, and nothing of it is on chain: give it up with \`countersign abandon\`, rebuild the list with \`countersign coins scan\`, and prepare again.`;
  }
  if (known.every(t => t !== null && t !== 'mempool')) return { state: 'confirmed', problem };
  if (there.length > 0 || untraced.length > 0) return { state: 'sent', problem };
  return { state: chosen.length > 0 ? 'claimed' : null, problem };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
