/** A picture that is averaged down while its pixels come, in any order. */
import { ENOUGH } from '../grey.ts';

export class Shrunk {
  readonly #factor: number;
  readonly #columns: number;
  readonly #rows: number;
  /** Pixels of the picture in each of the smaller one; what is left at the edges is dropped. */
  readonly #area: number;
  /** Sums of the light that the pixels give by themselves, and of their alpha. */
  readonly #light: Uint32Array;
  readonly #alpha: Uint32Array | null;

  constructor(width: number, height: number, opaque: boolean) {
    const factor = Math.max(1, Math.floor(Math.max(width, height) / ENOUGH));
    this.#factor = factor;
    this.#columns = Math.max(1, Math.floor(width / factor));
    this.#rows = Math.max(1, Math.floor(height / factor));
    this.#area = Math.min(width, factor) * Math.min(height, factor);
    this.#light = new Uint32Array(this.#columns * this.#rows);
    this.#alpha = opaque ? null : new Uint32Array(this.#columns * this.#rows);
  }

  /** @param alpha 255 for opaque */
  add(x: number, y: number, light: number, alpha: number): void {
    const column = Math.floor(x / this.#factor);
    const row = Math.floor(y / this.#factor);
    if (column >= this.#columns || row >= this.#rows) return;
    const at = row * this.#columns + column;
    if (!this.#alpha) {
      this.#light[at]! += light;
      return;
    }
    this.#light[at]! += Math.round((light * alpha) / 255);
    this.#alpha[at]! += alpha;
  }

  finish(): { width: number; height: number; light: Uint8Array; alpha: Uint8Array | null } {
    const mean = (sums: Uint32Array) => Uint8Array.from(sums, sum => Math.round(sum / this.#area));
    const alpha = this.#alpha && mean(this.#alpha);
    return {
      width: this.#columns,
      height: this.#rows,
      light: mean(this.#light),
      alpha: alpha?.some(value => value < 255) ? alpha : null,
    };
  }
}
