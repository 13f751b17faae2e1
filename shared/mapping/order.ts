/** The order of the signed message: Python sorts the keys as texts, so 10 stands before 2. */
import { Refusal } from '../errors.ts';

/** Keys are numbered on from one, so they are dense, up to bars that were redeemed; others are sorted as texts. */
const SPARSE = 4;

function duplicate(key: number): Refusal {
  const hint = 'This object is not one that the tool wrote: get the published mapping again.';
  return new Refusal('FORMAT_INVALID', `mapping: not valid, the asset's key "${key}" stands twice`, hint);
}

/**
 * Places of `keys` (whole numbers) in the order of their texts.
 * @throws Refusal FORMAT_INVALID if a key stands twice
 */
export function textOrder(keys: Int32Array): Int32Array {
  const largest = keys.reduce((a, b) => Math.max(a, b), 0);
  return largest > SPARSE * keys.length + 1024 ? sorted(keys) : walked(keys, largest);
}

/** Walks all numbers up to the largest in the order of their texts: 1, 10, 100, 101, ... 11, 110, ... 2, 20, ... */
function walked(keys: Int32Array, largest: number): Int32Array {
  const place = new Int32Array(largest + 1).fill(-1);
  keys.forEach((key, i) => {
    if (place[key] !== -1) throw duplicate(key);
    place[key] = i;
  });
  const order = new Int32Array(keys.length);
  let count = 0;
  if (keys.length > 0 && place[0] !== -1) order[count++] = place[0] as number;
  for (let key = 1; count < order.length; ) {
    const i = place[+key] as number;
    if (i !== -1) order[count++] = i;
    if (key * 10 <= largest) key *= 10;
    else {
      while (key % 10 === 9 || key === largest) key = Math.floor(key / 10);
      key++;
    }
  }
  return order;
}

function sorted(keys: Int32Array): Int32Array {
  const texts = Array.from(keys, String);
  return Int32Array.from(texts.keys()).sort((a, b) => {
    if (texts[a] === texts[b]) throw duplicate(keys[+a] as number);
    return (texts[a] as string) < (texts[b] as string) ? -1 : 1;
  });
}
