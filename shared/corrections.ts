/** What follows from the corrections of a request: bars under another name, and bars that are taken out. */
import { type CorrectionRequest, checkKnown, newReference } from './changes.ts';
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

/** Rule 6: each bar once, and no two bars of one name. @param taken new names that the mapping has */
function checkNames(corrections: readonly CorrectionRequest[], taken: ReadonlySet<string>): void {
  const names = corrections.map(newReference);
  corrections.forEach(({ reference }, i) => {
    const [path, name] = [`corrections[${i}]`, names.at(i)];
    const isAgain = corrections.findIndex(other => other.reference === reference) < i;
    check(!isAgain, 'DUPLICATE_ASSET', `${path}.reference: ${reference} stands twice in the request`);
    const isTaken = name !== undefined && (taken.has(name) || names.indexOf(name) < i);
    check(!isTaken, 'DUPLICATE_ASSET', `${path}.to: ${name} stands in the mapping already, or twice in the request`);
  });
}

/**
 * @param corrections each names a bar of the mapping once, and new names are not in it
 * @throws Refusal ASSET_UNKNOWN, DUPLICATE_ASSET
 */
export function deriveCorrections(corrections: readonly CorrectionRequest[], base: Mapping) {
  const changes = new Map<number, EntryChange | null>();
  const names = corrections.map(newReference);
  const taken = base.contained(new Set(names.filter(name => name !== undefined)));
  checkNames(corrections, taken);
  const bars = new Map(corrections.map(({ reference }): [string, number[]] => [reference, []]));
  for (const place of base.placesOf(new Set(bars.keys()))) bars.get(assetAt(base, place).reference)?.push(place);
  const derived = corrections.map((request, i): DerivedCorrection => {
    const { reference } = request;
    const name = newReference(request);
    const places = bars.get(reference) ?? [];
    checkKnown(places.length, reference, `corrections[${i}]`);
    for (const place of places) changes.set(place, name === undefined ? null : { reference: name });
    const entries = places.map(place => assetAt(base, place));
    const tokens = [...new Set(entries.map(({ assetId }) => assetId))];
    return { request, mass: sumOfMasses(entries.map(({ mass }) => mass)), tokens };
  });
  return { corrections: derived, changes };
}
