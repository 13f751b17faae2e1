/** Bytes as hex, base64 and UTF-8 text. Decoding is strict. */
import { checkThat, hexValueText } from './errors.ts';

const HEX = /^(?:[0-9a-f]{2})*$/;

export const bytesToHex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

export const hexDigitsText = (bytes: number): string => `${bytes * 2} lower-case hex digits`;

/**
 * @param length expected number of bytes; any length if absent
 * @throws Refusal FIELD_INVALID, naming `path`
 */
export function checkHex(text: string, path: string, length?: number): void {
  const fits = HEX.test(text) && (length === undefined || text.length === length * 2);
  const expected = length === undefined ? 'lower-case hex' : hexDigitsText(length);
  checkThat(fits, 'FIELD_INVALID', `${path}: expected ${expected}, got ${hexValueText(text)}`);
}

/**
 * Decodes lower-case hex.
 * @param length expected number of bytes; any length if absent
 * @throws Refusal FIELD_INVALID, naming `path`
 */
export function hexToBytes(text: string, path: string, length?: number): Uint8Array {
  checkHex(text, path, length);
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** Ids are displayed with their bytes in reverse order. Only these two functions convert between the two orders. */
export const idToBytes = (id: string, path: string): Uint8Array => hexToBytes(id, path, 32).reverse();

export const bytesToId = (bytes: Uint8Array): string => bytesToHex(Uint8Array.from(bytes).reverse());

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const bytesToBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * Decodes canonical base64: with padding, and with unused bits zero. Returns null for any other text, and for a text of
 * more than 1024 characters.
 */
export function base64ToBytes(text: string): Uint8Array | null {
  if (text.length > 1024 || !BASE64.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  return bytesToBase64(bytes) === text ? bytes : null;
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The text of ASCII bytes. Any other byte becomes the character with the same number. */
export function asciiText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let out = '';
  for (let i = from; i < to; i++) out += String.fromCharCode(bytes[+i] as number);
  return out;
}

export function concatBytes(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
