/** Signing a mapping, and counting who has signed: distinct controllers with a valid signature, never labels. */
import { base64ToBytes, bytesToBase64, concat } from '../bytes.ts';
import { sign, verify } from '../ecdsa.ts';
import type { Mapping } from './mapping.ts';

/** First byte of a signed message's signature, plus the recovery id; 4 more says "compressed key". */
const HEADER = 27;

/** Base64 of 65 bytes, the bytes that the older tool makes (deterministic nonces, no mark for compressed keys). */
export function signMapping(mapping: Mapping, privateKey: Uint8Array): string {
  const { compact, recovery } = sign(mapping.signedHash, privateKey);
  return bytesToBase64(concat(Uint8Array.of(HEADER + recovery), compact));
}

/** r and s of a signature's text, or null. The recovery id is not needed: the keys are known. */
function compactOf(text: string): Uint8Array | null {
  const bytes = base64ToBytes(text);
  if (bytes?.length !== 65) return null;
  const header = bytes[0] as number;
  return header >= HEADER && header < HEADER + 8 ? bytes.slice(1) : null;
}

export function verifyMappingSignature(mapping: Mapping, text: string, pubkey: Uint8Array): boolean {
  const compact = compactOf(text);
  return compact !== null && verify(mapping.signedHash, compact, pubkey);
}

/**
 * Indices (1…m, ascending) of the controllers that signed, whatever label their signature stands under.
 * @param pubkeys the pinned keys in the order of their indices
 */
export function mappingSigners(mapping: Mapping, pubkeys: readonly Uint8Array[]): number[] {
  const signers = new Set<number>();
  for (const [label, text] of mapping.signatures) {
    // The label is nearly always right, so it is tried first; each controller counts once.
    const indices = pubkeys.map((_, i) => i + 1).filter(index => !signers.has(index));
    indices.sort((a, b) => Number(b === Number(label)) - Number(a === Number(label)));
    const signer = indices.find(index => verifyMappingSignature(mapping, text, pubkeys[index - 1] as Uint8Array));
    if (signer !== undefined) signers.add(signer);
  }
  return [...signers].sort((a, b) => a - b);
}
