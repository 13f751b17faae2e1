/** What follows from the corrections of a request: bars under another name, and bars that are taken out. */
import { type CorrectionRequest, newReference } from './changes.ts';
import { check } from './errors.ts';
import type { EntryChange } from './mapping/edit.ts';
import { assetAt } from './mapping/listing.ts';
import type { Mapping } from './mapping/mapping.ts';
import { sumOfMasses } from './redemption/masses.ts';

export interface DerivedCorrection {
  request: CorrectionRequest;
  /** Fine troy ounces of all entries of the bar. */
  mass: string;
  /** Asset ids. */
  tokens: string[];
}

/**
 * @param corrections each names a bar of the mapping once, and new names are not in it
 * @throws Refusal ASSET_UNKNOWN, DUPLICATE_ASSET
 */
export function deriveCorrections(corrections: readonly CorrectionRequest[], base: Mapping) {
  const changes = new Map<number, EntryChange | null>();
  const names = corrections.map(newReference);
  const taken = base.contained(new Set(names.filter(name => name !== undefined)));
  const derived = corrections.map((request, i): DerivedCorrection => {
    const { reference } = request;
    const path = `corrections[${i}]`;
    const isAgain = corrections.findIndex(other => other.reference === reference) < i;
    check(!isAgain, 'DUPLICATE_ASSET', `${path}.reference: ${reference} stands twice in the request`);
    const name = newReference(request);
    const isTaken = name !== undefined && (taken.has(name) || names.indexOf(name) < i);
    check(!isTaken, 'DUPLICATE_ASSET', `${path}.to: ${name} stands in the mapping already, or twice in the request`);
    const places = [...base.placesOf(new Set([reference]))];
    const hint = 'Take the reference as the mapping has it: countersign map show';
    check(
      places.length > 0,
      'ASSET_UNKNOWN',
      `${path}.reference: expected a bar of the mapping, got ${reference}`,
      hint,
    );
    for (const place of places) changes.set(place, name === undefined ? null : { reference: name });
    const entries = places.map(place => assetAt(base, place));
    const tokens = [...new Set(entries.map(({ assetId }) => assetId))];
    return { request, mass: sumOfMasses(entries.map(({ mass }) => mass)), tokens };
  });
  return { corrections: derived, changes };
}
