/** Invariants of a re-mapping, checked independently of its computation: in exact decimals instead of doubles. */
import { formatAmount } from '../amount.ts';
import { checkThat } from '../errors.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { type Holding, tokenRatio } from './remapping.ts';

/** Digits after the point. Every mass fits: the text that `String` makes of a double has fewer digits. */
const SCALE = 40;
const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?$/;

/** Exact value of a decimal text, in units of 10^-40. */
function exactValue(text: string): bigint {
  const [, sign, whole = '', fraction = '', power = '0'] = DECIMAL.exec(text) as RegExpExecArray;
  const shift = SCALE - fraction.length + Number(power);
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -value : value;
}

const exactMassOf = ({ mass }: Holding): bigint => exactValue(String(mass));
const barOfHolding = ({ bar }: Holding) => bar;
const tokenOfHolding = ({ token }: Holding) => token;
const absoluteValue = (value: bigint): bigint => (value < 0n ? -value : value);
/** Tolerances in fine troy ounces: for double arithmetic on one bar, and for rounding one part to 3 decimals. */
const [ARITHMETIC, PART] = [exactValue('0.000001'), exactValue('0.0005')];

/** Text with 15 decimals, enough to show any difference that matters. */
function exactOuncesText(value: bigint): string {
  const digits = (absoluteValue(value) / 10n ** 25n).toString().padStart(16, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -15)}.${digits.slice(-15)}`;
}

function sumMassesBy(holdings: readonly Holding[], keyOf: (holding: Holding) => string): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const holding of holdings) totals.set(keyOf(holding), (totals.get(keyOf(holding)) ?? 0n) + exactMassOf(holding));
  return totals;
}

export interface Remapping {
  before: readonly Holding[];
  after: readonly Holding[];
  /** Reference of the redeemed bar. */
  bar: string;
  /** Redemption height. */
  height: number;
  /** Burnt atoms; each token occurs once. */
  burns: readonly { token: string; amount: bigint }[];
}

function checkNearlyEqual(what: string, expected: bigint, got: bigint, bound: bigint): void {
  const both = `expected ${exactOuncesText(expected)} fine troy ounces (tolerance ${exactOuncesText(bound)}), got ${exactOuncesText(got)}`;
  checkThat(absoluteValue(expected - got) <= bound, 'REMAP_INVALID', `${what}: mass: ${both}`);
}

/**
 * The mass of the new mapping, read from its bytes, equals the old mass minus the redeemed and the removed bars.
 * @param gone mass of each redeemed or removed bar, in fine troy ounces
 * @param entries number of affected entries. In each total, the mass of each entry is rounded to 8 decimals.
 */
export function checkTotalMass(before: Mapping, after: Mapping, gone: readonly string[], entries: number): void {
  const expected = gone.reduce((sum, mass) => sum - exactValue(mass), exactValue(before.totalMass));
  checkNearlyEqual(
    'all bars',
    expected,
    exactValue(after.totalMass),
    ARITHMETIC + BigInt(entries) * exactValue('0.00000001'),
  );
}

/**
 * All bars except the redeemed one keep their mass, each token loses the burnt amount, and no mass is negative.
 * @throws Refusal REMAP_INVALID, naming the bar or token and both masses
 */
export function checkRemapping({ before, after, bar, height, burns }: Remapping): void {
  for (const holding of after) {
    const { mass, token } = holding;
    checkThat(mass >= 0, 'REMAP_INVALID', `${holding.bar}: mass of token ${token}: expected 0 or more, got ${mass}`);
  }
  const [bars, barsAfter] = [sumMassesBy(before, barOfHolding), sumMassesBy(after, barOfHolding)];
  checkThat(!barsAfter.has(bar), 'REMAP_INVALID', `${bar}: expected no entry of the redeemed bar, got one`);
  const all = new Set([...bars.keys(), ...barsAfter.keys()]);
  all.delete(bar);
  for (const one of all) checkNearlyEqual(one, bars.get(one) ?? 0n, barsAfter.get(one) ?? 0n, ARITHMETIC);
  const [tokens, tokensAfter] = [sumMassesBy(before, tokenOfHolding), sumMassesBy(after, tokenOfHolding)];
  const ratio = exactValue(String(tokenRatio(height)));
  const burnt = new Map(
    burns.map(({ token, amount }) => [token, (exactValue(formatAmount(amount)) * ratio) / 10n ** 40n]),
  );
  // Each burnt token is rounded once. A token of the redeemed bar collects the rounding of all parts that it receives.
  const own = new Set(before.filter(holding => holding.bar === bar).map(tokenOfHolding));
  for (const token of new Set([...tokens.keys(), ...tokensAfter.keys()])) {
    const parts = (own.has(token) ? burnt.size : 0) + (burnt.has(token) ? 1 : 0);
    const expected = (tokens.get(token) ?? 0n) - (burnt.get(token) ?? 0n);
    checkNearlyEqual(`token ${token}`, expected, tokensAfter.get(token) ?? 0n, PART * BigInt(parts + 1) + ARITHMETIC);
  }
}
