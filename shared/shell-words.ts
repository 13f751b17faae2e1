/** Quotes the words of a printed command for a POSIX shell, so that a person can paste the line. */
import { printableText } from './errors.ts';

/**
 * @param hidden pattern of the characters that must not reach a terminal. They are written as escapes of bash and zsh.
 * @example shellWord("it's.json") // 'it'\''s.json'
 */
export function shellWord(text: string, hidden = /[^\x20-\x7e]/): string {
  if (hidden.test(text)) return `$'${printableText(escapeWideCharacter(text.replace(/['\\]/g, '\\$&')))}'`;
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Escapes each character beyond 16 bits as one. Shells do not combine the escapes of two surrogates. */
const escapeWideCharacter = (text: string) =>
  text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, pair => {
    const code = (pair.charCodeAt(0) - 0xd800) * 0x400 + pair.charCodeAt(1) - 0xdc00 + 0x10000;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });

/** Quotes a file name so that no program treats it as a flag. */
export const shellFileWord = (path: string, word = shellWord): string => word(path.replace(/^-/, './-'));
