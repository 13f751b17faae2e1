/**
 * The coefficients of one component that a small picture needs, for files that store them in several passes. Of the
 * others it is only kept whether they are zero, which later passes build on.
 */
import type { Side } from './inverse.ts';

export class Coefficients {
  /** For each block the kept ones, and one place for all others. */
  readonly values: Int16Array;
  readonly size: number;
  readonly #places: Uint8Array;
  /** 64 bits a block. */
  readonly #known: Uint8Array;

  constructor(blocks: number, side: Side, places: Uint8Array) {
    this.size = side * side + 1;
    this.values = new Int16Array(blocks * this.size);
    this.#places = places;
    this.#known = new Uint8Array(blocks * 8);
  }

  /** @param k place in the zigzag */
  set(block: number, k: number, value: number): void {
    this.values[block * this.size + this.#places[k]!] = value;
    if (value !== 0) this.#known[block * 8 + (k >> 3)]! |= 1 << (k & 7);
  }

  isKnown(block: number, k: number): boolean {
    return (this.#known[block * 8 + (k >> 3)]! & (1 << (k & 7))) !== 0;
  }

  /** One more bit of a value that is known, away from zero. */
  refine(block: number, k: number, bit: number): void {
    const at = block * this.size + this.#places[k]!;
    this.values[at]! += this.values[at]! < 0 ? -bit : bit;
  }

  /** One more bit of the mean, below those that are there. */
  refineMean(block: number, bit: number): void {
    this.values[block * this.size]! |= bit;
  }
}
