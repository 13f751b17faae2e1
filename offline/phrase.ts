/**
 * Makes a recovery phrase from entropy, and a key from a phrase. A person can repeat both computations with other
 * tools.
 */
import { pbkdf2Sync } from 'node:crypto';
import { entropyToMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { bytesToHex, utf8 } from '../shared/bytes.ts';
import { isPrivateKey } from '../shared/ecdsa.ts';
import { checkThat } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { COMPARE_WORDS, WRONG_CHECKSUM } from './texts/phrase.ts';

export const MIN_ROLLS = 50;
export const MAX_ROLLS = 1000;

/** @throws Refusal FIELD_INVALID; the message never quotes the rolls, which are secret */
export function parseDiceRolls(text: string): string {
  const rolls = text.replace(/\s/g, '');
  const message = `dice: expected ${MIN_ROLLS} to ${MAX_ROLLS} digits from 1 to 6, got ${rolls.length} characters`;
  const hint =
    'Continue to roll the die, then give all rolls. 50 rolls of one die make 129 bits, and 99 rolls make 256 bits.';
  const valid = /^[1-6]+$/.test(rolls) && rolls.length >= MIN_ROLLS && rolls.length <= MAX_ROLLS;
  checkThat(valid, 'FIELD_INVALID', message, hint);
  return rolls;
}

/**
 * SHA-256 of a text: the system's 32 bytes as 64 hex digits, followed by the rolls. The same as `printf HEXROLLS |
 * sha256sum`.
 */
export const mixEntropy = (system: Uint8Array, rolls: string): Uint8Array => sha256(utf8(bytesToHex(system) + rolls));

export const phraseFromEntropy = (entropy: Uint8Array): string[] => entropyToMnemonic(entropy, wordlist).split(' ');

/**
 * The word of the list that equals the typed text. Four letters or more suffice if only one word begins with them. Null
 * if there is no such word.
 */
export function listedWord(typed: string): string | null {
  const text = typed.trim().toLowerCase();
  if (wordlist.includes(text)) return text;
  const [word, ...others] = text.length >= 4 ? wordlist.filter(w => w.startsWith(text)) : [];
  return word !== undefined && others.length === 0 ? word : null;
}

/** True if the typed text can become a word of the list. Words have only letters, at most eight. */
export const hasFormOfWord = (typed: string): boolean => /^\s*[a-z]{0,8}\s*$/i.test(typed);

export const isPhraseLength = (count: number, unchecked: boolean): boolean =>
  Number.isInteger(count) && count >= 12 && count <= 24 && (unchecked || count % 3 === 0);

export const phraseLengthsText = (unchecked: boolean) => (unchecked ? '12 to 24' : '12, 15, 18, 21 or 24');

/**
 * True if the phrase has a valid checksum, which is a part of the last word. False for lengths that only the older tool
 * accepts, such as 16 words: they have no checksum.
 */
export const hasValidChecksum = (words: readonly string[]): boolean => validateMnemonic(words.join(' '), wordlist);

export interface PhraseKey {
  key: Uint8Array;
  /** True if the phrase has a valid checksum. A checksum detects most wrong words. */
  checked: boolean;
}

/**
 * The key of a recovery phrase, as the older tool computes it: SHA-256 of the BIP39 seed with an empty passphrase. The
 * older tool also accepts other lengths, such as 16 words, which have no checksum.
 * @param unchecked true to accept such a length, and a wrong checksum
 * @throws Refusal PHRASE_INVALID, naming the position of a wrong word and never the word
 */
export function keyFromPhrase(typed: readonly string[], unchecked = false): PhraseKey {
  const hint = COMPARE_WORDS;
  const counts = `phrase: expected ${phraseLengthsText(unchecked)} words, got ${typed.length}`;
  checkThat(isPhraseLength(typed.length, unchecked), 'PHRASE_INVALID', counts, hint);
  const words = typed.map(listedWord);
  const wrong = words.indexOf(null) + 1;
  checkThat(wrong === 0, 'PHRASE_INVALID', `word ${wrong} is not in the English BIP39 list`, hint);
  const phrase = words.join(' ');
  const checked = hasValidChecksum(words as string[]);
  checkThat(checked || unchecked, 'PHRASE_INVALID', WRONG_CHECKSUM, hint);
  // BIP39's seed. The words are ASCII, so they need no Unicode normalisation.
  const key = sha256(pbkdf2Sync(phrase, 'mnemonic', 2048, 64, 'sha512'));
  checkThat(isPrivateKey(key), 'PHRASE_INVALID', 'the phrase gives no valid key', hint);
  return { key, checked };
}
