/** Frame numbers as a person reads them on one screen and types them on the other. */
import { Refusal, shown } from '../errors.ts';

/** `3,7-9` */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}

/** The opposite of {@link ranges}, as a person types it. Within 1 to `count`. */
export function parseRanges(text: string, count: number): number[] {
  const wrong = (found: string) =>
    new Refusal(
      'FIELD_INVALID',
      `frames: expected numbers of 1 to ${count}, got ${found}`,
      'Type them like 3,7-9, and show the file with the density that it had.',
    );
  const numbers = new Set<number>();
  for (const part of text.split(/[,\s]+/).filter(part => part !== '')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (!match) throw wrong(shown(part));
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from < 1 || to > count || to < from) throw wrong(part);
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  if (numbers.size === 0) throw wrong('none');
  return [...numbers].sort((a, b) => a - b);
}
