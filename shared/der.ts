/** Strict DER encoding of ECDSA signatures (BIP 66), as the node creates and accepts it. */
import { concatBytes, equalBytes } from './bytes.ts';

/** DER's encoding of a positive integer, with minimal length. */
function derInteger(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  const padded = (digits[0] as number) & 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits;
  return concatBytes(Uint8Array.of(0x02, padded.length), padded);
}

/** @param compact the signature as 64 bytes: r and s, big-endian */
export function encodeDer(compact: Uint8Array): Uint8Array {
  const body = concatBytes(derInteger(compact.subarray(0, 32)), derInteger(compact.subarray(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

/**
 * The 64 bytes r and s; null if `der` is not exactly one signature in strict DER. To check strictness, the result is
 * encoded again and compared.
 */
export function decodeDer(der: Uint8Array): Uint8Array | null {
  const end = 4 + (der[3] ?? 0);
  const [r, s] = [der.subarray(4, end).slice(-32), der.subarray(end + 2).slice(-32)];
  const out = new Uint8Array(64);
  out.set(r, 32 - r.length);
  out.set(s, 64 - s.length);
  return equalBytes(encodeDer(out), der) ? out : null;
}
