/** Drafts a new request, and derives its result. Chooses a coin for each bar of an issuance. Pure. */
import { formatAmount } from '../../../shared/amount.ts';
import { type AssetEntry, barReference, type GivenChanges } from '../../../shared/changes.ts';
import { type Derivation, derive } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { addDigest } from '../../../shared/request.ts';
import { tokenAmount } from '../../../shared/token-schedule.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { outpointText, type PolicyCoin } from '../../ledger/policy-coin.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import { mappingTimeText } from '../../platform/text/mapping-time.ts';
import type { BurnFact } from '../facts/burns.ts';
import type { OlderFact } from '../facts/facts.ts';
import type { Wanted } from '../facts/question.ts';
import { sumRefusal } from './burn-sums.ts';
import type { DraftRefused } from './draft-refusals.ts';
import { makeRedemptions } from './make-redemptions.ts';
import { correctionRefusal } from './unknown-bars.ts';

/**
 * For each displaced bar: the listed coin that another tool used for it. Somebody may still send the
 * transaction of that tool.
 */
function coinsUsedByOtherTools(
  state: LedgerState,
  displaced: ReadonlyMap<string, string>,
): Map<string, PolicyCoin> {
  if (displaced.size === 0) return new Map();
  const byAsset = new Map(state.coins.map(coin => [assetIdOf(coin), coin]));
  return new Map(
    [...displaced].flatMap(([reference, asset]) => {
      const coin = byAsset.get(asset);
      return coin && !state.reservations.has(reference) ? [[reference, coin] as const] : [];
    }),
  );
}

/**
 * Chooses a coin for each bar: the reserved coin, otherwise the coin that another tool used for the bar,
 * otherwise the first free coin in the list.
 */
function chooseCoins(
  state: LedgerState,
  references: readonly string[],
  older: OlderFact,
  displaced: ReadonlyMap<string, string> = new Map(),
): Map<string, PolicyCoin> | DraftRefused {
  const theirs = coinsUsedByOtherTools(state, displaced);
  const listed = new Map(state.coins.map(coin => [outpointText(coin), coin]));
  const held = new Set([...state.reservations.values()].map(({ coin }) => coin));
  if (older.is === 'foreign') for (const coin of older.bars.values()) held.add(coin);
  for (const coin of theirs.values()) held.add(outpointText(coin));
  const free = state.coins.filter(coin => !held.has(outpointText(coin)));
  const chosen = new Map<string, PolicyCoin>();
  for (const reference of references) {
    const reserved = state.reservations.get(reference);
    const coin = reserved ? listed.get(reserved.coin) : (theirs.get(reference) ?? free.shift());
    if (coin) chosen.set(reference, coin);
    else if (reserved)
      return { kind: 'coin-unlisted', reference, coin: reserved.coin, request: reserved.request };
    else {
      const own = new Set(references.map(one => state.reservations.get(one)?.coin));
      const kept = state.coins.filter(
        one => held.has(outpointText(one)) && !own.has(outpointText(one)),
      ).length;
      return { kind: 'coins-short', bars: references.length, listed: listed.size, kept };
    }
  }
  return chosen;
}

/**
 * The mapping may already have the token of a listed coin: after an adoption without a new scan, or after a
 * reorganisation removed the transaction that spent the coin. Another coin is then chosen. If there is no
 * other coin, the coins must be scanned again.
 */
function chooseUnmappedCoins(
  base: Mapping,
  state: LedgerState,
  choose: (state: LedgerState) => ReturnType<typeof chooseCoins>,
): ReturnType<typeof chooseCoins> {
  let [now, skipped]: [LedgerState, string | null] = [state, null];
  for (;;) {
    const chosen = choose(now);
    const isShort = isDraftRefused(chosen) && chosen.kind === 'coins-short';
    if (isShort && skipped !== null)
      return { kind: 'coin-spent', reference: null, coin: skipped, waits: false, until: null };
    if (isDraftRefused(chosen)) return chosen;
    const tokens = new Map([...chosen.values()].map(coin => [assetIdOf(coin), outpointText(coin)]));
    const taken = base.contained(new Set(tokens.keys()), 'assetId');
    if (taken.size === 0) return chosen;
    const gone = new Set([...taken].map(asset => tokens.get(asset) as string));
    skipped = [...gone][0] as string;
    now = { ...now, coins: now.coins.filter(coin => !gone.has(outpointText(coin))) };
  }
}

export interface DraftFrom {
  state: LedgerState;
  current: Published;
  older: OlderFact;
  displaced: ReadonlyMap<string, string>;
  /** The facts of the burns, in the order of the redemptions. */
  burns: readonly BurnFact[];
  height: number;
  /** Milliseconds since 1970. */
  now: number;
  trust: Trust;
}

export const isDraftRefused = (value: object | null): value is DraftRefused =>
  value !== null && 'kind' in value;

/** The bars of an issuance, each with its coin. */
function makeIssuances(
  assets: readonly AssetEntry[],
  { state, current, older, displaced, height }: DraftFrom,
): GivenChanges | DraftRefused {
  const { mapping: base } = current;
  // If a bar occurs twice, both entries get the same coin here, and a later check reports the duplicate.
  const references = [...new Set(assets.map(barReference))];
  const issued = [...base.contained(new Set(references))].sort();
  if (issued.length > 0) return { kind: 'bars-issued', references: issued };
  if (older.is === 'foreign') {
    const theirs = references.filter(reference => older.bars.has(reference));
    if (theirs.length > 0) return { kind: 'bars-older', references: theirs };
  }
  const chosen = chooseUnmappedCoins(base, state, spent => chooseCoins(spent, references, older, displaced));
  if (isDraftRefused(chosen)) return chosen;
  const issuances = assets.map(asset => {
    const { txid, vout, amount } = chosen.get(barReference(asset)) as PolicyCoin;
    const coin = { txid, vout, amount: formatAmount(amount) };
    return { ...asset, tokens: formatAmount(tokenAmount(asset.mass, height)), coin };
  });
  return { issuances };
}

function makeChanges(wanted: Wanted, from: DraftFrom): GivenChanges | DraftRefused {
  const { assets, redemptions, corrections, reason = '' } = wanted;
  const { current, state } = from;
  if (redemptions) return makeRedemptions(wanted, from.burns, current.mapping, state);
  for (const correction of corrections ?? []) {
    const problem = correctionRefusal(current.mapping, state.gone, correction);
    if (problem) return problem;
  }
  if (corrections) return { corrections: [...corrections], reason };
  return makeIssuances(assets ?? [], from);
}

export function makeDraft(wanted: Wanted, from: DraftFrom): Derivation | DraftRefused {
  const { current, height, now, state, trust } = from;
  const { mapping: base, bytes } = current;
  const changes = makeChanges(wanted, from);
  if (isDraftRefused(changes)) return changes;
  const requestAt = (milliseconds: number) =>
    addDigest({
      network: trust.network.name,
      trust: trust.digest,
      base: { mapping: base.digest, text: new TextDecoder().decode(bytes) },
      height,
      time: mappingTimeText(milliseconds),
      ...changes,
    });
  let at = Math.max(now, Math.ceil(Number(base.time) * 1000));
  let request = requestAt(at);
  // The time of the request is never before the time of the base mapping, even if this PC's clock is slow.
  // The time is increased until the request differs from all earlier requests.
  while (state.proposals.has(request.digest)) request = requestAt(++at);
  try {
    return derive(request, base, trust);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // The laptop checks the sum of the burns too. The message can say more on a PC, which knows the chain's
    // height.
    const sum = error.code === 'AMOUNT_MISMATCH' ? sumRefusal(request.redemptions, height) : null;
    return sum ?? { kind: 'other', refusal: error };
  }
}
