/** Finds bars with confusable serials: equal except for case and for characters that look alike. */

/**
 * Any two characters of a group look alike in at least one case. No group has two digits, because the numbers of
 * consecutive bars differ in one digit. If a group begins with a character of an earlier group, both groups have the
 * same search key.
 */
const GROUPS = ['0OQD', 'Q9', '9G', 'G6', '6B', 'B8', 'GC', '1IL', 'IJ', '2Z', '4A', '5S', '7T', 'UV'];

const plainSerial = (text: string) => text.toUpperCase().replace(/[\s-]/g, '');

function rootOf(c: string): string {
  const group = GROUPS.find(group => group.indexOf(c) > 0);
  return group ? rootOf(group.charAt(0)) : c;
}

/** A key for fast search. All look-alike texts have the same key, and sometimes other texts have it too. */
export const foldLookAlikes = (text: string): string => [...plainSerial(text)].map(rootOf).join('');

const isPair = (a: string, b: string) => a === b || GROUPS.some(group => group.includes(a) && group.includes(b));

/** True if both texts are equal except for case, spaces, dashes and look-alike characters. */
export function isAlike(a: string, b: string): boolean {
  const [one, other] = [plainSerial(a), plainSerial(b)];
  return one.length === other.length && [...one].every((c, i) => isPair(c, other.charAt(i)));
}

const serialOf = (reference: string) => reference.split('-', 1)[0] as string;

/** All pairs of a bar of `references` and a different bar of `others` whose serials look alike. */
export function alikeBars(references: Iterable<string>, others: Iterable<string>): [bar: string, other: string][] {
  const byKey = new Map<string, string[]>();
  for (const bar of references) {
    const key = foldLookAlikes(serialOf(bar));
    byKey.set(key, [...(byKey.get(key) ?? []), bar]);
  }
  return [...others].flatMap(other => {
    const serial = serialOf(other);
    const bars = byKey.get(foldLookAlikes(serial)) ?? [];
    return bars
      .filter(bar => bar !== other && isAlike(serialOf(bar), serial))
      .map((bar): [string, string] => [bar, other]);
  });
}
