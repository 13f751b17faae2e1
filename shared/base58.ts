/** Base58check: addresses and WIF keys. Bounded, since the conversion is quadratic. */
import { concat } from './bytes.ts';
import { sha256d } from './hash.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const MAX_LENGTH = 64;

function toBase58(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let out = '';
  for (; value > 0n; value /= 58n) out = ALPHABET.charAt(Number(value % 58n)) + out;
  for (const byte of bytes) {
    if (byte !== 0) break;
    out = `1${out}`;
  }
  return out;
}

function fromBase58(text: string): Uint8Array | null {
  let value = 0n;
  for (const c of text) {
    const digit = ALPHABET.indexOf(c);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; value > 0n; value /= 256n) bytes.unshift(Number(value % 256n));
  for (const c of text) {
    if (c !== '1') break;
    bytes.unshift(0);
  }
  return Uint8Array.from(bytes);
}

export function encodeBase58Check(payload: Uint8Array): string {
  return toBase58(concat(payload, sha256d(payload).subarray(0, 4)));
}

/** The payload (version byte first), or null if the text is not base58check. */
export function decodeBase58Check(text: string): Uint8Array | null {
  if (text.length === 0 || text.length > MAX_LENGTH) return null;
  const bytes = fromBase58(text);
  if (!bytes || bytes.length < 5) return null;
  const payload = bytes.slice(0, -4);
  return encodeBase58Check(payload) === text ? payload : null;
}
