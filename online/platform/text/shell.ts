/** Words of a command that is printed, as the shell of this PC takes them; those for the laptop are in `shared/shell.ts`. */
import { fileWord, shellWord } from '../../../shared/shell.ts';

/** Letters of other languages can be pasted as they are. */
const posixWord = (text: string) => shellWord(text, /\p{Cc}/u);

/** In double quotes, which cmd and PowerShell both know, unless PowerShell would put something else in their place. */
function windowsWord(text: string): string {
  if (/^[\w:.\\/+-]+$/.test(text)) return text;
  return /["$`%]|\p{Cc}/u.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

export const word = process.platform === 'win32' ? windowsWord : posixWord;

/** The name of a file on this PC. */
export const pathWord = (path: string): string => fileWord(path, word);

export { posixWord, windowsWord };
