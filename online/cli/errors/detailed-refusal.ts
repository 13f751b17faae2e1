/** A refusal with details: further errors, one on each line, between message and hint. */
import { type Code, Refusal } from '../../../shared/errors.ts';

export class DetailedRefusal extends Refusal {
  readonly details: readonly string[];

  constructor(code: Code, message: string, hint: string, details: readonly string[]) {
    super(code, message, hint);
    this.details = details;
  }
}

export interface Problem {
  /** `line` or `entry`, and its number; null for the whole file. */
  place: { what: string; number: number } | null;
  text: string;
}

const SHOWN = 20;
/**
 * The message without the found value, which differs from line to line. Errors are grouped if these messages
 * are equal.
 */
const withoutFoundValue = (text: string) => text.replace(/, got (?:a number: write )?".*$/s, '');

/** Ascending numbers as text, such as `3, 4, 7 to 12`. */
function rangesText(numbers: readonly number[]): string {
  const out: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end++;
    const [first, last] = [numbers[i] as number, numbers[end] as number];
    if (end - i > 1) out.push(`${first} to ${last}`);
    else for (let n = first; n <= last; n++) out.push(String(n));
    i = end + 1;
  }
  return out.join(', ');
}

function pluralText(what: string): string {
  return what === 'entry' ? 'entries' : `${what}s`;
}

/** A line for each error. Errors with the same message are together on one line. */
function groupedProblemLines(problems: readonly Problem[]): string[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = `${problem.place?.what} ${withoutFoundValue(problem.text)}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].map(same => {
    const [first] = same as [Problem];
    const numbers = [...new Set(same.flatMap(({ place }) => place?.number ?? []))];
    const { what = '' } = first.place ?? {};
    const where =
      numbers.length === 0 ? '' : `${numbers.length > 1 ? pluralText(what) : what} ${rangesText(numbers)}: `;
    const others = same.some(({ text }) => text !== first.text) ? ', and so on' : '';
    return `${where}${first.text}${others}`;
  });
}

/**
 * A refusal for one or more errors. For several errors, the message has their number and the first error. The
 * details have the other errors, on at most 20 lines, and the number of lines that are not shown.
 */
export function makeDetailedRefusal(
  code: Code,
  what: string,
  problems: readonly Problem[],
  hint: string,
): Refusal {
  const [first, ...rest] = problems as [Problem, ...Problem[]];
  const place = first.place ? `${first.place.what} ${first.place.number}: ` : '';
  const message = place + first.text;
  if (rest.length === 0) return new DetailedRefusal(code, message, hint, []);
  const lines = groupedProblemLines(rest);
  const shown = lines.slice(0, SHOWN);
  if (lines.length > SHOWN) shown.push(`and ${lines.length - SHOWN} more`);
  return new DetailedRefusal(code, `${what}: ${problems.length} errors, the first: ${message}`, hint, shown);
}
