/** The entries of a mapping that redemptions change: found in it, and written back as changes of its file. */
import { type Asset, belowZero } from '../mapping/assets.ts';
import type { EntryChange } from '../mapping/edit.ts';
import { assetAt } from '../mapping/listing.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { pythonNumber } from '../mapping/python.ts';
import { sumOfMasses } from './masses.ts';
import type { Holding } from './remap.ts';

/** An entry of the mapping, by its place in the file; a new one has none. */
export interface Placed extends Holding {
  place?: number;
}

/**
 * The entries that redemptions of these bars read or change. Of a million entries only these are decoded.
 * @param bars references @param burnt asset ids
 * @returns in the order of the file: the bars' entries, all entries of their tokens and of the burnt ones, and those below 0
 */
export function holdingsOf(base: Mapping, bars: ReadonlySet<string>, burnt: readonly string[]): Placed[] {
  const own = [...base.placesOf(bars)];
  const tokens = new Set([...burnt, ...own.map(place => assetAt(base, place).assetId)]);
  // The rule makes every mass below 0 by rounding 0.0, wherever it stands.
  const places = new Set([...own, ...base.placesOf(tokens, 'assetId'), ...belowZero(base.content.assets)]);
  return [...places]
    .sort((a, b) => a - b)
    .map(place => {
      const { reference, assetId, mass } = assetAt(base, place);
      return { bar: reference, token: assetId, mass: Number(mass), place };
    });
}

/** Fine troy ounces of each of these bars, all of its entries together, as decimal text; a bar that the mapping lacks is not in it. */
export function barMasses(mapping: Mapping, bars: ReadonlySet<string>): Map<string, string> {
  const masses = new Map<string, string[]>();
  for (const place of mapping.placesOf(bars)) {
    const { reference, mass } = assetAt(mapping, place);
    masses.set(reference, [...(masses.get(reference) ?? []), mass]);
  }
  return new Map([...masses].map(([bar, own]) => [bar, sumOfMasses(own)]));
}

/** As Python prints the double. */
const pythonMass = (mass: number): string =>
  pythonNumber(Number.isInteger(mass) ? mass.toFixed(1) : String(mass)) as string;

/** What `Mapping.extended` needs: changes by place, null for an entry that is gone, and the new entries in order. */
export function changesOf(
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
