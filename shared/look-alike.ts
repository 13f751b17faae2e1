/** Bars that people take for one another: the same serial but for case and characters that look alike. */

/**
 * Any two characters of a group look alike, in one of their cases. Two digits never do: bars that are numbered one after
 * the other differ in a digit. A group begins with a character of an earlier one, or stands alone.
 */
const GROUPS = ['0OQD', 'Q9', '9G', 'G6', '6B', 'B8', 'GC', '1IL', 'IJ', '2Z', '4A', '5S', '7T', 'UV'];

const plain = (text: string) => text.toUpperCase().replace(/[\s-]/g, '');

function rootOf(c: string): string {
  const group = GROUPS.find(group => group.indexOf(c) > 0);
  return group ? rootOf(group.charAt(0)) : c;
}

/** The same for texts that are alike, and for some that are not: for a quick search. */
export const folded = (text: string): string => [...plain(text)].map(rootOf).join('');

const isPair = (a: string, b: string) => a === b || GROUPS.some(group => group.includes(a) && group.includes(b));

/** Whether they are the same but for case, spaces, dashes and characters that look alike. */
export function isAlike(a: string, b: string): boolean {
  const [one, other] = [plain(a), plain(b)];
  return one.length === other.length && [...one].every((c, i) => isPair(c, other.charAt(i)));
}

const serialOf = (reference: string) => reference.split('-', 1)[0] as string;

/** Each of `references` with each other bar whose serial is alike. */
export function alikeBars(references: Iterable<string>, others: Iterable<string>): [bar: string, other: string][] {
  const byKey = new Map<string, string[]>();
  for (const bar of references) {
    const key = folded(serialOf(bar));
    byKey.set(key, [...(byKey.get(key) ?? []), bar]);
  }
  return [...others].flatMap(other => {
    const serial = serialOf(other);
    const bars = byKey.get(folded(serial)) ?? [];
    return bars
      .filter(bar => bar !== other && isAlike(serialOf(bar), serial))
      .map((bar): [string, string] => [bar, other]);
  });
}
