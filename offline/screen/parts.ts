/** Pieces that every screen is made of: a title, named facts, bullets, and the review code last. */
import { shown } from '../../shared/errors.ts';
import { sumOfMasses } from '../../shared/redemption/masses.ts';
import { WIDTH, wrap } from '../text.ts';

export const RULE = '-'.repeat(WIDTH);

export const fact = (name: string, text: string) => wrap(`  ${name.padEnd(13)} `, text);

export const bullets = (texts: string[], mark: string) => texts.flatMap(text => wrap(`  ${mark} `, text));

export const warningLines = (texts: string[]) => (texts.length > 0 ? ['', 'WARNINGS', ...bullets(texts, '!')] : []);

/** @param facts name to text, or to lines that are too long to stand beside it */
export function plainScreen(title: string, facts: Record<string, string | string[]>): string {
  const lines = Object.entries(facts).flatMap(([name, text]) =>
    typeof text === 'string' ? fact(name, text) : [`  ${name}`, ...text.map(line => `    ${line}`)],
  );
  return [title, RULE, ...lines, RULE].join('\n');
}

export const screen = (title: string, reviewCode: string, lines: string[]): string =>
  [title, RULE, ...lines, RULE, `Review code   ${reviewCode}`].join('\n');

/** The line with which the i-th entry of a list begins. The second part has a line of its own where both are too long. */
export function numbered(i: number, name: string, text: string): string[] {
  const lead = `${String(i + 1).padStart(4)}  `;
  const oneLine = `${lead}${name}   ${text}`;
  return oneLine.length <= WIDTH ? [oneLine] : [`${lead}${name}`, ...wrap('      ', text)];
}

/** At least three decimals, at most nine. */
export function ounces(...masses: (string | number)[]): string {
  const [whole, fraction = ''] = sumOfMasses(masses.map(String)).split('.') as [string, string?];
  return `${whole}.${fraction.padEnd(3, '0')}`;
}

/** A bar as the mapping has it. Older names may have any characters, and several spaces could hide where the name ends. */
export const barName = (reference: string): string =>
  /^(?=.{1,64}$)[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(reference) ? reference : shown(reference);

/** A token as the mapping has it: an asset id, or any text in a mapping of an older tool. */
export const tokenName = (token: string): string => (/^[0-9a-f]{64}$/.test(token) ? token : shown(token));

/** What each kind of request puts on the review screen. */
export interface View {
  /** The screen's title. */
  kind: string;
  /** Before everything else. */
  lead: string[];
  /** What the mapping's entries are called. */
  entries: string;
  /** Behind the request's height. */
  atHeight: string;
  /** Stands before the list, and again before the review code. */
  summary: string[];
  /** Each change, and what follows from it. */
  changes: string[];
  /** What this device cannot know, a sentence each. */
  unknown: string[];
}
