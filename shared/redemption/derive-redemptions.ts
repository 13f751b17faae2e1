/**
 * Derives redemptions in sequence, each on the result of the previous one: the tokens needed, and the changed entries.
 */
import { formatAmount, parseAmount } from '../amount.ts';
import { type Burn, checkBarMapped, occursTwiceText, outpointText, type RedemptionRequest } from '../changes.ts';
import { addPlaceToMessage, checkThat } from '../errors.ts';
import { checkField } from '../json-fields.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { roundTo8Decimals, tokenAmount } from '../token-schedule.ts';
import { affectedHoldings, type Placed } from './affected-holdings.ts';
import { checkRemapping } from './invariants.ts';
import { sumOfMasses } from './mass-sums.ts';
import { type Holding, remapHoldings, tokenRatio } from './remapping.ts';

/** Largest permitted excess over the needed amount, in atoms, as in the original library. */
const MAX_SURPLUS = 10n;
/** Largest rounding error of a token's mass, in fine troy ounces. */
const ROUNDING = 0.0005;

export interface DerivedRedemption {
  request: RedemptionRequest;
  /** Mass of the bar in the mapping, in fine troy ounces, decimal text. */
  mass: string;
  /** Amount of tokens needed, in atoms. */
  needed: bigint;
  burnt: bigint;
  /** Parts of tokens that now represent another bar. */
  moves: Holding[];
}

export interface DerivedRedemptions {
  redemptions: DerivedRedemption[];
  /** Entries of the affected bars and tokens: before the first redemption, and after the last. */
  before: Placed[];
  after: Placed[];
}

const totalMassOf = (entries: readonly Holding[]): number => entries.reduce((sum, { mass }) => sum + mass, 0);

/** Amounts in atoms: the smallest and the largest accepted amount, and the amount that custodians ask for. */
export interface Needed {
  least: bigint;
  most: bigint;
  exact: bigint;
}

/**
 * Amounts needed for a mass: the amount that custodians ask for, and the amount that the original library compares
 * with. The two amounts differ slightly, because the two computations round in every period.
 * @param mass mass of the bar in fine troy ounces
 */
export function amountsForMass(mass: number, height: number): Needed {
  const exact = tokenAmount(String(mass), height);
  const compared = parseAmount(roundTo8Decimals(mass / tokenRatio(height)).toFixed(8), 'tokens');
  const [least, most] = exact < compared ? [exact, compared] : [compared, exact];
  return { least, most: most + MAX_SURPLUS, exact };
}

/** Rule 5: the amount is positive. */
function checkAmountAboveZero(atoms: bigint, path: string): void {
  checkField(atoms > 0n, path, 'more than 0', formatAmount(atoms));
}

/** Burnt atoms of each token, in the order in which the tokens first occur. */
function burntByToken(burns: readonly Burn[], path: string): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  burns.forEach(({ token, amount }, i) => {
    const atoms = parseAmount(amount, `${path}.burns[${i}].amount`);
    checkAmountAboveZero(atoms, `${path}.burns[${i}].amount`);
    sums.set(token, (sums.get(token) ?? 0n) + atoms);
  });
  return sums;
}

/**
 * Rule 7: the burnt token is in the mapping.
 * @param own mapping entries of the burnt token
 */
function checkTokenKnown(own: readonly Placed[], token: string): void {
  const unknown = `burns: expected a token of the mapping, got ${token}`;
  const hint = 'Find out what was burnt. This mapping has no bar for this token.';
  checkThat(own.length > 0, 'TOKEN_UNKNOWN', unknown, hint);
}

/** Rule 7: not more is burnt than the mass of the token's entries permits. */
function checkBurntNotAboveMapped(own: readonly Placed[], token: string, atoms: bigint, height: number): void {
  const [mass, burnt] = [totalMassOf(own), Number(formatAmount(atoms)) * tokenRatio(height)];
  const both = `at most ${sumOfMasses([String(mass)])} fine troy ounces of token ${token} as in the mapping`;
  const got = `${sumOfMasses([String(burnt)])} fine troy ounces (${formatAmount(atoms)} tokens)`;
  const hint =
    'Do not sign. Find out whether a burn was counted before, or whether more tokens exist than the mapping has.';
  checkThat(burnt <= mass + ROUNDING, 'BURN_EXCEEDS', `burns: expected ${both}, got ${got}`, hint);
}

/**
 * Rule 7: the request's mass equals the mass in the mapping.
 * @param mapped mass in the mapping
 */
function checkMassEqualsMapped(mass: string, mapped: string): void {
  const both = `expected ${mapped} fine troy ounces as in the mapping, got ${mass}`;
  checkThat(Number(mapped) === Number(mass), 'MASS_MISMATCH', `mass: ${both}`);
}

/**
 * Rule 7: enough is burnt, and not too much.
 * @param burnt the burnt amount in atoms
 */
function checkBurntSum(needed: Needed, burnt: bigint, { mass, height }: RedemptionRequest): void {
  const { least, most, exact } = needed;
  const off = burnt < least ? `${formatAmount(least - burnt)} too few` : `${formatAmount(burnt - most)} too many`;
  const both = `expected ${formatAmount(exact)} tokens for ${mass} fine troy ounces at height ${height}, got ${formatAmount(burnt)}`;
  const few = 'Count all burns of this bar. A further burn counts only if its redemption height is in the same period.';
  const hint = burnt < least ? few : 'Count the burns of this bar only.';
  checkThat(burnt >= least && burnt <= most, 'AMOUNT_MISMATCH', `burns: ${both} (${off})`, hint);
}

function deriveRedemption(request: RedemptionRequest, entries: readonly Placed[], path: string) {
  const { reference, mass, height, burns } = request;
  const own = entries.filter(({ bar }) => bar === reference);
  checkBarMapped(own.length, reference, path);
  const mapped = sumOfMasses(own.map(entry => String(entry.mass)));
  checkMassEqualsMapped(mass, mapped);
  const sums = burntByToken(burns, path);
  const burnt = [...sums].reduce((sum, [, atoms]) => sum + atoms, 0n);
  const needed = amountsForMass(totalMassOf(own), height);
  checkBurntSum(needed, burnt, request);
  for (const [token, atoms] of sums) {
    const held = entries.filter(entry => entry.token === token);
    checkTokenKnown(held, token);
    checkBurntNotAboveMapped(held, token, atoms, height);
  }
  const asDoubles = [...sums].map(([token, atoms]) => ({ token, amount: Number(formatAmount(atoms)) }));
  const { kept, added, moves } = remapHoldings(entries, asDoubles, reference, height);
  const after: Placed[] = [...kept, ...added];
  const amounts = [...sums].map(([token, amount]) => ({ token, amount }));
  checkRemapping({ before: entries, after, bar: reference, height, burns: amounts });
  return { redemption: { request, mass: mapped, needed: needed.exact, burnt, moves }, after };
}

/**
 * Rule 4: the redemption height is not above the request's height.
 * @param most height of the request
 */
function checkRedemptionHeight(height: number, most: number, path: string): void {
  const later = `${path}.height: expected at most ${most} as in the request, got ${height}`;
  checkThat(height <= most, 'NOT_MONOTONIC', later);
}

/** Rule 8: each burnt output occurs once in the request. */
function checkBurnsOnce(requests: readonly RedemptionRequest[]): void {
  const found = new Set<string>();
  requests.forEach(({ burns }, i) => {
    burns.forEach((burn, j) => {
      const outpoint = outpointText(burn);
      const path = `redemptions[${i}].burns[${j}]`;
      const hint = 'Remove the second line of this burn, then prepare the request again.';
      checkThat(!found.has(outpoint), 'BURN_SPENT', occursTwiceText(path, outpoint), hint);
      found.add(outpoint);
    });
  });
}

/**
 * @param height height of the request
 * @throws Refusal ASSET_UNKNOWN, MASS_MISMATCH, AMOUNT_MISMATCH, TOKEN_UNKNOWN, BURN_EXCEEDS, BURN_SPENT,
 * NOT_MONOTONIC, FIELD_INVALID; REMAP_INVALID if the program's computation is wrong
 */
export function deriveRedemptions(
  requests: readonly RedemptionRequest[],
  base: Mapping,
  height: number,
): DerivedRedemptions {
  if (requests.length === 0) return { redemptions: [], before: [], after: [] };
  checkBurnsOnce(requests);
  const tokens = requests.flatMap(({ burns }) => burns.map(({ token }) => token));
  const before = affectedHoldings(base, new Set(requests.map(({ reference }) => reference)), tokens);
  let after = before;
  const redemptions = requests.map((request, i) => {
    const path = `redemptions[${i}]`;
    try {
      checkRedemptionHeight(request.height, height, path);
      const done = deriveRedemption(request, after, path);
      after = done.after;
      return done.redemption;
    } catch (error) {
      throw addPlaceToMessage(request.reference, error);
    }
  });
  return { redemptions, before, after };
}
