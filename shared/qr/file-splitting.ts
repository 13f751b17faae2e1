/** Splits a file into the texts of a series of QR codes. */
import { Refusal } from '../errors.ts';
import { toBase32 } from './base32.ts';
import { compressWithCheckValue, type Deflate } from './checked-stream.ts';
import { codeCapacity, MAX_VERSION, MIN_VERSION, UNREADABLE_VERSION } from './code-capacity.ts';
import { BLOCK, type Encoding, HEADER, MAX_COUNT, writeFrame } from './frame.ts';

export interface Series {
  encoding: Encoding;
  /** QR version of every frame. The last frame has this version even if it is shorter. */
  version: number;
  frames: string[];
}

/** A file compressed and encoded once. Each QR version cuts the same text into frames of another length. */
export interface Packed {
  /** Text in encoding `Z`, with the check value of the file. */
  sealed: string;
  /** Text in encoding `2`; undefined if it does not fit in one frame of the largest version. */
  plain: string | undefined;
}

export interface SplitOptions {
  deflate: Deflate;
  /** Largest QR version, 5 to 40: higher versions have more modules. 40 if absent. */
  version?: number;
  /** Forces `Z` or `2`; for tests only. */
  encoding?: 'Z' | '2';
}

/** Characters of payload that fit in a code of this version. */
const payloadCapacity = (version: number) =>
  codeCapacity(version === UNREADABLE_VERSION ? version - 1 : version) - HEADER;

/** @throws {Refusal} FIELD_INVALID for an empty file */
export function packFile(file: Uint8Array, deflate: Deflate): Packed {
  if (file.length === 0) {
    throw new Refusal('FIELD_INVALID', 'file: expected at least 1 byte, got 0', 'Choose a file that is not empty.');
  }
  const fits = Math.ceil((file.length * 8) / 5) <= payloadCapacity(MAX_VERSION);
  return { sealed: toBase32(compressWithCheckValue(file, deflate)), plain: fits ? toBase32(file) : undefined };
}

/** Encoding and number of frames at this version. */
function encodingAndCount({ sealed, plain }: Packed, version: number): { encoding: 'Z' | '2'; count: number } {
  // Encoding `2` has no check value, so only single frames use it. Several frames of this encoding could be mixed with
  // the frames of another file without an error.
  if (plain !== undefined && plain.length < sealed.length && plain.length <= payloadCapacity(version)) {
    return { encoding: '2', count: 1 };
  }
  return { encoding: 'Z', count: frameCountOfText(sealed, version) };
}

const frameCountOfText = (text: string, version: number) =>
  text.length <= payloadCapacity(version) ? 1 : Math.ceil(text.length / roundDown(payloadCapacity(version), BLOCK.Z));

/**
 * Number of frames that the file needs at this version. It may be above the maximum, which {@link cutIntoFrames}
 * refuses.
 */
export const frameCountFor = (packed: Packed, version: number): number => encodingAndCount(packed, version).count;

/** The smallest version that needs at most `count` frames; undefined if there is none. */
export function versionForCount(packed: Packed, count: number): number | undefined {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    if (version !== UNREADABLE_VERSION && encodingAndCount(packed, version).count <= count) return version;
  }
  return undefined;
}

/**
 * Cuts the text into as few frames as the version allows, of about equal length. Then uses the smallest version that
 * holds the frames. If the last frame were short, the other frames would be longer and need more modules. The content
 * of the frames depends only on their number, so two versions with equal counts give equal frames.
 *
 * @throws {Refusal} TOO_LARGE if the file needs more than 1295 frames; FIELD_INVALID for a wrong version
 */
export function cutIntoFrames(packed: Packed, version = MAX_VERSION, wanted?: 'Z' | '2'): Series {
  if (!Number.isInteger(version) || version < MIN_VERSION || version > MAX_VERSION) {
    const hint = 'Give a density from 5 (few large squares) to 40 (many small squares).';
    throw new Refusal('FIELD_INVALID', `density: expected 5 to 40, got ${version}`, hint);
  }
  const encoding = wanted ?? encodingAndCount(packed, version).encoding;
  const text = encoding === 'Z' ? packed.sealed : packed.plain!;
  const count = frameCountOfText(text, version);
  if (count > MAX_COUNT) throw fileTooLargeRefusal(count, version, versionForCount(packed, MAX_COUNT));
  // The block is at most the version's capacity, so the series has exactly `count` frames and no empty one.
  const block = count === 1 ? text.length : roundUp(Math.ceil(text.length / count), BLOCK[encoding]);
  const frames = Array.from({ length: count }, (_, index) =>
    writeFrame({ encoding, count, index, payload: text.slice(index * block, (index + 1) * block) }),
  );
  return { encoding, version: versionForLength(frames[0]!.length), frames };
}

/**
 * {@link packFile} and {@link cutIntoFrames} in one call.
 *
 * @throws {Refusal} TOO_LARGE, FIELD_INVALID
 * @example splitFile(bytes, { deflate, version: 15 }).frames[0] // 'B$ZJ0300AAAAB777…'
 */
export function splitFile(file: Uint8Array, { deflate, version, encoding }: SplitOptions): Series {
  const packed = packFile(file, deflate);
  return cutIntoFrames(encoding === '2' ? { ...packed, plain: toBase32(file) } : packed, version, encoding);
}

function fileTooLargeRefusal(count: number, version: number, least: number | undefined): Refusal {
  const found = `file: expected at most ${MAX_COUNT} frames, got ${count} with density ${version}`;
  const stick = 'Copy a file of this size on a USB stick, or prepare a small request with --without-base.';
  return new Refusal('TOO_LARGE', found, least ? `Give a density of ${least} or more. ${stick}` : stick);
}

const roundDown = (n: number, step: number) => n - (n % step);
const roundUp = (n: number, step: number) => Math.ceil(n / step) * step;

function versionForLength(length: number): number {
  let version = MIN_VERSION;
  while (codeCapacity(version) < length || version === UNREADABLE_VERSION) version++;
  return version;
}
