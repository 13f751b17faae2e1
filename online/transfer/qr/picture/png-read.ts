/**
 * PNG to grey. Our own, since what the registry has inflates without a bound or reaches into Node's internals, and
 * these pictures come from outside. Sizes are checked before anything is allocated; zlib stops at the expected length.
 */
import { crc32, inflateSync } from 'node:zlib';
import { type Grey, luma, MAX_PIXELS, PictureError } from './grey.ts';

/** Samples a pixel, by colour type (PNG, table 11.1). */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Adam7: x and y of the first pixel, and the steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Pixels as the file has them, which with four channels of two bytes are eight times what they become. */
const MAX_RAW = 160_000_000;

/** What is transparent: an alpha for each entry of the palette, or one colour, as its samples of two bytes each. */
type Clear = Uint8Array;

interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced: boolean;
}

export const isPng = (bytes: Uint8Array) =>
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);

/** @throws {PictureError} */
export function readPng(bytes: Uint8Array): Grey {
  const { header, palette, clear, data } = readChunks(bytes);
  const { width, height } = header;
  const bits = header.depth * CHANNELS[header.colour]!;
  const passes = (header.interlaced ? PASSES : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => {
      return { x, y, dx, dy, columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const stride = (columns: number) => 1 + Math.ceil((columns * bits) / 8);
  const expected = passes.reduce((sum, { columns, rows }) => sum + stride(columns) * rows, 0);
  if (expected > MAX_RAW) {
    throw new PictureError(`PNG: expected at most ${MAX_RAW} bytes of pixels, got ${expected}`);
  }
  let raw: Uint8Array;
  try {
    raw = inflateSync(data, { maxOutputLength: expected + 1 });
  } catch {
    throw new PictureError(`PNG: expected ${expected} bytes of compressed pixels, got something else`);
  }
  if (raw.length !== expected) throw new PictureError(`PNG: expected ${expected} bytes, got ${raw.length}`);
  const grey: Grey = { width, height, data: new Uint8Array(width * height) };
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    let above: Uint8Array = new Uint8Array(stride(columns) - 1);
    for (let row = 0; row < rows; row++) {
      const line = raw.subarray(at + 1, at + stride(columns));
      unfilter(raw[at]!, line, above, Math.max(1, bits >> 3));
      const target = (y + row * dy) * width + x;
      for (let i = 0; i < columns; i++)
        grey.data[target + i * dx] = lightness(header, palette, clear, line, i);
      above = line;
      at += stride(columns);
    }
  }
  return grey;
}

function readChunks(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: Header | undefined;
  let palette: Uint8Array = new Uint8Array(0);
  let clear: Clear = new Uint8Array(0);
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new PictureError('PNG: the file is cut');
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new PictureError('PNG: the file is cut');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new PictureError(`PNG: the checksum of a part does not match`);
    }
    if (type === 'IHDR') header = readHeader(content);
    if (type === 'PLTE') palette = content;
    if (type === 'tRNS') clear = content;
    if (type === 'IDAT') parts.push(content);
    if (type === 'IEND') break;
    at += 12 + length;
  }
  if (!header) throw new PictureError('PNG: expected a header, got none');
  return { header, palette, clear, data: Buffer.concat(parts) };
}

function readHeader(content: Uint8Array): Header {
  if (content.length !== 13)
    throw new PictureError(`PNG: expected a header of 13 bytes, got ${content.length}`);
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, compression, filter, interlace] = content.subarray(8) as unknown as number[];
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    throw new PictureError(`PNG: expected at most ${MAX_PIXELS} pixels, got ${width} x ${height}`);
  }
  if (!DEPTHS[colour!]?.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new PictureError(`PNG: colour type ${colour} with depth ${depth} is not one of the standard's`);
  }
  return { width, height, depth: depth!, colour: colour!, interlaced: interlace === 1 };
}

/** PNG, chapter 9: each byte is stored as the difference from a guess. */
function unfilter(type: number, line: Uint8Array, above: Uint8Array, step: number): void {
  if (type > 4) throw new PictureError(`PNG: expected a filter of 0 to 4, got ${type}`);
  for (let i = 0; type > 0 && i < line.length; i++) {
    const a = i < step ? 0 : line[i - step]!;
    const b = above[i]!;
    const c = i < step ? 0 : above[i - step]!;
    const guess = type === 1 ? a : type === 2 ? b : type === 3 ? (a + b) >> 1 : paeth(a, b, c);
    line[i] = line[i]! + guess;
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function lightness(
  { depth, colour }: Header,
  palette: Uint8Array,
  clear: Clear,
  line: Uint8Array,
  i: number,
): number {
  const channels = CHANNELS[colour]!;
  const sample = (channel: number): number => {
    const n = i * channels + channel;
    if (depth === 16) return line[2 * n]!;
    if (depth === 8) return line[n]!;
    const bit = n * depth;
    return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
  if (colour === 3) {
    const entry = sample(0);
    const [r, g, b] = palette.subarray(3 * entry, 3 * entry + 3);
    return onPaper(luma(r ?? 0, g ?? 0, b ?? 0), clear[entry] ?? 255);
  }
  // One colour, of exactly these samples, is transparent in the types without alpha.
  if (clear.length === 2 * channels && (colour === 0 || colour === 2)) {
    const second = (channel: number) => (depth === 16 ? line[2 * (i * channels + channel) + 1]! : undefined);
    const same = (channel: number) => {
      const [high, low] = [clear[2 * channel]!, clear[2 * channel + 1]!];
      const least = second(channel);
      return least === undefined ? sample(channel) === low : sample(channel) === high && least === low;
    };
    if (Array.from({ length: channels }, (_, channel) => same(channel)).every(Boolean)) return 255;
  }
  const value = channels >= 3 ? luma(sample(0), sample(1), sample(2)) : sample(0);
  const full = depth < 8 ? Math.round((value * 255) / ((1 << depth) - 1)) : value;
  return onPaper(full, channels === 2 || channels === 4 ? sample(channels - 1) : 255);
}

/** What is transparent is seen on white paper. */
const onPaper = (light: number, alpha: number) => Math.round((light * alpha + 255 * (255 - alpha)) / 255);
