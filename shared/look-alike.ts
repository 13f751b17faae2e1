/** Bars that people take for one another: the same serial but for case and characters that look alike. */

/** Case, spaces, dashes and look-alikes (O Q D 0, I L 1, Z 2, S 5, G 6, B 8) folded. */
export const folded = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OQDILZSGB]/g, c => '000112568'.charAt('OQDILZSGB'.indexOf(c)));

const serialOf = (reference: string) => folded(reference.split('-', 1)[0] as string);

/** Each of `references` with each other bar of the same folded serial. */
export function alikeBars(references: Iterable<string>, others: Iterable<string>): [bar: string, other: string][] {
  const bySerial = new Map<string, string[]>();
  for (const bar of references) bySerial.set(serialOf(bar), [...(bySerial.get(serialOf(bar)) ?? []), bar]);
  return [...others].flatMap(other =>
    (bySerial.get(serialOf(other)) ?? []).filter(bar => bar !== other).map((bar): [string, string] => [bar, other]),
  );
}
