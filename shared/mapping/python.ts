/** JSON as Python's `json.dumps` prints it: the signed message of a mapping is made of it. */
import { printable } from '../errors.ts';

/**
 * Python's text of a number, from its JSON text: `repr` of the float, or the integer itself.
 * Both languages print the shortest digits that read back as the same double; only the layout differs.
 * @returns null for a number that is no finite double: Python would print a text that is not JSON
 */
export function pythonNumber(text: string): string | null {
  if (!/[.eE]/.test(text)) return text === '-0' ? '0' : text;
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  const [mantissa, power] = Math.abs(value).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${tail}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** A string as `json.dumps` quotes it: JSON's own short escapes, and everything outside printable ASCII per UTF-16 unit. */
export const pythonString = (text: string): string => printable(JSON.stringify(text));
