/**
 * Asks a person questions. A line that cannot be the answer may be a passphrase, so it is not shown, and no message
 * repeats it.
 */
import { type Shows, showAsTyped, showNothing, type Terminal } from './terminal.ts';

export const TRIES = 3;

/** A sentence about the tries that are left after a wrong answer; empty after the last try. */
export const triesLeftText = (left: number): string =>
  left === 0 ? '' : left === 1 ? '\nOne try is left.' : `\n${left} tries are left.`;

/** The screen shows this text in place of a line that cannot be the answer. */
const NOT_SHOWN = '(this cannot be the answer)';
export const STOPS = 'Ctrl-C stops.';

export const NOTHING_ASKED = 'No code and no passphrase is asked for here.';
export const IMPOSSIBLE_ANSWER = 'This line cannot be the answer, so it is not shown.';

/** The message after the last try. */
export const wrongAnswerText = (what: string): string => `expected ${what}, got another text ${TRIES} times`;

/** True for a line that asks for help: `?`, `help`, `back` or an empty line. */
export const isCallForHelp = (line: string) => /^(\?|help|back)?$/i.test(line.trim());

const isHelpStart = (line: string) => ['?', 'help', 'back'].some(word => word.startsWith(line.trim().toLowerCase()));

/** Shows a line only if it can still become the answer, or a call for help. */
export const showLineIf =
  (isPossible: (line: string) => boolean): Shows =>
  line =>
    isPossible(line) || isHelpStart(line) ? line : NOT_SHOWN;

export interface Question {
  text: string;
  /** A sentence about the text to type. It is shown after an empty line, `?`, `help` and `back`. */
  wanted: string;
  /** The message after a wrong answer. The message never repeats the answer, because it may be a passphrase. */
  wrong: string | ((typed: string) => string);
  shows?: Shows;
  /** What the answer `back` does. Without this function, `back` asks for help. */
  back?: () => Promise<void>;
}

/**
 * Asks up to three times. A call for help does not count as a try. A hidden line does not count either, because it may
 * be a passphrase. If the questions ended after such a line, the person could type the passphrase into the shell.
 * @returns the right answer; null after three wrong answers
 */
export async function askUpToThreeTimes(terminal: Terminal, question: Question, right: (typed: string) => boolean) {
  const { text, wanted, wrong, shows = showAsTyped } = question;
  for (let left = TRIES; left > 0; ) {
    const line = await terminal.ask(text, shows);
    const typed = line.trim();
    if (right(typed)) return typed;
    if (question.back && /^back$/i.test(typed)) await question.back();
    else if (isCallForHelp(typed)) terminal.say(`${wanted} ${STOPS}`);
    else if (shows(line) === NOT_SHOWN) terminal.say(`${IMPOSSIBLE_ANSWER} ${wanted} ${STOPS}`);
    else terminal.say(`${typeof wrong === 'string' ? wrong : wrong(typed)}${triesLeftText(--left)}`);
  }
  return null;
}

/**
 * Waits for Enter. Typed text is hidden, because a person who expects the passphrase prompt may type the passphrase
 * here.
 * @param other a text that is accepted besides an empty line; null if only an empty line is accepted
 * @returns `other`, or an empty line
 */
export async function waitForEnter(
  terminal: Terminal,
  question: string,
  next: string,
  other: string | null = null,
): Promise<string> {
  const instead = other === null ? '(Enter alone)' : `(Enter, or ${other} and Enter)`;
  const shows = (line: string) => (line === '' ? '' : instead);
  for (;;) {
    const line = await terminal.ask(question, shows);
    if (line === '' || line.toLowerCase() === other) return line.toLowerCase();
    terminal.say(`${NOTHING_ASKED} ${next}. ${STOPS}`);
  }
}

/** Asks for a passphrase. An empty line does not count as an answer. */
export async function askHidden(terminal: Terminal, question: string): Promise<string> {
  for (;;) {
    const typed = await terminal.ask(question, showNothing);
    if (typed !== '') return typed;
    terminal.say(`Nothing was typed. Type the passphrase, which is not shown, and press Enter. ${STOPS}`);
  }
}
