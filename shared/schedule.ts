/**
 * Tokens per mass, schedule `amap-1`: in IEEE doubles and in the order of the original library, so that every digit agrees.
 * Source: the `token_amount` of the original library; the factor is a constant since `Math.pow` may differ in the last bit.
 */
import { parseAmount } from './amount.ts';

/** Blocks in which the amount stays the same. */
export const PERIOD = 480;
/** The double 0x3ff000099fd0fa41, Python's `(1.0 + 0.010101010101010101) ** (1.0 / 1095)`. */
export const GROWTH_PER_PERIOD = 1.0000091784310288;
/** Far beyond any chain's life (38 years of minutes); bounds the loop below. */
export const MAX_HEIGHT = 20_000_000;

/**
 * Python's `round(x, 8)`: correctly rounded from the exact value, ties to even.
 * `toFixed` is exact too but rounds ties up. A tie has the form odd / 2^9, and 10^8 / 2^9 = 5^8 / 2: so the eighth
 * decimal of a tie is even exactly when the next lower one is taken where that one is even.
 */
export function round8(x: number): number {
  // Far enough from the middle of two, the product's own rounding (a part in 2^53) changes nothing, and a whole number
  // of less than 2^53 divided by 10^8 is the double nearest to that decimal. 40,000 periods would take toFixed 15 ms.
  const scaled = x * 1e8;
  const whole = Math.floor(scaled + 0.5);
  const aside = 0.5 - Math.abs(scaled - whole);
  if (scaled >= 0 && scaled < 1e15 && aside > scaled * 1e-15) return whole / 1e8;
  const rounded = Number(x.toFixed(8));
  const halves = x * 512;
  if (!Number.isInteger(halves) || halves % 2 === 0) return rounded;
  const up = BigInt(x.toFixed(8).replace('.', ''));
  return up % 2n === 0n ? rounded : Number((x - 1e-9).toFixed(8));
}

/** Full periods before this height. */
export const periodOf = (height: number): number => Math.floor(height / PERIOD);

/** The block with which the next period begins. */
export const periodEnd = (height: number): number => (periodOf(height) + 1) * PERIOD;

/** Blocks that may still be made before the period of `height` ends, 1 to 480. */
export const blocksLeft = (height: number): number => PERIOD - (height % PERIOD);

/**
 * @param mass decimal text, as in a request
 * @returns atoms of the token
 */
export function tokenAmount(mass: string, height: number): bigint {
  let total = round8(Number(mass) / 0.1);
  for (let period = periodOf(height); period > 0; period--) {
    total += round8(total * GROWTH_PER_PERIOD - total);
  }
  // A double times 10^8 may not be exact; its eight decimals are.
  return parseAmount(round8(total).toFixed(8), 'tokens');
}
