/**
 * Text layout in 80 columns. Screens contain only printable ASCII: the fields of requests permit nothing else, and
 * other text is escaped.
 */

import { utf8 } from '../shared/bytes.ts';

export const WIDTH = 80;

export const countText = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** A line of a file, as bytes. */
export const textLineBytes = (text: string): Uint8Array => utf8(`${text}\n`);

/** The numbers as a list for a sentence, such as `1, 3 and 4`. */
export const listText = (items: readonly number[]) => items.join(', ').replace(/, ([^,]*)$/, ' and $1');

/**
 * @param ms milliseconds since 1970. A clock may be set wrongly, so a time after the last valid date gives that date.
 */
export const isoTimeText = (ms: number) => new Date(Math.min(ms, 8.64e15)).toISOString();

/** @param seconds the time in seconds since 1970 */
export const utcTimeText = (seconds: number | string) =>
  isoTimeText(Number(seconds) * 1000)
    .replace('T', ' ')
    .replace(/\..*/, ' UTC');

export const dayText = (iso: string) => iso.slice(0, 10);

/** Wraps at spaces, never inside a word. Further lines are indented to the start of the text after `lead`. */
export function wrapLines(lead: string, text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(' ')) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(lead.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/**
 * Breaks each line that is wider than the terminal. Breaks only between words, so a long word, such as a path, stays
 * whole.
 */
export const wrapText = (text: string, width = WIDTH): string =>
  text
    .split('\n')
    .flatMap(line => {
      const words = line.replace(/^ +/, '');
      return line.length > width ? wrapLines(' '.repeat(line.length - words.length), words, width) : [line];
    })
    .join('\n');
