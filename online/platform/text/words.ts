/** Words for numbers and lists. */

/** `1 asset`, `2 assets`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const SHOWN = 8;

/** The first texts of a list, and the number of the others. */
export function joinFirstTexts(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return `${texts.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `is` or `are`, depending on the number. */
export function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** `no controller`, `controller 1`, `controllers 1 and 3`. */
export function controllersText(indices: readonly number[]): string {
  if (indices.length === 0) return 'no controller';
  if (indices.length === 1) return `controller ${indices[0]}`;
  return `controllers ${indices.slice(0, -1).join(', ')} and ${indices.at(-1)}`;
}

/** Capitalises the first word, unless it is the name of a file or object. */
export function capitalisedText(text: string): string {
  const [first = ''] = text.split(/[\s,:]/, 1);
  return /[._/]/.test(first) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Seconds since 1970 as a readable time. A time out of the calendar's range is unchanged. */
export function timeText(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
