/**
 * Explains why the mapping lacks a bar that a person named: what happened to the bar, and which bars the
 * person may have meant. Pure.
 */
import { type CorrectionRequest, correctedReference } from '../../../shared/changes.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import { currentNameOfBar, type GoneBars } from '../../ledger/gone-bars.ts';
import type { DraftRefused } from './draft-refusals.ts';

/** Largest number of suggested bars. */
const MAX_NEAR = 3;
/** Shortest text that is searched for in references. */
const MIN_PART_LENGTH = 4;

export const isBarMapped = (base: Mapping, reference: string): boolean =>
  base.contained(new Set([reference])).size > 0;

/**
 * Bars of the mapping that look like the reference or contain it, or that are the reference with leading
 * zeros, which a spreadsheet may have removed.
 */
export function similarBars(base: Mapping, reference: string): string[] {
  const padded = ['0', '00', '000'].map(zeros => zeros + reference);
  const near = new Set([...base.alike([reference]), ...base.contained(new Set(padded))]);
  const part = reference.toLowerCase();
  if (near.size === 0 && part.length >= MIN_PART_LENGTH)
    for (const { reference: other } of listAssets(base))
      if (near.size < MAX_NEAR && other.toLowerCase().includes(part)) near.add(other);
  return [...near].slice(0, MAX_NEAR);
}

export function unknownBarRefusal(base: Mapping, gone: GoneBars, reference: string): DraftRefused {
  const known = gone.get(reference) ?? null;
  const now = currentNameOfBar(gone, reference, name => isBarMapped(base, name));
  const near = known ? [] : similarBars(base, reference);
  return { kind: 'bar-unknown', reference, near, gone: known && { ...known, now } };
}

/** The problem with the old or the new reference of a correction; null if there is none. */
export function correctionRefusal(
  base: Mapping,
  gone: GoneBars,
  correction: CorrectionRequest,
): DraftRefused | null {
  const { reference } = correction;
  const to = correctedReference(correction);
  const isTaken = to !== undefined && isBarMapped(base, to);
  const isKnown = isBarMapped(base, reference);
  if (isTaken) return { kind: 'name-taken', reference, to, isExchanged: !isKnown };
  return isKnown ? null : unknownBarRefusal(base, gone, reference);
}
