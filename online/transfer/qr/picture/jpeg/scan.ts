/** The blocks of one scan (ITU T.81, annexes F and G): in one go, or one of the passes of a progressive file. */
import { type Bits, type Codes, damaged } from './bits.ts';
import type { Coefficients } from './coefficients.ts';

/** One component in one scan. */
export interface Part {
  dc: Codes | undefined;
  ac: Codes | undefined;
  /** The mean of the block before, from which the next differs. */
  mean: number;
}

/** What a pass is about: which coefficients of the zigzag, and which of their bits. */
export interface Pass {
  from: number;
  to: number;
  /** Bit position that was read before, 0 for none. */
  high: number;
  /** Bit position that is read now. */
  low: number;
}

const MISSING = 'a table that is used is missing';

export function readMean(bits: Bits, part: Part): number {
  if (!part.dc) throw damaged(MISSING);
  const length = bits.symbol(part.dc);
  if (length > 15) throw damaged('a difference of more than 15 bits');
  part.mean += bits.signed(length);
  return part.mean;
}

/**
 * A whole block.
 * @param block where the kept coefficients go; those that a size does not need go to its last place
 */
export function readBlock(bits: Bits, part: Part, places: Uint8Array, block: Int16Array): void {
  if (!part.ac) throw damaged(MISSING);
  block.fill(0);
  block[0] = readMean(bits, part);
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(part.ac);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol !== 0xf0) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw damaged('more than 64 coefficients in a block');
    block[places[k]!] = bits.signed(length);
  }
}

/** The passes of a progressive file over the blocks of a component. */
export class Progressive {
  readonly #bits: Bits;
  readonly #pass: Pass;
  /** Blocks to come that hold nothing new. */
  #empty = 0;

  constructor(bits: Bits, pass: Pass) {
    this.#bits = bits;
    this.#pass = pass;
  }

  restart(): void {
    this.#empty = 0;
  }

  /** @param kept null where the component is of no use */
  read(part: Part, kept: Coefficients | null, block: number): void {
    const { from, high, low } = this.#pass;
    if (from > 0) {
      // Passes of a component that is of no use are passed over.
      if (high === 0) this.#first(part.ac, kept!, block);
      else this.#refine(part.ac, kept!, block);
    } else if (high === 0) {
      const value = readMean(this.#bits, part) * (1 << low);
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
    if (!codes) throw damaged(MISSING);
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
      if (k > to) throw damaged('a coefficient beyond those of the pass');
      kept.set(block, k, this.#bits.signed(length) * (1 << low));
    }
  }

  #refine(codes: Codes | undefined, kept: Coefficients, block: number): void {
    if (!codes) throw damaged(MISSING);
    const { from, to, low } = this.#pass;
    let k = from;
    for (; k <= to && this.#empty === 0; k++) {
      const symbol = this.#bits.symbol(codes);
      const run = symbol >> 4;
      const length = symbol & 15;
      if (length > 1) throw damaged('a new coefficient of more than one bit');
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

  /** @returns where the zero is that lies behind `zeros` others, at the end of the pass if there is none */
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
