/** Which policy coin each asset is put on: the one it was put on before, else the next free one of the list. */

import { formatAmount } from '../../shared/amount.ts';
import { bytesToHex } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import type { CoinRef } from '../../shared/request.ts';
import type { Trust } from '../../shared/trust.ts';
import { outpoint, type PolicyCoin } from '../coins-file.ts';
import type { CoinState } from '../node/node.ts';
import { keys } from '../objects.ts';

/**
 * @param references what is to be issued, in order
 * @param pinned coins that assets were put on in proposals that were given up (rule 8 of the signer)
 * @throws Refusal COINS_SHORT
 */
export function chooseCoins(
  references: readonly string[],
  coins: readonly PolicyCoin[],
  pinned: ReadonlyMap<string, CoinRef>,
): PolicyCoin[] {
  const reserved = new Set([...pinned.values()].map(outpoint));
  const free = coins.filter(coin => !reserved.has(outpoint(coin)));
  const chosen: PolicyCoin[] = [];
  for (const reference of references) {
    const pin = pinned.get(reference);
    const coin = pin ? coins.find(c => outpoint(c) === outpoint(pin)) : free.shift();
    if (pin && !coin) {
      throw new Refusal(
        'COIN_SPENT',
        `${reference}: an earlier proposal put it on the coin ${outpoint(pin)}, which is not in ${keys.coins}`,
        'Look with `countersign report` whether its token exists already; if the coin is unspent, rebuild the list with `countersign coins scan`.',
      );
    }
    if (!coin) {
      throw new Refusal(
        'COINS_SHORT',
        `${references.length} assets need as many policy coins, ${keys.coins} lists ${coins.length}${reserved.size > 0 ? `, of which ${coins.length - free.length - chosen.length} are kept for assets of given-up proposals` : ''}`,
        'Issue fewer assets, or make more policy coins and run `countersign coins scan`.',
      );
    }
    chosen.push(coin);
  }
  return chosen;
}

/** Checks that a listed coin is what the chain says. @throws Refusal COIN_SPENT, COIN_INVALID */
export function checkCoin(coin: PolicyCoin, state: CoinState, trust: Trust): void {
  const name = `${keys.coins}: the coin ${outpoint(coin)}`;
  const hint = 'Rebuild the list with `countersign coins scan`, then prepare again.';
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
      `${name} is listed with ${formatAmount(coin.amount)}, the chain says ${formatAmount(onChain.value)}`,
      hint,
    );
  }
  if (onChain.confirmations < 1) {
    throw new Refusal('COIN_INVALID', `${name} is not confirmed yet`, 'Wait for the next block.');
  }
}
