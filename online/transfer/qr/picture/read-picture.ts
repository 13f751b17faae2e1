/**
 * Reads a PNG or JPEG file, and gives the grey pictures to search: unchanged, inverted, and on black if
 * transparent.
 */

import { type Grey, type Picture, PictureError } from './grey-picture.ts';
import { isJpeg } from './jpeg/jpeg-header.ts';
import { readJpeg } from './jpeg/read-jpeg.ts';
import { isPng } from './png/png-chunks.ts';
import { readPng } from './png/read-png.ts';
import { describeFormat } from './unsupported-formats.ts';

/** @throws {PictureError} */
export async function readPicture(bytes: Uint8Array): Promise<Picture> {
  if (isPng(bytes)) return readPng(bytes);
  if (isJpeg(bytes)) {
    const { width, height, data } = readJpeg(bytes);
    return { width, height, light: data, alpha: null, animated: false };
  }
  const { name, hint } = describeFormat(bytes);
  throw new PictureError(`expected a PNG or JPEG picture, got ${name}`, hint);
}

/** The picture on white paper. */
export function pictureOnWhite({ width, height, light, alpha }: Picture): Grey {
  const data = alpha ? light.map((value, i) => Math.min(255, value + 255 - alpha[i]!)) : light;
  return { width, height, data };
}

/**
 * Yields the grey pictures to search. The first is on white paper, and the second is its inverse, for white
 * codes on black. A transparent picture is also given on black paper, first inverted and then unchanged.
 */
export function* picturesToSearch(picture: Picture): Generator<Grey> {
  const inverted = (grey: Grey) => ({ ...grey, data: grey.data.map(value => 255 - value) });
  const usual = pictureOnWhite(picture);
  yield usual;
  yield inverted(usual);
  if (!picture.alpha) return;
  const onBlack = { width: picture.width, height: picture.height, data: picture.light };
  yield inverted(onBlack);
  yield onBlack;
}
