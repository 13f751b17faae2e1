/** Derives the new mapping entries from a request's corrections: renamed and removed bars. */
import {
  alreadyMappedText,
  type CorrectionRequest,
  checkBarMapped,
  correctedReference,
  occursTwiceText,
} from './changes.ts';
import { checkThat } from './errors.ts';
import { assetAtIndex } from './mapping/asset-listing.ts';
import type { EntryChange } from './mapping/entry-edits.ts';
import type { Mapping } from './mapping/mapping.ts';
import { sumOfMasses } from './redemption/mass-sums.ts';

export interface DerivedCorrection {
  request: CorrectionRequest;
  /** Mass of all entries of the bar, in fine troy ounces, as decimal text. */
  mass: string;
  /** Asset ids of the bar's entries. */
  tokens: string[];
}

/**
 * Rule 6: each bar is corrected once, no two bars get the same name, and no new name is in the mapping already.
 * @param taken the new names that the mapping already has
 */
function checkCorrectedNames(corrections: readonly CorrectionRequest[], taken: ReadonlySet<string>): void {
  const names = corrections.map(correctedReference);
  corrections.forEach(({ reference }, i) => {
    const [path, name] = [`corrections[${i}]`, names.at(i)];
    const isAgain = corrections.findIndex(other => other.reference === reference) < i;
    checkThat(!isAgain, 'DUPLICATE_ASSET', occursTwiceText(`${path}.reference`, reference));
    if (name === undefined) return;
    checkThat(!taken.has(name), 'DUPLICATE_ASSET', `${path}.to: ${alreadyMappedText(name)}`);
    checkThat(names.indexOf(name) === i, 'DUPLICATE_ASSET', occursTwiceText(`${path}.to`, name));
  });
}

/**
 * @param corrections the request's corrections
 * @returns the corrections with their results, and `changes`: the changed entries by index in file order (null removes
 * the entry)
 * @throws Refusal ASSET_UNKNOWN, DUPLICATE_ASSET
 */
export function deriveCorrections(corrections: readonly CorrectionRequest[], base: Mapping) {
  const changes = new Map<number, EntryChange | null>();
  const names = corrections.map(correctedReference);
  const taken = base.contained(new Set(names.filter(name => name !== undefined)));
  checkCorrectedNames(corrections, taken);
  const bars = new Map(corrections.map(({ reference }): [string, number[]] => [reference, []]));
  for (const place of base.placesOf(new Set(bars.keys()))) bars.get(assetAtIndex(base, place).reference)?.push(place);
  const derived = corrections.map((request, i): DerivedCorrection => {
    const { reference } = request;
    const name = correctedReference(request);
    const places = bars.get(reference) ?? [];
    checkBarMapped(places.length, reference, `corrections[${i}]`);
    for (const place of places) changes.set(place, name === undefined ? null : { reference: name });
    const entries = places.map(place => assetAtIndex(base, place));
    const tokens = [...new Set(entries.map(({ assetId }) => assetId))];
    return { request, mass: sumOfMasses(entries.map(({ mass }) => mass)), tokens };
  });
  return { corrections: derived, changes };
}
