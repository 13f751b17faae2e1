/** What the signer asks about a recovery phrase, and what it answers to words that it does not accept. */
import { STOPS } from '../questions.ts';
import { WIDTH } from '../text-layout.ts';

const BACK = 'To go to the word before, type back.';

export const HELP_WORD = `Type one word of the phrase, or its first four letters. ${BACK} ${STOPS}`;

export const OTHER_WORD = `This is not a word of the English BIP39 list. The first four letters are enough. ${BACK}`;

export const oneWordText = (place: number): string =>
  `These are several words. Type word ${place} alone, then press Enter. ${BACK}`;

export const WRONG_CHECKSUM = 'the checksum in the last word is wrong: a word is wrong, or two words are swapped';

export const NO_CHECKSUM = 'This phrase has no valid checksum. Compare the public key with the known public key.';

export const lengthQuestion = (lengths: string): string => `How many words (${lengths})? `;

export const COMPARE_WORDS = 'Compare each word and the order of the words with the paper.';

export const wrongWordQuestion = (length: number) => ({
  question: `Which word is wrong (1 to ${length})? `,
  help: `Type the number of a word that differs from the paper, 1 to ${length}. If every word is as on the paper, the paper is wrong: use the second copy. ${STOPS}`,
});

/** The numbered words, in six rows. */
export function wordRowsText(words: readonly string[]): string {
  const cells = words.map((word, i) => `${String(i + 1).padStart(4)}  ${word.padEnd(12)}`);
  const rows = Array.from({ length: 6 }, (_, r) => cells.filter((_, i) => i % 6 === r).join(''));
  const rule = '-'.repeat(WIDTH);
  return [rule, ...rows, rule].join('\n');
}
