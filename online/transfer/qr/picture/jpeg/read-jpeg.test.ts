/**
 * Compares our JPEG reader with `jpeg-js` on files that libjpeg wrote (`samples.json`), and tests truncated
 * and changed files.
 */
import { readFileSync } from 'node:fs';
import jpeg from 'jpeg-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brightness, type Grey, MAX_PIXELS, PictureError, READING_SIDE } from '../grey-picture.ts';
import { PLAIN, SMALLER } from '../texts.ts';
import { damagedError, truncatedError } from './bit-reader.ts';
import { readJpeg } from './read-jpeg.ts';

const SAMPLES = Object.entries(
  JSON.parse(readFileSync(new URL('samples.json', import.meta.url), 'utf8')) as Record<string, string>,
).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))] as const);
const readSampleFile = (name: string) => SAMPLES.find(([known]) => known === name)![1];

/**
 * The picture that `jpeg-js` reads, scaled down. Each pixel is the mean of `factor` x `factor` pixels.
 * @param colours true if the decoded picture has red, green and blue; otherwise its first component is the
 * brightness
 */
function readWithOtherReader(file: Uint8Array, factor: number, colours: boolean): Grey {
  const decoded = jpeg.decode(file, { useTArray: true, formatAsRGBA: false, colorTransform: false });
  const { width: fullWidth, height: fullHeight, data: full } = decoded;
  const [width, height] = [Math.ceil(fullWidth / factor), Math.ceil(fullHeight / factor)];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let v = y * factor; v < Math.min(fullHeight, (y + 1) * factor); v++) {
        for (let u = x * factor; u < Math.min(fullWidth, (x + 1) * factor); u++) {
          const at = 3 * (v * fullWidth + u);
          sum += colours ? brightness(full[at]!, full[at + 1]!, full[at + 2]!) : full[at]!;
          count++;
        }
      }
      data[y * width + x] = sum / count;
    }
  }
  return { width, height, data };
}

/** Largest and mean difference between the pixels of two pictures. */
function pixelDifference(a: Grey, b: Grey): [number, number] {
  assert.equal([a.width, a.height], [b.width, b.height]);
  let [most, sum] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const differs = Math.abs(a.data[i]! - b.data[i]!);
    most = Math.max(most, differs);
    sum += differs;
  }
  return [most, sum / a.data.length];
}

for (const [name, file] of SAMPLES) {
  test(`${name}: the picture equals that of another reader`, () => {
    const seen = readJpeg(file);
    const wide = Number(/(\d+) wide/.exec(name)?.[1] ?? seen.width);
    const factor = Math.round(wide / seen.width);
    const [most, mean] = pixelDifference(
      seen,
      readWithOtherReader(file, factor, name === 'RGB' || name === 'CMYK'),
    );
    // The readers round differently when colours become grey, and draw edges differently when they scale.
    assert.ok(mean < (factor > 1 ? 1.5 : 0.7), `mean ${mean}`);
    assert.ok(factor > 1 || most <= 2, `most ${most}`);
  });
}

test('large pictures are scaled down to the needed size, and small ones are not scaled', () => {
  for (const [wide, factor] of [
    [2 * READING_SIDE - 8, 1],
    [2 * READING_SIDE, 2],
    [4 * READING_SIDE + 6, 4],
    [8 * READING_SIDE, 8],
    [16 * READING_SIDE, 8],
  ] as const) {
    const data = Buffer.alloc(wide * 16 * 4);
    for (let i = 0; i < wide * 16; i++) data.fill(128 + 100 * Math.sin((i % wide) / 60), 4 * i, 4 * i + 3);
    const file = new Uint8Array(jpeg.encode({ width: wide, height: 16, data }, 90).data);
    const seen = readJpeg(file);
    assert.is(seen.width, Math.ceil(wide / factor));
    const [, mean] = pixelDifference(seen, readWithOtherReader(file, factor, false));
    assert.ok(mean < 1.5, `${wide}: mean ${mean}`);
  }
});

test('every truncated or changed file gives a picture or a refusal', () => {
  let refused = 0;
  const read = (file: Uint8Array) => {
    try {
      readJpeg(file);
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      refused++;
    }
  };
  for (const [name, file] of SAMPLES.filter(([name]) => !name.includes('wide'))) {
    for (let length = 2; length < file.length; length++) {
      const before = refused;
      read(file.subarray(0, length));
      // A file that is cut within its last bytes may still have the complete picture.
      if (length < file.length - 16 && !name.includes('progressive'))
        assert.is(refused, before + 1, `${name}, ${length}`);
    }
    for (let i = 2; i < file.length; i++) {
      const changed = file.slice();
      changed[i]! ^= [0x01, 0x80, 0xff][i % 3]!;
      read(changed);
    }
  }
  assert.ok(refused > 5000, `${refused}`);
});

function refusalOfJpeg(file: Uint8Array): PictureError {
  try {
    readJpeg(file);
  } catch (error) {
    assert.instance(error, PictureError);
    return error as PictureError;
  }
  throw assert.unreachable('nothing was thrown');
}

/** A sample with other bytes in its frame header. */
function sampleWithChangedHeader(name: string, at: number, ...values: number[]): Uint8Array {
  const file = readSampleFile(name).slice();
  const start = Buffer.from(file).indexOf(Buffer.of(0xff, name.startsWith('progressive') ? 0xc2 : 0xc0));
  file.set(values, start + at);
  return file;
}

test('unsupported kinds of JPEG are named with a next step', () => {
  for (const [marker, kind] of [
    [0xc3, 'lossless'],
    [0xc9, 'arithmetic coding'],
    [0xca, 'arithmetic coding'],
    [0xf7, 'JPEG-LS'],
    [0xc7, '199'],
  ] as const) {
    const { message, hint } = refusalOfJpeg(sampleWithChangedHeader('grey', 1, marker));
    assert.ok(message.startsWith('JPEG: ') && message.endsWith(` (${kind})`), message);
    assert.is(hint, PLAIN);
  }
  assert.match(
    refusalOfJpeg(sampleWithChangedHeader('grey', 4, 12)).message,
    /^JPEG: .*expected 8.*, got 12/,
  );
  assert.match(
    refusalOfJpeg(sampleWithChangedHeader('baseline 4:2:0', 9, 2)).message,
    /expected 1, 3 or 4 colours, got 2/,
  );
});

test('a header with a false huge size is refused before memory is allocated', () => {
  const size = (width: number, height: number) => [height >> 8, height & 255, width >> 8, width & 255];
  const before = process.memoryUsage().rss;
  for (const name of ['baseline 4:2:0', 'progressive 4:2:0', 'CMYK']) {
    const { message, hint } = refusalOfJpeg(sampleWithChangedHeader(name, 5, ...size(60_000, 5000)));
    assert.match(message, new RegExp(`^JPEG: .* ${MAX_PIXELS} .* 300000000 \\(60000 x 5000\\)$`));
    assert.is(hint, SMALLER);
    const other = refusalOfJpeg(sampleWithChangedHeader(name, 5, ...size(15_000, 15_000))).message;
    assert.ok(other === truncatedError().message || other.startsWith(damagedError('').message), other);
  }
  assert.match(refusalOfJpeg(sampleWithChangedHeader('grey', 5, ...size(0, 9))).message, /got 0 x 9/);
  assert.ok(process.memoryUsage().rss - before < 500e6);
});

test('more passes than the limit are refused, because few bytes can cover the whole picture', () => {
  const file = Buffer.from(readSampleFile('progressive grey, restart markers'));
  const scan = file.indexOf(Buffer.of(0xff, 0xda));
  const end = file.indexOf(Buffer.of(0xff, 0xc4), scan);
  const many = Buffer.concat([
    file.subarray(0, end),
    ...Array.from({ length: 100 }, () => file.subarray(scan, end)),
  ]);
  const { message } = refusalOfJpeg(new Uint8Array(many));
  assert.ok(message.startsWith(damagedError('').message), message);
  assert.match(message, / 100 /);
});

test.run();
