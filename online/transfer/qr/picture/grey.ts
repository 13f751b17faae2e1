/** A picture in shades of grey, all that a QR code needs. */
export interface Grey {
  width: number;
  height: number;
  /** One byte a pixel, row by row: 0 is black. */
  data: Uint8Array;
}

/** A phone's largest photograph; what is larger is refused before it is allocated. */
export const MAX_PIXELS = 64_000_000;

/** Why a file is not a picture; the caller knows its name and refuses it. */
export class PictureError extends Error {}

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
