/** Building blocks of all screens: title, named facts, bullets, and the review code at the end. */
import { formatDecimal } from '../../shared/amount.ts';
import { valueText } from '../../shared/errors.ts';
import { sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import type { Trust } from '../../shared/trust.ts';
import { WIDTH, wrapLines } from '../text-layout.ts';

export const RULE = '-'.repeat(WIDTH);

export const factLines = (name: string, text: string) => wrapLines(`  ${name.padEnd(13)} `, text);

export const bulletLines = (texts: string[], mark: string) => texts.flatMap(text => wrapLines(`  ${mark} `, text));

export const warningLines = (texts: string[]) => (texts.length > 0 ? ['', 'WARNINGS', ...bulletLines(texts, '!')] : []);

/** @param facts the text of each fact, by its name; a list of lines if they are too long to print beside the name */
export function screenWithoutCode(title: string, facts: Record<string, string | string[]>): string {
  const lines = Object.entries(facts).flatMap(([name, text]) =>
    typeof text === 'string' ? factLines(name, text) : [`  ${name}`, ...text.map(line => `    ${line}`)],
  );
  return [title, RULE, ...lines, RULE].join('\n');
}

export const screenWithCode = (title: string, reviewCode: string, lines: string[]): string =>
  [title, RULE, ...lines, RULE, `Review code   ${reviewCode}`].join('\n');

/**
 * The first lines of a list entry. If name and text do not fit on one line together, the text begins on the second
 * line.
 */
export function numberedLines(i: number, name: string, text: string): string[] {
  const lead = `${String(i + 1).padStart(4)}  `;
  const oneLine = `${lead}${name}   ${text}`;
  return oneLine.length <= WIDTH ? [oneLine] : [`${lead}${name}`, ...wrapLines('      ', text)];
}

/** The sum of masses, with 3 to 9 decimals. */
export function massSumText(...masses: (string | number)[]): string {
  const [whole, fraction = ''] = sumOfMasses(masses.map(String)).split('.') as [string, string?];
  return `${whole}.${fraction.padEnd(3, '0')}`;
}

export const reissuanceText = ({ reissuanceTokens, reissuanceAddress }: Trust): string =>
  `${formatDecimal(reissuanceTokens)} tokens per asset to ${reissuanceAddress}`;

/**
 * A bar's reference for the screen; in quotes if it is long or not plain. Old references may contain any character.
 * After several spaces, the rest of a name could look like another column.
 */
export const shownReference = (reference: string): string =>
  /^(?=.{1,64}$)[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(reference) ? reference : valueText(reference);

/** A token's name for the screen: an asset id, or any text from an older tool's mapping. */
export const shownToken = (token: string): string => (/^[0-9a-f]{64}$/.test(token) ? token : valueText(token));

/** The parts of the review screen that differ between the kinds of requests. */
export interface View {
  /** The first words of the screen's title. */
  kind: string;
  /** The first lines of the screen. */
  lead: string[];
  /** What the screen calls the mapping's entries. */
  entries: string;
  /** Text after the request's height. */
  atHeight: string;
  /** Printed before the list, and again before the review code. */
  summary: string[];
  /** Lines for each change and its results. */
  changes: string[];
  /** What this device cannot verify, one sentence each. */
  unknown: string[];
}
