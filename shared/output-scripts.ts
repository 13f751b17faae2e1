/** Output scripts (pay to key hash, pay to script hash), the n-of-m script, and the scriptSig that spends it. */
import { concatBytes } from './bytes.ts';

const OP_0 = 0x00;
const OP_PUSHDATA1 = 0x4c;
const OP_PUSHDATA2 = 0x4d;
const OP_1 = 0x51;
const OP_DUP = 0x76;
const OP_EQUAL = 0x87;
const OP_EQUALVERIFY = 0x88;
const OP_HASH160 = 0xa9;
const OP_CHECKSIG = 0xac;
const OP_CHECKMULTISIG = 0xae;

/**
 * The consensus rules limit a pushed element, such as a redeem script, to 520 bytes. A redeem script of 520 bytes has
 * room for 15 compressed keys.
 */
export const MAX_CONTROLLERS = 15;

/** The shortest push of `data` that has two bytes or more (BIP 62 rule 3). */
export function pushBytes(data: Uint8Array): Uint8Array {
  if (data.length < OP_PUSHDATA1) return concatBytes(Uint8Array.of(data.length), data);
  if (data.length <= 0xff) return concatBytes(Uint8Array.of(OP_PUSHDATA1, data.length), data);
  return concatBytes(Uint8Array.of(OP_PUSHDATA2, data.length & 0xff, data.length >> 8), data);
}

export const p2pkhScript = (keyHash: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(OP_DUP, OP_HASH160), pushBytes(keyHash), Uint8Array.of(OP_EQUALVERIFY, OP_CHECKSIG));

export const p2shScript = (scriptHash: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(OP_HASH160), pushBytes(scriptHash), Uint8Array.of(OP_EQUAL));

/** `OP_n key… OP_m OP_CHECKMULTISIG`, with the keys in the given order. */
export function multisigScript(required: number, pubkeys: Uint8Array[]): Uint8Array {
  const small = (n: number) => Uint8Array.of(OP_1 - 1 + n);
  return concatBytes(
    small(required),
    ...pubkeys.map(pushBytes),
    small(pubkeys.length),
    Uint8Array.of(OP_CHECKMULTISIG),
  );
}

/** `OP_0 signature… redeemScript`. OP_CHECKMULTISIG pops one element too many, which is the OP_0. */
export const multisigScriptSig = (signatures: Uint8Array[], redeemScript: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(OP_0), ...signatures.map(pushBytes), pushBytes(redeemScript));
