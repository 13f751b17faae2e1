/** The review code: the first 80 bits of a digest in Crockford's base32, short enough to read aloud and type. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;

/**
 * @param digest a digest in hex, with at least 80 bits
 * @returns the first 80 bits as `XXXX-XXXX-XXXX-XXXX`
 */
export function reviewCode(digest: string): string {
  let bits = BigInt(`0x${digest.slice(0, 20)}`);
  let text = '';
  for (let i = 0; i < LENGTH; i++) {
    text = ALPHABET.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return (text.match(/.{4}/g) as string[]).join('-');
}

/**
 * Makes texts equal that people confuse: ignores case, dashes and spaces, and replaces the letters O, I and L by
 * digits.
 */
export const normalCode = (text: string): string =>
  text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');

/** True if the typed text is this code. */
export const isReviewCode = (typed: string, code: string): boolean => normalCode(typed) === normalCode(code);

const CHARACTER = `[${ALPHABET}OIL]`;
/** At most sixteen characters, in groups of four with spaces or dashes between them, or without groups. */
const START = new RegExp(
  `^ *(${CHARACTER}{0,16}|(${CHARACTER}{4}[ -]{1,3}){0,3}(${CHARACTER}{4} *|${CHARACTER}{0,3}))$`,
);

/** True if the typed text can become a review code. For most passphrases this is false after the first word. */
export const isReviewCodeStart = (typed: string): boolean => START.test(typed.toUpperCase()) && typed.length < 40;

/** The first half of a code. The screen at which the person types the code shows this half. */
export const firstHalfOfCode = (code: string): string => code.slice(0, Math.floor(code.length / 2));

/**
 * The text that a terminal shows for typed characters. The screen already has the first half of the code, so matching
 * characters are shown. After this half, all characters are shown. If a character of the first half differs, asterisks
 * are shown from this character on, because the text may be a passphrase.
 */
export function maskedCodeText(typed: string, code: string): string {
  const half = normalCode(firstHalfOfCode(code));
  let [same, isOther, echo] = [0, false, ''];
  for (const c of typed) {
    const isSeparator = normalCode(c) === '';
    if (!isSeparator && same < half.length) isOther ||= normalCode(c) !== half[same++];
    echo += isOther && !isSeparator ? '*' : c;
  }
  return echo;
}
