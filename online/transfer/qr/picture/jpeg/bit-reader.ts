/** Reads the bits and Huffman codes of a scan (ITU T.81, annexes C and F.2.2). */
import { PictureError } from '../grey-picture.ts';

/** Largest number of bits of a code that is looked up in a table. Longer codes are rare. */
const QUICK = 9;
const LONGEST = 16;

export interface Codes {
  /**
   * A table with one entry for each value of the next {@link QUICK} bits. These bits begin with a code. The
   * entry has the length of this code in the upper byte, and the symbol in the lower byte. The entry is 0 if
   * the code is longer than QUICK bits.
   */
  quick: Uint16Array;
  /**
   * For each length, `largest` is the largest code of this length, or -1 if there is none. `offset` is added
   * to a code of this length to get the index of its symbol.
   */
  largest: Int32Array;
  offset: Int32Array;
  symbols: Uint8Array;
}

export const damagedError = (what: string) => new PictureError(`JPEG: the file is damaged: ${what}`);

export const CODE_TABLE = 'a table of codes is invalid';

/** @param counts number of codes, for each length from 1 to 16 bits */
export function huffmanCodes(counts: Uint8Array, symbols: Uint8Array): Codes {
  const codes = {
    quick: new Uint16Array(1 << QUICK),
    largest: new Int32Array(LONGEST + 1).fill(-1),
    offset: new Int32Array(LONGEST + 1),
    symbols,
  };
  let code = 0;
  let at = 0;
  for (let length = 1; length <= LONGEST; length++) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) throw damagedError(CODE_TABLE);
    codes.offset[length] = at - code;
    if (count > 0) codes.largest[length] = code + count - 1;
    for (let i = 0; i < count && length <= QUICK; i++) {
      const first = (code + i) << (QUICK - length);
      codes.quick.fill((length << 8) | symbols[at + i]!, first, first + (1 << (QUICK - length)));
    }
    at += count;
    code = (code + count) << 1;
  }
  return codes;
}

/** Reads bits from an offset in the file to the next marker. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #value = 0;
  #count = 0;
  /** Number of zero bits that were added after the end of the scan. */
  #missing = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get #ended(): boolean {
    return this.#missing > this.#count;
  }

  #fill(): void {
    while (this.#count <= 24) {
      let byte = this.#bytes[this.#at];
      if (byte === 0xff) {
        // Before a zero byte, 0xff is data. Before any other byte, it begins a marker, which ends the data.
        if (this.#bytes[this.#at + 1] === 0) this.#at += 2;
        else byte = undefined;
      } else if (byte !== undefined) this.#at++;
      if (byte === undefined) this.#missing += 8;
      this.#value = (this.#value << 8) | (byte ?? 0);
      this.#count += 8;
    }
  }

  bit(): number {
    if (this.#count < 1) this.#fill();
    this.#count--;
    return (this.#value >>> this.#count) & 1;
  }

  /** @param length number of bits, 0 to 16 */
  bits(length: number): number {
    if (this.#count < length) this.#fill();
    this.#count -= length;
    return (this.#value >>> this.#count) & ((1 << length) - 1);
  }

  /** Reads a number of this many bits. If the first bit is 0, the number is negative (F.2.2.1, EXTEND). */
  signed(length: number): number {
    if (length === 0) return 0;
    const value = this.bits(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  symbol(codes: Codes): number {
    if (this.#count < LONGEST) this.#fill();
    const entry = codes.quick[(this.#value >>> (this.#count - QUICK)) & ((1 << QUICK) - 1)]!;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 0xff;
    }
    for (let length = QUICK + 1; length <= LONGEST; length++) {
      const code = (this.#value >>> (this.#count - length)) & ((1 << length) - 1);
      if (code > codes.largest[length]!) continue;
      this.#count -= length;
      return codes.symbols[code + codes.offset[length]!]!;
    }
    this.check();
    throw damagedError('a code is not in its table');
  }

  /** @throws {PictureError} if more bits were read than exist */
  check(): void {
    if (!this.#ended) return;
    throw this.#at >= this.#bytes.length ? truncatedError() : damagedError('pixels are missing');
  }

  /** Offset of the next marker. Bytes before it are skipped, as other readers do. */
  #marker(): number {
    while (
      this.#at < this.#bytes.length &&
      !(this.#bytes[this.#at] === 0xff && isMarker(this.#bytes[this.#at + 1]))
    ) {
      this.#at++;
    }
    return this.#at;
  }

  /** Continues after a restart marker. */
  restart(): void {
    const byte = this.#bytes[this.#marker() + 1];
    if (byte === undefined) throw truncatedError();
    if (!isRestartMarker(byte)) throw damagedError('a restart marker is missing');
    this.#at += 2;
    this.#value = this.#count = this.#missing = 0;
  }

  /** Offset of the end of the scan, even if not all of its bits were read. */
  end(): number {
    while (isRestartMarker(this.#bytes[this.#marker() + 1])) this.#at += 2;
    return this.#at;
  }
}

/** True if 0xff and this byte are a marker. After 0xff, 0 means data, and 0xff is a fill byte. */
const isMarker = (byte: number | undefined) => byte !== undefined && byte !== 0 && byte !== 0xff;
/** RST0 to RST7. */
const isRestartMarker = (byte: number | undefined) => byte !== undefined && byte >= 0xd0 && byte <= 0xd7;

export const truncatedError = () => new PictureError('JPEG: the file is cut');
