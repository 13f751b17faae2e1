/**
 * Tokens for a mass, schedule `amap-1`. Uses IEEE doubles in the order of operations of the original library's
 * `token_amount`, so every digit agrees. The growth factor is a constant, because the last bit of `Math.pow` can differ
 * between machines.
 */
import { parseAmount } from './amount.ts';

/** Number of blocks in a period. Within a period, a mass is worth the same amount of tokens. */
export const PERIOD = 480;
/** The double 0x3ff000099fd0fa41, Python's `(1.0 + 0.010101010101010101) ** (1.0 / 1095)`. */
export const GROWTH_PER_PERIOD = 1.0000091784310288;
/** The largest height, which limits the loop below: 38 years with one block a minute. */
export const MAX_HEIGHT = 20_000_000;

/**
 * Python's `round(x, 8)`: rounds the exact value of the double, ties to even. `toFixed` is exact too, but it rounds
 * ties up. A tie is an odd multiple of 2^-9. If `toFixed` rounds a tie up to an odd last digit, the right result is one
 * unit less.
 */
export function roundTo8Decimals(x: number): number {
  // A fast computation for most values, because `toFixed` takes 15 ms for 40,000 periods. Far from a tie, the rounding
  // of the product (one part in 2^53) changes nothing. An integer below 2^53 divided by 10^8 is the double nearest to
  // that decimal.
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

/** Number of full periods before this height. */
export const periodOf = (height: number): number => Math.floor(height / PERIOD);

/** First block of the next period. */
export const firstBlockOfNextPeriod = (height: number): number => (periodOf(height) + 1) * PERIOD;

/** Number of blocks, 1 to 480, until the period of `height` ends. */
export const blocksLeft = (height: number): number => PERIOD - (height % PERIOD);

/**
 * @param mass mass of the bar in fine troy ounces, as decimal text
 * @returns the amount of tokens, in atoms
 */
export function tokenAmount(mass: string, height: number): bigint {
  let total = roundTo8Decimals(Number(mass) / 0.1);
  for (let period = periodOf(height); period > 0; period--) {
    total += roundTo8Decimals(total * GROWTH_PER_PERIOD - total);
  }
  // The product of a double and 10^8 may be inexact, so the double's text with eight decimals is used.
  return parseAmount(roundTo8Decimals(total).toFixed(8), 'tokens');
}
