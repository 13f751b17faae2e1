/** One component of a JPEG picture: its pixels, and for a progressive file its coefficients. */
import { damagedError } from './bit-reader.ts';
import { Coefficients } from './coefficients.ts';
import type { Inverse, Side } from './inverse-transform.ts';
import type { Component, Frame, Tables } from './jpeg-header.ts';

/** Number of units in a picture, and the largest sampling factors (ITU T.81, A.2). */
export function unitLayoutOf({ width, height, components }: Frame) {
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  return {
    maxH,
    maxV,
    unitsAcross: Math.ceil(width / (8 * maxH)),
    unitsDown: Math.ceil(height / (8 * maxV)),
  };
}

export class ColourPlane {
  readonly component: Component;
  /**
   * Numbers of the component's blocks across and down the picture, without the blocks that only fill the last
   * units.
   */
  readonly across: number;
  readonly down: number;
  /** Number of pixels from the start of one row to the start of the next. */
  readonly stride: number;
  /** The pixels; null for a component that is not used. */
  readonly pixels: Uint8ClampedArray | null;
  readonly coefficients: Coefficients | null;
  /**
   * Quantisation factor of each coefficient, in the order of `#places`. Set when the component's first scan
   * begins.
   */
  factors: Float64Array | undefined;
  readonly #side: Side;
  readonly #places: Uint8Array;

  constructor(frame: Frame, component: Component, side: Side, places: Uint8Array, matters: boolean) {
    const { h, v } = component;
    const { maxH, maxV, unitsAcross, unitsDown } = unitLayoutOf(frame);
    this.component = component;
    this.across = Math.ceil(Math.ceil((frame.width * h) / maxH) / 8);
    this.down = Math.ceil(Math.ceil((frame.height * v) / maxV) / 8);
    this.stride = unitsAcross * h * side;
    this.#side = side;
    this.#places = places;
    const blocks = unitsAcross * h * unitsDown * v;
    this.pixels = matters ? new Uint8ClampedArray(blocks * side * side) : null;
    this.coefficients = matters && frame.progressive ? new Coefficients(blocks, side, places) : null;
  }

  begin({ quantisation }: Tables): void {
    if (this.factors || !this.pixels) return;
    const table = quantisation[this.component.table];
    if (!table) throw damagedError('a quantisation table is missing');
    this.factors = new Float64Array(this.#side * this.#side + 1);
    for (let k = 0; k < 64; k++) this.factors[this.#places[k]!] = table[k]!;
  }

  blockAt(x: number, y: number): number {
    return (y * this.stride) / this.#side + x;
  }

  draw(inverse: Inverse, values: Int16Array, from: number, x: number, y: number): void {
    if (!this.pixels) return;
    inverse(values, from, this.factors!, this.pixels, (y * this.stride + x) * this.#side, this.stride);
  }

  /** Draws the picture from the coefficients that several passes have collected. */
  finish(inverse: Inverse): void {
    if (!this.coefficients) return;
    const { values, size } = this.coefficients;
    for (let y = 0; y < this.down; y++) {
      for (let x = 0; x < this.across; x++) this.draw(inverse, values, this.blockAt(x, y) * size, x, y);
    }
  }
}
