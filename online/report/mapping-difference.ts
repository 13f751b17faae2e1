/** Differences between two mappings: the changed entries, and the bars and tokens whose mass changed. */

import { assetAtIndex, listAssets } from '../../shared/mapping/asset-listing.ts';
import { type Asset, type Assets, OFFSETS_PER_ENTRY, PARTS } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { groupMassesBy, sumOfMasses } from '../../shared/redemption/mass-sums.ts';

export interface Difference {
  added: Asset[];
  removed: Asset[];
  changed: { before: Asset; after: Asset }[];
}

/**
 * True if two entries have the same bytes apart from their keys. The entries are not decoded for this, which
 * saves time: nearly all pairs of entries are equal.
 */
function areEntriesEqual(a: Assets, i: number, b: Assets, j: number): boolean {
  for (let part = 1; part < PARTS.length; part++) {
    const [mine, theirs] = [OFFSETS_PER_ENTRY * i + 2 * part, OFFSETS_PER_ENTRY * j + 2 * part];
    const [from, other] = [a.places[mine]!, b.places[theirs]!];
    const length = a.places[mine + 1]! - from;
    if (length !== b.places[theirs + 1]! - other) return false;
    for (let at = 0; at < length; at++) if (a.bytes[from + at] !== b.bytes[other + at]) return false;
  }
  return true;
}

/** Compares entries with the same key. An entry with another bar, mass or token is a change. */
export function compareEntries(before: Mapping, after: Mapping): Difference {
  const [old, now] = [before.content.assets, after.content.assets];
  const places = new Map<number, number>();
  old.keys.forEach((key, i) => void places.set(key, i));
  const out: Difference = { added: [], removed: [], changed: [] };
  now.keys.forEach((key, j) => {
    const i = places.get(key);
    places.delete(key);
    if (i === undefined) out.added.push(assetAtIndex(after, j));
    else if (!areEntriesEqual(old, i, now, j)) {
      const [was, is] = [assetAtIndex(before, i), assetAtIndex(after, j)];
      const same = was.reference === is.reference && was.mass === is.mass && was.assetId === is.assetId;
      if (!same) out.changed.push({ before: was, after: is });
    }
  });
  out.removed = [...places.values()].map(i => assetAtIndex(before, i));
  return out;
}

export interface MassChange {
  /** Reference of the bar, or asset id of the token. */
  name: string;
  /** Total mass of all entries of the bar or token in this mapping; null if there is no such entry. */
  before: string | null;
  after: string | null;
}

export interface MassChanges {
  bars: MassChange[];
  tokens: MassChange[];
}

/** Bars and tokens whose total mass changed. After a re-mapping, a bar or token can have several entries. */
export function massChanges(before: Mapping, after: Mapping): MassChanges {
  const [old, now] = [[...listAssets(before)], [...listAssets(after)]];
  const sumOf = (masses: string[] | undefined) => (masses ? sumOfMasses(masses) : null);
  const changes = (by: 'reference' | 'assetId') => {
    const [was, is] = [groupMassesBy(old, by), groupMassesBy(now, by)];
    return [...new Set([...was.keys(), ...is.keys()])]
      .map(name => ({ name, before: sumOf(was.get(name)), after: sumOf(is.get(name)) }))
      .filter(change => change.before !== change.after);
  };
  return { bars: changes('reference'), tokens: changes('assetId') };
}
