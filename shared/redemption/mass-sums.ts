/** Sums the masses of all entries of a bar, or of a token. Adds doubles in file order, as the original library does. */
import type { Asset } from '../mapping/assets.ts';
import { pythonRound } from './python-rounding.ts';

/** @returns decimal text with at most 9 decimals and no trailing zeros; with an exponent from 1e21 on */
export function sumOfMasses(masses: Iterable<string>): string {
  let sum = 0;
  for (const mass of masses) sum += Number(mass);
  const fixed = pythonRound(sum, 9).toFixed(9);
  // From 1e21 on the text has an exponent, whose zeros must stay.
  const text = fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  return text === '-0' ? '0' : text;
}

/** Masses of the entries of each bar, or of each token, in file order. */
export function groupMassesBy(entries: Iterable<Asset>, by: 'reference' | 'assetId'): Map<string, string[]> {
  const masses = new Map<string, string[]>();
  for (const entry of entries) {
    const name = by === 'reference' ? entry.reference : entry.assetId;
    const all = masses.get(name);
    if (all) all.push(entry.mass);
    else masses.set(name, [entry.mass]);
  }
  return masses;
}
