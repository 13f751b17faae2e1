/** Quotes words of printed commands for this PC's shell. Commands for the laptop use `shared/shell.ts`. */
import { fileWord, shellWord } from '../../../shared/shell.ts';

/** Letters of other languages need no escapes. */
const posixWord = (text: string) => shellWord(text, /\p{Cc}/u);

/** Double quotes, which cmd and PowerShell both accept, unless PowerShell would substitute something in them. */
function windowsWord(text: string): string {
  if (/^[\w:.\\/+-]+$/.test(text)) return text;
  return /["$`%]|\p{Cc}/u.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

export const word = process.platform === 'win32' ? windowsWord : posixWord;

/** A file name on this PC. */
export const pathWord = (path: string): string => fileWord(path, word);

export { posixWord, windowsWord };
