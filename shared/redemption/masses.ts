/** The mass of several entries together: of a bar, or of a token. In doubles and in the order of the file, as the original adds. */
import { pythonRound } from './rounding.ts';

/** @returns decimal text with at most 9 decimals, no exponent and no zeros at the end */
export function sumOfMasses(masses: Iterable<string>): string {
  let sum = 0;
  for (const mass of masses) sum += Number(mass);
  const text = pythonRound(sum, 9)
    .toFixed(9)
    .replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
