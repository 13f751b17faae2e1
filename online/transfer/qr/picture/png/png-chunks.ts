/**
 * Reads the chunks of a PNG file: header, palette, transparency and compressed pixels (PNG, chapters 5 and
 * 11).
 */
import { crc32 } from 'node:zlib';
import { checkPictureSize, PictureError } from '../grey-picture.ts';

/** Samples for each pixel, by colour type (table 11.1). */
export const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

export interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced: boolean;
}

export interface Chunks {
  header: Header;
  palette: Uint8Array;
  /**
   * Transparency: an alpha value for each palette entry, or one transparent colour with samples of two bytes.
   */
  clear: Uint8Array;
  /** True if more pictures follow (animated PNG). */
  animated: boolean;
  /** The compressed pixels, in parts. */
  data: () => Generator<Uint8Array>;
}

export const isPng = (bytes: Uint8Array) =>
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);

/** @throws {PictureError} */
export function readChunks(bytes: Uint8Array): Chunks {
  const none: Uint8Array = new Uint8Array(0);
  const found = { palette: none, clear: none, animated: false };
  let header: Header | undefined;
  for (const { type, content } of walkChunks(bytes)) {
    if (type === 'IHDR') header = readHeader(content);
    if (type === 'PLTE') found.palette = content;
    if (type === 'tRNS') found.clear = content;
    if (type === 'acTL') found.animated = true;
  }
  if (!header) throw new PictureError('PNG: expected a header, got none');
  return { ...found, header, data: () => imageData(bytes) };
}

function* imageData(bytes: Uint8Array): Generator<Uint8Array> {
  for (const { type, content } of walkChunks(bytes, false))
    if (type === 'IDAT' && content.length > 0) yield content;
}

function* walkChunks(bytes: Uint8Array, checked = true): Generator<{ type: string; content: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new PictureError('PNG: the file is cut');
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new PictureError('PNG: the file is cut');
    if (checked && crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new PictureError('PNG: the checksum of a part does not match');
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IEND') return;
    yield { type, content: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}

function readHeader(content: Uint8Array): Header {
  if (content.length !== 13)
    throw new PictureError(`PNG: expected a header of 13 bytes, got ${content.length}`);
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, compression, filter, interlace] = content.subarray(8) as unknown as number[];
  checkPictureSize('PNG', width, height);
  if (!DEPTHS[colour!]?.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new PictureError(
      `PNG: expected a colour type and a depth of the standard, got type ${colour} and depth ${depth}`,
    );
  }
  return { width, height, depth: depth!, colour: colour!, interlaced: interlace === 1 };
}
