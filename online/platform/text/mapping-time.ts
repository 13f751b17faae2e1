/** The time of new mappings. */

/**
 * Seconds since 1970 with exactly six decimals. In the signed text, the height follows the time directly, so
 * the six decimals show where the time ends. The last decimal is not zero, because Python omits a zero at the
 * end.
 */
export function mappingTimeText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const micros = Math.floor(milliseconds % 1000) * 1000 + 1;
  return `${seconds}.${String(micros).padStart(6, '0')}`;
}
