/** Strict DER of ECDSA signatures (BIP 66), as the node makes and takes them. */
import { concat } from './bytes.ts';

/** A minimal positive INTEGER. */
function integer(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  const padded = (digits[0] as number) & 0x80 ? concat(Uint8Array.of(0), digits) : digits;
  return concat(Uint8Array.of(0x02, padded.length), padded);
}

/** @param compact 64 bytes, r and s big-endian */
export function encodeDer(compact: Uint8Array): Uint8Array {
  const body = concat(integer(compact.subarray(0, 32)), integer(compact.subarray(32)));
  return concat(Uint8Array.of(0x30, body.length), body);
}

function readInteger(der: Uint8Array, at: number): { digits: Uint8Array; next: number } | null {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0 || length > 33) return null;
  const digits = der.subarray(at + 2, at + 2 + length);
  const first = digits[0];
  if (digits.length !== length || first === undefined || first & 0x80) return null;
  if (first === 0 && length > 1 && !((digits[1] as number) & 0x80)) return null; // not minimal
  const value = first === 0 ? digits.subarray(1) : digits;
  return value.length > 32 ? null : { digits: value, next: at + 2 + length };
}

/** The 64 bytes r and s, or null if these are not exactly one strict DER signature. */
export function decodeDer(der: Uint8Array): Uint8Array | null {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = readInteger(der, 2);
  const s = r && readInteger(der, r.next);
  if (!r || !s || s.next !== der.length) return null;
  const out = new Uint8Array(64);
  out.set(r.digits, 32 - r.digits.length);
  out.set(s.digits, 64 - s.digits.length);
  return out;
}
