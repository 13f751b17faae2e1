import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Cli } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FILE as FILE_KIND } from '../../../../shared/file-kind.ts';
import { incompressibleBytes, sampleJsonBytes } from '../../../../shared/qr/sample-files.ts';
import { rejectsWith } from '../../../../shared/testing.ts';
import { drawCode } from '../../../transfer/qr/drawing/matrix.ts';
import { pngOfCode } from '../../../transfer/qr/drawing/png.ts';
import { foreignFileText } from '../../../transfer/qr/texts/describe-file.ts';
import { foreignFileWarning } from '../../../transfer/qr/texts/messages.ts';
import { QrReadCommand } from './qr-read.ts';
import { QrShowCommand } from './qr-show.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-qr-'));
const pathInFolder = (name: string) => join(folder, name);
const FILE = sampleJsonBytes(3000);
writeFileSync(pathInFolder('request.json'), FILE);
writeFileSync(pathInFolder('other.json'), sampleJsonBytes(3000, 5));
mkdirSync(pathInFolder('empty'));

/** Runs a command without `main`, so that a refusal is thrown and not printed. */
async function runQrCommand(args: string[], tty = false) {
  const cli = Cli.from([QrShowCommand, QrReadCommand]);
  const stream = () => Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: tty });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const command = cli.process(args);
  command.context = { stdin, stdout, stderr, colorDepth: 1, env: {} } as never;
  if (tty) setTimeout(() => stdin.write('q'), 50);
  const code = await command.execute();
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

const pngPath = (n: number, count: number, name = 'frames') => pathInFolder(`${name}-${n}-of-${count}.png`);

test('a file becomes pictures of codes, which give every byte again', async () => {
  const shown = await runQrCommand([
    'qr',
    'show',
    pathInFolder('request.json'),
    '--out',
    pathInFolder('frames.png'),
    '--density',
    '10',
  ]);
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  assert.ok(count >= 4);
  assert.match(shown.stdout, new RegExp(`wrote ${count} pictures, .*: ${count} frames `));
  const images = Array.from({ length: count }, (_, i) => pngPath(count - i, count));
  const { stdout, stderr } = await runQrCommand([
    'qr',
    'read',
    ...images,
    '--out',
    pathInFolder('back.json'),
  ]);
  assert.equal(new Uint8Array(readFileSync(pathInFolder('back.json'))), FILE);
  assert.match(stdout, /wrote .*back.json: 3000 bytes from \d+ frames/);
  const foreign = foreignFileText(FILE);
  assert.match(foreign, new RegExp(` ${FILE_KIND.request}, `));
  assert.ok(shown.stdout.split('\n').includes(`warning: ${foreign}`), shown.stdout);
  assert.is(stderr, `${foreignFileWarning(foreign)}\n`);
});

test('a missing picture is named by its frame, and a second showing completes the file', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const images = Array.from({ length: count }, (_, i) => pngPath(i + 1, count)).filter((_, i) => i !== 1);
  const incomplete = await rejectsWith('QR_INCOMPLETE', () =>
    runQrCommand(['qr', 'read', ...images, '--out', pathInFolder('x.json')]),
  );
  assert.match(incomplete.message, /missing: 2/);
  const named = /--frames (2\/\d+)$/.exec(incomplete.hint)![1]!;
  // A second series with the same number of frames has the same frames, so its frames complete the first
  // series.
  const args = ['--frames', named, '--json'];
  const again = await runQrCommand([
    'qr',
    'show',
    pathInFolder('request.json'),
    '--out',
    pathInFolder('again.png'),
    ...args,
  ]);
  const { files } = JSON.parse(again.stdout);
  assert.equal(files, [pngPath(2, count, 'again')]);
  const result = await runQrCommand([
    'qr',
    'read',
    ...images,
    ...files,
    '--out',
    pathInFolder('x.json'),
    '--json',
  ]);
  assert.equal(JSON.parse(result.stdout), {
    file: pathInFolder('x.json'),
    bytes: 3000,
    frames: count,
    description: null,
  });
  assert.equal(new Uint8Array(readFileSync(pathInFolder('x.json'))), FILE);
});

test('unusable pictures are refused with a sentence, and no file is written', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  await runQrCommand([
    'qr',
    'show',
    pathInFolder('other.json'),
    '--out',
    pathInFolder('other.png'),
    '--density',
    '10',
  ]);
  const foreign = drawCode('HTTPS://EXAMPLE.ORG/', 5);
  writeFileSync(pathInFolder('foreign.png'), pngOfCode(foreign));
  writeFileSync(pathInFolder('liar.png'), pngOfCode(drawCode('B$ZJ0301AAAAAAAA', 5)));
  writeFileSync(pathInFolder('note.txt'), 'no picture');
  const all = Array.from({ length: count }, (_, i) => pngPath(i + 1, count));
  const cases: [string[], 'QR_INVALID' | 'QR_INCOMPLETE' | 'FILE_UNUSABLE' | 'FILE_MISSING', RegExp][] = [
    [[pngPath(1, count), pngPath(1, count, 'other')], 'QR_INVALID', /"other-1-of-\d.png": frame 1: /],
    [[...all, pngPath(1, count, 'other')], 'QR_INVALID', /"other-1-of-\d.png": frame 1: /],
    [[pngPath(1, count), pathInFolder('liar.png')], 'QR_INVALID', /"liar\.png": .* \d frames, .* 3\b/],
    [[pathInFolder('foreign.png')], 'QR_INCOMPLETE', /^series: .*, got none/],
    [[pathInFolder('note.txt')], 'FILE_UNUSABLE', /"note.txt": expected a PNG or JPEG/],
    [[pathInFolder('none.png')], 'FILE_MISSING', /none\.png: /],
    [[pathInFolder('empty')], 'FILE_UNUSABLE', /empty: .*, got none/],
  ];
  for (const [images, code, message] of cases) {
    await rejectsWith(
      code,
      () => runQrCommand(['qr', 'read', ...images, '--out', pathInFolder('bad.json')]),
      message,
    );
  }
  assert.not(readdirSync(folder).includes('bad.json'));
  assert.not(
    readdirSync(folder).some(name => name.endsWith('.tmp')),
    'no temporary files stay',
  );
});

test('an unreadable picture among others is named and skipped', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const images = Array.from({ length: count }, (_, i) => pngPath(i + 1, count));
  const args = [pathInFolder('note.txt'), pathInFolder('empty'), pathInFolder('none.png'), ...images];
  const { stderr } = await runQrCommand(['qr', 'read', ...args, '--out', pathInFolder('among.json')]);
  assert.match(stderr, /"note.txt": .*; skipped/);
  assert.match(stderr, /empty: .*, got none; skipped/);
  assert.match(stderr, /none\.png: .*; skipped/);
  assert.equal(new Uint8Array(readFileSync(pathInFolder('among.json'))), FILE);
});

test('an existing file is never overwritten', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const before = readFileSync(pathInFolder('other.json'));
  await rejectsWith('FILE_EXISTS', () =>
    runQrCommand(['qr', 'read', pngPath(1, count), '--out', pathInFolder('other.json')]),
  );
  await rejectsWith('FILE_EXISTS', () =>
    runQrCommand([
      'qr',
      'show',
      pathInFolder('request.json'),
      '--out',
      pathInFolder('frames.png'),
      '--density',
      '10',
    ]),
  );
  await runQrCommand(['qr', 'show', pathInFolder('request.json'), '--out', pathInFolder('page.html')]);
  await rejectsWith('FILE_EXISTS', () =>
    runQrCommand(['qr', 'show', pathInFolder('request.json'), '--out', pathInFolder('page.html')]),
  );
  assert.equal(readFileSync(pathInFolder('other.json')), before);
});

test('the page has every frame and permits only its own script', async () => {
  const page = readFileSync(pathInFolder('page.html'), 'utf8');
  assert.match(page, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'"/);
  assert.not.match(page, /https?:/);
  const { frames, count } = JSON.parse(/id="frames">(.*)<\/script>/.exec(page)![1]!);
  assert.is(frames.length, count);
});

test('frames are played in a terminal until q, and without a terminal a hint is printed', async () => {
  const { stdout } = await runQrCommand(['qr', 'show', pathInFolder('request.json')], true);
  assert.match(stdout, /shown: \d+ frames .* 5\n$/);
  const refusal = await rejectsWith('NOT_A_TERMINAL', () =>
    runQrCommand(['qr', 'show', pathInFolder('request.json')]),
  );
  assert.match(refusal.hint, /--out/);
});

test('frame numbers with an impossible count, or with another count than the given density, are refused', async () => {
  const show = (...args: string[]) =>
    runQrCommand(['qr', 'show', pathInFolder('request.json'), '--out', pathInFolder('counted.png'), ...args]);
  const none = await rejectsWith('FIELD_INVALID', () => show('--frames', '2/1000'));
  assert.match(none.hint, /no density .* 1000 frames/);
  const other = await rejectsWith('FIELD_INVALID', () => show('--density', '5', '--frames', '1/4'));
  assert.match(other.hint, /density \d+, which makes 4 frames/);
});

test('values out of range are refused with the value and the limits', async () => {
  const wrong = (...args: string[]) =>
    rejectsWith('FIELD_INVALID', () => runQrCommand(['qr', 'show', pathInFolder('request.json'), ...args]));
  assert.match((await wrong('--density', '41')).message, /^--density: .*5 to 40, got "41"/);
  assert.match((await wrong('--speed', 'x')).message, /^--speed: .*1 to 15, got "x"/);
  assert.match((await wrong('--out', 'x.gif')).message, /\.png or \.html, got "x.gif"/);
  assert.match(
    (await wrong('--out', pathInFolder('n.png'), '--frames', '99')).message,
    /numbers from 1 to \d+, got 99/,
  );
  writeFileSync(pathInFolder('huge.json'), '');
  await rejectsWith(
    'FIELD_INVALID',
    () => runQrCommand(['qr', 'show', pathInFolder('huge.json'), '--out', pathInFolder('n.png')]),
    /at least 1 byte/,
  );
  writeFileSync(pathInFolder('huge.json'), incompressibleBytes(17 * 1024 * 1024));
  await rejectsWith(
    'TOO_LARGE',
    () => runQrCommand(['qr', 'show', pathInFolder('huge.json'), '--out', pathInFolder('n.png')]),
    /at most 16777216/,
  );
});

test.after(() => rmSync(folder, { recursive: true }));
test('qr show --out with a folder writes a page with its own name there', async () => {
  mkdirSync(pathInFolder('stick'));
  const files: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { stdout } = await runQrCommand([
      'qr',
      'show',
      pathInFolder('request.json'),
      '--out',
      pathInFolder('stick'),
      '--json',
    ]);
    files.push(...JSON.parse(stdout).files);
  }
  assert.equal(files, [pathInFolder('stick/request.html'), pathInFolder('stick/request-2.html')]);
  assert.ok(files.every(file => existsSync(file)));
});

test.run();
