/**
 * The confirmer's command before signing: fetches the request, derives its transactions and mapping, and
 * compares them with the confirmer's own node. Writes nothing.
 */
import type { Derivation } from '../../../shared/derive.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import { blocksLeft } from '../../../shared/token-schedule.ts';
import type { GoneBars } from '../../ledger/gone-bars.ts';
import type { ChainFacts, SubjectFacts } from '../facts/facts.ts';
import { goneBarsOfLedger } from '../facts/read-facts.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import { printDamagedSignatures } from './status.ts';

export interface Review {
  request: Request;
  derivation: Derivation;
  /** The store's signatures, verified. */
  signatures: readonly Signatures[];
  blocksLeft: number;
  /** The facts from the node. */
  chain: ChainFacts;
  /** Bars that were removed from the mapping or renamed. */
  gone: GoneBars;
}

export interface ReviewOptions {
  /** Largest age of the best block, in seconds. */
  maxTipAge: number;
  /**
   * Digest of the request to review. Without it, the open proposal is reviewed. If none is open, a closed
   * proposal that is on chain is reviewed.
   */
  request?: string | undefined;
}

export async function reviewProposal(
  services: Services,
  { maxTipAge, request }: ReviewOptions,
): Promise<Review> {
  const { facts, situation } = await runProposalLoop(services, { intent: 'review', maxTipAge, request });
  printDamagedSignatures(services, situation);
  const { derivation, stored } = facts.subject as SubjectFacts & { derivation: Derivation };
  const chain = facts.chain as ChainFacts;
  const left = blocksLeft(chain.tip.height);
  const gone = goneBarsOfLedger(facts.store);
  return { request: derivation.request, derivation, signatures: stored, blocksLeft: left, chain, gone };
}
