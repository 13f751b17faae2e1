/**
 * Coefficients of one component, for files with several passes. Keeps the values that the scaled-down picture
 * needs. Of all other coefficients it stores only whether they are zero, because later passes depend on this.
 */
import type { Side } from './inverse-transform.ts';

export class Coefficients {
  /** For each block: the kept coefficients, then one place that all other coefficients share. */
  readonly values: Int16Array;
  readonly size: number;
  readonly #places: Uint8Array;
  /** For each block: one bit for each of the 64 coefficients, 1 if the coefficient is not zero. */
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

  /** Adds a lower bit to the first coefficient of a block, which is its mean. */
  refineMean(block: number, bit: number): void {
    this.values[block * this.size]! |= bit;
  }
}
