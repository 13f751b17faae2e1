/** Small pieces of text, 80 columns wide. What is shown is printable ASCII: the fields allow nothing else. */

import { utf8 } from '../shared/bytes.ts';

export const WIDTH = 80;

export const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** A line of a file. */
export const lineBytes = (text: string): Uint8Array => utf8(`${text}\n`);

/** `1, 3 and 4` */
export const listed = (items: readonly number[]) => items.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** @param ms as a clock has it that may be set beyond any date */
export const iso = (ms: number) => new Date(Math.min(ms, 8.64e15)).toISOString();

/** @param seconds since 1970 */
export const utc = (seconds: number | string) =>
  iso(Number(seconds) * 1000)
    .replace('T', ' ')
    .replace(/\..*/, ' UTC');

export const day = (iso: string) => iso.slice(0, 10);

/** Breaks at spaces, never inside a word, and indents what follows as deep as the text after `lead` begins. */
export function wrap(lead: string, text: string): string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(lead.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
