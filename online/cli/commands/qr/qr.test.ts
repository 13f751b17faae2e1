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
import { sampleBytes, sampleText } from '../../../../shared/qr/samples.ts';
import { rejectsWith } from '../../../../shared/testing.ts';
import { draw } from '../../../transfer/qr/drawing/matrix.ts';
import { pngOf } from '../../../transfer/qr/drawing/png.ts';
import { QrRead } from './qr-read.ts';
import { QrShow } from './qr-show.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-qr-'));
const at = (name: string) => join(folder, name);
const FILE = sampleText(3000);
writeFileSync(at('request.json'), FILE);
writeFileSync(at('other.json'), sampleText(3000, 5));
mkdirSync(at('empty'));

/** Runs a command and throws its refusal. Without `main`, no other code prints the refusal. */
async function run(args: string[], tty = false) {
  const cli = Cli.from([QrShow, QrRead]);
  const stream = () => Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: tty });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const command = cli.process(args);
  command.context = { stdin, stdout, stderr, colorDepth: 1, env: {} } as never;
  if (tty) setTimeout(() => stdin.write('q'), 50);
  const code = await command.execute();
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

const png = (n: number, count: number, name = 'frames') => at(`${name}-${n}-of-${count}.png`);

test('a file becomes pictures of codes, which give every byte again', async () => {
  const shown = await run(['qr', 'show', at('request.json'), '--out', at('frames.png'), '--density', '10']);
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  assert.ok(count >= 4);
  assert.match(shown.stdout, new RegExp(`wrote ${count} pictures, .*: ${count} frames of density`));
  const images = Array.from({ length: count }, (_, i) => png(count - i, count));
  const { stdout, stderr } = await run(['qr', 'read', ...images, '--out', at('back.json')]);
  assert.equal(new Uint8Array(readFileSync(at('back.json'))), FILE);
  assert.match(stdout, /wrote .*back.json: 3000 bytes from \d+ frames/);
  assert.match(shown.stdout, /^warning: .* a request, but was cut or changed\.$/m);
  assert.match(stderr, /^warning: .* a request, but was cut or changed\. .*\n$/);
});

test('a missing picture is named by its frame, and a second showing completes the file', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const images = Array.from({ length: count }, (_, i) => png(i + 1, count)).filter((_, i) => i !== 1);
  const incomplete = await rejectsWith('QR_INCOMPLETE', () =>
    run(['qr', 'read', ...images, '--out', at('x.json')]),
  );
  assert.match(incomplete.message, /missing: 2/);
  const named = /--frames (2\/\d+)$/.exec(incomplete.hint)![1]!;
  // The same number of frames gives the same frames, so other frames can be added.
  const args = ['--frames', named, '--json'];
  const again = await run(['qr', 'show', at('request.json'), '--out', at('again.png'), ...args]);
  const { files } = JSON.parse(again.stdout);
  assert.equal(files, [png(2, count, 'again')]);
  const result = await run(['qr', 'read', ...images, ...files, '--out', at('x.json'), '--json']);
  assert.equal(JSON.parse(result.stdout), {
    file: at('x.json'),
    bytes: 3000,
    frames: count,
    description: null,
  });
  assert.equal(new Uint8Array(readFileSync(at('x.json'))), FILE);
});

test('unusable pictures are refused with a sentence, and no file is written', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  await run(['qr', 'show', at('other.json'), '--out', at('other.png'), '--density', '10']);
  const foreign = draw('HTTPS://EXAMPLE.ORG/', 5);
  writeFileSync(at('foreign.png'), pngOf(foreign));
  writeFileSync(at('liar.png'), pngOf(draw('B$ZJ0301AAAAAAAA', 5)));
  writeFileSync(at('note.txt'), 'no picture');
  const all = Array.from({ length: count }, (_, i) => png(i + 1, count));
  const cases: [string[], 'QR_INVALID' | 'QR_INCOMPLETE' | 'FILE_UNUSABLE' | 'FILE_MISSING', RegExp][] = [
    [
      [png(1, count), png(1, count, 'other')],
      'QR_INVALID',
      /"other-1-of-\d.png": frame 1: .* got other content/,
    ],
    [[...all, png(1, count, 'other')], 'QR_INVALID', /"other-1-of-\d.png": frame 1: .* got other content/],
    [[png(1, count), at('liar.png')], 'QR_INVALID', /expected a series of \d frames, got a series of 3/],
    [[at('foreign.png')], 'QR_INCOMPLETE', /expected a frame, got none/],
    [[at('note.txt')], 'FILE_UNUSABLE', /"note.txt": expected a PNG or JPEG/],
    [[at('none.png')], 'FILE_MISSING', /none\.png: no such file/],
    [[at('empty')], 'FILE_UNUSABLE', /expected files in this folder, got none/],
  ];
  for (const [images, code, message] of cases) {
    await rejectsWith(code, () => run(['qr', 'read', ...images, '--out', at('bad.json')]), message);
  }
  assert.not(readdirSync(folder).includes('bad.json'));
  assert.not(
    readdirSync(folder).some(name => name.endsWith('.tmp')),
    'no temporary files stay',
  );
});

test('an unreadable picture among others is named and skipped', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const images = Array.from({ length: count }, (_, i) => png(i + 1, count));
  const args = [at('note.txt'), at('empty'), at('none.png'), ...images];
  const { stderr } = await run(['qr', 'read', ...args, '--out', at('among.json')]);
  assert.match(stderr, /"note.txt": expected a PNG or JPEG picture, got another file; skipped/);
  assert.match(stderr, /expected files in this folder, got none; skipped/);
  assert.match(stderr, /none\.png: no such file or folder; skipped/);
  assert.equal(new Uint8Array(readFileSync(at('among.json'))), FILE);
});

test('an existing file is never overwritten', async () => {
  const count = readdirSync(folder).filter(name => name.startsWith('frames-')).length;
  const before = readFileSync(at('other.json'));
  await rejectsWith('FILE_EXISTS', () => run(['qr', 'read', png(1, count), '--out', at('other.json')]));
  await rejectsWith('FILE_EXISTS', () =>
    run(['qr', 'show', at('request.json'), '--out', at('frames.png'), '--density', '10']),
  );
  await run(['qr', 'show', at('request.json'), '--out', at('page.html')]);
  await rejectsWith('FILE_EXISTS', () => run(['qr', 'show', at('request.json'), '--out', at('page.html')]));
  assert.equal(readFileSync(at('other.json')), before);
});

test('the page has every frame and permits only its own script', async () => {
  const page = readFileSync(at('page.html'), 'utf8');
  assert.match(page, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'"/);
  assert.not.match(page, /https?:/);
  const { frames, count } = JSON.parse(/id="frames">(.*)<\/script>/.exec(page)![1]!);
  assert.is(frames.length, count);
});

test('frames are played in a terminal until q, and without a terminal a hint is printed', async () => {
  const { stdout } = await run(['qr', 'show', at('request.json')], true);
  assert.match(stdout, /shown: \d+ frames of density 5\n$/);
  const refusal = await rejectsWith('NOT_A_TERMINAL', () => run(['qr', 'show', at('request.json')]));
  assert.match(refusal.hint, /--out/);
});

test('frame numbers with an impossible count, or with another count than the given density, are refused', async () => {
  const show = (...args: string[]) =>
    run(['qr', 'show', at('request.json'), '--out', at('counted.png'), ...args]);
  const none = await rejectsWith('FIELD_INVALID', () => show('--frames', '2/1000'));
  assert.match(none.hint, /no density .* 1000 frames/);
  const other = await rejectsWith('FIELD_INVALID', () => show('--density', '5', '--frames', '1/4'));
  assert.match(other.hint, /density \d+, which makes 4 frames/);
});

test('values out of range are refused with the value and the limits', async () => {
  const wrong = (...args: string[]) =>
    rejectsWith('FIELD_INVALID', () => run(['qr', 'show', at('request.json'), ...args]));
  assert.match(
    (await wrong('--density', '41')).message,
    /--density: expected a whole number of 5 to 40, got "41"/,
  );
  assert.match((await wrong('--speed', 'x')).message, /--speed: expected a whole number of 1 to 15, got "x"/);
  assert.match((await wrong('--out', 'x.gif')).message, /\.png or \.html, got "x.gif"/);
  assert.match(
    (await wrong('--out', at('n.png'), '--frames', '99')).message,
    /numbers from 1 to \d+, got 99/,
  );
  writeFileSync(at('huge.json'), '');
  await rejectsWith(
    'FIELD_INVALID',
    () => run(['qr', 'show', at('huge.json'), '--out', at('n.png')]),
    /at least 1 byte/,
  );
  writeFileSync(at('huge.json'), sampleBytes(17 * 1024 * 1024));
  await rejectsWith(
    'TOO_LARGE',
    () => run(['qr', 'show', at('huge.json'), '--out', at('n.png')]),
    /at most 16777216/,
  );
});

test.after(() => rmSync(folder, { recursive: true }));
test('qr show --out with a folder writes a page with its own name there', async () => {
  mkdirSync(at('stick'));
  const files: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { stdout } = await run(['qr', 'show', at('request.json'), '--out', at('stick'), '--json']);
    files.push(...JSON.parse(stdout).files);
  }
  assert.equal(files, [at('stick/request.html'), at('stick/request-2.html')]);
  assert.ok(files.every(file => existsSync(file)));
});

test.run();
