/** Chooses the density of codes. Messages call the QR version a density. */
import { MAX_VERSION, MIN_VERSION } from '../../../shared/qr/code-capacity.ts';
import { frameCountFor, type Packed, versionForCount } from '../../../shared/qr/file-splitting.ts';
import { parseCount } from '../../../shared/qr/frame-ranges.ts';
import { notInRangeRefusal, otherDensityRefusal, otherSeriesRefusal } from './texts/messages.ts';

/** @throws {Refusal} FIELD_INVALID; the message quotes the typed text */
export function parseNumberInBounds(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw notInRangeRefusal(name, least, most, text);
}

export const parseDensity = (text: string | undefined) =>
  parseNumberInBounds('--density', text, MIN_VERSION, MAX_VERSION);

/**
 * The version for typed frame numbers. In `2,3/4`, the number after the slash is the count of frames. The
 * version must give this count, so that the same frames are shown again. If a version is `wanted`, it must
 * give the same count.
 * @returns `wanted` if no count was typed
 * @throws {Refusal} FIELD_INVALID
 */
export function versionForFrames(packed: Packed, frames: string, wanted?: number): number | undefined {
  const count = parseCount(frames);
  if (count === undefined || (wanted !== undefined && frameCountFor(packed, wanted) === count)) return wanted;
  const version = versionForCount(packed, count);
  if (version === undefined || frameCountFor(packed, version) !== count) throw otherSeriesRefusal(count);
  if (wanted === undefined) return version;
  throw otherDensityRefusal(frameCountFor(packed, wanted), wanted, count, version);
}
