/** Counts the bars of a mapping. After redemptions, a bar has an entry for each of its tokens. */
import { type Assets, OFFSETS_PER_ENTRY, PARTS, partText } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';

const REFERENCE = PARTS.indexOf('reference');

/** The hash of the bytes of a reference: a number of 53 bits. */
function referenceHash({ bytes, places }: Assets, i: number): number {
  const at = OFFSETS_PER_ENTRY * i + 2 * REFERENCE;
  let [one, other] = [0x811c_9dc5, 0];
  for (let j = places[at]!; j < places[at + 1]!; j++) {
    one = Math.imul(one ^ bytes[j]!, 0x0100_0193);
    other = Math.imul(other + bytes[j]!, 0x9e37_79b1);
  }
  return (one >>> 0) * 0x20_0000 + (other >>> 11);
}

/**
 * The number of different references. To decode a million references would take seconds. So the bytes of each
 * reference are hashed. References are decoded only if their hashes are equal.
 */
export function countBars(mapping: Mapping): number {
  const { assets } = mapping.content;
  const { keys, odd } = assets;
  // If a reference has an escape, all references are decoded, because JSON can write the same text in several
  // ways.
  if (odd.subarray(0, keys.length).some(bits => bits & (1 << REFERENCE)))
    return new Set(mapping.references()).size;
  const firsts = new Map<number, number>();
  const repeated = new Map<number, Set<string>>();
  for (let i = 0; i < keys.length; i++) {
    const mark = referenceHash(assets, i);
    const first = firsts.get(mark);
    if (first === undefined) firsts.set(mark, i);
    else {
      const texts = repeated.get(mark) ?? new Set([partText(assets, first, 'reference')]);
      repeated.set(mark, texts.add(partText(assets, i, 'reference')));
    }
  }
  return [...repeated.values()].reduce((sum, texts) => sum + texts.size - 1, firsts.size);
}
