/** Wraps text between words to the width of a window. */

/** A command in backticks counts as one word, so that it can be copied whole. */
const WORDS = /(?:`[^`]*`|[^\s`])+|`/g;
/** Matches a line that is not wrapped: a row of a table, or a command on a line of its own. */
const UNWRAPPED = /\S {2,}\S|^\s*(?:countersign|signer|qr) /;

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns || UNWRAPPED.test(line)) return line;
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

/** @param columns columns of the window; a longer word is not broken */
export const wrapText = (text: string, columns: number): string =>
  text
    .split('\n')
    .map(line => wrapLine(line, columns))
    .join('\n');
