/** A picture file, PNG or JPEG by its first bytes, as shades of grey. */
import jpeg from 'jpeg-js';
import { type Grey, MAX_PIXELS, PictureError } from './grey.ts';
import { isPng, luma, readPng } from './png-read.ts';

/** @throws {PictureError} */
export function readPicture(bytes: Uint8Array): Grey {
  if (isPng(bytes)) return readPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  throw new PictureError('expected a PNG or JPEG picture, got another file');
}

function readJpeg(bytes: Uint8Array): Grey {
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
    });
  } catch (error) {
    throw new PictureError(`JPEG: ${(error as Error).message.replace(/[^\x20-\x7e]/g, '?').slice(0, 120)}`);
  }
  const { width, height, data } = decoded;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!);
  return { width, height, data: grey };
}
