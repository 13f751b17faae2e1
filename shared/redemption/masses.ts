/** The mass of several entries together: of a bar, or of a token. In doubles and in the order of the file, as the original adds. */
import type { Asset } from '../mapping/assets.ts';
import { pythonRound } from './rounding.ts';

/** @returns decimal text with at most 9 decimals and no zeros at the end; no exponent below 1e21 */
export function sumOfMasses(masses: Iterable<string>): string {
  let sum = 0;
  for (const mass of masses) sum += Number(mass);
  const fixed = pythonRound(sum, 9).toFixed(9);
  // From 1e21 on there is an exponent, whose zeros count.
  const text = fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  return text === '-0' ? '0' : text;
}

/** Masses of the entries of each bar, or of each token, in their order. */
export function massesBy(entries: Iterable<Asset>, by: 'reference' | 'assetId'): Map<string, string[]> {
  const masses = new Map<string, string[]>();
  for (const entry of entries) {
    const name = by === 'reference' ? entry.reference : entry.assetId;
    const all = masses.get(name);
    if (all) all.push(entry.mass);
    else masses.set(name, [entry.mass]);
  }
  return masses;
}
