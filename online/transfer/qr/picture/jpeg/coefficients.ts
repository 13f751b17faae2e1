/**
 * Coefficients of one component, for files with several passes. Keeps the coefficients that a small picture
 * needs. For all others it stores only whether they are zero, because later passes depend on this.
 */
import type { Side } from './inverse-transform.ts';

export class Coefficients {
  /** The kept coefficients of each block, and one place that all other coefficients share. */
  readonly values: Int16Array;
  readonly size: number;
  readonly #places: Uint8Array;
  /** 64 bits for each block. */
  readonly #known: Uint8Array;

  constructor(blocks: number, side: Side, places: Uint8Array) {
    this.size = side * side + 1;
    this.values = new Int16Array(blocks * this.size);
    this.#places = places;
    this.#known = new Uint8Array(blocks * 8);
  }

  /** @param k index of the coefficient in zigzag order */
  set(block: number, k: number, value: number): void {
    this.values[block * this.size + this.#places[k]!] = value;
    if (value !== 0) this.#known[block * 8 + (k >> 3)]! |= 1 << (k & 7);
  }

  isKnown(block: number, k: number): boolean {
    return (this.#known[block * 8 + (k >> 3)]! & (1 << (k & 7))) !== 0;
  }

  /** Adds a lower bit to a coefficient, so that its absolute value grows. */
  refine(block: number, k: number, bit: number): void {
    const at = block * this.size + this.#places[k]!;
    this.values[at]! += this.values[at]! < 0 ? -bit : bit;
  }

  /** Adds a lower bit to the mean of a block. */
  refineMean(block: number, bit: number): void {
    this.values[block * this.size]! |= bit;
  }
}
