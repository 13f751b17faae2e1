/**
 * Compares each token of the mapping with the chain: its mass, expected amount, amount on chain and verdict.
 */
import { formatAmount } from '../../shared/amount.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import { PERIOD, periodOf, tokenAmount } from '../../shared/token-schedule.ts';
import type { AssetInfo } from '../node/node.ts';
import { burntAtomsWithGrowth, type OpenBurn, type OpenRedemption, sumOfBurns } from './open-burns.ts';
import type { Remappings } from './published-requests.ts';

export type Verdict =
  /** The chain has the amount of the current period. */
  | 'ok'
  /** The chain has the amount of an earlier period: the federation has not issued the growth since then. */
  | 'behind'
  /** The amount is right. The token is frozen, in part or completely, and frozen tokens do not grow. */
  | 'frozen'
  /**
   * The chain has a smaller amount than the mapping. Usually the difference was burnt, and no redemption has
   * counted it yet.
   */
  | 'less'
  | 'more'
  | 'missing'
  /** An older tool's entry. No amount can be computed from its mass. */
  | 'unreadable mass';

const GOOD_VERDICTS: ReadonlySet<Verdict> = new Set(['ok', 'behind', 'frozen']);
/** True for a good verdict, and for an amount that is smaller only by the open redemption's burns. */
export const isTokenGood = ({ verdict, isOpen }: Pick<MappedToken, 'verdict' | 'isOpen'>): boolean =>
  GOOD_VERDICTS.has(verdict) || isOpen;

export interface MappedToken {
  /** References of `bars`, separated by commas. */
  reference: string;
  /** The bar and the mass of each entry. Entries with mass 0 are left out, unless all have mass 0. */
  bars: readonly { reference: string; mass: string }[];
  token: string;
  /** Total mass of the token on all its bars. */
  mass: string;
  /** True if a redemption may have changed and rounded the token's mass. */
  remapped: boolean;
  /** Amount of the schedule at the height of issue, decimal text; null if it cannot be computed. */
  expectedAtIssue: string | null;
  expectedNow: string | null;
  spendable: string;
  frozen: string;
  /** Amount that redemptions of the ledger counted as burnt. The mass does not include it. */
  burnt: string;
  /** Amount that was burnt for the open redemption. The mass still includes it. */
  burntOpen: string;
  /** True if the burns of the open redemption alone explain why the chain has less than the mapping. */
  isOpen: boolean;
  /** Amount on chain minus `expectedNow`; null if the expected amount is not known. */
  difference: string | null;
  /**
   * Amount on chain minus the scheduled amount, if this small difference is accepted as rounding; otherwise
   * null.
   */
  rounding: string | null;
  /** Number of periods since the period whose amount the chain has; null if there is no such period. */
  periodsBehind: number | null;
  verdict: Verdict;
}

export interface MappedTokens {
  /** The tokens, in the order of the mapping. */
  mapped: MappedToken[];
  /** Number of tokens with an expected amount of 0 and nothing on chain. They are not in `mapped`. */
  usedUp: number;
}

export const NONE: AssetInfo = { spendable: 0n, frozen: 0n };
/** Fine troy ounces. Amounts are computed only for smaller masses. Older tools may write any mass. */
const MASS_LIMIT = 1e10;
const PLAIN_MASS = /^[0-9]+(\.[0-9]{1,3})?$/;

/**
 * Tolerance in atoms for tokens that this store did not issue and no redemption re-mapped. The older
 * coordinator divided the mass by a ratio of 13 decimals. At block 1,000,000, this division gives an amount
 * that differs from the schedule by 0.00000043 tokens. The older scripts have the same tolerance for
 * redemptions.
 */
export const OLDER_ROUNDING = 100n;
/** Tolerance in fine troy ounces for a token that older scripts may have re-mapped, any number of times. */
export const REMAPPED_MASS = '0.01';
/** Tolerance in fine troy ounces for each redemption of the ledger, because each re-mapping rounds masses. */
export const ROUNDED_MASS = 0.001;
const NO_REMAPPINGS: Remappings = { burnt: new Map(), count: null };

export const formatAmountWithSign = (atoms: bigint) =>
  atoms < 0n ? `-${formatAmount(-atoms)}` : formatAmount(atoms);

export const isReadableMass = (mass: string) => Math.abs(Number(mass)) < MASS_LIMIT;

/** Atoms of a mass at a height. Masses can be negative, after rounding or mistakes of the older scripts. */
export function amountAt(mass: string, height: number): bigint {
  return mass.startsWith('-') ? -tokenAmount(mass.slice(1), height) : tokenAmount(mass, height);
}

/**
 * Gives the mass's atoms in a period. They are cached, because they are computed through all earlier periods.
 */
function amountByPeriod(mass: string): (period: number) => bigint {
  const known = new Map<number, bigint>();
  return period => {
    const amount = known.get(period) ?? amountAt(mass, period * PERIOD);
    known.set(period, amount);
    return amount;
  };
}

interface Expectation {
  amountOf: (period: number) => bigint;
  /** The first and the last period whose amount is accepted. */
  first: number;
  last: number;
  /** Largest accepted difference from the amount of the schedule in atoms, in both directions. */
  tolerance: bigint;
}

interface Fit {
  period: number;
  rounding: bigint;
}

/** @returns the latest period whose amount the chain has, within the tolerance; null if there is none */
function findFittingPeriod({ spendable, frozen }: AssetInfo, expected: Expectation): Fit | null {
  const { amountOf, first, last, tolerance } = expected;
  const total = spendable + frozen;
  const issued = amountOf(first);
  const still = frozen < issued ? frozen : issued;
  /** Smallest total that fits a period's amount: the frozen part may lack all its growth since the issue. */
  const least = (amount: bigint) => (still > 0n ? amount - (still * (amount - issued)) / issued : amount);
  const isReached = (period: number) => least(amountOf(period)) <= total + tolerance;
  let [low, high] = [first, last];
  // The search computes about a dozen amounts, so the two most common amounts are tried before it.
  if (isReached(last)) low = last;
  else if (total === issued && still === 0n && tolerance <= OLDER_ROUNDING) high = first;
  else if (!isReached(first)) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isReached(middle)) low = middle;
    else high = middle - 1;
  }
  const amount = amountOf(low);
  const above = total - amount;
  const below = total - least(amount);
  if (above > tolerance) return null;
  return { period: low, rounding: above > 0n ? above : below < 0n ? below : 0n };
}

function verdictOfToken(
  info: AssetInfo,
  now: bigint | null,
  fit: Fit | null,
  expected: Expectation,
): Verdict {
  const total = info.spendable + info.frozen;
  if (total === 0n && (now === null || now > expected.tolerance)) return 'missing';
  if (now === null) return 'unreadable mass';
  if (fit === null) return total > now ? 'more' : 'less';
  if (info.frozen > 0n) return 'frozen';
  return fit.period < expected.last ? 'behind' : 'ok';
}

interface Known {
  height: number;
  /** Height of the issuance; undefined for a token that this store did not issue. */
  issueHeight: number | undefined;
  remapped: boolean;
  /** Number of redemptions in the ledger; null if another tool may have re-mapped too. */
  remappings: number | null;
  burnt: bigint;
  open: readonly OpenBurn[];
}

/** Largest accepted difference from the amount of the schedule in atoms, in both directions. */
function toleranceOfToken({ remapped, remappings, issueHeight, height }: Known): bigint {
  if (!remapped) return issueHeight === undefined ? OLDER_ROUNDING : 0n;
  const isOurs = issueHeight !== undefined && remappings !== null && remappings > 0;
  return tokenAmount(isOurs ? (ROUNDED_MASS * remappings).toFixed(3) : REMAPPED_MASS, height);
}

/** True if the amount on chain is the expected amount minus the open redemption's burns. */
function isRightWithoutOpenBurns({ open, height }: Known, info: AssetInfo, expected: Expectation): boolean {
  if (open.length === 0) return false;
  const { amountOf, tolerance } = expected;
  // The growth of each period after a burn was rounded, which makes the tolerance larger.
  const isRounded = open.some(burn => periodOf(burn.height) < periodOf(height));
  const without = {
    ...expected,
    amountOf: (period: number) => amountOf(period) - burntAtomsWithGrowth(open, period),
    tolerance: tolerance + (isRounded ? tokenAmount(String(ROUNDED_MASS), height) : 0n),
  };
  return findFittingPeriod(info, without) !== null;
}

function judgeMappedToken(entries: readonly Asset[], info: AssetInfo, known: Known): MappedToken {
  const { height, issueHeight, remapped } = known;
  const [{ mass: only, assetId }] = entries as [Asset];
  const mass = entries.length === 1 ? only : sumOfMasses(entries.map(entry => entry.mass));
  const held = entries.filter(entry => Number(entry.mass) !== 0);
  const bars = (held.length === 0 ? entries : held).map(entry => ({
    reference: entry.reference,
    mass: entry.mass,
  }));
  const readable = isReadableMass(mass);
  const first = issueHeight === undefined ? 0 : periodOf(issueHeight);
  const tolerance = toleranceOfToken(known);
  const amountOf = amountByPeriod(mass);
  const expected = { amountOf, first, last: Math.max(first, periodOf(height)), tolerance };
  const now = readable ? amountOf(periodOf(height)) : null;
  const fit = readable ? findFittingPeriod(info, expected) : null;
  const isOpen = readable && fit === null && isRightWithoutOpenBurns(known, info, expected);
  return {
    reference: bars.map(({ reference }) => reference).join(', '),
    bars,
    token: assetId,
    mass,
    remapped,
    expectedAtIssue: readable && issueHeight !== undefined ? formatAmountWithSign(amountOf(first)) : null,
    expectedNow: now === null ? null : formatAmountWithSign(now),
    spendable: formatAmount(info.spendable),
    frozen: formatAmount(info.frozen),
    burnt: formatAmount(known.burnt),
    burntOpen: formatAmount(sumOfBurns(known.open)),
    isOpen,
    difference: now === null ? null : formatAmountWithSign(info.spendable + info.frozen - now),
    rounding: fit === null || fit.rounding === 0n ? null : formatAmountWithSign(fit.rounding),
    periodsBehind: fit && expected.last - fit.period,
    verdict: isOpen ? 'less' : verdictOfToken(info, now, fit, expected),
  };
}

function groupEntries(mapping: Mapping): { tokens: Map<string, Asset[]>; onBar: Map<string, number> } {
  const tokens = new Map<string, Asset[]>();
  const onBar = new Map<string, number>();
  for (const asset of listAssets(mapping)) {
    const entries = tokens.get(asset.assetId);
    if (entries) entries.push(asset);
    else tokens.set(asset.assetId, [asset]);
    onBar.set(asset.reference, (onBar.get(asset.reference) ?? 0) + 1);
  }
  return { tokens, onBar };
}

/**
 * True if a redemption may have changed the token's mass. A re-mapping gives a burnt token's mass on a bar to
 * another token, and rounds this mass. The entry of the burnt token stays, even with mass 0. So a token with
 * one entry, alone on its bar, still has its mass at issue, except parts that were rounded to zero. A mass
 * with more than 3 decimals also comes from a re-mapping.
 */
const isPerhapsRemapped = (entries: readonly Asset[], onBar: ReadonlyMap<string, number>) =>
  entries.length > 1 ||
  entries.some(({ reference, mass }) => onBar.get(reference) !== 1 || !PLAIN_MASS.test(mass));

/**
 * @param height height of the best block
 * @param issuedAt heights of this store's issuances, by asset id
 * @param open burns of the open redemption, by asset id
 */
export function judgeTokens(
  mapping: Mapping,
  info: ReadonlyMap<string, AssetInfo>,
  height: number,
  issuedAt: ReadonlyMap<string, number>,
  { burnt, count: remappings }: Remappings = NO_REMAPPINGS,
  open: OpenRedemption['burns'] = new Map(),
): MappedTokens {
  const { tokens, onBar } = groupEntries(mapping);
  const mapped: MappedToken[] = [];
  let usedUp = 0;
  for (const [id, entries] of tokens) {
    const onChain = info.get(id) ?? NONE;
    const remapped = burnt.has(id) || isPerhapsRemapped(entries, onBar);
    const gone = burnt.get(id) ?? 0n;
    const token = judgeMappedToken(entries, onChain, {
      height,
      issueHeight: issuedAt.get(id),
      remapped,
      remappings,
      burnt: gone,
      open: open.get(id) ?? [],
    });
    const isNothing = onChain.spendable + onChain.frozen === 0n && Number(token.expectedNow ?? 1) === 0;
    if (isNothing) usedUp++;
    else mapped.push(token);
  }
  return { mapped, usedUp };
}
