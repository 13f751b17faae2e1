/** Bars that a request removed or renamed in the mapping, and their current references. Pure. */
import type { CountedBurn } from './ledger-event.ts';

export interface GoneBar {
  /** Digest of the request that renamed or removed the bar. */
  readonly request: string;
  readonly by: 'redemption' | 'correction';
  /** The bar's new reference; null if the bar was removed. */
  readonly now: string | null;
}

/**
 * For each old reference: the last change of the bar that had it. Another bar may have this reference now.
 */
export type GoneBars = ReadonlyMap<string, GoneBar>;

/**
 * Adds the bars that a publication redeemed or corrected.
 * @param corrected for each corrected bar's old reference, its new reference; null for a removed bar
 */
export function addGoneBars(
  gone: GoneBars,
  request: string,
  burns: Readonly<Record<string, CountedBurn>>,
  corrected: Readonly<Record<string, string | null>>,
): GoneBars {
  const redeemed = Object.values(burns).map(({ bar }) => bar);
  return new Map([
    ...gone,
    ...redeemed.map((bar): [string, GoneBar] => [bar, { request, by: 'redemption', now: null }]),
    ...Object.entries(corrected).map(([bar, now]): [string, GoneBar] => [
      bar,
      { request, by: 'correction', now },
    ]),
  ]);
}

/**
 * @param isMapped function that returns true if the mapping has a bar with this reference
 * @returns the bar's current reference. Null if the bar was removed. The given reference if the ledger has no
 * change of the bar
 */
export function currentNameOfBar(
  gone: GoneBars,
  reference: string,
  isMapped: (reference: string) => boolean,
): string | null {
  const before = new Set<string>();
  let name: string | null = reference;
  while (name !== null && !isMapped(name)) {
    const next = gone.get(name);
    // If a name comes a second time, the bar was renamed in a circle, and then another tool removed it from
    // the mapping.
    if (next === undefined || before.has(name)) return reference;
    before.add(name);
    name = next.now;
  }
  return name;
}
