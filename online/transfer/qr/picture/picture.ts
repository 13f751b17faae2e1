/** A picture file, PNG or JPEG by its first bytes, as shades of grey. */
import jpeg from 'jpeg-js';
import { type Grey, luma, MAX_PIXELS, PictureError } from './grey.ts';
import { isPng, readPng } from './png-read.ts';

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
    // The package's own words are of its settings.
    const large = /max(Resolution|Memory)/.test((error as Error).message);
    throw new PictureError(
      large
        ? `JPEG: expected at most ${MAX_PIXELS} pixels, got more`
        : 'JPEG: the file is cut or damaged, or of a kind that is not read here',
    );
  }
  const { width, height, data } = decoded;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!);
  return { width, height, data: grey };
}
