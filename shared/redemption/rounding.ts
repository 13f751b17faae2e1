/** Python's `round(x, digits)`: correctly rounded from the exact value of the double, ties to even. */

const TIES: ReadonlyMap<number, number> = new Map([3, 8, 9, 13].map(digits => [digits, 2 ** (digits + 1)]));

/**
 * `toFixed` is exact too but rounds ties up. Only an odd multiple of 2^-(digits + 1) lies in the middle of two decimals.
 * @param digits 3, 8, 9 or 13
 */
export function pythonRound(x: number, digits: 3 | 8 | 9 | 13): number {
  const up = Math.abs(x).toFixed(digits);
  const halves = x * (TIES.get(digits) as number);
  const isTie = Number.isInteger(halves) && halves % 2 !== 0;
  const isOdd = BigInt(up.replace('.', '')) % 2n !== 0n;
  if (!isTie || !isOdd) return Math.sign(x) < 0 ? -Number(up) : Number(up);
  const down = (BigInt(up.replace('.', '')) - 1n).toString().padStart(digits + 1, '0');
  const text = `${down.slice(0, -digits)}.${down.slice(-digits)}`;
  return x < 0 ? -Number(text) : Number(text);
}
