/**
 * Base32 of RFC 4648 without padding, as BBQr uses it. A QR code needs 5.5 bits for each character of this alphabet.
 * The decoder accepts only the texts of {@link toBase32}, so each byte sequence has exactly one text.
 */

import { valueText } from '../errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 32; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

export function toBase32(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    // Adds the text to the parts before it becomes long. Otherwise V8 later joins millions of short pieces at once,
    // which is slow.
    if (text.length > 4096) {
      parts.push(text);
      text = '';
    }
  }
  if (bits > 0) text += ALPHABET[(held << (5 - bits)) & 31];
  return parts.join('') + text;
}

/** The decoded bytes, or the reason why the text is not valid. */
export function fromBase32(text: string): Uint8Array | { reason: string } {
  const left = text.length % 8;
  if (left === 1 || left === 3 || left === 6) {
    return { reason: `expected whole bytes, got ${text.length} characters (${left} more than a multiple of 8)` };
  }
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUES[code]! : -1;
    if (value < 0) return { reason: `expected A-Z or 2-7 at character ${i + 1}, got ${valueText(text[i])}` };
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) return { reason: 'expected zero bits after the last byte' };
  return bytes;
}
