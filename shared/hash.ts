/** The hash functions of the chain and of the mapping. */
import { ripemd160 } from '@noble/hashes/legacy.js';
import { _SHA256, sha256 } from '@noble/hashes/sha2.js';

export { sha256 };

export const sha256d = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes));

export const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes));

class Sha256Midstate extends _SHA256 {
  /** SHA-256's internal state (eight words) without the padding of a normal digest. */
  bytes(): Uint8Array {
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    this.get().forEach((word, i) => void view.setUint32(4 * i, word));
    return out;
  }
}

/**
 * Elements' fast Merkle step: SHA-256's state after the single block `left || right`, without padding. Source:
 * Elements, `ComputeFastMerkleRoot` in `primitives/merkle`.
 */
export function merkleStep(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== 32 || right.length !== 32) throw new TypeError('Merkle pair: expected two values of 32 bytes');
  return new Sha256Midstate().update(left).update(right).bytes();
}

/** Incremental SHA-256. Callers may pass a native implementation for large data. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}
export type MakeHasher = () => Hasher;
export const nobleSha256: MakeHasher = () => sha256.create();
