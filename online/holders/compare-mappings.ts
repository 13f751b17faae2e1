/**
 * Compares a mapping with an older copy. Finds bars that were added, removed or corrected, and tokens that
 * moved or whose mass changed.
 */
import type { Asset } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { compareEntries } from '../report/mapping-difference.ts';

/**
 * The age of the opened mapping compared with the copy; `unclear` if height and time contradict each other.
 * The age matters: somebody may have put an older valid mapping in place of the current one.
 */
export type Order = 'same' | 'newer' | 'older' | 'unclear';

export function ageOfMappings(kept: Mapping, current: Mapping): Order {
  if (kept.digest === current.digest) return 'same';
  const [height, time] = [current.height - kept.height, Number(current.time) - Number(kept.time)];
  if (height >= 0 && time > 0) return 'newer';
  const isBack = height <= 0 && time <= 0 && height + time < 0;
  return isBack ? 'older' : 'unclear';
}

export type Change =
  | { kind: 'bar added' | 'bar gone' | 'token added' | 'token gone'; entry: Asset }
  | { kind: 'corrected' | 'mass changed'; before: Asset; after: Asset };

export const KINDS = [
  'bar added',
  'bar gone',
  'corrected',
  'token added',
  'token gone',
  'mass changed',
] as const;

export interface Comparison {
  order: Order;
  changes: Change[];
}

export function compareMappings(kept: Mapping, current: Mapping): Comparison {
  const { added, removed, changed } = compareEntries(kept, current);
  const named = new Set([...added, ...removed].map(({ reference }) => reference));
  const [before, after] = [kept.contained(named), current.contained(named)];
  const changes: Change[] = [
    ...added.map(
      (entry): Change => ({ kind: before.has(entry.reference) ? 'token added' : 'bar added', entry }),
    ),
    ...removed.map(
      (entry): Change => ({ kind: after.has(entry.reference) ? 'token gone' : 'bar gone', entry }),
    ),
    ...changed.map(({ before, after }): Change => {
      const isSame = before.reference === after.reference && before.assetId === after.assetId;
      return { kind: isSame ? 'mass changed' : 'corrected', before, after };
    }),
  ];
  changes.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  return { order: ageOfMappings(kept, current), changes };
}
