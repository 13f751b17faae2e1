import { joinQRs, splitQRs } from 'bbqr';
import Level from 'qrcode/lib/core/error-correction-level.js';
import Mode from 'qrcode/lib/core/mode.js';
import Version from 'qrcode/lib/core/version.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, sampleRequest } from '../../fixtures/sample-request.ts';
import { makeRedemption, outputFromName } from '../../offline/testing/redemption-requests.ts';
import { deflate, inflate } from '../../online/transfer/qr/deflate.ts';
import { utf8 } from '../bytes.ts';
import { requestText } from '../request.ts';
import { failsWith } from '../testing.ts';
import { codeCapacity, MAX_VERSION, MIN_VERSION } from './code-capacity.ts';
import { cutIntoFrames, packFile, splitFile, versionForCount } from './file-splitting.ts';
import { readFrame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { incompressibleBytes, sampleJsonBytes } from './sample-files.ts';

const joinFrames = (frames: readonly string[]) => {
  const reader = new FrameReader();
  for (const frame of frames) reader.add(frame);
  return reader.file(inflate);
};

test('the capacities equal those of the package that draws the codes', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    assert.is(codeCapacity(version), Version.getCapacity(version, Level.L, Mode.ALPHANUMERIC));
  }
});

test('every version and encoding: our reader and the published library read our frames', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    for (const encoding of ['Z', '2'] as const) {
      const file = sampleJsonBytes(version * 211);
      const series = splitFile(file, { deflate, version, encoding });
      assert.ok(series.version <= version);
      for (const frame of series.frames) assert.ok(frame.length <= codeCapacity(series.version));
      assert.equal(joinFrames(series.frames), file);
      const theirs = joinQRs(series.frames);
      assert.is(theirs.fileType, 'J');
      assert.is(theirs.encoding, encoding);
      assert.equal(new Uint8Array(theirs.raw), file);
    }
  }
});

test('every size up to 700 bytes: our reader and the published library read our frames', () => {
  for (let size = 1; size <= 700; size++) {
    for (const file of [sampleJsonBytes(size), incompressibleBytes(size)]) {
      const { frames } = splitFile(file, { deflate, version: MIN_VERSION + (size % 6) });
      assert.equal(joinFrames(frames), file);
      assert.equal(new Uint8Array(joinQRs(frames).raw), file);
    }
  }
});

test('every version and encoding: our reader reads the frames of the published library', () => {
  for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
    for (const encoding of ['Z', '2', 'H'] as const) {
      const file = sampleJsonBytes(version * 97 + 1);
      const { parts } = splitQRs(file, 'J', { encoding, minVersion: 5, maxVersion: version as 5 });
      assert.equal(joinFrames(parts), file);
    }
  }
});

test('the largest series has 1295 frames, and a file with one more byte is refused', () => {
  const most = Math.floor(((codeCapacity(5) - 8 - ((codeCapacity(5) - 8) % 8)) * 1295 * 5) / 8);
  const options = { deflate, version: 5, encoding: '2' } as const;
  const series = splitFile(incompressibleBytes(most), options);
  assert.is(series.frames.length, 1295);
  assert.equal(joinFrames(series.frames), incompressibleBytes(most));
  const refusal = failsWith('TOO_LARGE', () => splitFile(incompressibleBytes(most + 1), options));
  assert.match(refusal.message, /^file: .* 1295 frames, .* 1296 .* 5$/);
});

test('the refusal of a file that is too large names the smallest sufficient version, if one exists', () => {
  for (const size of [200_000, 900_000, 3_000_000]) {
    const file = incompressibleBytes(size);
    const { hint } = failsWith('TOO_LARGE', () => splitFile(file, { deflate, version: 5 }));
    const least = Number(/ density .*?(\d+)/.exec(hint)?.[1]);
    assert.equal(joinFrames(splitFile(file, { deflate, version: least }).frames), file);
    failsWith('TOO_LARGE', () => splitFile(file, { deflate, version: least === 24 ? 22 : least - 1 }));
  }
  const { hint } = failsWith('TOO_LARGE', () => splitFile(incompressibleBytes(3_600_000), { deflate }));
  assert.not.match(hint, /density|\d/);
  assert.match(hint, / USB .* --without-base\./);
});

test('a single frame has no check value if that is shorter', () => {
  assert.is(splitFile(sampleJsonBytes(2000), { deflate }).encoding, 'Z');
  assert.is(splitFile(incompressibleBytes(2000), { deflate }).encoding, '2');
  for (const version of [5, 10, 20, 30]) {
    const { encoding, frames } = splitFile(incompressibleBytes(2000), { deflate, version });
    assert.is(encoding, frames.length === 1 ? '2' : 'Z', `version ${version}`);
  }
});

test('mixed frames of two incompressible files of one size never give a file', () => {
  const [a, b] = [1, 2].map(seed => splitFile(incompressibleBytes(2000, seed), { deflate, version: 10 }).frames);
  assert.ok(a!.length === b!.length && a!.length >= 4);
  failsWith('QR_INVALID', () => joinFrames(a!.map((frame, i) => (i % 2 ? frame : b![i]!))));
});

test('two versions with equal frame counts give equal frames', () => {
  for (const file of [sampleJsonBytes(4000), incompressibleBytes(1900)]) {
    const packed = packFile(file, deflate);
    for (let version = MIN_VERSION; version <= MAX_VERSION; version++) {
      const { frames, version: drawn } = cutIntoFrames(packed, version);
      const least = versionForCount(packed, frames.length)!;
      assert.ok(least <= version);
      assert.equal(cutIntoFrames(packed, least).frames, frames);
      assert.equal(cutIntoFrames(packed, drawn).frames, frames);
    }
    assert.is(versionForCount(packed, 0), undefined);
  }
});

test('frames have about equal lengths and the smallest version that holds them', () => {
  const series = splitFile(incompressibleBytes(1331), { deflate, version: 27 });
  assert.is(series.frames.length, 2);
  const lengths = series.frames.map(frame => readFrame(frame).payload.length);
  assert.ok(lengths[0]! - lengths[1]! < 2 * 8, `${lengths}`);
  assert.is(series.version, 19);
});

test('an empty file and a version outside 5 to 40 are refused', () => {
  failsWith('FIELD_INVALID', () => splitFile(new Uint8Array(0), { deflate }), /at least 1 byte, got 0/);
  for (const version of [4, 41, 5.5, Number.NaN]) {
    failsWith(
      'FIELD_INVALID',
      () => splitFile(sampleJsonBytes(9), { deflate, version }),
      /density: expected 5 to 40, got/,
    );
  }
});

/**
 * For each number of burns: the largest QR version that may be needed. Each burn has two ids of 32 bytes, which cannot
 * be compressed.
 */
const VERSIONS = { 1: 15, 2: 16, 3: 18 };
for (const [count, least] of Object.entries(VERSIONS))
  test(`one code of version ${least} or less holds a redemption without its base mapping: ${count}`, () => {
    const [bar] = [...base.references()] as [string];
    const whole = makeRedemption(base, bar);
    const burns = Array.from({ length: Number(count) }, (_, i) => {
      const [{ txid }, { txid: token }] = [outputFromName(`burn ${i}`), outputFromName(`token ${i}`)];
      return { txid, vout: i, token, amount: `${1234 + i}.5678901${i}` };
    });
    const redemptions = [{ ...whole, burns }];
    const request = sampleRequest({ base: { mapping: base.digest }, issuances: [], redemptions });
    const packed = packFile(utf8(requestText(request)), deflate);
    assert.ok(versionForCount(packed, 1)! <= least, `${versionForCount(packed, 1)}`);
    assert.is(cutIntoFrames(packed, least).frames.length, 1);
  });

test.run();
