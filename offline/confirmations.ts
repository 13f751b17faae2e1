/**
 * Asks a person for codes, references and passphrases. A script gives each answer with a flag or an environment
 * variable. If an answer is missing, the refusal names this flag or variable.
 */
import { checkThat, Refusal, valueText } from '../shared/errors.ts';
import { firstHalfOfCode, isReviewCode, isReviewCodeStart, maskedCodeText, normalCode } from '../shared/review-code.ts';
import { decryptKey, type KeyFile } from './key-file.ts';
import { showInPages, windowSize } from './paged-text.ts';
import { checkPassphrase } from './passphrase.ts';
import { hasFormOfWord } from './phrase.ts';
import {
  askHidden,
  askUpToThreeTimes,
  type Question,
  showLineIf,
  TRIES,
  waitForEnter,
  wrongAnswerText,
} from './questions.ts';
import { StoppedRefusal, type Terminal } from './terminal.ts';
import {
  ABOUT_PHRASE,
  DESTROY_PAPER,
  NEW_PASSPHRASE,
  noTerminalRefusal,
  otherCodeRefusal,
  PASSPHRASE_QUESTION,
  passphrasesDifferRefusal,
  questionFor,
  REVIEW_CODE,
  WRITTEN_DOWN,
  wordNotConfirmedText,
  wordQuestion,
  wrongCodeText,
  wrongPassphraseText,
} from './texts/asked-questions.ts';
import { wordRowsText } from './texts/phrase.ts';
import type { World } from './world.ts';

/**
 * @param instead the flag or variable that gives the answer without a terminal
 * @throws Refusal NOT_A_TERMINAL, WINDOW_SMALL
 */
export function requireTerminal(world: World, what: string, instead: string): Terminal {
  if (!world.terminal) throw noTerminalRefusal(what, instead);
  windowSize(world.terminal);
  return world.terminal;
}

/** At a terminal, hides the second half of the code. The person has to read this half from the other screen. */
export function textWithHalfCode(world: World, text: string, code: string): string {
  const half = firstHalfOfCode(code);
  return world.terminal ? text.replaceAll(code, half + code.slice(half.length).replace(/[^-]/g, '.')) : text;
}

/** Shows the text that the person will confirm with the code. */
export const showTextForCode = (world: World, text: string, code: string): Promise<void> =>
  showInPages(world, textWithHalfCode(world, text, code));

/**
 * Rule 9: the person types the review code.
 * @param given the code from a flag, for scripts
 * @param text the text that the person confirms. If the person types `back`, the text is shown again.
 * @throws Refusal NOT_CONFIRMED, NOT_A_TERMINAL, WINDOW_SMALL
 */
export async function confirmCode(world: World, text: string, code: string, given: string | undefined): Promise<void> {
  const right = (typed: string) => isReviewCode(typed, code);
  if (given !== undefined) {
    if (!right(given)) throw otherCodeRefusal(code);
    return;
  }
  const half = firstHalfOfCode(code);
  const begins = (typed: string) => normalCode(typed).startsWith(normalCode(half).slice(0, normalCode(typed).length));
  const question: Question = {
    ...REVIEW_CODE,
    wrong: typed => wrongCodeText(normalCode(typed).length, half, begins(typed)),
    shows: line => (isReviewCodeStart(line) ? maskedCodeText(line, code) : showLineIf(() => false)(line)),
    back: () => showTextForCode(world, text, code),
  };
  const typed = await askUpToThreeTimes(requireTerminal(world, 'the review code', '--confirm CODE'), question, right);
  if (typed === null) throw otherCodeRefusal(null);
}

const removeSpaces = (text: string) => text.replace(/\s/g, '');

/**
 * A pattern for the characters that the person may type for this text: hex digits for a hash, and otherwise printable
 * ASCII. It permits spaces only if the text has spaces.
 */
function possibleCharactersPattern(text: string): RegExp {
  if (/^[0-9a-f]{64}$/.test(text)) return /^[0-9a-f]*$/i;
  return /\s/.test(text) ? /^[\x20-\x7e]*$/ : /^[\x21-\x7e]*$/;
}

/**
 * Asks the person to type a text. The comparison ignores white space.
 * @throws Refusal NOT_CONFIRMED, NOT_A_TERMINAL, WINDOW_SMALL
 */
export async function confirmText(world: World, what: string, flag: string, given: string | undefined, text: string) {
  const right = (typed: string) => removeSpaces(typed) === removeSpaces(text);
  const other = `${flag}: expected ${what} (${text}), got ${valueText(given)}`;
  if (given !== undefined) return checkThat(right(given), 'NOT_CONFIRMED', other);
  const terminal = requireTerminal(world, what, flag);
  const like = possibleCharactersPattern(text);
  const question: Question = {
    ...questionFor(what),
    shows: showLineIf(line => like.test(line) && removeSpaces(line).length <= removeSpaces(text).length),
  };
  const typed = await askUpToThreeTimes(terminal, question, right);
  checkThat(typed !== null, 'NOT_CONFIRMED', wrongAnswerText(what));
}

/** @throws Refusal PASSPHRASE_WEAK, NOT_CONFIRMED, NOT_A_TERMINAL, WINDOW_SMALL */
export async function askNewPassphrase(world: World, replaces = false): Promise<string> {
  const { SIGNER_PASSPHRASE, SIGNER_NEW_PASSPHRASE } = world.env;
  const given = replaces ? SIGNER_NEW_PASSPHRASE : SIGNER_PASSPHRASE;
  if (given !== undefined) return checkPassphrase(given);
  const terminal = requireTerminal(
    world,
    'a passphrase',
    `the passphrase in SIGNER_${replaces ? 'NEW_' : ''}PASSPHRASE`,
  );
  for (let left = TRIES; ; left--) {
    try {
      const first = checkPassphrase(await askHidden(terminal, NEW_PASSPHRASE.first));
      const same = (await askHidden(terminal, NEW_PASSPHRASE.again)) === first;
      if (!same) throw passphrasesDifferRefusal();
      return first;
    } catch (error) {
      // If the program ended after a wrong try, the person could type the next passphrase into the shell, which shows
      // and stores it. So the program ends only after the last try.
      if (!(error instanceof Refusal) || error instanceof StoppedRefusal || left === 1) throw error;
      terminal.say(`${error.message}\n${error.hint}`);
    }
  }
}

/**
 * Asks for the passphrase and decrypts the private key. The caller overwrites the key after use.
 * @throws Refusal PASSPHRASE_WRONG, KEY_INVALID, NOT_A_TERMINAL, NOT_CONFIRMED, WINDOW_SMALL
 */
export async function unlockKey(world: World, file: KeyFile): Promise<Uint8Array> {
  const given = world.env['SIGNER_PASSPHRASE'];
  const ask = () =>
    askHidden(requireTerminal(world, 'the passphrase', 'the passphrase in SIGNER_PASSPHRASE'), PASSPHRASE_QUESTION);
  for (let left = TRIES; ; left--) {
    const passphrase = given ?? (await ask());
    try {
      const key = decryptKey(file, passphrase);
      await world.terminal?.release();
      return key;
    } catch (error) {
      const again = error instanceof Refusal && error.code === 'PASSPHRASE_WRONG' && given === undefined && left > 1;
      if (!again) throw error;
      world.terminal?.say(wrongPassphraseText(left - 1, passphrase));
    }
  }
}

/** Clears the screen and its scroll-back buffer, so that no secret remains visible. */
export const clearScreen = (terminal: Terminal) => terminal.draw('\x1b[2J\x1b[3J\x1b[H');

/** Asks for three randomly chosen words of the phrase. @throws Refusal NOT_CONFIRMED */
async function askForThreeWords(world: World, terminal: Terminal, words: readonly string[]): Promise<void> {
  await waitForEnter(terminal, WRITTEN_DOWN.question, WRITTEN_DOWN.reminder);
  clearScreen(terminal);
  const places = words.map((_, i) => i);
  for (let asked = 0; asked < 3; asked++) {
    const at = new DataView(world.random(4).buffer).getUint32(0) % places.length;
    const [place] = places.splice(at, 1) as [number];
    const right = (typed: string) => typed.toLowerCase() === words.at(place);
    const question: Question = {
      ...wordQuestion(place + 1),
      shows: showLineIf(hasFormOfWord),
    };
    const typed = await askUpToThreeTimes(terminal, question, right);
    checkThat(typed !== null, 'NOT_CONFIRMED', wordNotConfirmedText(place + 1));
  }
}

/**
 * Shows the recovery phrase once, and asks for three of its words.
 * @param arithmetic lines that show how the phrase was computed, for a person who checks the dice
 * @throws Refusal NOT_CONFIRMED
 */
export async function showPhraseAndAskWords(
  world: World,
  terminal: Terminal,
  words: readonly string[],
  arithmetic: readonly string[],
): Promise<void> {
  clearScreen(terminal);
  terminal.draw(`${['RECOVERY PHRASE', wordRowsText(words), ...arithmetic].join('\n')}
${ABOUT_PHRASE}
`);
  try {
    await askForThreeWords(world, terminal, words);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.code, error.message, DESTROY_PAPER) : error;
  } finally {
    clearScreen(terminal);
  }
}
