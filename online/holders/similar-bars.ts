/**
 * Finds bars whose serial differs from a typed serial in one character, or in the order of two neighbouring
 * characters.
 */
import { partText } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';

const CHARACTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz'];
/**
 * Largest number of unknown serials for which similar bars are searched. Each serial has hundreds of
 * variants, and a person does not mistype more serials than this.
 */
const MAX_TYPED = 100;
const MAX_LENGTH = 20;
const MAX_BARS = 5;

/** The serial in small letters, with a digit in place of each letter that looks like the digit 0 or 1. */
const plainSerial = (text: string): string =>
  (text.split('-', 1)[0] as string).toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1');

function serialVariants(serial: string): Set<string> {
  const out = new Set([serial]);
  for (let i = 0; i <= serial.length; i++) {
    const [before, after] = [serial.slice(0, i), serial.slice(i)];
    out.add(before + after.slice(1));
    out.add(before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2));
    for (const character of CHARACTERS) {
      out.add(before + character + after);
      out.add(before + character + after.slice(1));
    }
  }
  return out;
}

/**
 * @returns for each typed serial or reference: references of at most five similar bars. A very short or very
 * long serial has no entry
 */
export function findSimilarBars(mapping: Mapping, typed: readonly string[]): Map<string, string[]> {
  const near = new Map<string, string[]>();
  const wanted = new Map<string, string[]>();
  for (const text of new Set(typed.slice(0, MAX_TYPED))) {
    const serial = plainSerial(text);
    if (serial.length < 3 || serial.length > MAX_LENGTH) continue;
    near.set(text, []);
    for (const variant of serialVariants(serial)) wanted.set(variant, [...(wanted.get(variant) ?? []), text]);
  }
  if (near.size === 0) return near;
  for (let i = 0; i < mapping.size; i++) {
    const reference = partText(mapping.content.assets, i, 'reference');
    for (const text of wanted.get(plainSerial(reference)) ?? []) {
      const bars = near.get(text) as string[];
      if (bars.length < MAX_BARS && !bars.includes(reference)) bars.push(reference);
    }
  }
  return near;
}
