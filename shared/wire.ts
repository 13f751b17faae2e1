/**
 * Wire structures, declared once: a codec encodes and decodes, and a record is its named fields in order.
 * Decoding is total: nothing is left over, lengths are minimal, and counts are bounded before allocation.
 */
import { concat } from './bytes.ts';

/** Where decoding failed; the caller turns it into a refusal of its own. */
export class WireError extends Error {}

class Cursor {
  at = 0;
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get left(): number {
    return this.bytes.length - this.at;
  }
  take(length: number, path: string): Uint8Array {
    if (length > this.left) throw new WireError(`${path}: ${length} bytes expected, ${this.left} left`);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }
}

export interface Codec<T> {
  encode(value: T, out: Uint8Array[]): void;
  decode(from: Cursor, path: string): T;
}

function integerCodec(size: 1 | 4, littleEndian = true): Codec<number> {
  return {
    encode(value, out) {
      const bytes = new Uint8Array(size);
      const view = new DataView(bytes.buffer);
      if (size === 1) view.setUint8(0, value);
      else view.setUint32(0, value, littleEndian);
      out.push(bytes);
    },
    decode(from, path) {
      const view = new DataView(from.take(size, path).buffer);
      return size === 1 ? view.getUint8(0) : view.getUint32(0, littleEndian);
    },
  };
}

export const u8 = integerCodec(1);
export const u32 = integerCodec(4);

/** Amounts stand big-endian in Elements' explicit values. */
export const u64be: Codec<bigint> = {
  encode(value, out) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    out.push(bytes);
  },
  decode: (from, path) => new DataView(from.take(8, path).buffer).getBigUint64(0),
};

/** Bitcoin's compact size; the shortest form only. */
export const compactSize: Codec<number> = {
  encode(value, out) {
    if (value < 0xfd) out.push(Uint8Array.of(value));
    else if (value <= 0xffff) out.push(Uint8Array.of(0xfd, value & 0xff, value >> 8));
    else {
      out.push(Uint8Array.of(0xfe));
      u32.encode(value, out);
    }
  },
  decode(from, path) {
    const first = u8.decode(from, path);
    if (first < 0xfd) return first;
    if (first === 0xff) throw new WireError(`${path}: a length beyond 32 bits`);
    const bytes = from.take(first === 0xfd ? 2 : 4, path);
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (value < (first === 0xfd ? 0xfd : 0x10000))
      throw new WireError(`${path}: a length that is not minimal`);
    return value;
  },
};

/** Exactly `length` bytes. */
export function fixed(length: number): Codec<Uint8Array> {
  return {
    encode(value, out) {
      if (value.length !== length) throw new WireError(`${length} bytes expected, ${value.length} given`);
      out.push(value);
    },
    decode: (from, path) => from.take(length, path),
  };
}

/** A compact size and that many bytes. */
export const varBytes: Codec<Uint8Array> = {
  encode(value, out) {
    compactSize.encode(value.length, out);
    out.push(value);
  },
  decode: (from, path) => from.take(compactSize.decode(from, path), path),
};

/** A byte or bytes that must be just these. */
export function constant(...expected: number[]): Codec<undefined> {
  return {
    encode: (_value, out) => void out.push(Uint8Array.from(expected)),
    decode(from, path) {
      const bytes = from.take(expected.length, path);
      if (bytes.some((byte, i) => byte !== expected[i])) {
        throw new WireError(`${path}: expected ${expected.join(' ')}, got ${bytes.join(' ')}`);
      }
      return undefined;
    },
  };
}

/** A count and that many items; an item takes at least `minimum` bytes, so a lying count fails before any allocation. */
export function list<T>(item: Codec<T>, minimum: number): Codec<T[]> {
  return {
    encode(values, out) {
      compactSize.encode(values.length, out);
      for (const value of values) item.encode(value, out);
    },
    decode(from, path) {
      const count = compactSize.decode(from, path);
      if (count * minimum > from.left) throw new WireError(`${path}: ${count} items do not fit`);
      return Array.from({ length: count }, (_, i) => item.decode(from, `${path}[${i}]`));
    },
  };
}

type Fields = Record<string, Codec<never>>;
type RecordOf<F extends Record<string, Codec<unknown>>> = {
  [K in keyof F]: F[K] extends Codec<infer T> ? T : never;
};

/** Named fields in order. */
// biome-ignore lint/suspicious/noExplicitAny: codecs of any value; `unknown` would reject every one of them
export function record<F extends Record<string, Codec<any>>>(fields: F): Codec<RecordOf<F>> {
  const entries = Object.entries(fields as unknown as Fields);
  return {
    encode(value, out) {
      for (const [name, codec] of entries) codec.encode(value[name] as never, out);
    },
    decode(from, path) {
      const out: Record<string, unknown> = {};
      for (const [name, codec] of entries) out[name] = codec.decode(from, path ? `${path}.${name}` : name);
      return out as RecordOf<F>;
    },
  };
}

export function encode<T>(codec: Codec<T>, value: T): Uint8Array<ArrayBuffer> {
  const out: Uint8Array[] = [];
  codec.encode(value, out);
  return concat(...out);
}

/** @throws WireError also when bytes are left over */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const from = new Cursor(bytes);
  const value = codec.decode(from, '');
  if (from.left > 0) throw new WireError(`${from.left} bytes left over`);
  return value;
}
