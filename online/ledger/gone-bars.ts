/** Bars that a request renamed or removed from the mapping, with their current names. Pure. */
import type { CountedBurn } from './ledger-event.ts';

export interface GoneBar {
  /** Digest of the request that renamed or removed the bar. */
  readonly request: string;
  readonly by: 'redemption' | 'correction';
  /** The bar's new reference; null if it was removed. */
  readonly now: string | null;
}

/**
 * The last change of a bar, by the bar's old reference. Another bar with that reference may be in the mapping
 * now.
 */
export type GoneBars = ReadonlyMap<string, GoneBar>;

/**
 * Adds the changes of a publication.
 * @param corrected the new reference of each bar, by its old reference; null for a removed bar
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
 * @param isMapped whether the mapping has a bar of that name
 * @returns the current name. Null if the bar was removed, and the given name if the ledger has no change of
 * the bar
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
    // The renamings form a loop, so another tool removed the bar.
    if (next === undefined || before.has(name)) return reference;
    before.add(name);
    name = next.now;
  }
  return name;
}
