/** Suggests the word that a mistyped word probably means. */

/**
 * Edit distance: the least number of steps from `a` to `b`. A step changes, omits or adds one letter, or
 * swaps two neighbours.
 */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [[...b, ''].map((_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? ((rows[i - 2] as number[])[j - 2] as number) + 1
          : change;
      row.push(Math.min(change, swap, (above[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}

/**
 * The word with the smallest distance from the typed word. The distance is at most a third of the word's
 * length, or at most 1 for a short word. Undefined if there is no such word.
 */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
  // A long text was pasted and not typed, so no word is suggested for it.
  if (typed.length > 40) return undefined;
  const near = words
    .map(word => ({ word, far: editDistance(typed.toLowerCase(), word) }))
    .filter(({ word, far }) => far <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.far - b.far);
  return near[0]?.word;
}
