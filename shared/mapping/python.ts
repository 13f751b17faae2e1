/** JSON as Python's `json.dumps` prints it: the signed message of a mapping is made of it. */
import { printable } from '../errors.ts';

/**
 * Python's text of a number, from its JSON text: `repr` of the float, or the integer itself.
 * Both languages print the shortest digits that read back as the same double; only the layout differs.
 * @returns null for a number that is no finite double: Python would print a text that is not JSON
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

/** A string as `json.dumps` quotes it: JSON's own short escapes, and everything outside printable ASCII per UTF-16 unit. */
export const pythonString = (text: string): string => printable(JSON.stringify(text));
