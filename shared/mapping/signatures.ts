/**
 * Signs a mapping, and determines who signed it. Each controller with a valid signature counts once. The labels of
 * signatures are not trusted.
 */
import { signBase64, verifyBase64 } from '../ecdsa.ts';
import type { Mapping } from './mapping.ts';

export const signMapping = ({ signedHash }: Mapping, privateKey: Uint8Array): string =>
  signBase64(signedHash, privateKey);

export const verifyMappingSignature = ({ signedHash }: Mapping, text: string, pubkey: Uint8Array): boolean =>
  verifyBase64(signedHash, text, pubkey);

/**
 * Indices (1…m, ascending) of the controllers that signed, regardless of the labels of their signatures.
 * @param pubkeys the pinned keys in index order
 */
export function mappingSigners(mapping: Mapping, pubkeys: readonly Uint8Array[]): number[] {
  const signers = new Set<number>();
  for (const [label, text] of mapping.signatures) {
    // The label is nearly always the right index, so it is tried first. Each controller counts once.
    const indices = pubkeys.map((_, i) => i + 1).filter(index => !signers.has(index));
    indices.sort((a, b) => Number(b === Number(label)) - Number(a === Number(label)));
    const signer = indices.find(index => verifyMappingSignature(mapping, text, pubkeys[index - 1] as Uint8Array));
    if (signer !== undefined) signers.add(signer);
  }
  return [...signers].sort((a, b) => a - b);
}
