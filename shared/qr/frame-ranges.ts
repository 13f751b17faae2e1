/** Frame numbers as text, which a person reads on one screen and types on another. */
import { Refusal, valueText } from '../errors.ts';

/** The numbers as text, such as `3,7-9`. */
export function rangesText(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}

/**
 * Frame numbers, a slash and the number of frames: `2,3/4`. The number of frames determines the content of each frame,
 * so this text is unambiguous.
 */
export const rangesWithCountText = (numbers: readonly number[], count: number) => `${rangesText(numbers)}/${count}`;

/** The number of frames after the slash, or undefined without a slash. */
export function parseCount(text: string): number | undefined {
  const match = /\/\s*(\d{1,4})\s*$/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/**
 * Parses the text of {@link rangesText} or {@link rangesWithCountText}.
 * @param count number of frames: each number is at most this, and a count in the text must equal it
 * @throws Refusal FIELD_INVALID
 */
export function parseRanges(text: string, count: number): number[] {
  const wrong = (expected: string, found: string) =>
    new Refusal(
      'FIELD_INVALID',
      `frames: expected ${expected}, got ${found}`,
      'Type the frame numbers like 3,7-9. Show the file with the same density as before.',
    );
  const typed = parseCount(text);
  if (typed !== undefined && typed !== count) {
    throw wrong(`numbers of a series of ${count} frames`, `numbers of a series of ${typed} frames`);
  }
  const numbers = new Set<number>();
  const list = typed === undefined ? text : text.slice(0, text.lastIndexOf('/'));
  for (const part of list.split(/[,\s]+/).filter(part => part !== '')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (!match) throw wrong(`numbers from 1 to ${count}`, valueText(part));
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from < 1 || to > count || to < from) throw wrong(`numbers from 1 to ${count}`, part);
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  if (numbers.size === 0) throw wrong(`numbers from 1 to ${count}`, 'none');
  return [...numbers].sort((a, b) => a - b);
}
