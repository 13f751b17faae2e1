/** Finds bars with confusable serials: equal except for case and for characters that look alike. */

/**
 * Any two characters of a group look alike, as capital or as small letters. No group has two digits, because the
 * numbers of consecutive bars differ in one digit. If a group begins with a character of an earlier group, the
 * characters of both groups have the same search key.
 */
const GROUPS = ['0OQD', 'Q9', '9G', 'G6', '6B', 'B8', 'GC', '1IL', 'IJ', '2Z', '4A', '5S', '7T', 'UV'];

const normalSerial = (text: string) => text.toUpperCase().replace(/[\s-]/g, '');

function searchKeyOfCharacter(c: string): string {
  const group = GROUPS.find(group => group.indexOf(c) > 0);
  return group ? searchKeyOfCharacter(group.charAt(0)) : c;
}

/** A key for fast search. All look-alike texts have the same key, and sometimes other texts have it too. */
export const lookAlikeSearchKey = (text: string): string => [...normalSerial(text)].map(searchKeyOfCharacter).join('');

const areCharactersAlike = (a: string, b: string) =>
  a === b || GROUPS.some(group => group.includes(a) && group.includes(b));

/** True if both texts are equal except for case, spaces, dashes and look-alike characters. */
export function areTextsAlike(a: string, b: string): boolean {
  const [one, other] = [normalSerial(a), normalSerial(b)];
  return one.length === other.length && [...one].every((c, i) => areCharactersAlike(c, other.charAt(i)));
}

const serialOfReference = (reference: string) => reference.split('-', 1)[0] as string;

/** All pairs of a bar of `references` and a different bar of `others` whose serials look alike. */
export function lookAlikeBarPairs(
  references: Iterable<string>,
  others: Iterable<string>,
): [bar: string, other: string][] {
  const byKey = new Map<string, string[]>();
  for (const bar of references) {
    const key = lookAlikeSearchKey(serialOfReference(bar));
    byKey.set(key, [...(byKey.get(key) ?? []), bar]);
  }
  return [...others].flatMap(other => {
    const serial = serialOfReference(other);
    const bars = byKey.get(lookAlikeSearchKey(serial)) ?? [];
    return bars
      .filter(bar => bar !== other && areTextsAlike(serialOfReference(bar), serial))
      .map((bar): [string, string] => [bar, other]);
  });
}
