/**
 * Reads JPEG as greyscale, scaled down while reading. The packages in the registry keep every coefficient of
 * every colour, which takes gigabytes for 200 megapixels. This reader converts blocks to pixels at once, and
 * skips colours that are not needed. For a progressive file, it keeps only the coefficients that the small
 * picture needs.
 */
import { type Grey, READING_SIDE } from '../grey-picture.ts';
import { BitReader, damagedError, truncatedError } from './bit-reader.ts';
import { type Colours, determineColourModel, greyPictureOfPlanes } from './component-colours.ts';
import { ColourPlane, unitLayoutOf } from './component-plane.ts';
import { coefficientPlaces, makeInverseTransform, type Side } from './inverse-transform.ts';
import {
  EOI,
  type Frame,
  readFrame,
  readHuffmanCodes,
  readQuantisation,
  readSegment,
  type Segment,
  SOS,
  type Tables,
} from './jpeg-header.ts';
import { type Part, type Pass, ProgressiveReader, readBlock } from './scan-blocks.ts';

/**
 * Largest number of scans. An ordinary picture has about 10. A hostile file could demand many scans of the
 * whole picture, with a few bytes for each scan.
 */
const MAX_SCANS = 100;

const DQT = 0xdb;
const DHT = 0xc4;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP14 = 0xee;

/** @throws {PictureError} */
export function readJpeg(bytes: Uint8Array): Grey {
  return new JpegDecoder(bytes).read();
}

const startsWithWord = (content: Uint8Array, word: string) =>
  [...word].every((letter, i) => content[i] === letter.charCodeAt(0));

class JpegDecoder {
  readonly #bytes: Uint8Array;
  readonly #tables: Tables = { quantisation: [], dc: [], ac: [] };
  #jfif = false;
  /** The colour transform that an Adobe program declared. */
  #transform: number | undefined;
  #interval = 0;
  #scans = 0;
  #picture:
    | { frame: Frame; colours: Colours; side: Side; places: Uint8Array; planes: ColourPlane[] }
    | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): Grey {
    for (let at = 2; ; ) {
      const segment = readSegment(this.#bytes, at);
      if (!segment || segment.marker === EOI) break;
      at = segment.marker === SOS ? this.#scan(segment) : this.#take(segment);
    }
    if (!this.#picture?.planes.every(({ pixels, factors }) => !pixels || factors)) throw truncatedError();
    const { frame, colours, side, planes } = this.#picture;
    const inverse = makeInverseTransform(side);
    for (const plane of planes) plane.finish(inverse);
    return greyPictureOfPlanes(frame, colours, side, planes);
  }

  #take(segment: Segment): number {
    const { marker, content, next } = segment;
    if (marker === DQT) readQuantisation(content, this.#tables);
    if (marker === DHT) readHuffmanCodes(content, this.#tables);
    if (marker === DRI) this.#interval = (content[0]! << 8) | content[1]!;
    if (marker === APP0 && startsWithWord(content, 'JFIF')) this.#jfif = true;
    if (marker === APP14 && startsWithWord(content, 'Adobe')) this.#transform = content[11];
    const frame = readFrame(segment);
    if (frame) {
      if (this.#picture) throw damagedError('there is a second header');
      const long = Math.max(frame.width, frame.height);
      const side = ([1, 2, 4] as const).find(size => (long * size) / 8 >= READING_SIDE) ?? 8;
      const places = coefficientPlaces(side);
      const colours = determineColourModel(frame, this.#jfif, this.#transform);
      const planes = frame.components.map(
        (component, i) => new ColourPlane(frame, component, side, places, colours.used.includes(i)),
      );
      this.#picture = { frame, colours, side, places, planes };
    }
    return next;
  }

  /** @returns the offset after the scan */
  #scan({ content, next }: Segment): number {
    if (!this.#picture) throw damagedError('pixels come before the header');
    if (++this.#scans > MAX_SCANS) throw damagedError(`expected at most ${MAX_SCANS} passes, got more`);
    const { frame, planes } = this.#picture;
    const { parts, pass } = readScanHeader(content, this.#tables, planes);
    const bits = new BitReader(this.#bytes, next);
    if (frame.progressive) {
      const wrong = pass.from > 0 ? parts.length > 1 || pass.from > pass.to || pass.to > 63 : pass.to > 0;
      if (wrong || pass.low > 13) throw damagedError('a pass is invalid');
      if (parts.length === 1 && !parts[0]!.plane.pixels) return bits.end();
    }
    for (const { plane } of parts) plane.begin(this.#tables);
    this.#units(bits, parts, frame, frame.progressive ? new ProgressiveReader(bits, pass) : null);
    return bits.end();
  }

  /**
   * Reads the blocks of a scan. The blocks of a single component come row by row. Blocks of several
   * components come in units of the picture (A.2).
   */
  #units(bits: BitReader, parts: ScanPart[], frame: Frame, progressive: ProgressiveReader | null): void {
    const read = this.#reader(bits, progressive);
    const alone = parts.length === 1 ? parts[0]!.plane : undefined;
    const { unitsAcross, unitsDown } = unitLayoutOf(frame);
    const [across, down] = alone ? [alone.across, alone.down] : [unitsAcross, unitsDown];
    for (let unit = 0; unit < across * down; unit++) {
      if (unit > 0 && this.#interval > 0 && unit % this.#interval === 0) {
        bits.restart();
        progressive?.restart();
        for (const part of parts) part.mean = 0;
      }
      const x = unit % across;
      const y = Math.floor(unit / across);
      if (alone) read(parts[0]!, x, y);
      else {
        for (const part of parts) {
          const { h, v } = part.plane.component;
          for (let row = 0; row < v; row++) {
            for (let column = 0; column < h; column++) read(part, x * h + column, y * v + row);
          }
        }
      }
      bits.check();
    }
  }

  #reader(bits: BitReader, progressive: ProgressiveReader | null) {
    const { side, places } = this.#picture!;
    if (progressive) {
      return (part: ScanPart, x: number, y: number) =>
        progressive.read(part, part.plane.coefficients, part.plane.blockAt(x, y));
    }
    const inverse = makeInverseTransform(side);
    const block = new Int16Array(side * side + 1);
    return (part: ScanPart, x: number, y: number) => {
      readBlock(bits, part, places, block);
      part.plane.draw(inverse, block, 0, x, y);
    };
  }
}

interface ScanPart extends Part {
  plane: ColourPlane;
}

/** Reads the scan's header: components, tables and pass (B.2.3). */
function readScanHeader(
  content: Uint8Array,
  { dc, ac }: Tables,
  planes: ColourPlane[],
): { parts: ScanPart[]; pass: Pass } {
  const count = content[0] ?? 0;
  if (count < 1 || count > 4 || content.length < 4 + 2 * count)
    throw damagedError('the header of a pass is invalid');
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, tables] = content.subarray(1 + 2 * i) as unknown as [number, number];
    const plane = planes.find(({ component }) => component.id === id);
    if (!plane) throw damagedError('a pass names a component that does not exist');
    return { plane, dc: dc[tables >> 4], ac: ac[tables & 15], mean: 0 };
  });
  const [from, to, bits] = content.subarray(1 + 2 * count) as unknown as [number, number, number];
  return { parts, pass: { from, to, high: bits >> 4, low: bits & 15 } };
}
