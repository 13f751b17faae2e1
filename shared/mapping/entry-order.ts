/** Sorts the entries in the order of the signed message. Python sorts the keys as texts, so 10 comes before 2. */
import { checkThat, Refusal } from '../errors.ts';

/** Largest number of entries, more than a file can hold. The product 11 ** 9 * MAX_ENTRIES fits exactly in a double. */
const MAX_ENTRIES = 2 ** 21 + 2 ** 20;

/**
 * A number for a key of up to nine digits. These numbers have the same order as the texts of the keys. The digits 0 to
 * 9 have the values 1 to 10 in base 11, and a missing digit has the value 0.
 */
function sortValueOfKey(key: number): number {
  let sum = 0;
  for (let rest = key; ; rest = Math.floor(rest / 10)) {
    sum = sum / 11 + ((rest % 10) + 1) * 11 ** 8;
    if (rest < 10) return sum;
  }
}

/**
 * Indices of `keys` (integers), sorted by the text of the keys.
 * @throws Refusal FORMAT_INVALID if a key occurs twice, TOO_LARGE
 */
export function orderByText(keys: Int32Array): Int32Array {
  const { length } = keys;
  checkThat(length <= MAX_ENTRIES, 'TOO_LARGE', `mapping: expected at most ${MAX_ENTRIES} assets, got ${length}`);
  // Rank and index are combined in one number, because sorting numbers is fast.
  const sorted = new Float64Array(length);
  for (let i = 0; i < length; i++) sorted[i] = sortValueOfKey(keys[+i] as number) * MAX_ENTRIES + i;
  sorted.sort();
  const order = new Int32Array(length);
  for (let n = 0, last = -1; n < length; n++) {
    const ranked = Math.floor((sorted[+n] as number) / MAX_ENTRIES);
    const i = (sorted[+n] as number) - ranked * MAX_ENTRIES;
    if (ranked === last) {
      const problem = `mapping: duplicate asset key "${keys[+i]}"`;
      const hint = 'Fetch the published mapping again. Countersign did not write this file.';
      throw new Refusal('FORMAT_INVALID', problem, hint);
    }
    order[n] = i;
    last = ranked;
  }
  return order;
}
