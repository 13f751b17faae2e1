/** Words of a command that a program prints, as a POSIX shell takes them: the line can be pasted. */
import { printable } from './errors.ts';

/**
 * @param hidden what no terminal may be sent; it is escaped as bash and zsh know it
 * @example shellWord("it's.json") // 'it'\''s.json'
 */
export function shellWord(text: string, hidden = /[^\x20-\x7e]/): string {
  if (hidden.test(text)) return `$'${printable(wide(text.replace(/['\\]/g, '\\$&')))}'`;
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Characters beyond 16 bits: shells do not put two halves together. */
const wide = (text: string) =>
  text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, pair => {
    const code = (pair.charCodeAt(0) - 0xd800) * 0x400 + pair.charCodeAt(1) - 0xdc00 + 0x10000;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });

/** A name that a program does not take for a flag. */
export const fileWord = (path: string, word = shellWord): string => word(path.replace(/^-/, './-'));
