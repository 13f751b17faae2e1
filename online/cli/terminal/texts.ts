/** What questions at a terminal print, and their refusals. */
import { Refusal } from '../../../shared/errors.ts';

export const FIRST_QUESTION = '  This is the first question.\n';
export const TYPE_YES_OR_NO = 'Type yes or no.\n';
export const TYPE_YES_IN_FULL = 'Type the whole word yes, or no.\n';

/** @param flag the option that gives the answer */
export const notATerminalRefusal = (question: string, flag: string): Refusal =>
  new Refusal(
    'NOT_A_TERMINAL',
    `a question needs an answer, and the input is not a terminal: ${question.trim()}`,
    `Answer it with ${flag}.`,
  );

export const inputEndedRefusal = (): Refusal =>
  new Refusal(
    'INTERRUPTED',
    'the input ended before an answer was given',
    'Check the state with `countersign status`, then run the command again.',
  );

/** The prompt of the pager: the number of lines so far, and the keys. */
export const pagerKeysText = (at: number, lines: number): string =>
  `-- ${at} of ${lines} lines -- space: next page, b: back, Enter: next line, q: quit `;
