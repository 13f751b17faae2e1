/**
 * Base58check, the encoding of addresses and WIF keys. The length is limited, because the time for a conversion grows
 * with the square of the length.
 */
import { concatBytes } from './bytes.ts';
import { sha256d } from './hash.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const MAX_LENGTH = 64;

/**
 * Converts digits to another base. The most significant digit comes first. Each leading zero of the input gives one
 * leading zero of the result.
 */
function convertBase(digits: Iterable<number>, from: bigint, to: bigint): number[] {
  const out: number[] = [];
  let value = 0n;
  let zeros = 0;
  for (const digit of digits) {
    value = value * from + BigInt(digit);
    if (value === 0n) zeros++;
  }
  for (; value > 0n; value /= to) out.unshift(Number(value % to));
  return [...new Array<number>(zeros).fill(0), ...out];
}

export function encodeBase58Check(payload: Uint8Array): string {
  const bytes = concatBytes(payload, sha256d(payload).subarray(0, 4));
  return convertBase(bytes, 256n, 58n)
    .map(digit => ALPHABET.charAt(digit))
    .join('');
}

/** The payload, beginning with the version byte; null if the text is not valid base58check. */
export function decodeBase58Check(text: string): Uint8Array | null {
  const digits = Array.from(text.slice(0, MAX_LENGTH), c => ALPHABET.indexOf(c));
  const bytes = digits.includes(-1) ? [] : convertBase(digits, 58n, 256n);
  const payload = Uint8Array.from(bytes.slice(0, -4));
  if (payload.length === 0) return null;
  return encodeBase58Check(payload) === text ? payload : null;
}
