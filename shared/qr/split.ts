/** A file as the texts of a series of QR codes. */
import { Refusal } from '../errors.ts';
import { toBase32 } from './base32.ts';
import { capacity, MAX_VERSION, MIN_VERSION, UNREADABLE } from './capacity.ts';
import { BLOCK, type Encoding, HEADER, MAX_COUNT, writeFrame } from './frame.ts';
import { type Deflate, seal } from './seal.ts';

export interface Series {
  encoding: Encoding;
  /** QR version of every frame. The last may be shorter, and is drawn at this version all the same. */
  version: number;
  frames: string[];
}

export interface SplitOptions {
  deflate: Deflate;
  /** Largest QR version, 5 to 40: how dense the codes may be. 40 if not given. */
  version?: number;
  /** `Z` or `2` instead of the shorter one. */
  encoding?: 'Z' | '2';
}

/**
 * Splits a file into as few frames as the version allows, all about equally full, and then uses the smallest version
 * that holds them: a short last frame would only make the others denser than they need to be.
 *
 * @throws {Refusal} TOO_LARGE if 1295 frames do not hold it; FIELD_INVALID
 * @example split(bytes, { deflate, version: 15 }).frames[0] // 'B$ZJ0300AAAAB777…'
 */
export function split(file: Uint8Array, options: SplitOptions): Series {
  const most = options.version ?? MAX_VERSION;
  if (!Number.isInteger(most) || most < MIN_VERSION || most > MAX_VERSION) {
    const hint = 'Give a version between 5 (few, large squares) and 40 (many, small ones).';
    throw new Refusal('FIELD_INVALID', `QR version: expected 5 to 40, got ${most}`, hint);
  }
  if (file.length === 0) {
    throw new Refusal('FIELD_INVALID', 'file: expected at least 1 byte, got 0', 'Choose a file that has content.');
  }
  const { encoding, text } = encode(file, options);
  const room = capacity(most === UNREADABLE ? most - 1 : most) - HEADER;
  const count = text.length <= room ? 1 : Math.ceil(text.length / down(room, BLOCK[encoding]));
  if (count > MAX_COUNT) {
    const hint = 'A file of this size travels on a USB stick; a request without its base mapping is small.';
    throw new Refusal('TOO_LARGE', `file: expected at most ${MAX_COUNT} frames, got ${count}`, hint);
  }
  // Never above what the version holds, so there are still `count` of them, none empty.
  const block = count === 1 ? text.length : up(Math.ceil(text.length / count), BLOCK[encoding]);
  const frames = Array.from({ length: count }, (_, index) =>
    writeFrame({ encoding, count, index, payload: text.slice(index * block, (index + 1) * block) }),
  );
  return { encoding, version: smallest(frames[0]!.length), frames };
}

function encode(file: Uint8Array, options: SplitOptions): { encoding: Encoding; text: string } {
  const packed = options.encoding === '2' ? undefined : toBase32(seal(file, options.deflate));
  // Ties and everything longer go to Z, which carries a check of the whole file.
  if (packed !== undefined && (options.encoding === 'Z' || packed.length <= Math.ceil((file.length * 8) / 5))) {
    return { encoding: 'Z', text: packed };
  }
  return { encoding: '2', text: toBase32(file) };
}

const down = (n: number, step: number) => n - (n % step);
const up = (n: number, step: number) => Math.ceil(n / step) * step;

function smallest(length: number): number {
  let version = MIN_VERSION;
  while (capacity(version) < length || version === UNREADABLE) version++;
  return version;
}
