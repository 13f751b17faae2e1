/** Bars that requests of the ledger took out of the mapping or gave another name, and the name of each since. Pure. */
import type { CountedBurn } from './event.ts';

export interface Gone {
  /** That did it. */
  readonly request: string;
  readonly by: 'redemption' | 'correction';
  /** Its reference since; null where it left the mapping. */
  readonly now: string | null;
}

/** By reference, what was last done to a bar of that name; another bar of that name may be in the mapping since. */
export type GoneBars = ReadonlyMap<string, Gone>;

/** What a publication does to bars. @param corrected by the reference before, the new one; null for a bar that was taken out */
export function withGone(
  gone: GoneBars,
  request: string,
  burns: Readonly<Record<string, CountedBurn>>,
  corrected: Readonly<Record<string, string | null>>,
): GoneBars {
  const redeemed = Object.values(burns).map(({ bar }) => bar);
  return new Map([
    ...gone,
    ...redeemed.map((bar): [string, Gone] => [bar, { request, by: 'redemption', now: null }]),
    ...Object.entries(corrected).map(([bar, now]): [string, Gone] => [
      bar,
      { request, by: 'correction', now },
    ]),
  ]);
}

/**
 * @param isMapped whether the mapping has a bar of that name
 * @returns its name in the mapping; null where it left the mapping; the name given where the ledger does not say what became of it
 */
export function nameSince(
  gone: GoneBars,
  reference: string,
  isMapped: (reference: string) => boolean,
): string | null {
  const before = new Set<string>();
  let name: string | null = reference;
  while (name !== null && !isMapped(name)) {
    const next = gone.get(name);
    // Names that were exchanged back and forth, of a bar that another tool took out.
    if (next === undefined || before.has(name)) return reference;
    before.add(name);
    name = next.now;
  }
  return name;
}
