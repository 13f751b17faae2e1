/**
 * Rebuilds the list of policy coins from the chain. First adds the list to the ledger, then writes it to
 * `ptxo.dat`.
 */
import { Refusal } from '../../../shared/errors.ts';
import { appendEvent, readLedger } from '../../ledger/ledger.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { keys } from '../../ledger/object-keys.ts';
import { outpointText, type PolicyCoin, parseOutpoint } from '../../ledger/policy-coin.ts';
import { coinsFileBytes } from '../../legacy/coins-file.ts';
import type { CoinState } from '../../node/answer-types.ts';
import type { Facts } from '../facts/facts.ts';
import { coinRefusal, ledgerRefusal } from '../plan/common-refusals.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import { RefusedError } from '../texts/refused-error.ts';

export interface Scanned {
  /** The new list of coins. */
  coins: readonly PolicyCoin[];
  /**
   * Unspent coins that were listed or reserved before, and that the node's wallet does not show. They stay in
   * the list.
   */
  unseen: readonly PolicyCoin[];
  /**
   * Coins that the node shows as unspent, although the ledger says that they were spent. The node does not
   * have all blocks yet.
   */
  spent: readonly string[];
  /**
   * Reserved coins that were spent by a transaction of somebody else. The reservations of these coins end.
   */
  respent: readonly string[];
  /**
   * Other reserved coins that are not unspent. For example, the node does not show the transaction that spent
   * them. These coins stay reserved, and are not listed.
   */
  untraced: readonly string[];
}

/** Reserved coins that the open proposal does not use. */
function reservedCoinsNotInOpenProposal({ reservations, open }: LedgerState): string[] {
  const busy = new Set(open?.reserves.values() ?? []);
  const coins = new Set([...reservations.values()].map(({ coin }) => coin));
  return [...coins].filter(coin => !busy.has(coin));
}

/**
 * Reserved coins spent by a confirmed transaction that belongs to no closed proposal. Several proposals may
 * have reserved the same coin, one after the other. The transaction must belong to none of these proposals.
 * If the request of one of them cannot be read, the coin is left out.
 */
function findRespentCoins({ chain }: Facts, state: LedgerState): string[] {
  if (chain === null || chain instanceof Refusal) return [];
  const { stray } = chain;
  const isOther = (request: string, coin: string) =>
    stray
      .find(({ digest }) => digest === request)
      ?.transactions.some(
        one => outpointText(one.coin) === coin && one.spender?.is === 'other' && one.spender.confirmed,
      ) ?? false;
  return reservedCoinsNotInOpenProposal(state).filter(coin => {
    const keepers = [...state.proposals.values()].filter(({ reserves }) =>
      [...reserves.values()].includes(coin),
    );
    return keepers.every(({ request }) => isOther(request, coin));
  });
}

/**
 * Listed coins keep their order, so that two scans give the same list. New coins come after the listed coins,
 * sorted by name.
 */
function sortInListOrder(coins: readonly PolicyCoin[], before: readonly PolicyCoin[]): PolicyCoin[] {
  const place = new Map(before.map((coin, i) => [outpointText(coin), i]));
  return [...coins].sort((a, b) => {
    const [x, y] = [place.get(outpointText(a)) ?? Infinity, place.get(outpointText(b)) ?? Infinity];
    if (x !== y) return x - y;
    return a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1;
  });
}

/** True if coins and amounts are equal. Amounts are compared, so that a scan corrects a wrong amount. */
function areListsEqual(a: readonly PolicyCoin[], b: readonly PolicyCoin[]): boolean {
  return Buffer.from(coinsFileBytes(a)).equals(coinsFileBytes(b));
}

/**
 * @param found policy coins that the node's wallet shows
 * @throws RefusedError if the store has no ledger, or a ledger that cannot be read
 */
export async function scanCoins(services: Services, found: readonly PolicyCoin[]): Promise<Scanned> {
  const { store, copy, node, trust, world } = services;
  const { facts, situation } = await runProposalLoop(services, { intent: 'look' });
  const block = ledgerRefusal(situation, store.name);
  if (block) throw new RefusedError(block);
  const before = situation.state as LedgerState;
  const reserved = new Set(reservedCoinsNotInOpenProposal(before));
  const known = new Map(before.coins.map(coin => [outpointText(coin), coin]));
  for (const name of reserved)
    known.set(name, { ...parseOutpoint(name), amount: before.amounts.get(name) as bigint });
  for (const coin of found) known.delete(outpointText(coin));
  const hidden = [...known.values()];
  const states = await node.coins(hidden);
  const unseen = hidden.filter((coin, i) => coinRefusal(coin, states[i] as CoinState, trust, null) === null);
  // Reserved coins that a transaction in the mempool spends. They stay in the list until a block shows which
  // transaction spent them.
  const waiting = hidden.filter(
    (coin, i) => states[i]?.state === 'spent-in-mempool' && reserved.has(outpointText(coin)),
  );
  let result: Scanned = { coins: before.coins, unseen, spent: [], respent: [], untraced: [] };
  const ledger = await appendEvent(store, copy, world.now, now => {
    const state = now as LedgerState;
    const respent = findRespentCoins(facts, state);
    const gone = new Set([...state.spent, ...respent]);
    const usable = [...found, ...unseen, ...waiting].filter(coin => !gone.has(outpointText(coin)));
    const coins = sortInListOrder(usable, state.coins);
    const spent = found.map(outpointText).filter(coin => state.spent.has(coin));
    const decided = new Set([...coins.map(outpointText), ...gone]);
    const untraced = reservedCoinsNotInOpenProposal(state).filter(coin => !decided.has(coin));
    result = { coins, unseen, spent, respent, untraced };
    return areListsEqual(coins, state.coins) && respent.length === 0
      ? null
      : { event: 'coins', coins, respent };
  });
  await writeCoinList(services, ledger.state as LedgerState);
  return result;
}

/** Writes `ptxo.dat`. If the ledger's list changed during the writing, writes the new list. */
async function writeCoinList({ store, copy }: Services, state: LedgerState): Promise<void> {
  for (let now = state; ; ) {
    await store.put(keys.coins, coinsFileBytes(now.coins), { contentType: 'text/plain' });
    const next = (await readLedger(store, copy)).state as LedgerState;
    if (areListsEqual(next.coins, now.coins)) return;
    now = next;
  }
}
