/**
 * Decodes rows of a PNG picture: removes the filter, and converts samples to brightness and alpha (PNG, chapters 9 and
 * 13).
 */
import { brightness, PictureError } from '../grey-picture.ts';
import { CHANNELS, type Header } from './png-chunks.ts';

/** Adds the predicted value to each byte. */
export function removeFilter(type: number, line: Uint8Array, above: Uint8Array, step: number): void {
  if (type > 4) throw new PictureError(`PNG: expected a filter of 0 to 4, got ${type}`);
  for (let i = 0; type > 0 && i < line.length; i++) {
    const a = i < step ? 0 : line[i - step]!;
    const b = above[i]!;
    const c = i < step ? 0 : above[i - step]!;
    const guess = type === 1 ? a : type === 2 ? b : type === 3 ? (a + b) >> 1 : paethPredictor(a, b, c);
    line[i] = line[i]! + guess;
  }
}

function paethPredictor(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Sample `n` of a line. If samples have 16 bits: its upper 8 bits. */
function sampleAt(line: Uint8Array, n: number, depth: number): number {
  if (depth === 8) return line[n]!;
  if (depth === 16) return line[2 * n]!;
  const bit = n * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Brightness and opacity of each pixel in a row. */
export interface Row {
  light: Uint8Array;
  alpha: Uint8Array;
}

/** @returns a function that reads the first `count` pixels of a row */
export function makeRowReader(header: Header, palette: Uint8Array, clear: Uint8Array) {
  const { depth, colour } = header;
  const channels = CHANNELS[colour]!;
  if (colour === 3) return makePaletteReader(depth, palette, clear);
  const full = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const isClear =
    clear.length === 2 * channels && (colour === 0 || colour === 2)
      ? makeTransparencyTest(depth, clear)
      : null;
  return (line: Uint8Array, count: number, { light, alpha }: Row) => {
    for (let i = 0; i < count; i++) {
      const n = i * channels;
      const first = sampleAt(line, n, depth);
      light[i] =
        channels >= 3
          ? brightness(first, sampleAt(line, n + 1, depth), sampleAt(line, n + 2, depth))
          : Math.round(first * full);
      if (isClear) alpha[i] = isClear(line, n) ? 0 : 255;
      else alpha[i] = channels % 2 === 0 ? sampleAt(line, n + channels - 1, depth) : 255;
    }
  };
}

function makePaletteReader(depth: number, palette: Uint8Array, clear: Uint8Array) {
  const lights = Uint8Array.from({ length: 256 }, (_, entry) => {
    const [r, g, b] = palette.subarray(3 * entry, 3 * entry + 3);
    return brightness(r ?? 0, g ?? 0, b ?? 0);
  });
  const alphas = new Uint8Array(256).fill(255);
  alphas.set(clear.subarray(0, 256));
  return (line: Uint8Array, count: number, { light, alpha }: Row) => {
    for (let i = 0; i < count; i++) {
      const entry = sampleAt(line, i, depth);
      light[i] = lights[entry]!;
      alpha[i] = alphas[entry]!;
    }
  };
}

/**
 * Returns a test for the transparent colour, which a picture without alpha may have. The test is true if all
 * samples of a pixel equal those of this colour.
 */
function makeTransparencyTest(depth: number, clear: Uint8Array) {
  const channels = clear.length / 2;
  return (line: Uint8Array, n: number): boolean => {
    for (let i = 0; i < channels; i++) {
      const [high, low] = [clear[2 * i]!, clear[2 * i + 1]!];
      const same =
        depth === 16
          ? line[2 * (n + i)] === high && line[2 * (n + i) + 1] === low
          : sampleAt(line, n + i, depth) === low;
      if (!same) return false;
    }
    return true;
  };
}
