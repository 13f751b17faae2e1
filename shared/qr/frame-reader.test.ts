import { deflateRawSync } from 'node:zlib';
import { joinQRs } from 'bbqr';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deflate, inflate } from '../../online/transfer/qr/deflate.ts';
import { failsWith } from '../testing.ts';
import { toBase32 } from './base32.ts';
import { splitFile } from './file-splitting.ts';
import { writeFrame } from './frame.ts';
import { parseCount, parseRanges, rangesText, rangesWithCountText } from './frame-ranges.ts';
import { FrameReader, MAX_FILE } from './frame-reader.ts';
import { incompressibleBytes, sampleJsonBytes } from './sample-files.ts';

const FILE = sampleJsonBytes(2400);
const FRAMES = splitFile(FILE, { deflate, version: 8 }).frames;
const OTHER = splitFile(sampleJsonBytes(2400, 2), { deflate, version: 8 }).frames;
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

function readerWithFrames(frames: readonly string[]): FrameReader {
  const reader = new FrameReader();
  for (const frame of frames) reader.add(frame);
  return reader;
}

function makeFrames(encoding: 'Z' | '2', bytes: Uint8Array, size = 800): string[] {
  const all = toBase32(bytes);
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) =>
    writeFrame({ encoding, count, index, payload: all.slice(index * size, (index + 1) * size) }),
  );
}

test('the reader accepts reversed, repeated and lost frames, and names the missing ones', () => {
  assert.ok(FRAMES.length >= 4 && OTHER.length === FRAMES.length);
  const reader = new FrameReader();
  assert.is(reader.count, 0);
  assert.equal(reader.missing(), []);
  failsWith('QR_INCOMPLETE', () => reader.file(inflate), /^series: .* none$/);
  for (const frame of [...FRAMES].reverse().slice(0, -1)) {
    assert.ok(reader.add(frame).fresh);
    assert.not(reader.add(frame).fresh);
  }
  assert.equal(reader.missing(), [1]);
  assert.not(reader.whole);
  const refusal = failsWith('QR_INCOMPLETE', () => reader.file(inflate));
  assert.is(refusal.message, `series: expected ${FRAMES.length} frames, got ${FRAMES.length - 1} (missing: 1)`);
  assert.ok(refusal.hint.endsWith(`--frames 1/${FRAMES.length}`));
  assert.equal(reader.add(FRAMES[0]!), { number: 1, fresh: true });
  assert.ok(reader.whole && reader.has(1));
  assert.equal(reader.file(inflate), FILE);
});

test('every order of the frames of a short series gives the same file', () => {
  const frames = splitFile(FILE, { deflate, version: 10 }).frames.slice(0, 5);
  const orders = (rest: string[]): string[][] =>
    rest.length < 2 ? [rest] : rest.flatMap((f, i) => orders(rest.toSpliced(i, 1)).map(tail => [f, ...tail]));
  for (const order of orders(frames)) assert.equal(readerWithFrames(order).file(inflate), FILE);
});

const HEADERS: [string, string, RegExp][] = [
  ['a foreign QR code', 'https://example.org', /B\$, got "https/],
  ['an empty code', '', /begins with B\$, got ""/],
  ['a header and nothing more', 'B$ZJ0100', /^frame: .*got "B\$ZJ0100"/],
  ['a lower-case payload', 'B$ZJ0100aa', /^frame: .*got "B\$ZJ0100aa"/],
  ['a line break', 'B$ZJ0100AA\n', /^frame: .*got "B\$ZJ0100AA\\n"/],
  ['letters of another script', 'B$ZJ0100A\u0410', /\\u0410/],
  ['an encoding that does not exist', 'B$XJ0100AA', /expected encoding Z, 2 or H, got "X"/],
  ['another file type', 'B$ZP0100AA', /^frame: .*J \(JSON\), got "P"/],
  ['a count of 0', 'B$ZJ0000AA', /^frame: .*1 to 1295, got 0/],
  ['a number beyond the count', 'B$ZJ0202AA', /^frame: .*1 to 2, got 3/],
  ['a payload that is not base32', 'B$ZJ0200AAAAAAA1', /^frame 1 of 2: .*Z.*got "AAAAAAA1"/],
  ['a payload that is not hex', 'B$HJ0200AAAAAAAG', /^frame 1 of 2: .*H.*got "AAAAAAAG"/],
  ['a block of 7 characters', 'B$ZJ0200AAAAAAA', /^frame 1 of 2: .*8 characters, got 7/],
  ['half a byte of hex', 'B$HJ0200AAA', /^frame 1 of 2: .*2 characters, got 3/],
];
for (const [name, frame, message] of HEADERS) {
  test(`a frame is refused: ${name}`, () => {
    failsWith('QR_INVALID', () => new FrameReader().add(frame), message);
  });
}

test('frames of another series are refused, and the first series can be completed', () => {
  const [head, ...tail] = FRAMES as [string, ...string[]];
  const count = FRAMES.length;
  const reader = readerWithFrames([head]);
  failsWith('QR_INVALID', () => reader.add('B$ZJ0201AA'), new RegExp(`^frame 2: .* ${count} .* 2$`));
  const other = `B$2${tail[0]!.slice(3)}`;
  failsWith('QR_INVALID', () => reader.add(other), /frame 2: expected encoding Z, got 2/);
  failsWith('QR_INVALID', () => reader.add(tail[0]!.slice(0, -8)), /^frame 2 of 4: .*expected \d+.*, got/);
  failsWith(
    'QR_INVALID',
    () => reader.add(`${tail.at(-1)!.padEnd(999, 'A')}`),
    /^frame 4 of 4: .*\d+ characters.*got 991/,
  );
  failsWith('QR_INVALID', () => reader.add(OTHER[0]!), /^frame 1: .*\bsame content\b/);
  for (const frame of tail) reader.add(frame);
  assert.equal(reader.file(inflate), FILE);
});

test('a last frame that is read first is compared with the later frames too', () => {
  const reader = readerWithFrames(['B$2J0201AAAAAAAAAAAAAAAA']);
  failsWith('QR_INVALID', () => reader.add('B$2J0200AAAAAAAA'), /at least 16 characters .*, got 8/);
});

test('frames of two series with equal counts never give a file', () => {
  // All ways to mix the frames of two series.
  for (let mask = 1; mask < (1 << FRAMES.length) - 1; mask++) {
    const mixed = FRAMES.map((frame, i) => ((mask >> i) & 1 ? frame : OTHER[i]!));
    const { message } = failsWith('QR_INVALID', () => readerWithFrames(mixed).file(inflate));
    assert.not.match(message, /at most/, 'it is no matter of size');
  }
});

test('every changed character in a series is refused, or the file is the same', () => {
  const file = sampleJsonBytes(150);
  const { frames } = splitFile(file, { deflate, version: 5 });
  assert.ok(frames.length > 1);
  let refused = 0;
  frames.forEach((frame, n) => {
    for (let i = 0; i < frame.length; i++) {
      for (const c of ALPHANUMERIC) {
        if (c === frame[i]) continue;
        const changed = frame.slice(0, i) + c + frame.slice(i + 1);
        try {
          const reader = readerWithFrames(frames.with(n, changed));
          assert.equal(reader.file(inflate), file, `frame ${n + 1}, character ${i + 1}: ${frame[i]} to ${c}`);
        } catch (error) {
          if ((error as Error).name !== 'Refusal') throw error;
          refused++;
        }
      }
    }
  });
  assert.ok(refused > 0.99 * frames.join('').length * (ALPHANUMERIC.length - 1), `${refused}`);
});

test('a truncated frame is refused at every length', () => {
  const file = sampleJsonBytes(300);
  const [frame] = splitFile(file, { deflate }).frames as [string];
  for (let length = 0; length < frame.length; length++) {
    const cut = () => readerWithFrames([frame.slice(0, length)]).file(inflate);
    failsWith('QR_INVALID', cut);
  }
});

test('a frame that inflates to a huge file is refused before memory is allocated', () => {
  const bomb = makeFrames('Z', deflateRawSync(new Uint8Array(256 * 1024 * 1024), { level: 9 }), 4280);
  const before = process.memoryUsage().rss;
  const reader = readerWithFrames(bomb);
  const message = new RegExp(` ${MAX_FILE} bytes, .* more$`);
  failsWith('QR_INVALID', () => reader.file(inflate), message);
  assert.ok(process.memoryUsage().rss - before < 100e6);
  failsWith(
    'QR_INVALID',
    () => readerWithFrames(makeFrames('2', incompressibleBytes(2000))).file(inflate, 1999),
    /1 to 1999 bytes, got 2000/,
  );
  // This function ignores its limit, and the reader has to detect this.
  const careless = (bytes: Uint8Array) => ({ ...inflate(bytes, MAX_FILE) });
  failsWith('QR_INVALID', () => readerWithFrames(FRAMES).file(careless, 2399), / 2399 bytes, .* more$/);
});

test('a compressed stream of an empty file is refused', () => {
  failsWith('QR_INVALID', () => readerWithFrames(makeFrames('Z', deflate(new Uint8Array(0)))).file(inflate), /got 0/);
});

test("surplus bytes after another writer's stream and a wrong check value after our stream are refused", () => {
  const foreign = deflate(FILE);
  assert.equal(readerWithFrames(makeFrames('Z', foreign)).file(inflate), FILE);
  const extra = Uint8Array.from([...foreign, 0]);
  failsWith(
    'QR_INVALID',
    () => readerWithFrames(makeFrames('Z', extra)).file(inflate),
    /^series: .*expected 0.*, got 1/,
  );
  const marked = Uint8Array.from([0, 0, 0, 255, 255, ...foreign]);
  failsWith(
    'QR_INVALID',
    () => readerWithFrames(makeFrames('Z', marked)).file(inflate),
    /^series: .*expected 5.*, got 0/,
  );
  assert.equal(new Uint8Array(joinQRs(makeFrames('Z', marked)).raw), FILE);
});

test('a stream that refers back further than 1024 bytes is read', () => {
  const block = incompressibleBytes(1500);
  const file = Uint8Array.from([...block, ...block, ...block]);
  const stream = deflateRawSync(file, { level: 9, windowBits: 15 });
  assert.ok(stream.length < 1700, 'the stream does look back that far');
  assert.equal(readerWithFrames(makeFrames('Z', stream)).file(inflate), file);
  assert.ok(deflate(file).length > 4000, 'and what we write never does');
});

test('frame numbers survive writing as ranges and reading', () => {
  assert.is(rangesText([1, 2, 3, 7, 9, 10]), '1-3,7,9-10');
  assert.equal(parseRanges('1-3, 7  9-10,7', 12), [1, 2, 3, 7, 9, 10]);
  for (const wrong of ['', ' , ', '0', '13', '3-2', '1-13', '-1', 'x', '1.5', '1--2', '99999']) {
    failsWith('FIELD_INVALID', () => parseRanges(wrong, 12), /^frames: .*1 to 12, got/);
  }
});

test('frame numbers with a count belong only to a series with this count', () => {
  assert.is(rangesWithCountText([2, 5, 6], 12), '2,5-6/12');
  assert.is(parseCount('2,5-6/12'), 12);
  assert.is(parseCount('2,5-6'), undefined);
  assert.equal(parseRanges('2,5-6 / 12', 12), [2, 5, 6]);
  failsWith('FIELD_INVALID', () => parseRanges('2/12', 11), /^frames: .*11 frames, got .*\b12\b/);
  for (const wrong of ['2/', '/12', '2/12/12', '2/x', '13/12']) {
    failsWith('FIELD_INVALID', () => parseRanges(wrong, 12), /^frames: .*1 to 12, got/);
  }
});

test.run();
