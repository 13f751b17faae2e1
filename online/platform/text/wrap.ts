/** Text that fits into a window, broken between words. */

/** A command in backticks is one word: it can be copied whole. */
const WORDS = /(?:`[^`]*`|[^\s`])+|`/g;
/** Columns, which the command has fitted to the window, and commands that stand alone. */
const AS_IT_IS = /\S {2,}\S|^\s*(?:countersign|signer|qr) /;

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns || AS_IT_IS.test(line)) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  for (const word of line.match(WORDS) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines.join('\n');
}

/** @param columns of the window; a longer word is left whole */
export const wrapText = (text: string, columns: number): string =>
  text
    .split('\n')
    .map(line => wrapLine(line, columns))
    .join('\n');
