/** Restrained colour of a terminal: errors, warnings, headings and the review code. The words say the same without it. */

const [BOLD, RED, YELLOW] = ['1', '31', '33'];
const painted = (text: string, ...styles: string[]) => `\x1b[${styles.join(';')}m${text}\x1b[0m`;

const ERROR = /^error [A-Z_]+(?=:)/;
const WARNING = /^(?:warning(?: [A-Z_]+)?(?=:)|WARNINGS$| {2}! )/;
/** Letters alone, as no sentence and no row of a table is. */
const HEADING = /^(?!WARNINGS$)[A-Z][A-Za-z]*(?: [a-z]+){0,3}$/;
const REVIEW_CODE = /(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}(?![\w-])/g;

/** @param line as it is printed, already as wide as the window; of text that a program reads, nothing is changed */
function paintedLine(line: string): string {
  if (line.startsWith('{')) return line;
  if (HEADING.test(line)) return painted(line, BOLD);
  return line
    .replace(ERROR, found => painted(found, BOLD, RED))
    .replace(WARNING, found => painted(found, BOLD, YELLOW))
    .replace(REVIEW_CODE, found => painted(found, BOLD));
}

/** @param text lines that hold no codes of their own */
export const withColour = (text: string): string => text.split('\n').map(paintedLine).join('\n');

/** Source: no-color.org, any value but the empty one. */
export const hasColour = (env: Record<string, string | undefined>): boolean =>
  !env['NO_COLOR'] && env['TERM'] !== 'dumb';
