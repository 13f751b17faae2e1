/**
 * Adopts a mapping that another tool published. A person decides that this mapping becomes the current one,
 * and the ledger gets an entry about the decision.
 */
import { assetIdOf } from '../../../shared/issuance.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { appendEvent } from '../../ledger/ledger.ts';
import type { LedgerEvent } from '../../ledger/ledger-event.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { whyEventIllegal } from '../../ledger/legality.ts';
import { assetIdOfOutpoint, outpointText } from '../../ledger/policy-coin.ts';
import { type Published, storeInHistory } from '../../ledger/stored-mappings.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import { RefusedError } from '../texts/refused-error.ts';

export interface Adopted {
  published: Published;
  /** References whose reservations ended. */
  settled: readonly string[];
  /** Bars of the previous mapping that the new mapping lacks. */
  dropped: readonly string[];
  /**
   * Listed coins whose tokens are in the new mapping, so the coins are spent. If there are such coins, a scan
   * is necessary.
   */
  staleCoins: readonly string[];
}

/**
 * References whose reservations end, because the mapping has the bar, or the token of the bar's reserved
 * coin.
 */
function settledReferences(mapping: Mapping, state: LedgerState): string[] {
  const tokens = new Map([...state.reservations].map(([bar, { coin }]) => [bar, assetIdOfOutpoint(coin)]));
  const bars = mapping.contained(new Set(tokens.keys()));
  const issued = mapping.contained(new Set(tokens.values()), 'assetId');
  return [...tokens].filter(([bar, token]) => bars.has(bar) || issued.has(token)).map(([bar]) => bar);
}

function droppedBars(mapping: Mapping, before: Mapping): Record<string, string> {
  const all = new Map([...listAssets(before)].map(({ reference, assetId }) => [reference, assetId]));
  const kept = mapping.contained(new Set(all.keys()));
  return Object.fromEntries([...all].filter(([reference]) => !kept.has(reference)));
}

/**
 * @param agree function that shows both mappings; throws if the person does not agree
 * @throws RefusedError nothing-to-adopt, adopt-sent, or if the ledger cannot be read
 */
export async function adoptMapping(
  services: Services,
  agree: (before: Published, after: Published) => Promise<void>,
): Promise<Adopted> {
  const { store, copy, world } = services;
  const { facts, situation } = await runProposalLoop(services, { intent: 'adopt' });
  const [after, before] = [facts.store.map as Published, facts.store.current];
  const { mapping } = after;
  await agree(before as Published, after);
  await storeInHistory(services, mapping, after.bytes);
  const dropped = droppedBars(mapping, (before as Published).mapping);
  let settled: string[] = [];
  const ledger = await appendEvent(store, copy, world.now, state => {
    settled = settledReferences(mapping, state as LedgerState);
    const event: LedgerEvent = { event: 'adopt', mapping: mapping.digest, settled, dropped };
    const isSame = state?.mapping === situation.state?.mapping;
    if (!isSame || whyEventIllegal(state, event))
      throw new RefusedError({ kind: 'nothing-to-adopt', mapping: state?.mapping ?? '' });
    return event;
  });
  const { coins } = ledger.state as LedgerState;
  const ids = new Map(coins.map(coin => [assetIdOf(coin), outpointText(coin)]));
  const spent = mapping.contained(new Set(ids.keys()), 'assetId');
  return {
    published: after,
    settled,
    dropped: Object.keys(dropped),
    staleCoins: [...spent].map(id => ids.get(id) as string),
  };
}
