/** The header of a JPEG file: size, components, tables (ITU T.81, annex B). */
import { checkPictureSize, PictureError } from '../grey-picture.ts';
import { PLAIN } from '../texts.ts';
import { CODE_TABLE, type Codes, damagedError, huffmanCodes, truncatedError } from './bit-reader.ts';

export interface Component {
  id: number;
  /**
   * Sampling factors: how many blocks the component has in each unit of the picture, horizontally and
   * vertically.
   */
  h: number;
  v: number;
  /** Index of the component's quantisation table. */
  table: number;
}

export interface Frame {
  width: number;
  height: number;
  progressive: boolean;
  components: Component[];
}

export interface Tables {
  /** For each quantisation table: 64 factors, in zigzag order. */
  quantisation: (Uint16Array | undefined)[];
  dc: (Codes | undefined)[];
  ac: (Codes | undefined)[];
}

/** A segment: the marker's second byte, and the content. */
export interface Segment {
  marker: number;
  content: Uint8Array;
  /** Offset after the segment. */
  next: number;
}

const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
/** Markers without content: TEM, restarts, SOI, EOI. */
const isMarkerAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= EOI);

/** @returns null at the end of the file */
export function readSegment(bytes: Uint8Array, start: number): Segment | null {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0xff) at++;
  while (bytes[at] === 0xff) at++;
  const marker = bytes[at];
  if (marker === undefined) return null;
  at++;
  if (isMarkerAlone(marker)) return { marker, content: bytes.subarray(at, at), next: at };
  const length = readUint16(bytes, at);
  if (at + length > bytes.length) throw truncatedError();
  if (length < 2) throw damagedError('a part has no length');
  return { marker, content: bytes.subarray(at + 2, at + length), next: at + length };
}

export const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === SOI;

function readUint16(bytes: Uint8Array, at: number): number {
  if (at + 2 > bytes.length) throw truncatedError();
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Unsupported kinds of JPEG, by the marker of their frame (table B.1). */
const OTHER: Record<number, string> = {
  195: 'lossless',
  201: 'arithmetic coding',
  202: 'arithmetic coding',
  247: 'JPEG-LS',
};
const isFrameMarker = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

/** @returns null for another kind of segment */
export function readFrame({ marker, content }: Segment): Frame | null {
  if (!isFrameMarker(marker)) return null;
  if (marker > 0xc2)
    throw new PictureError(
      `JPEG: expected an ordinary JPEG, got a rare kind (${OTHER[marker] ?? marker})`,
      PLAIN,
    );
  if (content.length < 6 || content.length < 6 + 3 * content[5]!)
    throw damagedError('the header is too short');
  const depth = content[0]!;
  if (depth !== 8) throw new PictureError(`JPEG: expected 8 bits per sample, got ${depth}`, PLAIN);
  const [height, width] = [readUint16(content, 1), readUint16(content, 3)];
  checkPictureSize('JPEG', width, height);
  const count = content[5]!;
  if (![1, 3, 4].includes(count))
    throw new PictureError(`JPEG: expected 1, 3 or 4 colours, got ${count}`, PLAIN);
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling, table] = content.subarray(6 + 3 * i) as unknown as [number, number, number];
    const [h, v] = [sampling >> 4, sampling & 15];
    if (h < 1 || h > 4 || v < 1 || v > 4) throw damagedError('a sampling factor is not 1 to 4');
    return { id, h, v, table };
  });
  // The only component of a picture has one block in each unit, whatever its sampling factors are (A.2.2).
  if (count === 1) Object.assign(components[0]!, { h: 1, v: 1 });
  return { width, height, progressive: marker === 0xc2, components };
}

export function readQuantisation(content: Uint8Array, { quantisation }: Tables): void {
  for (let at = 0; at < content.length; ) {
    const [wide, index] = [content[at]! >> 4, content[at]! & 15];
    at++;
    const size = wide === 0 ? 64 : 128;
    if (wide > 1 || index > 3 || at + size > content.length)
      throw damagedError('a quantisation table is invalid');
    quantisation[index] = Uint16Array.from({ length: 64 }, (_, k) =>
      wide === 0 ? content[at + k]! : readUint16(content, at + 2 * k),
    );
    at += size;
  }
}

export function readHuffmanCodes(content: Uint8Array, { dc, ac }: Tables): void {
  for (let at = 0; at < content.length; ) {
    const [kind, index] = [content[at]! >> 4, content[at]! & 15];
    const counts = content.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    at += 17;
    if (kind > 1 || index > 3 || total > 256 || at + total > content.length) throw damagedError(CODE_TABLE);
    (kind === 0 ? dc : ac)[index] = huffmanCodes(counts, content.subarray(at, at + total));
    at += total;
  }
}
