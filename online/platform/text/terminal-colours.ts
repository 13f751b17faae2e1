/**
 * Colours of a terminal for errors, warnings, headings and the review code. The text is complete without
 * them.
 */

const [BOLD, RED, YELLOW] = ['1', '31', '33'];
const paintText = (text: string, ...styles: string[]) => `\x1b[${styles.join(';')}m${text}\x1b[0m`;

const ERROR = /^error [A-Z_]+(?=:)/;
const WARNING = /^(?:warning(?: [A-Z_]+)?(?=:)|WARNINGS$| {2}! )/;
/** A heading: a line of letters and single spaces, unlike sentences and rows of tables. */
const HEADING = /^(?!WARNINGS$)[A-Z][A-Za-z]*(?: [a-z]+){0,3}$/;
const REVIEW_CODE = /(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}(?![\w-])/g;

/** @param line a line that is wrapped already; JSON for other programs is not changed */
function paintLine(line: string): string {
  if (line.startsWith('{')) return line;
  if (HEADING.test(line)) return paintText(line, BOLD);
  return line
    .replace(ERROR, found => paintText(found, BOLD, RED))
    .replace(WARNING, found => paintText(found, BOLD, YELLOW))
    .replace(REVIEW_CODE, found => paintText(found, BOLD));
}

/** @param text lines without colour codes */
export const colourLines = (text: string): string => text.split('\n').map(paintLine).join('\n');

/**
 * True if colours are wanted. They are off if NO_COLOR has a non-empty value (source: no-color.org), or if
 * TERM is `dumb`.
 */
export const isColourWanted = (env: Record<string, string | undefined>): boolean =>
  !env['NO_COLOR'] && env['TERM'] !== 'dumb';
