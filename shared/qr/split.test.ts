import { joinQRs, splitQRs } from 'bbqr';
import Level from 'qrcode/lib/core/error-correction-level.js';
import Mode from 'qrcode/lib/core/mode.js';
import Version from 'qrcode/lib/core/version.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deflate, inflate } from '../../online/qr/deflate.ts';
import { failsWith } from '../testing.ts';
import { capacity, MAX_VERSION, MIN_VERSION } from './capacity.ts';
import { readFrame } from './frame.ts';
import { FrameReader } from './reader.ts';
import { random, text } from './samples.ts';
import { split } from './split.ts';

const join = (frames: readonly string[]) => {
  const reader = new FrameReader();
  for (const frame of frames) reader.add(frame);
  return reader.file(inflate);
};

test('the capacities are those of the package that draws the codes', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    assert.is(capacity(version), Version.getCapacity(version, Level.L, Mode.ALPHANUMERIC));
  }
});

test('every version and both encodings: our frames read with ours and with the published library', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    for (const encoding of ['Z', '2'] as const) {
      const file = text(version * 211);
      const series = split(file, { deflate, version, encoding });
      assert.ok(series.version <= version);
      for (const frame of series.frames) assert.ok(frame.length <= capacity(series.version));
      assert.equal(join(series.frames), file);
      const theirs = joinQRs(series.frames);
      assert.is(theirs.fileType, 'J');
      assert.is(theirs.encoding, encoding);
      assert.equal(new Uint8Array(theirs.raw), file);
    }
  }
});

test('every size up to 700 bytes, compressible and not: ours to ours, ours to theirs', () => {
  for (let size = 1; size <= 700; size++) {
    for (const file of [text(size), random(size)]) {
      const { frames } = split(file, { deflate, version: MIN_VERSION + (size % 6) });
      assert.equal(join(frames), file);
      assert.equal(new Uint8Array(joinQRs(frames).raw), file);
    }
  }
});

test('frames of the published library read with ours: every version, every encoding', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    for (const encoding of ['Z', '2', 'H'] as const) {
      const file = text(version * 97 + 1);
      const { parts } = splitQRs(file, 'J', { encoding, minVersion: 5, maxVersion: version as 5 });
      assert.equal(join(parts), file);
    }
  }
});

test('the largest series has 1295 frames, and one byte more is refused', () => {
  const most = Math.floor(((capacity(5) - 8 - ((capacity(5) - 8) % 8)) * 1295 * 5) / 8);
  const series = split(random(most), { deflate, version: 5 });
  assert.is(series.frames.length, 1295);
  assert.equal(join(series.frames), random(most));
  const refusal = failsWith('TOO_LARGE', () => split(random(most + 1), { deflate, version: 5 }));
  assert.is(refusal.message, 'file: expected at most 1295 frames, got 1296');
});

test('the shorter encoding is chosen, and a tie goes to the one with a check', () => {
  assert.is(split(text(2000), { deflate }).encoding, 'Z');
  assert.is(split(random(2000), { deflate }).encoding, '2');
});

test('frames are about equally full and drawn at the smallest version that holds them', () => {
  const series = split(random(1331), { deflate, version: 27 });
  assert.is(series.frames.length, 2);
  const lengths = series.frames.map(frame => readFrame(frame).payload.length);
  assert.ok(lengths[0]! - lengths[1]! < 2 * 8, `${lengths}`);
  assert.is(series.version, 19);
});

test('an empty file and a version outside 5 to 40 are refused', () => {
  failsWith('FIELD_INVALID', () => split(new Uint8Array(0), { deflate }), /at least 1 byte, got 0/);
  for (const version of [4, 41, 5.5, Number.NaN]) {
    failsWith('FIELD_INVALID', () => split(text(9), { deflate, version }), /expected 5 to 40, got/);
  }
});

test.run();
