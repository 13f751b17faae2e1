/** A picture file, PNG or JPEG by its first bytes, and how it may be seen as shades of grey. */
import { formatOf } from './format.ts';
import { type Grey, type Picture, PictureError } from './grey.ts';
import { isJpeg } from './jpeg/frame.ts';
import { readJpeg } from './jpeg/jpeg.ts';
import { isPng } from './png/chunks.ts';
import { readPng } from './png/png.ts';

/** @throws {PictureError} */
export async function readPicture(bytes: Uint8Array): Promise<Picture> {
  if (isPng(bytes)) return readPng(bytes);
  if (isJpeg(bytes)) {
    const { width, height, data } = readJpeg(bytes);
    return { width, height, light: data, alpha: null, animated: false };
  }
  const { name, hint } = formatOf(bytes);
  throw new PictureError(`expected a PNG or JPEG picture, got ${name}`, hint);
}

/**
 * The ways to see a picture, the usual one first: as it is, on white paper; with dark and light exchanged, for codes
 * that are white on black; and, where it is transparent, on black paper.
 */
export function* appearances({ width, height, light, alpha }: Picture): Generator<Grey> {
  const inverted = (data: Uint8Array) => data.map(value => 255 - value);
  const onWhite = alpha ? light.map((value, i) => Math.min(255, value + 255 - alpha[i]!)) : light;
  yield { width, height, data: onWhite };
  yield { width, height, data: inverted(onWhite) };
  if (!alpha) return;
  yield { width, height, data: inverted(light) };
  yield { width, height, data: light };
}
