/** What follows from the redemptions of a request, one on the result of the other: the tokens each needs, and the entries that change. */
import { formatAmount, parseAmount } from '../amount.ts';
import { type Burn, outpointOf, type RedemptionRequest } from '../changes.ts';
import { at, check } from '../errors.ts';
import { checkField } from '../fields.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { round8, tokenAmount } from '../schedule.ts';
import { holdingsOf, type Placed } from './holdings.ts';
import { checkRemapping } from './invariants.ts';
import { sumOfMasses } from './masses.ts';
import { type Holding, remap, tokenRatio } from './remap.ts';

/** The original's own tolerance above what is needed. */
const MOST_ABOVE = 10n;
/** Fine troy ounces: what rounding may have put on a token too much. */
const ROUNDING = 0.0005;

export interface DerivedRedemption {
  request: RedemptionRequest;
  /** Fine troy ounces of the bar, as the mapping has it. */
  mass: string;
  /** Atoms. */
  needed: bigint;
  burnt: bigint;
  /** Each part of a token that stands for another bar now. */
  moves: Holding[];
}

export interface DerivedRedemptions {
  redemptions: DerivedRedemption[];
  /** The entries of the bars and tokens that are concerned: before the first redemption, after the last. */
  before: Placed[];
  after: Placed[];
}

const totalOf = (entries: readonly Holding[]): number => entries.reduce((sum, { mass }) => sum + mass, 0);

/**
 * Atoms for a mass: what a custodian demands to the last digit, and what the original library compares with. Both are rounded
 * in each period, so they differ a little.
 */
function neededFor(mass: number, height: number): { least: bigint; most: bigint; exact: bigint } {
  const exact = tokenAmount(String(mass), height);
  const compared = parseAmount(round8(mass / tokenRatio(height)).toFixed(8), 'tokens');
  const [least, most] = exact < compared ? [exact, compared] : [compared, exact];
  return { least, most: most + MOST_ABOVE, exact };
}

/** Atoms of each token, at the place of its first burn. */
function sumsOf(burns: readonly Burn[], path: string): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  burns.forEach(({ token, amount }, i) => {
    const atoms = parseAmount(amount, `${path}.burns[${i}].amount`);
    checkField(atoms > 0n, `${path}.burns[${i}].amount`, 'more than 0', amount);
    sums.set(token, (sums.get(token) ?? 0n) + atoms);
  });
  return sums;
}

/** Every burnt token stands in the mapping, with at least as much mass. */
function checkTokens(
  entries: readonly Placed[],
  sums: ReadonlyMap<string, bigint>,
  height: number,
  path: string,
): void {
  const ratio = tokenRatio(height);
  for (const [token, atoms] of sums) {
    const own = entries.filter(entry => entry.token === token);
    const unknown = `${path}.burns: expected tokens of the mapping, got ${token}`;
    check(
      own.length > 0,
      'TOKEN_UNKNOWN',
      unknown,
      'Find out what was burnt: no bar of this mapping stands for that token.',
    );
    const [mass, burnt] = [totalOf(own), Number(formatAmount(atoms)) * ratio];
    const both = `at most ${sumOfMasses([String(mass)])} fine troy ounces of token ${token}, all that the mapping has`;
    const got = `${formatAmount(atoms)} tokens, ${sumOfMasses([String(burnt)])} ounces`;
    const hint =
      'A burn was counted before, or more tokens exist than the mapping has: do not sign, and find out which.';
    check(burnt <= mass + ROUNDING, 'BURN_EXCEEDS', `${path}.burns: expected ${both}, got ${got}`, hint);
  }
}

function deriveRedemption(request: RedemptionRequest, entries: readonly Placed[], path: string) {
  const { reference, mass, height, burns } = request;
  const own = entries.filter(({ bar }) => bar === reference);
  const noBar = `${path}.reference: expected a bar of the mapping, got ${reference}`;
  check(own.length > 0, 'ASSET_UNKNOWN', noBar, 'Take the reference as the mapping has it: countersign map show');
  const total = totalOf(own);
  const mapped = sumOfMasses(own.map(entry => String(entry.mass)));
  check(
    Number(mapped) === Number(mass),
    'MASS_MISMATCH',
    `${path}.mass: expected ${mapped}, the mapping's, got ${mass}`,
  );
  const sums = sumsOf(burns, path);
  const burnt = [...sums].reduce((sum, [, atoms]) => sum + atoms, 0n);
  const { least, most, exact } = neededFor(total, height);
  const off = burnt < least ? `${formatAmount(least - burnt)} too few` : `${formatAmount(burnt - most)} too many`;
  const both = `expected ${formatAmount(exact)} tokens for ${mapped} at height ${height}, got ${formatAmount(burnt)}`;
  const hint = 'Count all burns of this bar, and no other. A later burn belongs to another period and cannot be added.';
  check(burnt >= least && burnt <= most, 'AMOUNT_MISMATCH', `${path}.burns: ${both}: ${off}`, hint);
  checkTokens(entries, sums, height, path);
  const asDoubles = [...sums].map(([token, atoms]) => ({ token, amount: Number(formatAmount(atoms)) }));
  const { kept, added, moves } = remap(entries, asDoubles, reference, height);
  const after: Placed[] = [...kept, ...added];
  const amounts = [...sums].map(([token, amount]) => ({ token, amount }));
  checkRemapping({ before: entries, after, bar: reference, height, burns: amounts });
  return { redemption: { request, mass: mapped, needed: exact, burnt, moves }, after };
}

/** An output is burnt once, and counts once. */
function checkBurnsOnce(requests: readonly RedemptionRequest[]): void {
  const found = new Set<string>();
  requests.forEach(({ burns }, i) => {
    burns.forEach((burn, j) => {
      const outpoint = outpointOf(burn);
      const path = `redemptions[${i}].burns[${j}]`;
      const hint = 'Remove the second line of that burn, and prepare the request again.';
      check(!found.has(outpoint), 'BURN_SPENT', `${path}: ${outpoint} stands twice in the request`, hint);
      found.add(outpoint);
    });
  });
}

/**
 * @param height of the request
 * @throws Refusal ASSET_UNKNOWN, MASS_MISMATCH, AMOUNT_MISMATCH, TOKEN_UNKNOWN, BURN_EXCEEDS, BURN_SPENT, NOT_MONOTONIC,
 *   FIELD_INVALID; REMAP_INVALID by a mistake of ours
 */
export function deriveRedemptions(
  requests: readonly RedemptionRequest[],
  base: Mapping,
  height: number,
): DerivedRedemptions {
  if (requests.length === 0) return { redemptions: [], before: [], after: [] };
  checkBurnsOnce(requests);
  const tokens = requests.flatMap(({ burns }) => burns.map(({ token }) => token));
  const before = holdingsOf(base, new Set(requests.map(({ reference }) => reference)), tokens);
  let after = before;
  const redemptions = requests.map((request, i) => {
    const path = `redemptions[${i}]`;
    const later = `${path}.height: expected at most ${height}, the request's, got ${request.height}`;
    try {
      check(request.height <= height, 'NOT_MONOTONIC', later);
      const done = deriveRedemption(request, after, path);
      after = done.after;
      return done.redemption;
    } catch (error) {
      throw at(request.reference, error);
    }
  });
  return { redemptions, before, after };
}
