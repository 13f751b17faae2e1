/** Chooses the density of codes. Messages call the QR version a density. */
import { Refusal, shown } from '../../../shared/errors.ts';
import { MAX_VERSION, MIN_VERSION } from '../../../shared/qr/capacity.ts';
import { countIn } from '../../../shared/qr/ranges.ts';
import { countFor, type Packed, versionFor } from '../../../shared/qr/split.ts';

/** @throws {Refusal} FIELD_INVALID, quoting the typed text */
export function inBounds(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `${name}: expected a whole number of ${least} to ${most}, got ${shown(text)}`;
  throw new Refusal(
    'FIELD_INVALID',
    message,
    `Give a number in this range, for example ${name} ${least + 3}.`,
  );
}

export const densityOf = (text: string | undefined) => inBounds('--density', text, MIN_VERSION, MAX_VERSION);

/**
 * The version that gives the number of frames after the slash in `2,3/4`, so that the same frames are shown again.
 * `wanted`, if given, has to give the same number.
 *
 * @returns `wanted` if no number was typed
 * @throws {Refusal} FIELD_INVALID
 */
export function versionForFrames(packed: Packed, frames: string, wanted?: number): number | undefined {
  const count = countIn(frames);
  if (count === undefined || (wanted !== undefined && countFor(packed, wanted) === count)) return wanted;
  const version = versionFor(packed, count);
  const made = `frames: expected numbers from a series of this file, got numbers from a series of ${count} frames`;
  if (version === undefined || countFor(packed, version) !== count) {
    throw new Refusal(
      'FIELD_INVALID',
      made,
      `Check that this is the correct file: no density divides it into ${count} frames.`,
    );
  }
  if (wanted === undefined) return version;
  const found = `frames: expected numbers from a series of ${countFor(packed, wanted)} frames (density ${wanted}), got numbers from a series of ${count} frames`;
  throw new Refusal(
    'FIELD_INVALID',
    found,
    `Give density ${version}, which makes ${count} frames, or give no density.`,
  );
}
