/** Which policy coin each asset is put on: the one it was put on before, else the next free one of the list. */

import { formatAmount } from '../../shared/amount.ts';
import { bytesToHex } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Trust } from '../../shared/trust.ts';
import { outpoint, type PolicyCoin } from '../ledger/coins.ts';
import type { CoinState } from '../node/node.ts';
import { isAre } from '../platform/text/words.ts';
import { keys } from './objects.ts';
import type { Pin } from './pins.ts';

export interface Chosen {
  /** In the order of the references. */
  coins: PolicyCoin[];
  /** Coins that drafts of other assets were put on: the assets of each. */
  borrowed: string[][];
}

function coinsShort(references: readonly string[], listed: number, kept: number): Refusal {
  const need =
    references.length === 1
      ? '1 asset needs a policy coin'
      : `${references.length} assets need as many policy coins`;
  const reserved = `${kept} ${isAre(kept)} kept for assets of proposals that were given up or came too late`;
  return new Refusal(
    'COINS_SHORT',
    `${need}, ${keys.coins} lists ${listed}${kept > 0 ? `, of which ${reserved}` : ''}`,
    `Issue fewer assets, or make more policy coins and run \`countersign coins scan\`.${kept > 0 ? ' A kept coin is used when its asset is prepared again.' : ''}`,
  );
}

/**
 * Coins of submitted proposals stay with their assets (rule 8 of the signer). Those of drafts, which most likely nobody
 * signed, are used last, and not where they are kept for another asset.
 * @param references what is to be issued, in order, each once
 * @param pinned coins that assets were put on before
 * @throws Refusal COINS_SHORT, COIN_SPENT
 */
export function chooseCoins(
  references: readonly string[],
  coins: readonly PolicyCoin[],
  pinned: ReadonlyMap<string, Pin>,
): Chosen {
  const listed = new Map(coins.map(coin => [outpoint(coin), coin]));
  const chosen = new Map<string, PolicyCoin>();
  const taken = new Set<string>();
  const pins = [...pinned.values()];
  const kept = new Set(pins.filter(pin => !pin.isDraft).map(pin => outpoint(pin.coin)));
  const lent = new Set(pins.filter(pin => pin.isDraft).map(pin => outpoint(pin.coin)));
  const isDraft = (reference: string) => Number(pinned.get(reference)?.isDraft ?? true);
  for (const reference of [...references].sort((a, b) => isDraft(a) - isDraft(b))) {
    const pin = pinned.get(reference);
    if (!pin || (pin.isDraft && [taken, kept].some(others => others.has(outpoint(pin.coin))))) continue;
    const coin = listed.get(outpoint(pin.coin));
    if (!coin) {
      throw new Refusal(
        'COIN_SPENT',
        `${reference}: an earlier request put it on the coin ${outpoint(pin.coin)}, which is not in ${keys.coins}`,
        'Look with `countersign report` whether its token exists already; if the coin is unspent, rebuild the list with `countersign coins scan`.',
      );
    }
    const other = references.find(r => chosen.get(r) === coin);
    if (other !== undefined) {
      throw new Refusal(
        'COINS_SHORT',
        `${other} and ${reference}: earlier proposals put both on the coin ${outpoint(coin)}, and either may be signed`,
        `Prepare one of them without the other. Once it is published, the coin is spent for good, and the other one is put on another: for controllers who have not signed it on this one.`,
      );
    }
    chosen.set(reference, coin);
    taken.add(outpoint(coin));
  }
  const isOpen = (coin: PolicyCoin) => !kept.has(outpoint(coin)) && !taken.has(outpoint(coin));
  for (const reference of references.filter(r => !chosen.has(r))) {
    const coin =
      coins.find(one => isOpen(one) && !lent.has(outpoint(one))) ??
      [...lent].map(name => listed.get(name)).find(one => one && isOpen(one));
    if (!coin) {
      const reserved = [...kept].filter(name => listed.has(name) && !taken.has(name));
      throw coinsShort(references, coins.length, reserved.length);
    }
    chosen.set(reference, coin);
    taken.add(outpoint(coin));
  }
  const drafts = [...pinned].filter(([, pin]) => pin.isDraft);
  const borrowed = [...chosen].map(([reference, coin]) =>
    drafts
      .filter(([other, pin]) => other !== reference && outpoint(pin.coin) === outpoint(coin))
      .map(([other]) => other),
  );
  return {
    coins: references.map(reference => chosen.get(reference) as PolicyCoin),
    borrowed: borrowed.filter(others => others.length > 0),
  };
}

/**
 * Checks that a coin is what the chain says.
 * @param of the asset whose request names the coin; null for one of the list
 * @throws Refusal COIN_SPENT, COIN_INVALID
 */
export function checkCoin(coin: PolicyCoin, state: CoinState, trust: Trust, of: string | null = null): void {
  const name = `${of ?? keys.coins}: the coin ${outpoint(coin)}`;
  const again = 'rebuild the list with `countersign coins scan`, and prepare again';
  const hint =
    of === null
      ? 'Rebuild the list with `countersign coins scan`, then prepare again.'
      : `Nothing of this request can be sent with this coin. If \`countersign status\` says that nothing of it is on chain, give it up with \`countersign abandon\`, ${again}.`;
  if (state.state !== 'unspent') {
    const where =
      state.state === 'spent-in-mempool'
        ? 'is being spent by a transaction that waits for a block'
        : 'is spent, or not on this chain';
    throw new Refusal('COIN_SPENT', `${name} ${where}`, hint);
  }
  const onChain = state.coin;
  const script = bytesToHex(trust.scriptPubKey);
  if (onChain.scriptPubKey !== script) {
    throw new Refusal(
      'COIN_INVALID',
      `${name} pays to the script ${onChain.scriptPubKey}, not to ${script}`,
      hint,
    );
  }
  if (onChain.asset !== trust.policyAsset) {
    throw new Refusal(
      'COIN_INVALID',
      `${name} holds the asset ${onChain.asset}, not ${trust.policyAsset}`,
      hint,
    );
  }
  if (onChain.value !== coin.amount) {
    throw new Refusal(
      'COIN_INVALID',
      `${name} is ${of === null ? 'listed' : 'named'} with ${formatAmount(coin.amount)}, the chain says ${formatAmount(onChain.value)}`,
      hint,
    );
  }
  if (onChain.confirmations < 1) {
    throw new Refusal('COIN_INVALID', `${name} is not confirmed yet`, 'Wait for the next block.');
  }
}
