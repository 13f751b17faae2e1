/**
 * Reads the blocks of one scan (ITU T.81, annexes F and G): complete blocks, or the bits of one pass of a
 * progressive file.
 */
import { type BitReader, type Codes, damagedError } from './bit-reader.ts';
import type { Coefficients } from './coefficients.ts';

/** One component in one scan. */
export interface Part {
  dc: Codes | undefined;
  ac: Codes | undefined;
  /** Mean of the previous block. The mean of the next block is stored as a difference from it. */
  mean: number;
}

/**
 * The coefficients and bits that a pass contains. `from` and `to` are the first and the last coefficient, in
 * zigzag order.
 */
export interface Pass {
  from: number;
  to: number;
  /** Bit position of the previous pass; 0 if this is the first pass. */
  high: number;
  /** Bit position of this pass. */
  low: number;
}

const MISSING = 'a required table is missing';

export function readMeanCoefficient(bits: BitReader, part: Part): number {
  if (!part.dc) throw damagedError(MISSING);
  const length = bits.symbol(part.dc);
  if (length > 15) throw damagedError('a difference has more than 15 bits');
  part.mean += bits.signed(length);
  return part.mean;
}

/**
 * Reads a complete block.
 * @param block receives the coefficients; all coefficients that the square does not need go to the last place
 */
export function readBlock(bits: BitReader, part: Part, places: Uint8Array, block: Int16Array): void {
  if (!part.ac) throw damagedError(MISSING);
  block.fill(0);
  block[0] = readMeanCoefficient(bits, part);
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(part.ac);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol !== 0xf0) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw damagedError('a block has more than 64 coefficients');
    block[places[k]!] = bits.signed(length);
  }
}

/** Reads one pass of a progressive file, block by block. */
export class ProgressiveReader {
  readonly #bits: BitReader;
  readonly #pass: Pass;
  /** Number of following blocks for which the pass has no new coefficients. */
  #empty = 0;

  constructor(bits: BitReader, pass: Pass) {
    this.#bits = bits;
    this.#pass = pass;
  }

  restart(): void {
    this.#empty = 0;
  }

  /** @param kept null if the component is not used */
  read(part: Part, kept: Coefficients | null, block: number): void {
    const { from, high, low } = this.#pass;
    if (from > 0) {
      // `kept` is not null here. A pass with `from > 0` has one component, and is skipped if this component
      // is not used.
      if (high === 0) this.#first(part.ac, kept!, block);
      else this.#refine(part.ac, kept!, block);
    } else if (high === 0) {
      const value = readMeanCoefficient(this.#bits, part) * (1 << low);
      kept?.set(block, 0, value);
    } else {
      const bit = this.#bits.bit() << low;
      kept?.refineMean(block, bit);
    }
  }

  #first(codes: Codes | undefined, kept: Coefficients, block: number): void {
    if (this.#empty > 0) {
      this.#empty--;
      return;
    }
    if (!codes) throw damagedError(MISSING);
    const { from, to, low } = this.#pass;
    for (let k = from; k <= to; k++) {
      const symbol = this.#bits.symbol(codes);
      const run = symbol >> 4;
      const length = symbol & 15;
      if (length === 0 && run < 15) {
        this.#empty = (1 << run) - 1 + this.#bits.bits(run);
        return;
      }
      k += run;
      if (length === 0) continue;
      if (k > to) throw damagedError('a coefficient does not belong to its pass');
      kept.set(block, k, this.#bits.signed(length) * (1 << low));
    }
  }

  #refine(codes: Codes | undefined, kept: Coefficients, block: number): void {
    if (!codes) throw damagedError(MISSING);
    const { from, to, low } = this.#pass;
    let k = from;
    for (; k <= to && this.#empty === 0; k++) {
      const symbol = this.#bits.symbol(codes);
      const run = symbol >> 4;
      const length = symbol & 15;
      if (length > 1) throw damagedError('a new coefficient has more than one bit');
      if (length === 0 && run < 15) {
        this.#empty = (1 << run) + this.#bits.bits(run);
        break;
      }
      const value = length === 1 ? (this.#bits.bit() === 1 ? 1 << low : -(1 << low)) : 0;
      k = this.#refineKnown(kept, block, k, run);
      if (value !== 0 && k <= to) kept.set(block, k, value);
    }
    if (this.#empty === 0) return;
    this.#refineKnown(kept, block, k, 64);
    this.#empty--;
  }

  /**
   * Adds a bit to each coefficient that is not zero, up to the zero after `zeros` other zeros.
   * @returns the index of this zero; the index after the pass if there is none
   */
  #refineKnown(kept: Coefficients, block: number, start: number, zeros: number): number {
    let left = zeros;
    let k = start;
    for (; k <= this.#pass.to; k++) {
      if (kept.isKnown(block, k)) kept.refine(block, k, this.#bits.bit() << this.#pass.low);
      else if (left === 0) break;
      else left--;
    }
    return k;
  }
}
