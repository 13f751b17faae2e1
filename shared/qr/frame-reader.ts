/** Joins frames, read in any order, to a file. */
import { Refusal } from '../errors.ts';
import { fromBase32 } from './base32.ts';
import { type Inflate, inflateWithCheckValue } from './checked-stream.ts';
import { BLOCK, type Encoding, FILE_TYPE, type Frame, readFrame } from './frame.ts';
import { rangesText, rangesWithCountText } from './frame-ranges.ts';

/** Largest size of a file in bytes: many times the size of a usual request, and small enough for memory. */
export const MAX_FILE = 16 * 1024 * 1024;

const MIXED = 'Show one file only, and start the scan again.';

/**
 * Collects the frames of one series, in any order and with repetitions. A frame does not fit if its encoding, count or
 * block length differ from those of the earlier frames, or if its number had other content before. BBQr's own library
 * then guesses, and this reader refuses the frame. A refused frame changes nothing, so the series can continue.
 */
export class FrameReader {
  #encoding: Encoding | undefined;
  #count = 0;
  /** Length of the payload of every frame but the last; 0 until it is known. */
  #block = 0;
  readonly #payloads = new Map<number, string>();

  /** Number of frames in the series; 0 before the first frame. */
  get count(): number {
    return this.#count;
  }

  /** Number of different frames read so far. */
  get seen(): number {
    return this.#payloads.size;
  }

  get whole(): boolean {
    return this.#count > 0 && this.#payloads.size === this.#count;
  }

  has(number: number): boolean {
    return this.#payloads.has(number - 1);
  }

  /** Numbers, from 1, of the missing frames, as `qr show --frames` accepts them. */
  missing(): number[] {
    return Array.from({ length: this.#count }, (_, index) => index + 1).filter(number => !this.has(number));
  }

  /**
   * @returns the number of the frame, from 1, and whether it is new
   * @throws {Refusal} QR_INVALID
   */
  add(text: string): { number: number; fresh: boolean } {
    const frame = readFrame(text);
    const number = frame.index + 1;
    this.#refuseForeign(frame);
    const known = this.#payloads.get(frame.index);
    if (known !== undefined && known !== frame.payload) {
      throw new Refusal('QR_INVALID', `frame ${number}: expected the same content as before, got other content`, MIXED);
    }
    this.#checkLength(frame);
    this.#encoding = frame.encoding;
    this.#count = frame.count;
    if (frame.index < frame.count - 1) this.#block = frame.payload.length;
    this.#payloads.set(frame.index, frame.payload);
    return { number, fresh: known === undefined };
  }

  /**
   * The complete file.
   * @throws {Refusal} QR_INCOMPLETE naming the missing frames; QR_INVALID if the frames do not decode to a file
   */
  file(inflate: Inflate, limit = MAX_FILE): Uint8Array {
    if (!this.whole) {
      if (this.#count === 0) {
        const hint = 'Point the camera at the frames on the other screen, or give pictures of these frames.';
        throw new Refusal('QR_INCOMPLETE', 'series: expected a frame, got none', hint);
      }
      const missing = this.missing();
      const found = `expected ${this.#count} frames, got ${this.seen} (missing: ${rangesText(missing)})`;
      const hint = `Show the missing frames again: --frames ${rangesWithCountText(missing, this.#count)}`;
      throw new Refusal('QR_INCOMPLETE', `series: ${found}`, hint);
    }
    const payload = Array.from({ length: this.#count }, (_, index) => this.#payloads.get(index)).join('');
    const encoded = this.#encoding === 'H' ? decodeHexPayload(payload) : fromBase32(payload);
    const file =
      encoded instanceof Uint8Array && this.#encoding === 'Z'
        ? inflateWithCheckValue(encoded, inflate, limit)
        : encoded;
    if (!(file instanceof Uint8Array)) throw new Refusal('QR_INVALID', `series: ${file.reason}`, MIXED);
    if (file.length === 0 || file.length > limit) {
      throw new Refusal('QR_INVALID', `series: expected 1 to ${limit} bytes, got ${file.length}`, MIXED);
    }
    return file;
  }

  #refuseForeign(frame: Frame): void {
    if (this.#count === 0) return;
    const name = `frame ${frame.index + 1}`;
    if (frame.count !== this.#count) {
      const found = `expected a series of ${this.#count} frames, got a series of ${frame.count}`;
      throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
    }
    if (frame.encoding !== this.#encoding) {
      const found = `expected encoding ${this.#encoding}, got ${frame.encoding} (type ${FILE_TYPE})`;
      throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
    }
  }

  #checkLength({ encoding, count, index, payload }: Frame): void {
    const name = `frame ${index + 1} of ${count}`;
    const last = this.#payloads.get(count - 1);
    if (index < count - 1) {
      if (payload.length % BLOCK[encoding] !== 0) {
        const found = `expected a multiple of ${BLOCK[encoding]} characters, got ${payload.length}`;
        throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
      }
      if (this.#block > 0 && payload.length !== this.#block) {
        const found = `expected ${this.#block} characters as in the other frames, got ${payload.length}`;
        throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
      }
      if (last !== undefined && last.length > payload.length) {
        const found = `expected at least ${last.length} characters as in the last frame, got ${payload.length}`;
        throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
      }
    } else if (this.#block > 0 && payload.length > this.#block) {
      const found = `expected at most ${this.#block} characters as in the other frames, got ${payload.length}`;
      throw new Refusal('QR_INVALID', `${name}: ${found}`, MIXED);
    }
  }
}

function decodeHexPayload(text: string): Uint8Array | { reason: string } {
  if (text.length % 2 !== 0) return { reason: `expected whole bytes, got ${text.length} characters of hex` };
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
