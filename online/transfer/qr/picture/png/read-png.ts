/**
 * Reads PNG as greyscale, scaled down while reading. The packages in the registry inflate without a limit, or
 * use Node's internals. They are not used, because these pictures come from outside. This reader checks sizes
 * before it allocates memory. Of the pixels, it keeps only two rows and the small picture in memory.
 */
import { createInflate } from 'node:zlib';
import { type Picture, PictureError } from '../grey-picture.ts';
import { makeRowReader, removeFilter } from './decoded-rows.ts';
import { CHANNELS, type Chunks, type Header, readChunks } from './png-chunks.ts';
import { ShrunkPicture } from './shrunk-picture.ts';

/** Adam7 passes: x and y of the first pixel, and the steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const CHUNK = 256 * 1024;

const bitsPerPixel = ({ depth, colour }: Header) => depth * CHANNELS[colour]!;

function interlacePasses(header: Header) {
  const { width, height, interlaced } = header;
  return (interlaced ? PASSES : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => {
      const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
      return { x, y, dx, dy, columns, rows, stride: 1 + Math.ceil((columns * bitsPerPixel(header)) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** @throws {PictureError} */
export async function readPng(bytes: Uint8Array): Promise<Picture> {
  const chunks = readChunks(bytes);
  const { header, clear } = chunks;
  const passes = interlacePasses(header);
  const expected = passes.reduce((sum, { stride, rows }) => sum + stride * rows, 0);
  const opaque = CHANNELS[header.colour]! % 2 === 1 && clear.length === 0;
  const picture = new ShrunkPicture(header.width, header.height, opaque);
  const lines = decodeFilledLines(chunks, passes, picture);
  // Runs `lines` to the first line that has to be filled.
  let line = lines.next().value;
  let filled = 0;
  let got = 0;
  for await (const chunk of inflatePixelData(chunks, expected)) {
    got += chunk.length;
    if (got > expected) throw wrongLengthError(expected, 'more');
    for (let at = 0; at < chunk.length && line; ) {
      const part = chunk.subarray(at, at + line.length - filled);
      line.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < line.length) continue;
      filled = 0;
      line = lines.next().value;
    }
  }
  if (got < expected) throw wrongLengthError(expected, got);
  return { ...picture.finish(), animated: chunks.animated };
}

const wrongLengthError = (expected: number, got: number | string) =>
  new PictureError(`PNG: expected ${expected} bytes of pixels, got ${got}`);

async function* inflatePixelData(chunks: Chunks, expected: number): AsyncGenerator<Uint8Array> {
  const stream = createInflate({ chunkSize: CHUNK });
  const write = (part: Uint8Array) => new Promise<void>(done => stream.write(part, () => done()));
  // The parts come from a generator, because a list of very many small parts could need more memory than the
  // file.
  const feed = async () => {
    for (const part of chunks.data()) {
      if (stream.destroyed) return;
      await write(part);
    }
    stream.end();
  };
  void feed();
  try {
    for await (const part of stream) yield part as Uint8Array;
  } catch {
    throw wrongLengthError(expected, 'invalid data');
  }
}

/**
 * Yields each line, which the caller fills. Adds this line to the picture when the caller requests the next
 * line.
 */
function* decodeFilledLines(
  { header, palette, clear }: Chunks,
  passes: ReturnType<typeof interlacePasses>,
  picture: ShrunkPicture,
): Generator<Uint8Array> {
  const read = makeRowReader(header, palette, clear);
  const step = Math.max(1, bitsPerPixel(header) >> 3);
  const pixelsOfRow = { light: new Uint8Array(header.width), alpha: new Uint8Array(header.width) };
  for (const { x, y, dx, dy, columns, rows, stride } of passes) {
    let [line, above] = [new Uint8Array(stride), new Uint8Array(stride)];
    for (let row = 0; row < rows; row++) {
      yield line;
      const pixels = line.subarray(1);
      removeFilter(line[0]!, pixels, above.subarray(1), step);
      read(pixels, columns, pixelsOfRow);
      picture.add(y + row * dy, x, dx, columns, pixelsOfRow);
      [line, above] = [above, line];
    }
  }
}
