/** Each token of the mapping against the chain: its mass on all bars, the amount expected of it, what is there, the verdict. */
import { formatAmount } from '../../shared/amount.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../shared/redemption/masses.ts';
import { PERIOD, periodOf, tokenAmount } from '../../shared/schedule.ts';
import type { AssetInfo } from '../node/node.ts';
import type { Remappings } from './issuances.ts';
import { lessInPeriod, type OpenBurn, type OpenRedemption, sumOfBurns } from './open-burns.ts';

export type Verdict =
  /** The amount of the schedule. */
  | 'ok'
  /** The amount of an earlier period, since its issue: tokens grow when the federation issues the growth. */
  | 'behind'
  /** As it should be, and a part of it is frozen: that part does not grow. */
  | 'frozen'
  /** Less than is mapped: burnt, and not counted yet. */
  | 'less'
  | 'more'
  | 'missing'
  /** A mass that no schedule takes, in an entry of an older tool. */
  | 'unreadable mass';

const AS_IT_SHOULD_BE: ReadonlySet<Verdict> = new Set(['ok', 'behind', 'frozen']);
/** What is burnt for the open redemption is to be less, until that is published. */
export const isGood = ({ verdict, isOpen }: Pick<MappedToken, 'verdict' | 'isOpen'>): boolean =>
  AS_IT_SHOULD_BE.has(verdict) || isOpen;

export interface MappedToken {
  /** Of the bar that the token stands for; after a re-mapping of all its bars, with commas between. */
  reference: string;
  /** In the order of the file. */
  bars: readonly { reference: string; mass: string }[];
  token: string;
  /** On all bars. */
  mass: string;
  /** Whether a redemption may have changed its mass, which is rounded then. */
  remapped: boolean;
  /** Amounts are decimal text; null where it is not known. */
  expectedAtIssue: string | null;
  expectedNow: string | null;
  spendable: string;
  frozen: string;
  /** Burnt, and counted by redemptions of the ledger: the mass is without it. */
  burnt: string;
  /** Burnt for the open redemption: the mass is with it. */
  burntOpen: string;
  /** Whether that alone is why there is less on chain than is mapped. */
  isOpen: boolean;
  /** On chain less what is expected now. */
  difference: string | null;
  /** On chain less the schedule's amount of that period, where the difference comes from rounding and is accepted. */
  rounding: string | null;
  /** Periods since the one whose amount it is; null where it is no period's. */
  periodsBehind: number | null;
  verdict: Verdict;
}

export interface MappedTokens {
  /** In the order of the mapping. */
  mapped: MappedToken[];
  /** Tokens of mass 0.0 with nothing on chain, as redemptions leave them: as they should be, and not listed. */
  usedUp: number;
}

export const NONE: AssetInfo = { spendable: 0n, frozen: 0n };
/** Its tokens still have 12 digits before the point; older entries may hold any number. */
const MASS_LIMIT = 1e10;
const PLAIN_MASS = /^[0-9]+(\.[0-9]{1,3})?$/;

/**
 * The older coordinator divided the mass by a ratio of 13 decimals: 0.00000043 tokens from the schedule at block 1,000,000.
 * Accepted for tokens that no issuance of this store made, in atoms; the older scripts' own tolerance for redemptions.
 */
export const OLDER_ROUNDING = 100n;
/** Fine troy ounces by which the re-mappings of the older scripts may have rounded a token: they left no record of how many. */
export const REMAPPED_MASS = '0.01';
/** By which each re-mapping of the ledger may have rounded a token. */
export const ROUNDED_MASS = 0.001;
const NO_REMAPPINGS: Remappings = { burnt: new Map(), count: null };

export const signedAmount = (atoms: bigint) =>
  atoms < 0n ? `-${formatAmount(-atoms)}` : formatAmount(atoms);

export const isReadable = (mass: string) => Math.abs(Number(mass)) < MASS_LIMIT;

/** A mass below 0, by the older scripts' rounding or mistakes, is expected as an amount below 0. */
export function amountAt(mass: string, height: number): bigint {
  return mass.startsWith('-') ? -tokenAmount(mass.slice(1), height) : tokenAmount(mass, height);
}

/** @returns the amounts of this mass by period, each worked out once: that is a walk over all periods before it */
function amountsOf(mass: string): (period: number) => bigint {
  const known = new Map<number, bigint>();
  return period => {
    const amount = known.get(period) ?? amountAt(mass, period * PERIOD);
    known.set(period, amount);
    return amount;
  };
}

interface Expectation {
  amountOf: (period: number) => bigint;
  /** Periods whose amount it may have. */
  first: number;
  last: number;
  /** Atoms, in both directions. */
  tolerance: bigint;
}

interface Fit {
  period: number;
  rounding: bigint;
}

/** @returns the latest of the periods whose amount this is; null if there is none */
function fitOf({ spendable, frozen }: AssetInfo, expected: Expectation): Fit | null {
  const { amountOf, first, last, tolerance } = expected;
  const total = spendable + frozen;
  const issued = amountOf(first);
  const still = frozen < issued ? frozen : issued;
  /** The frozen part may have missed all growth since the issue. */
  const least = (amount: bigint) => (still > 0n ? amount - (still * (amount - issued)) / issued : amount);
  const isReached = (period: number) => least(amountOf(period)) <= total + tolerance;
  let [low, high] = [first, last];
  // Most tokens have one of these two amounts; finding another one takes a dozen walks.
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

function verdictOf(info: AssetInfo, now: bigint | null, fit: Fit | null, expected: Expectation): Verdict {
  const total = info.spendable + info.frozen;
  if (total === 0n && (now === null || now > expected.tolerance)) return 'missing';
  if (now === null) return 'unreadable mass';
  if (fit === null) return total > now ? 'more' : 'less';
  if (info.frozen > 0n) return 'frozen';
  return fit.period < expected.last ? 'behind' : 'ok';
}

interface Known {
  height: number;
  /** Undefined for a token that no issuance of this store made. */
  issueHeight: number | undefined;
  remapped: boolean;
  /** Redemptions of the ledger; null where older tools may have re-mapped as well. */
  remappings: number | null;
  burnt: bigint;
  open: readonly OpenBurn[];
}

/** Atoms, in both directions. */
function toleranceOf({ remapped, remappings, issueHeight, height }: Known): bigint {
  if (!remapped) return issueHeight === undefined ? OLDER_ROUNDING : 0n;
  const isOurs = issueHeight !== undefined && remappings !== null && remappings > 0;
  return tokenAmount(isOurs ? (ROUNDED_MASS * remappings).toFixed(3) : REMAPPED_MASS, height);
}

/** It is as it should be without what is burnt for the open redemption. */
function fitsWithout({ open, height }: Known, info: AssetInfo, expected: Expectation): boolean {
  if (open.length === 0) return false;
  const { amountOf, tolerance } = expected;
  // What is left grew since, and each period rounds.
  const isRounded = open.some(burn => periodOf(burn.height) < periodOf(height));
  const without = {
    ...expected,
    amountOf: (period: number) => amountOf(period) - lessInPeriod(open, period),
    tolerance: tolerance + (isRounded ? tokenAmount(String(ROUNDED_MASS), height) : 0n),
  };
  return fitOf(info, without) !== null;
}

function mappedToken(entries: readonly Asset[], info: AssetInfo, known: Known): MappedToken {
  const { height, issueHeight, remapped } = known;
  const [{ mass: only, assetId }] = entries as [Asset];
  const mass = entries.length === 1 ? only : sumOfMasses(entries.map(entry => entry.mass));
  const held = entries.filter(entry => Number(entry.mass) !== 0);
  const bars = (held.length === 0 ? entries : held).map(entry => ({
    reference: entry.reference,
    mass: entry.mass,
  }));
  const readable = isReadable(mass);
  const first = issueHeight === undefined ? 0 : periodOf(issueHeight);
  const tolerance = toleranceOf(known);
  const amountOf = amountsOf(mass);
  const expected = { amountOf, first, last: Math.max(first, periodOf(height)), tolerance };
  const now = readable ? amountOf(periodOf(height)) : null;
  const fit = readable ? fitOf(info, expected) : null;
  const isOpen = readable && fit === null && fitsWithout(known, info, expected);
  return {
    reference: bars.map(({ reference }) => reference).join(', '),
    bars,
    token: assetId,
    mass,
    remapped,
    expectedAtIssue: readable && issueHeight !== undefined ? signedAmount(amountOf(first)) : null,
    expectedNow: now === null ? null : signedAmount(now),
    spendable: formatAmount(info.spendable),
    frozen: formatAmount(info.frozen),
    burnt: formatAmount(known.burnt),
    burntOpen: formatAmount(sumOfBurns(known.open)),
    isOpen,
    difference: now === null ? null : signedAmount(info.spendable + info.frozen - now),
    rounding: fit === null || fit.rounding === 0n ? null : signedAmount(fit.rounding),
    periodsBehind: fit && expected.last - fit.period,
    verdict: isOpen ? 'less' : verdictOf(info, now, fit, expected),
  };
}

function grouped(mapping: Mapping): { tokens: Map<string, Asset[]>; onBar: Map<string, number> } {
  const tokens = new Map<string, Asset[]>();
  const onBar = new Map<string, number>();
  for (const asset of assetsOf(mapping)) {
    const entries = tokens.get(asset.assetId);
    if (entries) entries.push(asset);
    else tokens.set(asset.assetId, [asset]);
    onBar.set(asset.reference, (onBar.get(asset.reference) ?? 0) + 1);
  }
  return { tokens, onBar };
}

/**
 * A re-mapping takes a rounded part of a token by giving it to another token on the same bar, and entries that are used up
 * stay. So a token alone in its entry and on its bar has the mass of its issue, but for parts that round to nothing.
 */
const isRemapped = (entries: readonly Asset[], onBar: ReadonlyMap<string, number>) =>
  entries.length > 1 ||
  entries.some(({ reference, mass }) => onBar.get(reference) !== 1 || !PLAIN_MASS.test(mass));

/**
 * @param height of the chain
 * @param issuedAt heights of the issuances that this store made, by asset id
 * @param open what is burnt for the open redemption, by asset id
 */
export function mappedTokens(
  mapping: Mapping,
  info: ReadonlyMap<string, AssetInfo>,
  height: number,
  issuedAt: ReadonlyMap<string, number>,
  { burnt, count: remappings }: Remappings = NO_REMAPPINGS,
  open: OpenRedemption['burns'] = new Map(),
): MappedTokens {
  const { tokens, onBar } = grouped(mapping);
  const mapped: MappedToken[] = [];
  let usedUp = 0;
  for (const [id, entries] of tokens) {
    const onChain = info.get(id) ?? NONE;
    const remapped = burnt.has(id) || isRemapped(entries, onBar);
    const gone = burnt.get(id) ?? 0n;
    const token = mappedToken(entries, onChain, {
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
