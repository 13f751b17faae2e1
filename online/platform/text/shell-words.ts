/**
 * Quotes words of printed commands for this PC's shell. Commands for the laptop use `shared/shell-words.ts`.
 */
import { shellFileWord, shellWord } from '../../../shared/shell-words.ts';

/** Quotes a word for a POSIX shell. Letters of any language need no quotes. */
const posixWord = (text: string) => shellWord(text, /\p{Cc}/u);

/**
 * Quotes a word with double quotes, which cmd and PowerShell both accept. If the word has a character that
 * double quotes do not protect, uses single quotes, which only PowerShell accepts.
 */
function windowsWord(text: string): string {
  if (/^[\w:.\\/+-]+$/.test(text)) return text;
  return /["$`%]|\p{Cc}/u.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

export const word = process.platform === 'win32' ? windowsWord : posixWord;

/** A file name on this PC. */
export const pathWord = (path: string): string => shellFileWord(path, word);

export { posixWord, windowsWord };
