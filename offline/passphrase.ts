/**
 * Refuses some of the weak passphrases that a thief tries first. Other weak passphrases, such as a line of a song, are
 * accepted. Only a random passphrase is strong.
 */
import { checkThat } from '../shared/errors.ts';

const MIN_LENGTH = 12;
/**
 * Number of different characters that must remain of a passphrase after common words, neighbouring keys and repetitions
 * are removed.
 */
const MIN_OWN = 6;

/**
 * Words and sequences of keys from published lists of the most common passwords. Also words that fit this program, such
 * as `bitcoin`.
 */
const COMMON = `password passwort passphrase passw0rd p@ssword p@ssw0rd pa$$word secret changeme letmein welcome
  iloveyou trustno1 sunshine princess football baseball superman batman dragon monkey master shadow michael jordan
  admin administrator login hello test default guest root user qwerty qwertz azerty asdfgh zxcvbn yxcvbn 1q2w3e4r
  1qaz2wsx zaq12wsx abc123 correcthorsebatterystaple bitcoin ethereum satoshi nakamoto countersign wallet`.split(/\s+/);
const ROWS = [
  '01234567890',
  '!@#$%^&*()_+',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
];
/**
 * Columns of the keyboard, such as `1qaz`. Then pairs of a letter and the key above it to the right, such as `q2` and
 * `aw`. Then columns of German keyboards, columns of the number pad, and columns with Shift.
 */
const COLUMNS =
  '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik 9ol 0p q2 w3 e4 r5 t6 y7 u8 i9 o0 aw se dr ft gy hu ji ko lp zs xd cf vg bh nj mk qay 6zhn 147 258 369 !qaz @wsx #edc $rfv %tgb'.split(
    ' ',
  );

/**
 * Makes a function that compares two characters. It returns true if they are equal, or adjacent in one of the lines in
 * either order.
 */
const makeNeighbourTest = (lines: readonly string[]) => (a: string, b: string) =>
  a === b || lines.some(line => line.includes(a + b) || line.includes(b + a));

/** Reduces each run of adjacent characters to the first character of the run. */
const reduceRunsOfNeighbours = (text: string, follows: (a: string, b: string) => boolean) =>
  [...text].filter((c, i, all) => i === 0 || !follows(all.at(i - 1) as string, c)).join('');

/**
 * The characters that remain of a passphrase. Runs are reduced twice: first `1qaz2wsx` to `12`, and then `12`, a run of
 * a row, to `1`.
 */
function remainingCharacters(passphrase: string): string {
  let rest = passphrase.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');
  for (const word of COMMON) rest = rest.replaceAll(word, '');
  return reduceRunsOfNeighbours(
    reduceRunsOfNeighbours(rest, makeNeighbourTest([...ROWS, ...COLUMNS])),
    makeNeighbourTest(ROWS),
  );
}

export const COMMON_PASSPHRASE =
  'this passphrase consists of common words, neighbouring keys or repetitions, which thieves try first';

/** @throws Refusal PASSPHRASE_WEAK */
export function checkPassphrase(passphrase: string): string {
  const hint = 'Use five or more random words. Only the passphrase protects the key on a stolen device.';
  const { length } = [...passphrase.trim()];
  const short = `passphrase: expected at least ${MIN_LENGTH} characters, got ${length}, counted without spaces at the start and end`;
  checkThat(length >= MIN_LENGTH, 'PASSPHRASE_WEAK', short, hint);
  checkThat(new Set(remainingCharacters(passphrase)).size >= MIN_OWN, 'PASSPHRASE_WEAK', COMMON_PASSPHRASE, hint);
  return passphrase;
}
