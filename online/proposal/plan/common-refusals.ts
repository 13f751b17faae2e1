/**
 * Refusals common to several commands: unreadable ledger, another mapping in `map.json`, unreachable node,
 * spent coins.
 */

import { parseAddress } from '../../../shared/address.ts';
import { formatAmount } from '../../../shared/amount.ts';
import { bytesToHex } from '../../../shared/bytes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { transactionHex } from '../../../shared/transaction.ts';
import type { Trust } from '../../../shared/trust.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import type { CoinState } from '../../node/answer-types.ts';
import type { CheckFacts } from '../facts/facts.ts';
import { toPolicyCoin } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import type { Situation } from '../situation/situation.ts';
import type { Stage } from '../situation/stage.ts';
import type { Trouble } from '../situation/trouble.ts';

type TroubleKind = Trouble['kind'];

/**
 * The refusal if the store has no ledger, or a ledger that cannot be read. Nothing can then be decided. Null
 * for a readable ledger.
 */
export function ledgerRefusal({ stage }: Situation, store: string): RefusedData | null {
  if (stage.kind === 'unreadable')
    return { kind: 'other', refusal: stage.refusal, way: { call: 'controllers' } };
  if (stage.kind === 'not-begun') return { ...stage, store };
  return null;
}

function reviewCodeOfStage(stage: Stage): string | null {
  return 'request' in stage ? stage.request.reviewCode : null;
}

/** The first trouble of one of these kinds. */
export function findTrouble<K extends TroubleKind>(
  { troubles }: Situation,
  ...kinds: readonly K[]
): Extract<Trouble, { kind: K }> | undefined {
  return troubles.find((one): one is Extract<Trouble, { kind: K }> =>
    (kinds as readonly string[]).includes(one.kind),
  );
}

export function troubleRefusal(situation: Situation, ...kinds: readonly TroubleKind[]): RefusedData | null {
  const trouble = findTrouble(situation, ...kinds);
  return trouble ? { kind: 'trouble', trouble, reviewCode: reviewCodeOfStage(situation.stage) } : null;
}

/** Troubles in which `map.json` is not the current mapping of the ledger. */
export const MAP_TROUBLES = [
  'mapping-lost',
  'map-replaced',
  'map-stale',
  'map-late',
  'map-absent',
  'map-damaged',
] as const;

/**
 * @param reference the bar for which a request names the coin; null if the coin is chosen for a new request
 */
export function coinRefusal(
  coin: { txid: string; vout: number; amount: bigint },
  state: CoinState,
  trust: Trust,
  reference: string | null,
  until: number | null = null,
): RefusedData | null {
  const name = outpointText(coin);
  if (state.state !== 'unspent')
    return { kind: 'coin-spent', reference, coin: name, waits: state.state === 'spent-in-mempool', until };
  const { scriptPubKey, asset, value, confirmations } = state.coin;
  const script = bytesToHex(trust.scriptPubKey);
  const members: ['script' | 'asset' | 'amount' | 'confirmations', string, string][] = [
    ['script', script, scriptPubKey],
    ['asset', trust.policyAsset, asset],
    ['amount', formatAmount(coin.amount), formatAmount(value)],
    ['confirmations', 'confirmed', confirmations < 1 ? 'waiting' : 'confirmed'],
  ];
  const wrong = members.find(([, expected, got]) => expected !== got);
  if (!wrong) return null;
  const [member, expected, got] = wrong;
  return { kind: 'coin-other', reference, coin: name, member, expected, got };
}

/**
 * The refusal for the first coin of the request that is spent or unconfirmed, or that has another address,
 * asset or amount. Null if there is none.
 */
export function coinsRefusal(
  { issuances }: Derivation,
  { coins }: CheckFacts,
  trust: Trust,
  isChosenNow: boolean,
  until: number | null = null,
): RefusedData | null {
  for (const [i, { reference, request }] of issuances.entries()) {
    const coin = toPolicyCoin(request.coin);
    const problem = coinRefusal(coin, coins[i] as CoinState, trust, isChosenNow ? null : reference, until);
    if (problem) return problem;
  }
  return null;
}

/**
 * If the chain has a whitelist, the chain checks an issuance's first output. The output must pay to the hash
 * of a listed key. The chain refuses an output to a script, even if the node reports the script's address as
 * listed.
 */
export function whitelistRefusal(
  { issuances }: Derivation,
  { whitelist }: CheckFacts,
  trust: Trust,
): RefusedData | null {
  if (whitelist === 'off') return null;
  const refused = issuances.flatMap(({ reference, request: { address } }, i) => {
    const isScript = parseAddress(trust.network, address, 'address').kind === 'p2sh';
    return isScript || !whitelist[i] ? [{ reference, address, isScript }] : [];
  });
  return refused.length > 0 ? { kind: 'addresses', refused } : null;
}

/** The refusal if the node did not build the same transactions as this program; null if it did. */
export function builtDifferenceRefusal({ issuances }: Derivation, { built }: CheckFacts): RefusedData | null {
  for (const [i, issuance] of issuances.entries()) {
    const ours = transactionHex(issuance.transaction);
    const theirs = built?.[i];
    if (
      theirs?.rawtx === ours &&
      theirs.asset === issuance.assetId &&
      theirs.token === issuance.reissuanceTokenId
    )
      continue;
    return {
      kind: 'built-other',
      reference: issuance.reference,
      ours: { hex: ours, asset: issuance.assetId },
      theirs: theirs ? { hex: theirs.rawtx, asset: theirs.asset } : null,
    };
  }
  return null;
}
