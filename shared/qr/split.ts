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

/** A file made ready once; each version only cuts it into other lengths. */
export interface Packed {
  /** Encoding `Z`, with the check value of the whole file. */
  sealed: string;
  /** Encoding `2`, where that may be shorter and one frame. */
  plain: string | undefined;
}

export interface SplitOptions {
  deflate: Deflate;
  /** Largest QR version, 5 to 40: how dense the codes may be. 40 if not given. */
  version?: number;
  /** `Z` or `2` whatever its length and number of frames; tests only. */
  encoding?: 'Z' | '2';
}

/** Room for a payload in one code of this version. */
const room = (version: number) => capacity(version === UNREADABLE ? version - 1 : version) - HEADER;

/** @throws {Refusal} FIELD_INVALID for an empty file */
export function pack(file: Uint8Array, deflate: Deflate): Packed {
  if (file.length === 0) {
    throw new Refusal('FIELD_INVALID', 'file: expected at least 1 byte, got 0', 'Choose a file that has content.');
  }
  const fits = Math.ceil((file.length * 8) / 5) <= room(MAX_VERSION);
  return { sealed: toBase32(seal(file, deflate)), plain: fits ? toBase32(file) : undefined };
}

/** How many frames the version makes of it, and in which encoding. */
function shape({ sealed, plain }: Packed, version: number): { encoding: 'Z' | '2'; count: number } {
  // Without a check value only in one frame: several could be spliced with those of another file, unnoticed.
  if (plain !== undefined && plain.length < sealed.length && plain.length <= room(version)) {
    return { encoding: '2', count: 1 };
  }
  return { encoding: 'Z', count: countOf(sealed, version) };
}

const countOf = (text: string, version: number) =>
  text.length <= room(version) ? 1 : Math.ceil(text.length / down(room(version), BLOCK.Z));

/** How many frames {@link cut} makes of it at this version, be they too many or not. */
export const countFor = (packed: Packed, version: number): number => shape(packed, version).count;

/** The least dense version that makes this many frames or fewer, if any does. */
export function versionFor(packed: Packed, count: number): number | undefined {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    if (version !== UNREADABLE && shape(packed, version).count <= count) return version;
  }
  return undefined;
}

/**
 * Cuts into as few frames as the version allows, all about equally full, and then uses the smallest version that holds
 * them: a short last frame would only make the others denser than they need to be. What stands in the frames follows
 * from their number alone, so two versions that make as many make the same.
 *
 * @throws {Refusal} TOO_LARGE if 1295 frames do not hold it; FIELD_INVALID
 */
export function cut(packed: Packed, version = MAX_VERSION, wanted?: 'Z' | '2'): Series {
  if (!Number.isInteger(version) || version < MIN_VERSION || version > MAX_VERSION) {
    const hint = 'Give a density between 5 (few, large squares) and 40 (many, small ones).';
    throw new Refusal('FIELD_INVALID', `density: expected 5 to 40, got ${version}`, hint);
  }
  const encoding = wanted ?? shape(packed, version).encoding;
  const text = encoding === 'Z' ? packed.sealed : packed.plain!;
  const count = countOf(text, version);
  if (count > MAX_COUNT) throw tooLarge(count, version, versionFor(packed, MAX_COUNT));
  // Never above what the version holds, so there are still `count` of them, none empty.
  const block = count === 1 ? text.length : up(Math.ceil(text.length / count), BLOCK[encoding]);
  const frames = Array.from({ length: count }, (_, index) =>
    writeFrame({ encoding, count, index, payload: text.slice(index * block, (index + 1) * block) }),
  );
  return { encoding, version: smallest(frames[0]!.length), frames };
}

/**
 * {@link pack} and {@link cut} in one step.
 *
 * @throws {Refusal} TOO_LARGE, FIELD_INVALID
 * @example split(bytes, { deflate, version: 15 }).frames[0] // 'B$ZJ0300AAAAB777…'
 */
export function split(file: Uint8Array, { deflate, version, encoding }: SplitOptions): Series {
  const packed = pack(file, deflate);
  return cut(encoding === '2' ? { ...packed, plain: toBase32(file) } : packed, version, encoding);
}

function tooLarge(count: number, version: number, least: number | undefined): Refusal {
  const found = `file: expected at most ${MAX_COUNT} frames, got ${count} of density ${version}`;
  const stick = 'A file of this size travels on a USB stick; a request without its base mapping is small.';
  return new Refusal('TOO_LARGE', found, least ? `Give a density of ${least} or more. ${stick}` : stick);
}

const down = (n: number, step: number) => n - (n % step);
const up = (n: number, step: number) => Math.ceil(n / step) * step;

function smallest(length: number): number {
  let version = MIN_VERSION;
  while (capacity(version) < length || version === UNREADABLE) version++;
  return version;
}
