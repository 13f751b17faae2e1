/**
 * Elements' transactions as far as this project meets them: explicit assets and values, no witness.
 * Source: Elements 0.14, `primitives/transaction.h`; checked against `createrawissuance` of a real node.
 */
import { bytesToHex, bytesToId } from './bytes.ts';
import { sha256d } from './hash.ts';
import * as wire from './wire.ts';

/** Set in an input's index on the wire when an issuance follows the sequence. */
const ISSUANCE_FLAG = 0x8000_0000;
const PEGIN_FLAG = 0x4000_0000;
const NULL_INDEX = 0xffff_ffff;

export interface Issuance {
  /** 32 zero bytes for a new asset. */
  nonce: Uint8Array;
  /** 32 zero bytes for a new asset: the entropy comes from the outpoint. */
  entropy: Uint8Array;
  /** Atoms of the asset, and of its reissuance token. */
  assetAmount: bigint;
  tokenAmount: bigint;
}

export interface Input {
  /** The transaction that made the coin, in the order of the wire. */
  prevHash: Uint8Array;
  prevIndex: number;
  scriptSig: Uint8Array;
  sequence: number;
  issuance?: Issuance;
}

export interface Output {
  /** 32 bytes in the order of the wire. */
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

const EXPLICIT = 1;
const explicitValue: wire.Codec<bigint> = {
  encode(value, out) {
    wire.u8.encode(EXPLICIT, out);
    wire.u64be.encode(value, out);
  },
  decode(from, path) {
    wire.constant(EXPLICIT).decode(from, path);
    return wire.u64be.decode(from, path);
  },
};
const explicitAsset: wire.Codec<Uint8Array> = {
  encode(value, out) {
    wire.u8.encode(EXPLICIT, out);
    wire.fixed(32).encode(value, out);
  },
  decode(from, path) {
    wire.constant(EXPLICIT).decode(from, path);
    return wire.fixed(32).decode(from, path);
  },
};

export const issuanceCodec = wire.record({
  nonce: wire.fixed(32),
  entropy: wire.fixed(32),
  assetAmount: explicitValue,
  tokenAmount: explicitValue,
});

const outputFields = wire.record({
  asset: explicitAsset,
  value: explicitValue,
  nonce: wire.constant(0),
  scriptPubKey: wire.varBytes,
});
export const outputCodec: wire.Codec<Output> = {
  encode: (output, out) => outputFields.encode({ ...output, nonce: undefined }, out),
  decode(from, path) {
    const { nonce: _, ...output } = outputFields.decode(from, path);
    return output;
  },
};

export const outpointCodec = wire.record({ hash: wire.fixed(32), index: wire.u32 });

const inputCodec: wire.Codec<Input> = {
  encode(input, out) {
    const flag = input.issuance ? ISSUANCE_FLAG : 0;
    outpointCodec.encode({ hash: input.prevHash, index: (input.prevIndex | flag) >>> 0 }, out);
    wire.varBytes.encode(input.scriptSig, out);
    wire.u32.encode(input.sequence, out);
    if (input.issuance) issuanceCodec.encode(input.issuance, out);
  },
  decode(from, path) {
    const { hash, index } = outpointCodec.decode(from, path);
    const flagged = index !== NULL_INDEX; // a coinbase's index is all ones and carries no flag
    if (flagged && index & PEGIN_FLAG) throw new wire.WireError(`${path}: a peg-in`);
    const input: Input = {
      prevHash: hash,
      prevIndex: flagged ? index & ~ISSUANCE_FLAG : index,
      scriptSig: wire.varBytes.decode(from, `${path}.scriptSig`),
      sequence: wire.u32.decode(from, `${path}.sequence`),
    };
    if (flagged && index & ISSUANCE_FLAG) input.issuance = issuanceCodec.decode(from, `${path}.issuance`);
    return input;
  },
};

const transactionFields = wire.record({
  version: wire.u32,
  witness: wire.constant(0),
  inputs: wire.list(inputCodec, 41),
  outputs: wire.list(outputCodec, 44),
  lockTime: wire.u32,
});
export const transactionCodec: wire.Codec<Transaction> = {
  encode: (tx, out) => transactionFields.encode({ ...tx, witness: undefined }, out),
  decode(from, path) {
    const { witness: _, ...tx } = transactionFields.decode(from, path);
    return tx;
  },
};

/** Lower-case hex, as the node takes and gives it. */
export function transactionHex(tx: Transaction): string {
  return bytesToHex(wire.encode(transactionCodec, tx));
}

/** The id as it is shown. */
export function transactionId(tx: Transaction): string {
  return bytesToId(sha256d(wire.encode(transactionCodec, tx)));
}
