/**
 * Re-mapping after a redemption, rule `amap-1`: which mapping entries change when tokens are burnt for a bar. Uses IEEE
 * doubles in the order of operations of the original library's `remap_assets`, with the corrections in
 * `docs/formats.md`.
 */
import { GROWTH_PER_PERIOD, periodOf } from '../token-schedule.ts';
import { pythonRound } from './python-rounding.ts';

/**
 * For each period: the result of {@link computeTokenRatio}. A request needs the same ratio for each burn, and it takes
 * 80 ms to compute the ratio of a late period.
 */
const ratios = new Map<number, number>();

function computeTokenRatio(periods: number): number {
  let tokens = 4000.0;
  for (let period = periods; period > 0; period--) tokens = pythonRound(tokens * GROWTH_PER_PERIOD, 8);
  return pythonRound(400.0 / tokens, 13);
}

/** Mass, in fine troy ounces, that a token represents at this height. Source: the original library's `token_ratio`. */
export function tokenRatio(height: number): number {
  const period = periodOf(height);
  const ratio = ratios.get(period) ?? computeTokenRatio(period);
  ratios.set(period, ratio);
  return ratio;
}

/**
 * A mass in fine troy ounces. It is larger than any error of double arithmetic on a bar, and smaller than any traded
 * mass.
 */
const ROUNDING_MASS = 1e-6;

/** One mapping entry: a mass of a bar that a token represents. */
export interface Holding {
  bar: string;
  /** Asset id. */
  token: string;
  /** Fine troy ounces. */
  mass: number;
}

export interface Burnt {
  token: string;
  /** Decimal text of at most 8 decimals, converted to a double. */
  amount: number;
}

export interface Remapped<Entry extends Holding = Holding> {
  /** Remaining entries in input order with their new masses. The entries of the redeemed bar are removed. */
  kept: Entry[];
  /** New entries, in order. */
  added: Holding[];
  /** Parts of tokens that now represent another bar. */
  moves: Holding[];
}

/**
 * Takes an amount of a token from its entries, in order.
 * @param note function that is called with each part that was taken
 * @returns the amount that could not be taken
 */
function takeAmountFromEntries(
  entries: Holding[],
  amount: number,
  ratio: number,
  note: (bar: string, mass: number) => void,
): number {
  let left = amount;
  for (const entry of entries) {
    if (left <= 0) break;
    const whole = entry.mass;
    if (whole > left * ratio) {
      const part = pythonRound(left * ratio, 3);
      entry.mass = Math.max(whole - part, 0);
      // The part was rounded to 3 decimals. It can be larger than an entry's mass with more decimals.
      note(entry.bar, Math.min(part, whole));
      return 0;
    }
    left -= whole / ratio;
    entry.mass = 0;
    note(entry.bar, whole);
  }
  return left;
}

/**
 * @param holdings the entries in file order; at least all entries of the bar and of the burnt tokens
 * @param burns the burns, in which each token occurs once
 */
export function remapHoldings<Entry extends Holding>(
  holdings: readonly Entry[],
  burns: readonly Burnt[],
  bar: string,
  height: number,
): Remapped<Entry> {
  const ratio = tokenRatio(height);
  // Older redemptions left masses slightly below 0. A mass that is further below 0 is not a rounding error, and the
  // invariants refuse it.
  const entries = holdings.map(entry => ({
    ...entry,
    mass: entry.mass < 0 && entry.mass > -ROUNDING_MASS ? 0 : entry.mass,
  }));
  const own = entries.filter(entry => entry.bar === bar);
  const untouched = entries.filter(entry => entry.bar !== bar);
  const others = untouched.map(entry => ({ ...entry }));
  const given: { bar: string; mass: number }[] = [];
  for (const { token, amount } of burns) {
    const isOf = (entry: Holding) => entry.token === token;
    const left = takeAmountFromEntries(own.filter(isOf), amount, ratio, () => undefined);
    takeAmountFromEntries(others.filter(isOf), left, ratio, (from, mass) => given.push({ bar: from, mass }));
  }
  const needs = own.filter(({ mass }) => mass > 0);
  // The bar's own tokens were burnt in full. Other bars keep their masses, because `takeAmountFromEntries` changed them only
  // by a rounding error.
  if (needs.length === 0) return { kept: untouched, added: [], moves: [] };
  const moves = computeTokenMoves(needs, given);
  return { ...applyMoves(others, moves), moves };
}

/**
 * Moves the redeemed bar's remaining tokens to the bars from which mass was taken. The last token gets the remainder.
 */
function computeTokenMoves(needs: readonly Holding[], given: readonly { bar: string; mass: number }[]): Holding[] {
  const moves: Holding[] = [];
  const notes = given.map(note => ({ ...note }));
  needs.forEach(({ token, mass }, i) => {
    const isLast = i === needs.length - 1;
    let need = mass;
    while (notes.length > 0 && (isLast || need > 0)) {
      const [note] = notes as [{ bar: string; mass: number }];
      if (isLast || note.mass <= need) {
        moves.push({ token, bar: note.bar, mass: note.mass });
        need -= note.mass;
        notes.shift();
      } else {
        moves.push({ token, bar: note.bar, mass: need });
        note.mass -= need;
        need = 0;
      }
    }
  });
  return moves;
}

function applyMoves<Entry extends Holding>(kept: Entry[], moves: readonly Holding[]) {
  const added: Holding[] = [];
  for (const { token, bar, mass } of moves) {
    const rounded = pythonRound(mass, 9);
    if (rounded <= 0) continue;
    const isSame = (entry: Holding) => entry.token === token && entry.bar === bar;
    const entry = kept.find(isSame) ?? added.find(isSame);
    if (entry) entry.mass += rounded;
    else added.push({ bar, token, mass: rounded });
  }
  return { kept, added };
}
