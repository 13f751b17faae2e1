/** Numbers with their words. */

/** `1 asset`, `2 assets`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The verb that goes with a number: `is` or `are`. */
export function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
