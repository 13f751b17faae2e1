/**
 * ECDSA on secp256k1 over hashes made elsewhere. Nonces are RFC 6979's without extra entropy and s is low, so that
 * any other implementation reproduces these signatures byte for byte and nothing can hide in a nonce.
 */
import { hmac } from '@noble/hashes/hmac.js';
import * as secp from '@noble/secp256k1';
import { base64ToBytes, bytesToBase64, concat } from './bytes.ts';
import { sha256 } from './hash.ts';

secp.hashes.sha256 = sha256;
secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const prehashed = { prehash: false, lowS: true } as const;

export interface Signature {
  /** 64 bytes, r and s big-endian. */
  compact: Uint8Array;
  /** 0 to 3: which of the points with this r it was. */
  recovery: number;
}

export const isPrivateKey = (key: Uint8Array): boolean => key.length === 32 && secp.utils.isValidSecretKey(key);

/** 33 bytes. */
export const publicKey = (privateKey: Uint8Array): Uint8Array => secp.getPublicKey(privateKey, true);

/** True for 33 bytes that are a point of the curve in compressed form. */
export const isPublicKey = (key: Uint8Array): boolean => key.length === 33 && secp.utils.isValidPublicKey(key, true);

/** @param hash 32 bytes */
export function sign(hash: Uint8Array, privateKey: Uint8Array): Signature {
  const recovered = secp.sign(hash, privateKey, { ...prehashed, format: 'recovered', extraEntropy: false });
  return { compact: recovered.slice(1), recovery: recovered[0] as number };
}

/** False for anything that is not a valid low-S signature: never throws for hostile bytes. */
export function verify(hash: Uint8Array, compact: Uint8Array, pubkey: Uint8Array): boolean {
  if (compact.length !== 64) return false;
  try {
    return secp.verify(compact, hash, pubkey, prehashed);
  } catch {
    return false; // r or s out of range
  }
}

/** First byte of a signature's text, plus the recovery id; 4 more says "compressed key". */
const HEADER = 27;

/** Base64 of 65 bytes, the bytes that the older tool makes (deterministic nonces, no mark for compressed keys). */
export function signBase64(hash: Uint8Array, privateKey: Uint8Array): string {
  const { compact, recovery } = sign(hash, privateKey);
  return bytesToBase64(concat(Uint8Array.of(HEADER + recovery), compact));
}

/** False for anything but such a text. The recovery id is not needed: the keys are known. */
export function verifyBase64(hash: Uint8Array, text: string, pubkey: Uint8Array): boolean {
  const [header = 0, ...compact] = base64ToBytes(text) ?? [];
  return header >= HEADER && header < HEADER + 8 && verify(hash, Uint8Array.from(compact), pubkey);
}
