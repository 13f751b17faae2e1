/** Finds the mapping entries that redemptions affect, and converts the results to changes of the file. */

import { assetAtIndex } from '../mapping/asset-listing.ts';
import { type Asset, negativeEntryIndices } from '../mapping/assets.ts';
import type { EntryChange } from '../mapping/entry-edits.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { pythonNumber } from '../mapping/python-json.ts';
import { sumOfMasses } from './mass-sums.ts';
import type { Holding } from './remapping.ts';

/** An entry of the mapping with its index in file order. A new entry has no index. */
export interface Placed extends Holding {
  place?: number;
}

/**
 * The entries that redemptions of these bars read or change. Only these entries are decoded, because a mapping can be
 * large.
 * @param bars references of the bars
 * @param burnt asset ids of the burnt tokens
 * @returns in file order: entries of the bars, entries of the bars' tokens and of the burnt tokens, and negative
 * entries
 */
export function affectedHoldings(base: Mapping, bars: ReadonlySet<string>, burnt: readonly string[]): Placed[] {
  const own = [...base.placesOf(bars)];
  const tokens = new Set([...burnt, ...own.map(place => assetAtIndex(base, place).assetId)]);
  // The rule `amap-1` sets every slightly negative mass to 0.0, also in entries of other bars.
  const places = new Set([...own, ...base.placesOf(tokens, 'assetId'), ...negativeEntryIndices(base.content.assets)]);
  return [...places]
    .sort((a, b) => a - b)
    .map(place => {
      const { reference, assetId, mass } = assetAtIndex(base, place);
      return { bar: reference, token: assetId, mass: Number(mass), place };
    });
}

/**
 * Mass of each of these bars (sum of its entries) in fine troy ounces, decimal text. Bars that the mapping does not
 * have are absent.
 */
export function barMasses(mapping: Mapping, bars: ReadonlySet<string>): Map<string, string> {
  const masses = new Map<string, string[]>();
  for (const place of mapping.placesOf(bars)) {
    const { reference, mass } = assetAtIndex(mapping, place);
    masses.set(reference, [...(masses.get(reference) ?? []), mass]);
  }
  return new Map([...masses].map(([bar, own]) => [bar, sumOfMasses(own)]));
}

/** Text of a mass as Python prints the double. */
const pythonMass = (mass: number): string =>
  pythonNumber(Number.isInteger(mass) ? mass.toFixed(1) : String(mass)) as string;

/** Arguments for `Mapping.extended`: changes by index (null removes the entry), and the new entries in order. */
export function mappingChanges(
  before: readonly Placed[],
  after: readonly Placed[],
): { changes: Map<number, EntryChange | null>; added: Omit<Asset, 'key'>[] } {
  const left = new Map(after.map(entry => [entry.place, entry]));
  const changes = new Map<number, EntryChange | null>();
  for (const { place, mass } of before as Required<Placed>[]) {
    const now = left.get(place);
    if (!now) changes.set(place, null);
    else if (now.mass !== mass) changes.set(place, { mass: pythonMass(now.mass) });
  }
  const added = after.filter(({ place }) => place === undefined);
  return {
    changes,
    added: added.map(({ bar, token, mass }) => ({ reference: bar, mass: pythonMass(mass), assetId: token })),
  };
}
