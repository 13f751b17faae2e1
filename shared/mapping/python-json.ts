/** JSON values as Python's `json.dumps` prints them. The signed message of a mapping consists of such texts. */
import { printableText } from '../errors.ts';

/**
 * Python's text of a JSON number: `repr` of the float, or the integer itself. Python and JavaScript print the same
 * digits, the shortest that give the same double; only the layout differs.
 * @returns null if the number is not a finite double, for which Python prints invalid JSON
 */
export function pythonNumber(text: string): string | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  if (!/[.eE]/.test(text)) return text === '-0' ? '0' : text;
  const size = Math.abs(value);
  if (size >= 1e16 || (size < 1e-4 && size > 0)) return value.toExponential().replace(/(?<=e.)\d$/, '0$&');
  const plain = Object.is(value, -0) ? '-0' : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/**
 * A string as `json.dumps` prints it: JSON's short escapes, and `\u` escapes for each UTF-16 unit outside printable
 * ASCII.
 */
export const pythonString = (text: string): string => printableText(JSON.stringify(text));
