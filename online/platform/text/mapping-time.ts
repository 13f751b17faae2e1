/** The time of new mappings. */

/**
 * Seconds with exactly six decimals, the last not zero, so that time and height can be separated in the signed message.
 */
export function unambiguousTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const micros = Math.floor(milliseconds % 1000) * 1000 + 1;
  return `${seconds}.${String(micros).padStart(6, '0')}`;
}
