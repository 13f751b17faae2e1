/**
 * Decodes transactions for the online tool and the development node. The signer builds transactions and never decodes
 * one. Each decoded transaction is encoded again and compared with the input. This excludes left-over bytes and
 * non-minimal lengths.
 */
import { equalBytes } from './bytes.ts';
import {
  type Input,
  ISSUANCE_FLAG,
  type Issuance,
  type Output,
  type Transaction,
  transactionBytes,
} from './transaction.ts';

const PEGIN_FLAG = 0x4000_0000;
const NULL_INDEX = 0xffff_ffff;
/**
 * Smallest size of an input and of an output in bytes. With these sizes, a false count of inputs or outputs is detected
 * before memory is allocated.
 */
const MIN_INPUT_SIZE = 41;
const MIN_OUTPUT_SIZE = 44;

/** Decoding failed at the named place. Callers convert this error to a {@link Refusal}. */
export class DecodingError extends Error {}

class ByteCursor {
  at = 0;
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  take(length: number, path: string): Uint8Array {
    const left = this.bytes.length - this.at;
    if (length > left) throw new DecodingError(`${path}: expected ${length} bytes, got ${left}`);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }
  number(size: 1 | 2 | 4, path: string): number {
    return this.take(size, path).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }
  constant(expected: number, path: string): void {
    const found = this.number(1, path);
    if (found !== expected) throw new DecodingError(`${path}: expected ${expected}, got ${found}`);
  }
  compactSize(path: string): number {
    const first = this.number(1, path);
    if (first === 0xff) throw new DecodingError(`${path}: expected a length of at most 32 bits, got more`);
    return first < 0xfd ? first : this.number(first === 0xfd ? 2 : 4, path);
  }
  varBytes(path: string): Uint8Array {
    return this.take(this.compactSize(path), path);
  }
  explicitAsset(path: string): Uint8Array {
    this.constant(1, path);
    return this.take(32, path);
  }
  explicitValue(path: string): bigint {
    this.constant(1, path);
    return new DataView(this.take(8, path).buffer).getBigUint64(0);
  }
  explicitValueOrNull(path: string): bigint | null {
    if (this.bytes[this.at] !== 0) return this.explicitValue(path);
    this.at++;
    return null;
  }
  list<T>(path: string, minimum: number, read: (path: string) => T): T[] {
    const count = this.compactSize(path);
    const most = Math.floor((this.bytes.length - this.at) / minimum);
    if (count > most) throw new DecodingError(`${path}: expected at most ${most} items, got ${count}`);
    return Array.from({ length: count }, (_, i) => read(`${path}[${i}]`));
  }
}

function readIssuance(from: ByteCursor, path: string): Issuance {
  return {
    nonce: from.take(32, `${path}.nonce`),
    entropy: from.take(32, `${path}.entropy`),
    assetAmount: from.explicitValue(`${path}.assetAmount`),
    reissuanceAmount: from.explicitValueOrNull(`${path}.reissuanceAmount`),
  };
}

function readInput(from: ByteCursor, path: string): Input {
  const prevHash = from.take(32, path);
  const index = from.number(4, path);
  const flagged = index !== NULL_INDEX; // A coinbase input has the index ffffffff, whose high bits are not flags.
  if (flagged && index & PEGIN_FLAG) throw new DecodingError(`${path}: expected no peg-in, got one`);
  const input: Input = {
    prevHash,
    prevIndex: flagged ? index & ~ISSUANCE_FLAG : index,
    scriptSig: from.varBytes(`${path}.scriptSig`),
    sequence: from.number(4, `${path}.sequence`),
  };
  if (flagged && index & ISSUANCE_FLAG) input.issuance = readIssuance(from, `${path}.issuance`);
  return input;
}

function readOutput(from: ByteCursor, path: string): Output {
  const asset = from.explicitAsset(`${path}.asset`);
  const value = from.explicitValue(`${path}.value`);
  from.constant(0, `${path}.nonce`);
  return { asset, value, scriptPubKey: from.varBytes(`${path}.scriptPubKey`) };
}

/** @throws DecodingError naming the place; also for left-over bytes and non-minimal lengths */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  const from = new ByteCursor(bytes);
  const version = from.number(4, 'version');
  from.constant(0, 'witness');
  const tx: Transaction = {
    version,
    inputs: from.list('inputs', MIN_INPUT_SIZE, path => readInput(from, path)),
    outputs: from.list('outputs', MIN_OUTPUT_SIZE, path => readOutput(from, path)),
    lockTime: from.number(4, 'lockTime'),
  };
  if (!equalBytes(transactionBytes(tx), bytes))
    throw new DecodingError('bytes follow the transaction, or a length is not minimal');
  return tx;
}
