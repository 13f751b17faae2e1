/** A picture that is scaled down while its pixels are added, in any order. */
import { READING_SIDE } from '../grey-picture.ts';
import type { Row } from './decoded-rows.ts';

export class ShrunkPicture {
  readonly #factor: number;
  readonly #columns: number;
  readonly #rows: number;
  /**
   * Number of source pixels for each pixel of the smaller picture. Surplus pixels at the edges are dropped.
   */
  readonly #area: number;
  /**
   * For each pixel of the smaller picture, `#alpha` has the sum of the opacities, and `#light` has the sum of
   * the brightnesses on black paper. In an opaque picture, `#alpha` is null.
   */
  readonly #light: Uint32Array;
  readonly #alpha: Uint32Array | null;

  constructor(width: number, height: number, opaque: boolean) {
    const factor = Math.max(1, Math.floor(Math.max(width, height) / READING_SIDE));
    this.#factor = factor;
    this.#columns = Math.max(1, Math.floor(width / factor));
    this.#rows = Math.max(1, Math.floor(height / factor));
    this.#area = Math.min(width, factor) * Math.min(height, factor);
    this.#light = new Uint32Array(this.#columns * this.#rows);
    this.#alpha = opaque ? null : new Uint32Array(this.#columns * this.#rows);
  }

  /** Adds `count` pixels of row `y`, from `x` on in steps of `dx`. */
  add(y: number, x: number, dx: number, count: number, { light, alpha }: Row): void {
    const row = Math.floor(y / this.#factor);
    if (row >= this.#rows) return;
    const start = row * this.#columns;
    const [factor, lights, alphas] = [this.#factor, this.#light, this.#alpha];
    const most = Math.min(count, Math.ceil((this.#columns * factor - x) / dx));
    for (let i = 0; i < most; i++) {
      const at = start + (factor === 1 ? x + i * dx : Math.floor((x + i * dx) / factor));
      if (alphas) {
        lights[at]! += Math.round((light[i]! * alpha[i]!) / 255);
        alphas[at]! += alpha[i]!;
      } else lights[at]! += light[i]!;
    }
  }

  finish(): { width: number; height: number; light: Uint8Array; alpha: Uint8Array | null } {
    const alpha = this.#alpha && this.#mean(this.#alpha);
    return {
      width: this.#columns,
      height: this.#rows,
      light: this.#mean(this.#light),
      alpha: alpha?.some(value => value < 255) ? alpha : null,
    };
  }

  #mean(sums: Uint32Array): Uint8Array {
    const means = new Uint8Array(sums.length);
    for (let i = 0; i < sums.length; i++) means[i] = Math.round(sums[i]! / this.#area);
    return means;
  }
}
