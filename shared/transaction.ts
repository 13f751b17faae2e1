/**
 * Encoding of Elements transactions with explicit assets and values and without witness. Source: Elements 0.14,
 * `primitives/transaction.h`; checked against `createrawissuance` of a real node.
 */
import { bytesToHex, bytesToId, concatBytes } from './bytes.ts';
import { sha256d } from './hash.ts';

/** Flag in an input's serialised index: an issuance follows the sequence. */
export const ISSUANCE_FLAG = 0x8000_0000;
/** Prefix of an unblinded asset or value. */
export const EXPLICIT = Uint8Array.of(1);
const NO_WITNESS = Uint8Array.of(0);
const NO_NONCE = Uint8Array.of(0);
const NO_VALUE = Uint8Array.of(0);

export interface Issuance {
  /** 32 zero bytes for a new asset. For a reissuance, Ocean's nodes write 32 bytes of ff. */
  nonce: Uint8Array;
  /** 32 zero bytes for a new asset: the outpoint determines its entropy. */
  entropy: Uint8Array;
  /**
   * Atoms of the asset. `reissuanceAmount`: atoms of its reissuance token; null in a reissuance, which creates no such
   * token.
   */
  assetAmount: bigint;
  reissuanceAmount: bigint | null;
}

export interface Input {
  /** Id of the transaction that created the coin, in wire order. */
  prevHash: Uint8Array;
  prevIndex: number;
  scriptSig: Uint8Array;
  sequence: number;
  issuance?: Issuance;
}

export interface Output {
  /** 32 bytes in wire order. */
  asset: Uint8Array;
  value: bigint;
  scriptPubKey: Uint8Array;
}

export interface Transaction {
  version: number;
  inputs: Input[];
  outputs: Output[];
  lockTime: number;
}

export function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Bitcoin's compact size, in its shortest form. */
export function compactSizeBytes(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  return value <= 0xffff
    ? Uint8Array.of(0xfd, value & 0xff, value >> 8)
    : concatBytes(Uint8Array.of(0xfe), u32Bytes(value));
}

export const lengthPrefixedBytes = (bytes: Uint8Array): Uint8Array =>
  concatBytes(compactSizeBytes(bytes.length), bytes);

/** Big-endian, unlike all other numbers of a transaction. */
function explicitValueBytes(atoms: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, atoms);
  return concatBytes(EXPLICIT, bytes);
}

export const outpointBytes = (prevHash: Uint8Array, index: number): Uint8Array =>
  concatBytes(prevHash, u32Bytes(index));

export const issuanceBytes = ({ nonce, entropy, assetAmount, reissuanceAmount }: Issuance): Uint8Array =>
  concatBytes(
    nonce,
    entropy,
    explicitValueBytes(assetAmount),
    reissuanceAmount === null ? NO_VALUE : explicitValueBytes(reissuanceAmount),
  );

export const outputBytes = ({ asset, value, scriptPubKey }: Output): Uint8Array =>
  concatBytes(EXPLICIT, asset, explicitValueBytes(value), NO_NONCE, lengthPrefixedBytes(scriptPubKey));

function inputBytes({ prevHash, prevIndex, scriptSig, sequence, issuance }: Input): Uint8Array {
  const outpoint = outpointBytes(prevHash, issuance ? (prevIndex | ISSUANCE_FLAG) >>> 0 : prevIndex);
  const parts = [outpoint, lengthPrefixedBytes(scriptSig), u32Bytes(sequence)];
  return concatBytes(...parts, ...(issuance ? [issuanceBytes(issuance)] : []));
}

export function transactionBytes({ version, inputs, outputs, lockTime }: Transaction): Uint8Array {
  return concatBytes(
    u32Bytes(version),
    NO_WITNESS,
    compactSizeBytes(inputs.length),
    ...inputs.map(inputBytes),
    compactSizeBytes(outputs.length),
    ...outputs.map(outputBytes),
    u32Bytes(lockTime),
  );
}

/** Lower-case hex, as in the node's RPC calls. */
export const transactionHex = (tx: Transaction): string => bytesToHex(transactionBytes(tx));

/** Transaction id, in displayed byte order. */
export const transactionId = (tx: Transaction): string => bytesToId(sha256d(transactionBytes(tx)));
