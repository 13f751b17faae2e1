import jpeg from 'jpeg-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeCapacity } from '../../../../shared/qr/code-capacity.ts';
import { splitFile } from '../../../../shared/qr/file-splitting.ts';
import { incompressibleBytes } from '../../../../shared/qr/sample-files.ts';
import { deflate } from '../deflate.ts';
import { drawCode } from '../drawing/matrix.ts';
import { pngOfCode } from '../drawing/png.ts';
import { type Placed, photographCodes, rotatedCorners } from '../testing/camera-pictures.ts';
import { pngFile as png } from '../testing/png-file.ts';
import { findCodes, findCodesAtTriples, readCode } from './find-codes.ts';
import { type Grey, MAX_PIXELS, MAX_SIDE, PictureError } from './grey-picture.ts';
import { truncatedError } from './jpeg/bit-reader.ts';
import { pictureOnWhite, readPicture } from './read-picture.ts';

const SERIES = splitFile(incompressibleBytes(900), { deflate, version: 10 });
const codes = SERIES.frames.map(frame => drawCode(frame, SERIES.version));
const findAllCodes = (grey: Grey) => [...findCodes(grey)].sort();

const readGrey = async (file: Uint8Array): Promise<Grey> => pictureOnWhite(await readPicture(file));

const expectRefusal = async (bytes: Uint8Array, message: RegExp) => {
  try {
    await readPicture(bytes);
  } catch (error) {
    assert.instance(error, PictureError);
    return assert.match((error as Error).message, message);
  }
  return assert.unreachable('nothing was thrown');
};

test('PNG pictures of every version are read, quiet zone included', async () => {
  for (let version = 5; version <= 40; version++) {
    // The file fills one frame of this version. jsQR cannot read version 23, so this file gives two smaller
    // frames.
    const file = incompressibleBytes(Math.floor(((codeCapacity(version) - 8) * 5) / 8));
    const { frames, version: drawn } = splitFile(file, { deflate, version });
    assert.is(drawn, version === 23 ? 16 : version);
    const picture = await readGrey(pngOfCode(drawCode(frames[0]!, drawn), 3));
    assert.is(picture.width, (17 + 4 * drawn + 8) * 3);
    assert.ok(picture.data.subarray(0, picture.width * 12).every(v => v === 255));
    assert.is(readCode(picture)!.text, frames[0]);
  }
});

test('PNG: every colour type, depth and filter gives the same greys', async () => {
  // A row of a black and a white pixel, in the standard's five colour types.
  const types: [number, number, number[]][] = [
    [1, 0, [0b01000000]],
    [2, 0, [0b00110000]],
    [4, 0, [0x0f]],
    [8, 0, [0, 255]],
    [16, 0, [0, 0, 255, 255]],
    [8, 2, [0, 0, 0, 255, 255, 255]],
    [16, 2, [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]],
    [1, 3, [0b01000000]],
    [8, 3, [0, 1]],
    [8, 4, [0, 255, 0, 0]],
    [8, 6, [0, 0, 0, 255, 9, 9, 9, 0]],
  ];
  for (const [depth, colour, row] of types) {
    const palette: [string, Uint8Array][] =
      colour === 3 ? [['PLTE', Uint8Array.of(0, 0, 0, 255, 255, 255)]] : [];
    const picture = await readGrey(png([2, 1, depth, colour, 0, 0, 0], Uint8Array.of(0, ...row), ...palette));
    assert.equal([...picture.data], [0, 255], `depth ${depth}, colour ${colour}`);
  }
  // Rows 10 20 30 and 40 10 90, with each filter computed by hand (PNG, chapter 9).
  const second = { 0: [40, 10, 90], 1: [40, 226, 80], 2: [30, 246, 60], 3: [35, 236, 70], 4: [30, 226, 70] };
  for (const [filter, row] of Object.entries(second)) {
    const raw = Uint8Array.of(0, 10, 20, 30, Number(filter), ...row);
    assert.equal(
      [...(await readGrey(png([3, 2, 8, 0, 0, 0, 0], raw))).data],
      [10, 20, 30, 40, 10, 90],
      filter,
    );
  }
});

test('PNG: transparent pixels are white paper in every colour type with tRNS', async () => {
  const palette: [string, Uint8Array] = ['PLTE', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0)];
  // Each case has a depth, a colour type, a row, the content of tRNS, and the expected greys. Transparent
  // pixels become white.
  const cases: [number, number, number[], number[], number[]][] = [
    [8, 3, [0, 1, 2], [255, 0, 128], [0, 255, 127]],
    [1, 0, [0b10000000], [0, 1], [255, 0]],
    [8, 0, [9, 0], [0, 9], [255, 0]],
    [16, 0, [3, 7, 3, 8], [3, 7], [255, 3]],
    [8, 2, [1, 2, 3, 1, 2, 4], [0, 1, 0, 2, 0, 3], [255, 1]],
    [16, 2, [1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3, 1], [1, 0, 2, 0, 3, 0], [255, 1]],
  ];
  for (const [depth, colour, row, clear, expected] of cases) {
    const chunks: [string, Uint8Array][] = [
      ...(colour === 3 ? [palette] : []),
      ['tRNS', Uint8Array.from(clear)],
    ];
    const picture = await readGrey(
      png([expected.length, 1, depth, colour, 0, 0, 0], Uint8Array.of(0, ...row), ...chunks),
    );
    assert.equal([...picture.data], expected, `depth ${depth}, colour ${colour}`);
  }
});

test('PNG: interlaced pictures are read', async () => {
  // A picture of 3 x 3 pixels. Pass 1 has (0,0), pass 4 has (2,0), pass 5 has (0,2) and (2,2), pass 6 has
  // (1,0) and (1,2), and pass 7 has the middle row.
  const raw = Uint8Array.of(0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6);
  assert.equal([...(await readGrey(png([3, 3, 8, 0, 0, 0, 1], raw))).data], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('PNG: huge and damaged pictures are refused before memory is allocated', async () => {
  await expectRefusal(
    png([100_000, 100_000, 1, 0, 0, 0, 0], new Uint8Array(9)),
    new RegExp(` ${MAX_SIDE} .* 100000 x 100000$`),
  );
  // This picture has fewer pixels than the limit, but would need half a gigabyte of data.
  const before = process.memoryUsage().rss;
  await expectRefusal(
    png([8000, 8000, 16, 6, 0, 0, 0], new Uint8Array(9)),
    /^PNG: .*expected 512008000.*, got 9/,
  );
  assert.ok(process.memoryUsage().rss - before < 50e6);
  await expectRefusal(
    png([8, 8, 8, 0, 0, 0, 0], new Uint8Array(50_000_000)),
    /^PNG: .*expected 72.*, got more/,
  );
  await expectRefusal(png([8, 8, 8, 0, 0, 0, 0], new Uint8Array(71)), /^PNG: .*expected 72.*, got 71/);
  await expectRefusal(png([8, 8, 3, 0, 0, 0, 0], new Uint8Array(72)), /type 0 and depth 3/);
  await expectRefusal(png([0, 8, 8, 0, 0, 0, 0], new Uint8Array(72)), /got 0 x 8/);
  await expectRefusal(png([2, 1, 8, 0, 0, 0, 0], Uint8Array.of(5, 0, 0)), /filter of 0 to 4, got 5/);
  const good = pngOfCode(codes[0]!, 1);
  for (let length = 8; length < good.length; length++) await expectRefusal(good.subarray(0, length), /cut/);
  for (let i = 8; i < good.length; i++) {
    const changed = good.slice();
    changed[i]! ^= 1;
    await expectRefusal(changed, /PNG: /);
  }
  await expectRefusal(new Uint8Array(0), /expected a PNG or JPEG/);
  await expectRefusal(Uint8Array.of(0xff, 0xd8, 0xff), new RegExp(`^${truncatedError().message}$`));
  const small = Buffer.from(jpeg.encode({ width: 8, height: 8, data: Buffer.alloc(256) }, 50).data);
  // Changes the height and the width in the frame header (ITU T.81, B.2.2).
  small.fill(0xff, small.indexOf(Buffer.of(0xff, 0xc0)) + 5, small.indexOf(Buffer.of(0xff, 0xc0)) + 9);
  await expectRefusal(
    new Uint8Array(small),
    new RegExp(`^JPEG: .* ${MAX_PIXELS} .* 4294836225 .65535 x 65535.$`),
  );
});

const placeInGrid = (columns: number, side: number, degrees = 0): Placed[] =>
  codes.map((matrix, i) => {
    const x = (i % columns) * side * 1.15 + side * 0.7;
    const y = Math.floor(i / columns) * side * 1.15 + side * 0.7;
    return { matrix, corners: rotatedCorners(x, y, side, degrees) };
  });

test('several codes in one picture are all found', () => {
  assert.ok(codes.length >= 4);
  assert.equal(
    findAllCodes(photographCodes(placeInGrid(2, 300), { width: 800, height: 1100 })),
    [...SERIES.frames].sort(),
  );
  const small = photographCodes(placeInGrid(3, 180, 4), { width: 700, height: 600, blur: 0.4, noise: 12 });
  assert.equal(findAllCodes(small), [...SERIES.frames].sort());
});

test('thirty codes in one picture are all found', () => {
  const many = splitFile(incompressibleBytes(2700, 3), { deflate, version: 5 });
  assert.ok(many.frames.length >= 30);
  const placed = many.frames.slice(0, 30).map((frame, i) => ({
    matrix: drawCode(frame, many.version),
    corners: rotatedCorners((i % 6) * 230 + 120, Math.floor(i / 6) * 230 + 120, 200, 0),
  }));
  const picture = photographCodes(placed, { width: 1400, height: 1170 });
  let bounded = 0;
  const texts = [...findCodes(picture, () => bounded++)].sort();
  assert.equal(texts, many.frames.slice(0, 30).sort());
  assert.is(bounded, 0);
});

test('a search that ends at its limit reports this', () => {
  let bounded = 0;
  const few = [
    ...findCodesAtTriples(
      photographCodes(placeInGrid(2, 300), { width: 800, height: 1100 }),
      1,
      () => bounded++,
    ),
  ];
  assert.ok(few.length < codes.length);
  assert.is(bounded, 1);
});

const views: [string, Placed['corners'], object][] = [
  ['turned by 30 degrees', rotatedCorners(400, 300, 380, 30), {}],
  ['upside down', rotatedCorners(400, 300, 380, 180), {}],
  [
    'from the left',
    [
      [150, 120],
      [560, 40],
      [560, 560],
      [150, 470],
    ],
    {},
  ],
  [
    'from below',
    [
      [220, 60],
      [580, 60],
      [680, 540],
      [120, 540],
    ],
    {},
  ],
  ['out of focus and dim', rotatedCorners(400, 300, 420, 7), { blur: 1, black: 40, white: 120, noise: 10 }],
];
for (const [name, corners, extra] of views) {
  test(`a photograph ${name} is read as JPEG`, async () => {
    const grey = photographCodes([{ matrix: codes[0]!, corners }], { width: 800, height: 600, ...extra });
    const rgba = Buffer.alloc(grey.data.length * 4, 255);
    grey.data.forEach((v, i) => {
      rgba.fill(v, 4 * i, 4 * i + 3);
    });
    const file = jpeg.encode({ width: 800, height: 600, data: rgba }, 70).data;
    assert.is(findCodes(await readGrey(new Uint8Array(file))).next().value, SERIES.frames[0]);
  });
}

test('a picture without a code gives no text', () => {
  assert.equal(findAllCodes({ width: 300, height: 200, data: incompressibleBytes(60_000) }), []);
  assert.equal(findAllCodes({ width: 1, height: 1, data: Uint8Array.of(0) }), []);
});

test.run();
