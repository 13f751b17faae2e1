/** The published mapping where it is the ledger's, for commands that look at its bars. */
import type { Published } from '../ledger/mappings.ts';
import type { LedgerState } from '../ledger/state.ts';
import { blocked, MAP_TROUBLES, refusedBy } from '../proposal/plan/gates.ts';
import { run } from '../proposal/run.ts';
import type { Services } from '../proposal/services.ts';
import { Refused } from '../proposal/texts/refused.ts';

/** @throws Refused where the ledger cannot be read, or `map.json` is another mapping than the ledger's */
export async function currentMapping(
  services: Services,
): Promise<{ state: LedgerState; published: Published }> {
  const { facts, situation } = await run(services, { intent: 'look' });
  const refused = blocked(situation, services.store.name) ?? refusedBy(situation, ...MAP_TROUBLES);
  if (refused) throw new Refused(refused);
  return { state: situation.state as LedgerState, published: facts.store.current as Published };
}
