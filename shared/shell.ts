/** Words of a command that a program prints, as a POSIX shell takes them: the line can be pasted. */
import { printable } from './errors.ts';

/**
 * @param hidden what no terminal may be sent; it is escaped as bash and zsh know it
 * @example shellWord("it's.json") // 'it'\''s.json'
 */
export function shellWord(text: string, hidden = /[^\x20-\x7e]/): string {
  if (hidden.test(text)) return `$'${printable(text.replace(/['\\]/g, '\\$&'))}'`;
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A name that a program does not take for a flag. */
export const fileWord = (path: string, word = shellWord): string => word(path.replace(/^-/, './-'));
