/** The order of the signed message: Python sorts the keys as texts, so 10 stands before 2. */
import { Refusal } from '../errors.ts';

/** Keys are numbered on from one, so they are dense, up to bars that were redeemed; others are sorted as texts. */
const SPARSE = 4;

function duplicate(what: string, key: number): Refusal {
  return new Refusal(
    'FORMAT_INVALID',
    `${what}: not valid, the asset's key "${key}" stands twice`,
    'This object is not one that the tool wrote: get the published mapping again.',
  );
}

/**
 * Positions of `keys` (whole numbers) in the order of their texts.
 * @throws Refusal FORMAT_INVALID if a key stands twice
 */
export function textOrder(keys: Int32Array, what: string): Int32Array {
  const largest = keys.reduce((a, b) => (b > a ? b : a), 0);
  return largest > SPARSE * keys.length + 1024 ? sorted(keys, what) : walked(keys, largest, what);
}

/** Walks all numbers up to the largest in the order of their texts: 1, 10, 100, 101, ... 11, 110, ... 2, 20, ... */
function walked(keys: Int32Array, largest: number, what: string): Int32Array {
  const place = new Int32Array(largest + 1).fill(-1);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    if (place[key] !== -1) throw duplicate(what, key);
    place[key] = i;
  }
  const order = new Int32Array(keys.length);
  let count = 0;
  if (place[0] !== -1 && keys.length > 0) order[count++] = place[0] as number;
  for (let key = 1; count < order.length; ) {
    const at = place[key] as number;
    if (at !== -1) order[count++] = at;
    if (key * 10 <= largest) key *= 10;
    else {
      while (key % 10 === 9 || key === largest) key = Math.floor(key / 10);
      key++;
    }
  }
  return order;
}

function sorted(keys: Int32Array, what: string): Int32Array {
  const texts = Array.from(keys, (key, i): [string, number] => [String(key), i]);
  texts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  texts.forEach(([text], i) => {
    if (text === texts[i - 1]?.[0]) throw duplicate(what, Number(text));
  });
  return Int32Array.from(texts, ([, i]) => i);
}
