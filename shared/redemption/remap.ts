/**
 * Re-mapping after a redemption, rule `amap-1`: which entries of the mapping change when tokens were burnt for a bar.
 * In IEEE doubles, operation by operation as the original library's `remap_assets`, with the corrections of the formats page.
 */
import { GROWTH_PER_PERIOD, periodOf } from '../schedule.ts';
import { pythonRound } from './rounding.ts';

/** By period: a request asks for the same ratio once for each burn, and a late period takes 80 ms. */
const ratios = new Map<number, number>();

function computedRatio(periods: number): number {
  let tokens = 4000.0;
  for (let period = periods; period > 0; period--) tokens = pythonRound(tokens * GROWTH_PER_PERIOD, 8);
  return pythonRound(400.0 / tokens, 13);
}

/** Fine troy ounces that one token stands for. Source: the original library's `token_ratio`. */
export function tokenRatio(height: number): number {
  const period = periodOf(height);
  const ratio = ratios.get(period) ?? computedRatio(period);
  ratios.set(period, ratio);
  return ratio;
}

/** Fine troy ounces: above any error of double arithmetic on a bar's mass, below any that is traded. */
const TINY = 1e-6;

/** One entry of the mapping: so much of a token stands for so much of a bar. */
export interface Holding {
  bar: string;
  /** Asset id. */
  token: string;
  /** Fine troy ounces. */
  mass: number;
}

export interface Burnt {
  token: string;
  /** As a decimal text of at most 8 decimals, read as a double. */
  amount: number;
}

export interface Remapped<Entry extends Holding = Holding> {
  /** In the order of the input, with the masses after; those of the redeemed bar are gone. */
  kept: Entry[];
  /** New entries, in order. */
  added: Holding[];
  /** What moved: each part of a token that stands on another bar now. */
  moves: Holding[];
}

/**
 * Takes an amount of a token off its entries in order.
 * @param note told each part that was taken
 * @returns the amount that is left
 */
function take(entries: Holding[], amount: number, ratio: number, note: (bar: string, mass: number) => void): number {
  let left = amount;
  for (const entry of entries) {
    if (left <= 0) break;
    const whole = entry.mass;
    if (whole > left * ratio) {
      const part = pythonRound(left * ratio, 3);
      entry.mass = Math.max(whole - part, 0);
      // A mass of more than 3 decimals may be less than the part rounded up.
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
 * @param holdings the entries of the bar and of the burnt tokens at least, in the order of the file
 * @param burns each token once
 */
export function remap<Entry extends Holding>(
  holdings: readonly Entry[],
  burns: readonly Burnt[],
  bar: string,
  height: number,
): Remapped<Entry> {
  const ratio = tokenRatio(height);
  // Older re-mappings left masses just below 0; a larger one is no rounding, and the invariants refuse it.
  const entries = holdings.map(entry => ({ ...entry, mass: entry.mass < 0 && entry.mass > -TINY ? 0 : entry.mass }));
  const own = entries.filter(entry => entry.bar === bar);
  const untouched = entries.filter(entry => entry.bar !== bar);
  const others = untouched.map(entry => ({ ...entry }));
  const given: { bar: string; mass: number }[] = [];
  for (const { token, amount } of burns) {
    const isOf = (entry: Holding) => entry.token === token;
    const left = take(own.filter(isOf), amount, ratio, () => undefined);
    take(others.filter(isOf), left, ratio, (from, mass) => given.push({ bar: from, mass }));
  }
  const needs = own.filter(({ mass }) => mass > 0);
  // All of the bar is burnt: what rounding took from other bars beyond that goes back.
  if (needs.length === 0) return { kept: untouched, added: [], moves: [] };
  const moves = give(needs, given);
  return { ...write(others, moves), moves };
}

/** What the bar's remaining tokens get on the bars that gave; the last of them takes all that remains. */
function give(needs: readonly Holding[], given: readonly { bar: string; mass: number }[]): Holding[] {
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

function write<Entry extends Holding>(kept: Entry[], moves: readonly Holding[]) {
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
