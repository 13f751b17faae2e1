/** What the signer asks a person, and what it answers to a line that it does not accept. */
import { Refusal } from '../../shared/errors.ts';
import { type Question, TRIES, triesLeftText, wrongAnswerText } from '../questions.ts';
import { WIDTH } from '../text-layout.ts';

type Asked = Omit<Question, 'shows'>;

export const windowTooSmallRefusal = (columns: number, rows: number, least: number): Refusal =>
  new Refusal(
    'WINDOW_SMALL',
    `window: expected at least ${WIDTH} columns and ${least} rows, got ${columns} and ${rows}`,
    'Enlarge the window or reduce the font size, then run the command again.',
  );

/** @param instead the flag or variable that gives the answer without a terminal */
export const noTerminalRefusal = (what: string, instead: string): Refusal =>
  new Refusal(
    'NOT_A_TERMINAL',
    `cannot ask for ${what}: the input or the output is not a terminal`,
    `Run the command in a terminal without redirection, or give ${instead}.`,
  );

/** @param isFirst true for the first page */
export const nextPageQuestion = (line: number, lines: number, isFirst: boolean) => ({
  question: `-- line ${line} of ${lines}, ${isFirst ? '' : 'b: page before, '}press Enter for more -- `,
  reminder: `Press Enter for the next page${isFirst ? '' : ', or type b and press Enter for the page before'}`,
});

export const REVIEW_CODE: Omit<Asked, 'wrong'> = {
  text: 'Type the review code from the OTHER screen: ',
  wanted:
    'Type the review code that the other screen shows: 16 letters and digits, with or without dashes. Type back to see the pages again.',
};

/**
 * @param typed length of the typed code
 * @param half the first half of the code, which this screen shows
 * @param begins true if the typed code begins with this half
 */
export function wrongCodeText(typed: number, half: string, begins: boolean): string {
  const wrong = 'This code does not match the content of this screen.';
  if (!begins)
    return `${wrong} Its first half is not ${half}. If the other screen shows another first half, it shows another file.`;
  const short = `The code has 16 characters, got ${typed}. Read all of them from the other screen.`;
  return typed < 16 ? `${wrong} ${short}` : wrong;
}

/** @param code the review code; null after answers at a terminal */
export const otherCodeRefusal = (code: string | null): Refusal =>
  new Refusal(
    'NOT_CONFIRMED',
    code === null
      ? `expected the review code, got another code ${TRIES} times`
      : `--confirm: expected the review code ${code}, got another code`,
  );

export const questionFor = (what: string): Asked => ({
  text: `Type ${what}: `,
  wanted: `Type ${what}, in full.`,
  wrong: `This is not ${what}.`,
});

export const PASSPHRASE_QUESTION = 'Passphrase (not shown): ';
export const NEW_PASSPHRASE = { first: 'New passphrase (not shown): ', again: 'Repeat the new passphrase: ' };

export const passphrasesDifferRefusal = (): Refusal =>
  new Refusal('NOT_CONFIRMED', 'the two passphrases differ', 'Type the same new passphrase twice. Nothing was stored.');

/**
 * @param typed the typed passphrase. The message says only whether it begins or ends with a space, because the person
 * cannot see this.
 */
export const wrongPassphraseText = (left: number, typed: string): string =>
  `The passphrase is wrong.${typed === typed.trim() ? '' : ' The typed text begins or ends with a space, and the space counts.'}${triesLeftText(left)}`;

export const WRITTEN_DOWN = {
  question: 'Press Enter when you have written the words down. The screen is then cleared. ',
  reminder: 'Press Enter when the words are written down',
};

export const wordQuestion = (place: number): Asked => ({
  text: `Word ${place} on your paper: `,
  wanted: `Type word ${place} of the recovery phrase, as it is on your paper.`,
  wrong:
    'This is not the word that was shown. If the paper is wrong, press Ctrl-C, destroy the paper and run keygen again.',
});

export const wordNotConfirmedText = (place: number): string => wrongAnswerText(`word ${place} as shown`);

export const ABOUT_PHRASE = `These 24 words are the key. Write them on paper, in this order. Keep two copies.
They are shown only once. Anyone who reads them can sign in your place.
Never type them on a networked computer.`;

export const DESTROY_PAPER =
  'Destroy the paper, because no key was stored for these words. Run keygen again for new words.';
