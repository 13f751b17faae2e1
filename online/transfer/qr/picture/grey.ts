/** A picture in shades of grey, all that a QR code needs. */
export interface Grey {
  width: number;
  height: number;
  /** One byte a pixel, row by row: 0 is black. */
  data: Uint8Array;
}

/** What a file has, large ones scaled down. */
export interface Picture {
  width: number;
  height: number;
  /** One byte a pixel, row by row: its light on black paper. */
  light: Uint8Array;
  /** How opaque each pixel is; null where all are. */
  alpha: Uint8Array | null;
  /** The file holds more pictures, which are not read. */
  animated: boolean;
}

/** Somewhat more than a phone's largest photograph, of 201 megapixels; what is larger is refused before it is allocated. */
export const MAX_PIXELS = 250_000_000;
/** Neither side of a picture is longer; JPEG has no more. */
export const MAX_SIDE = 65_535;
/**
 * Long side, in pixels, down to which a larger picture is scaled while it is read. Codes are looked for at 1600 at most,
 * and this leaves enough for a second, finer step.
 */
export const ENOUGH = 2400;

/** Why a file is not a picture, and what to do; the caller knows its name and refuses it. */
export class PictureError extends Error {
  readonly hint: string;

  constructor(message: string, hint = 'Copy the picture again from where it was made, or take it again.') {
    super(message);
    this.hint = hint;
  }
}

const SMALLER = 'Crop it to the codes, or save it with fewer pixels.';

/** @throws {PictureError} */
export function checkSize(format: string, width: number, height: number): void {
  const size = `${width} x ${height}`;
  if (width < 1 || height < 1)
    throw new PictureError(`${format}: expected a width and a height, got ${size}`);
  if (width > MAX_SIDE || height > MAX_SIDE)
    throw new PictureError(`${format}: expected at most ${MAX_SIDE} pixels a side, got ${size}`, SMALLER);
  if (width * height > MAX_PIXELS)
    throw new PictureError(
      `${format}: expected at most ${MAX_PIXELS} pixels, got ${width * height} (${size})`,
      SMALLER,
    );
}

/** How light a colour is. */
export const luma = (r: number, g: number, b: number): number => (r * 77 + g * 151 + b * 28) >> 8;

/** A part of a picture, averaged down (or repeated up) to a given width. */
export function scaled(
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

/** Each pixel the mean of itself and its neighbours. */
export function blurred({ width, height, data }: Grey): Grey {
  const mean = (from: Uint8Array, step: number, along: (i: number) => number, length: number) =>
    from.map((value, i) => {
      const at = along(i);
      return ((at > 0 ? from[i - step]! : value) + value + (at < length - 1 ? from[i + step]! : value)) / 3;
    });
  const across = mean(data, 1, i => i % width, width);
  return { width, height, data: mean(across, width, i => Math.floor(i / width), height) };
}

/** What is dark, larger by one pixel on all sides. */
export function grown({ width, height, data }: Grey): Grey {
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
