/** Greyscale pictures, which suffice for QR codes. */
import { AGAIN, SMALLER } from './texts.ts';

export interface Grey {
  width: number;
  height: number;
  /** One byte for each pixel, row by row: 0 is black. */
  data: Uint8Array;
}

/** The content of a picture file. A large picture is scaled down. */
export interface Picture {
  width: number;
  height: number;
  /** One byte for each pixel, row by row: its brightness on black paper. */
  light: Uint8Array;
  /** Opacity of each pixel; null if all are opaque. */
  alpha: Uint8Array | null;
  /** True if the file has more pictures, which are not read. */
  animated: boolean;
}

/**
 * Largest number of pixels. The largest photographs of phones have 201 megapixels. Larger pictures are
 * refused before memory is allocated.
 */
export const MAX_PIXELS = 250_000_000;
/** Largest side in pixels, as in JPEG. */
export const MAX_SIDE = 65_535;
/**
 * A large picture is scaled down while it is read. Its longest side keeps at least this number of pixels.
 * Codes are searched at 1600 pixels at most, so the search loses no detail.
 */
export const READING_SIDE = 2400;

/** Says why a picture cannot be read, and what to do. The caller adds the file name, and throws a Refusal. */
export class PictureError extends Error {
  readonly hint: string;

  constructor(message: string, hint = AGAIN) {
    super(message);
    this.hint = hint;
  }
}

/** @throws {PictureError} */
export function checkPictureSize(format: string, width: number, height: number): void {
  const size = `${width} x ${height}`;
  if (width < 1 || height < 1)
    throw new PictureError(`${format}: expected a width and a height above 0, got ${size}`);
  if (width > MAX_SIDE || height > MAX_SIDE)
    throw new PictureError(
      `${format}: expected at most ${MAX_SIDE} pixels on each side, got ${size}`,
      SMALLER,
    );
  if (width * height > MAX_PIXELS)
    throw new PictureError(
      `${format}: expected at most ${MAX_PIXELS} pixels, got ${width * height} (${size})`,
      SMALLER,
    );
}

/** Brightness of a colour, from 0 to 255. */
export const brightness = (r: number, g: number, b: number): number => (r * 77 + g * 151 + b * 28) >> 8;

/**
 * A part of a picture, scaled by a factor. If it becomes smaller, each pixel is the mean of several pixels.
 * If it becomes larger, pixels are repeated.
 */
export function scalePart(
  grey: Grey,
  x: number,
  y: number,
  width: number,
  height: number,
  factor: number,
): Grey {
  const columns = Math.max(1, Math.floor(width * factor));
  const rows = Math.max(1, Math.floor(height * factor));
  const data = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const top = y + Math.floor(row / factor);
    const bottom = Math.max(top + 1, y + Math.floor((row + 1) / factor));
    for (let column = 0; column < columns; column++) {
      const left = x + Math.floor(column / factor);
      const right = Math.max(left + 1, x + Math.floor((column + 1) / factor));
      let sum = 0;
      for (let v = top; v < bottom; v++) {
        for (let u = left; u < right; u++) sum += grey.data[v * grey.width + u]!;
      }
      data[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { width: columns, height: rows, data };
}

/** A picture in which each pixel is the mean of itself and its neighbours. */
export function blurPicture({ width, height, data }: Grey): Grey {
  const mean = (from: Uint8Array, step: number, along: (i: number) => number, length: number) =>
    from.map((value, i) => {
      const at = along(i);
      return ((at > 0 ? from[i - step]! : value) + value + (at < length - 1 ? from[i + step]! : value)) / 3;
    });
  const across = mean(data, 1, i => i % width, width);
  return { width, height, data: mean(across, width, i => Math.floor(i / width), height) };
}

/** Enlarges dark areas by one pixel on all sides. */
export function growDarkAreas({ width, height, data }: Grey): Grey {
  const least = (from: Uint8Array, step: number, along: (i: number) => number, length: number) => {
    const to = from.slice();
    for (let i = 0; i < from.length; i++) {
      if (along(i) > 0 && from[i - step]! < to[i]!) to[i] = from[i - step]!;
      if (along(i) < length - 1 && from[i + step]! < to[i]!) to[i] = from[i + step]!;
    }
    return to;
  };
  const across = least(data, 1, i => i % width, width);
  return { width, height, data: least(across, width, i => Math.floor(i / width), height) };
}
