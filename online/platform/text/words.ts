/** Numbers with their words. */

/** `1 asset`, `2 assets`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const SHOWN = 8;

/** The first few of them, and how many more there are. */
export function listed(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return `${texts.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The verb that goes with a number: `is` or `are`. */
export function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** `no controller`, `controller 1`, `controllers 1 and 3`. */
export function sayControllers(indices: readonly number[]): string {
  if (indices.length === 0) return 'no controller';
  if (indices.length === 1) return `controller ${indices[0]}`;
  return `controllers ${indices.slice(0, -1).join(', ')} and ${indices.at(-1)}`;
}

/** The first word as one that begins a sentence; the name of a file or an object stays as it is. */
export function capital(text: string): string {
  const [first = ''] = text.split(/[\s,:]/, 1);
  return /[._/]/.test(first) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Seconds since 1970 as a time for people; a time that no calendar has stays as it is. */
export function timeText(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
