/** Python's `round(x, digits)`: rounds the exact value of the double, ties to even. */

/**
 * `toFixed` is exact too, but it rounds ties up. A tie between two decimals is always an odd multiple of 2^-(digits +
 * 1).
 * @param digits number of decimals to keep: 3, 8, 9 or 13
 */
export function pythonRound(x: number, digits: 3 | 8 | 9 | 13): number {
  const fixed = x.toFixed(digits);
  const halves = x * 2 ** (digits + 1);
  const isTie = Number.isInteger(halves) && halves % 2 !== 0;
  if (!isTie || Number(fixed.at(-1)) % 2 === 0) return Number(fixed);
  // `toFixed` rounded this tie up to an odd digit. The even digit is one unit less.
  return Number(`${fixed.slice(0, -1)}${Number(fixed.at(-1)) - 1}`);
}
