/**
 * ECDSA signatures on secp256k1 over given hashes. Nonces follow RFC 6979 without extra entropy, and s is low. Every
 * implementation of RFC 6979 makes the same bytes, so a nonce cannot hide data.
 */
import { hmac } from '@noble/hashes/hmac.js';
import * as secp from '@noble/secp256k1';
import { base64ToBytes, bytesToBase64, concatBytes } from './bytes.ts';
import { sha256 } from './hash.ts';

secp.hashes.sha256 = sha256;
secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const prehashed = { prehash: false, lowS: true } as const;

export interface Signature {
  /** 64 bytes: r and s, big-endian. */
  compact: Uint8Array;
  /** Recovery id, 0 to 3: which curve point with this r was used. */
  recovery: number;
}

export const isPrivateKey = (key: Uint8Array): boolean => key.length === 32 && secp.utils.isValidSecretKey(key);

/** The compressed public key, 33 bytes. */
export const publicKeyOf = (privateKey: Uint8Array): Uint8Array => secp.getPublicKey(privateKey, true);

/** True for a compressed public key: 33 bytes that encode a point of the curve. */
export const isPublicKey = (key: Uint8Array): boolean => key.length === 33 && secp.utils.isValidPublicKey(key, true);

/** @param hash the hash to sign, 32 bytes */
export function signHash(hash: Uint8Array, privateKey: Uint8Array): Signature {
  const recovered = secp.sign(hash, privateKey, { ...prehashed, format: 'recovered', extraEntropy: false });
  return { compact: recovered.slice(1), recovery: recovered[0] as number };
}

/** True for a valid low-S signature. Returns false for any other bytes; never throws. */
export function verifyHash(hash: Uint8Array, compact: Uint8Array, pubkey: Uint8Array): boolean {
  if (compact.length !== 64) return false;
  try {
    return secp.verify(compact, hash, pubkey, prehashed);
  } catch {
    return false; // noble throws if r or s is out of range
  }
}

/**
 * The first of the 65 bytes of a signature is 27 plus the recovery id. Other tools add 4 for compressed keys; the older
 * tool does not.
 */
const HEADER = 27;

/**
 * Signature as base64 of 65 bytes, the same text as the older tool makes: deterministic nonce, no flag for compressed
 * keys.
 */
export function signBase64(hash: Uint8Array, privateKey: Uint8Array): string {
  const { compact, recovery } = signHash(hash, privateKey);
  return bytesToBase64(concatBytes(Uint8Array.of(HEADER + recovery), compact));
}

/** True for the base64 text of a valid signature. The recovery id is ignored, because the keys are known. */
export function verifyBase64(hash: Uint8Array, text: string, pubkey: Uint8Array): boolean {
  const [header = 0, ...compact] = base64ToBytes(text) ?? [];
  return header >= HEADER && header < HEADER + 8 && verifyHash(hash, Uint8Array.from(compact), pubkey);
}
