/**
 * The current mapping, for commands that read its bars. `map.json` must be the mapping that is current in the
 * ledger.
 */
import { Refusal } from '../../shared/errors.ts';
import type { LedgerState } from '../ledger/ledger-state.ts';
import type { Published } from '../ledger/stored-mappings.ts';
import type { ChainFacts } from '../proposal/facts/facts.ts';
import { ledgerRefusal, MAP_TROUBLES, troubleRefusal } from '../proposal/plan/common-refusals.ts';
import { runProposalLoop } from '../proposal/proposal-loop.ts';
import type { Services } from '../proposal/services.ts';
import type { Situation } from '../proposal/situation/situation.ts';
import { RefusedError } from '../proposal/texts/refused-error.ts';

export interface CurrentMapping {
  state: LedgerState;
  published: Published;
  situation: Situation;
  /** What the node reported; null if the node did not answer. */
  chain: ChainFacts | null;
}

/** @throws RefusedError if the ledger cannot be read, or `map.json` is not the ledger's mapping */
export async function readCurrentMapping(services: Services): Promise<CurrentMapping> {
  const { facts, situation } = await runProposalLoop(services, { intent: 'look' });
  const refused = ledgerRefusal(situation, services.store.name) ?? troubleRefusal(situation, ...MAP_TROUBLES);
  if (refused) throw new RefusedError(refused);
  const chain = facts.chain instanceof Refusal ? null : facts.chain;
  const published = facts.store.current as Published;
  return { state: situation.state as LedgerState, published, situation, chain };
}

/** @throws RefusedError PROPOSAL_OPEN if the open proposal redeems one of these bars */
export async function checkNotBeingRedeemed(
  services: Services,
  references: readonly string[],
): Promise<void> {
  const { situation } = await runProposalLoop(services, { intent: 'look' });
  const refused = ledgerRefusal(situation, services.store.name);
  if (refused) throw new RefusedError(refused);
  const { state, stage } = situation;
  const request = 'request' in stage && stage.request.digest === state?.open?.request ? stage.request : null;
  const bars = new Set(request?.redemptions.map(({ reference }) => reference));
  const reference = references.find(one => bars.has(one));
  if (request && reference !== undefined)
    throw new RefusedError({ kind: 'bar-open', reference, request: request.digest });
}
