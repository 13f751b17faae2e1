/** The order of the signed message: Python sorts the keys as texts, so 10 stands before 2. */
import { Refusal } from '../errors.ts';

const DIGITS = 9;
const SHIFT = 16; // room for the number of digits beside the padded key

function digitsOf(key: number): number {
  let digits = 1;
  for (let limit = 10; key >= limit; limit *= 10) digits++;
  return digits;
}

/**
 * Positions of `keys` (whole numbers of at most nine digits) in the order of their texts.
 * Sorting numbers beats sorting texts by far: a key padded to nine digits, then its length, sorts as its text does.
 * @throws Refusal FORMAT_INVALID if a key stands twice
 */
export function textOrder(keys: Int32Array, what: string): Int32Array {
  const sorted = new Float64Array(keys.length);
  let largest = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    const digits = digitsOf(key);
    sorted[i] = key * 10 ** (DIGITS - digits) * SHIFT + digits;
    if (key > largest) largest = key;
  }
  sorted.sort();
  const position = positions(keys, largest);
  const order = new Int32Array(keys.length);
  let before = -1;
  for (let i = 0; i < order.length; i++) {
    const composite = sorted[i] as number;
    if (composite === before) {
      throw new Refusal(
        'FORMAT_INVALID',
        `${what}: not valid, an asset's key stands twice`,
        'This object is not one that the tool wrote: get the published mapping again.',
      );
    }
    before = composite;
    const digits = composite % SHIFT;
    order[i] = position((composite - digits) / SHIFT / 10 ** (DIGITS - digits));
  }
  return order;
}

function positions(keys: Int32Array, largest: number): (key: number) => number {
  if (largest > 4 * keys.length + 1024) {
    const map = new Map<number, number>();
    keys.forEach((key, i) => {
      map.set(key, i);
    });
    return key => map.get(key) as number;
  }
  const table = new Int32Array(largest + 1);
  keys.forEach((key, i) => {
    table[key] = i;
  });
  return key => table[key] as number;
}
