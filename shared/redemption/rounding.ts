/** Python's `round(x, digits)`: correctly rounded from the exact value of the double, ties to even. */

/**
 * `toFixed` is exact too but rounds ties up. Only an odd multiple of 2^-(digits + 1) lies in the middle of two decimals.
 * @param digits 3, 8, 9 or 13
 */
export function pythonRound(x: number, digits: 3 | 8 | 9 | 13): number {
  const fixed = x.toFixed(digits);
  const halves = x * 2 ** (digits + 1);
  const isTie = Number.isInteger(halves) && halves % 2 !== 0;
  if (!isTie || Number(fixed.at(-1)) % 2 === 0) return Number(fixed);
  // A tie that was rounded away from zero to an odd digit: one unit of the last digit less is even.
  return Number(`${fixed.slice(0, -1)}${Number(fixed.at(-1)) - 1}`);
}
