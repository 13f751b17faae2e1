/** The ledger's policy coins, each with its state on chain and the bar for which it is reserved. */

import { readLedger } from '../../ledger/ledger.ts';
import { keys } from '../../ledger/object-keys.ts';
import { outpointText, type PolicyCoin } from '../../ledger/policy-coin.ts';
import type { CoinState } from '../../node/answer-types.ts';
import { coinRefusal } from '../plan/common-refusals.ts';
import type { Services } from '../services.ts';
import { RefusedError } from '../texts/refused-error.ts';

export interface ListedCoin {
  coin: PolicyCoin;
  /** `unspent`, or a description of the problem. */
  state: string;
  reservedFor: string | null;
}

/** @throws RefusedError if the store has no ledger */
export async function listCoins({ store, copy, node, trust }: Services): Promise<ListedCoin[]> {
  const { state } = await readLedger(store, copy);
  if (state === null) {
    const hasMap = (await store.get(keys.mapping)) !== null;
    throw new RefusedError({ kind: 'not-begun', earlierLayout: false, hasMap, store: store.name });
  }
  const { coins, reservations } = state;
  const states = await node.coins(coins);
  const bars = new Map([...reservations].map(([reference, { coin }]) => [coin, reference]));
  return coins.map((coin, i) => {
    const problem = coinRefusal(coin, states[i] as CoinState, trust, null);
    const text =
      problem === null ? 'unspent' : textAfterCoin(new RefusedError(problem).message, outpointText(coin));
    return { coin, state: text, reservedFor: bars.get(outpointText(coin)) ?? null };
  });
}

/** The part of the message after the coin's name. */
const textAfterCoin = (message: string, name: string) =>
  message.slice(message.indexOf(name) + name.length + 1);
