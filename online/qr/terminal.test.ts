import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_VERSION, QUIET, side } from '../../shared/qr/capacity.ts';
import { text } from '../../shared/qr/samples.ts';
import { split } from '../../shared/qr/split.ts';
import { failsWith, rejectsWith } from '../../shared/testing.ts';
import { deflate } from './deflate.ts';
import { readCode } from './find.ts';
import { draw } from './matrix.ts';
import { play, type Screen } from './play.ts';
import { Player } from './player.ts';
import { largestVersion, terminalLines } from './terminal.ts';

const FILE = text(1500);
const series = (version: number) => split(FILE, { deflate, version });
const player = (extra = {}) => new Player({ series, columns: 80, rows: 24, ...extra });
const status = (p: Player) => p.lines().at(-1)!;

/** The picture that these lines make on a terminal. */
function seen(lines: string[], scale = 4) {
  const rows = lines.map(line => line.replace(/\x1b\[[0-9;]*m/g, ''));
  const width = rows[0]!.length * scale;
  const height = rows.length * 2 * scale;
  const data = new Uint8Array(width * height).map((_, i) => {
    const x = Math.floor((i % width) / scale);
    const y = Math.floor(i / width / scale);
    const shape = ' \u2584\u2580\u2588'.indexOf(rows[y >> 1]![x]!);
    return shape & (y % 2 === 0 ? 2 : 1) ? 0 : 255;
  });
  return { width, height, data };
}

test('on 80 by 24 every line fits, and a camera reads every frame from it', () => {
  const p = player();
  assert.is(p.version, 5);
  for (let i = 0; i < p.count; i++) {
    const lines = p.lines();
    assert.is(lines.length, 24);
    for (const line of lines) assert.ok(line.replace(/\x1b\[[0-9;]*m/g, '').length <= 80);
    assert.is(readCode(seen(lines.slice(0, -1)))!.text, series(5).frames[i]);
    p.next();
  }
});

test('every line sets black and white itself and gives the colours back', () => {
  const matrix = draw(series(5).frames[0]!, 5);
  for (const line of terminalLines(matrix)) {
    assert.match(line, /^\x1b\[38;5;16;48;5;231m[ \u2580\u2584\u2588]+\x1b\[0m$/);
  }
});

test('the version follows the window, up to 40', () => {
  assert.is(largestVersion(80, 24), 5);
  assert.is(largestVersion(79, 50), 13);
  assert.is(largestVersion(200, 60), 23);
  assert.is(largestVersion(999, 999), MAX_VERSION);
  assert.is(largestVersion(44, 24), undefined);
  assert.is(largestVersion(80, 23), undefined);
  const version = largestVersion(120, 60)!;
  assert.ok(side(version) + 2 * QUIET <= 118);
  failsWith('FIELD_INVALID', () => player({ columns: 44 }), /at least 45 columns and 24 rows, got 44 and 24/);
});

test('keys: pause, step, speed, quit', () => {
  const p = player();
  assert.match(status(p), /^1 of \d+ 4\/s v5/);
  p.key(' ');
  assert.ok(p.paused);
  p.key('n');
  assert.match(status(p), /^2 of \d+ paused/);
  p.key('p');
  p.key('\x1b[D');
  assert.match(status(p), new RegExp(`^${p.count} of ${p.count} paused`));
  p.key(' ');
  for (let i = 0; i < 30; i++) p.key('+');
  assert.match(status(p), / 15\/s /);
  assert.ok(Math.abs(p.delay - 1000 / 15) < 1e-9);
  for (let i = 0; i < 30; i++) p.key('-');
  assert.match(status(p), / 1\/s /);
  p.key('x');
  assert.not(p.quit);
  for (const key of ['q', '\x1b', '\x03']) {
    const other = player();
    other.key(key);
    assert.ok(other.quit);
  }
});

test('density: only steps that change the number of frames, and it says that the scan starts again', () => {
  const p = player({ columns: 200, rows: 60 });
  const before = p.count;
  p.key('<');
  assert.ok(p.count > before);
  assert.match(status(p), new RegExp(`now ${p.count} frames: start the scan again`));
  p.key('>');
  assert.is(p.count, before);
  for (let i = 0; i < 99; i++) p.key('<');
  assert.is(p.version, 5);
  assert.match(status(p), /these are the largest squares/);
  for (let i = 0; i < 99; i++) p.key('>');
  assert.match(status(p), /denser does not fit/);
});

test('the missing frames: given, and typed', () => {
  const p = player({ frames: '2,4' });
  assert.equal(p.numbers, [2, 4]);
  assert.match(status(p), /^2 of \d+ \(only 2,4\)/);
  for (const key of 'f3-55') p.key(key);
  p.key('\x7f');
  assert.ok(p.paused);
  assert.match(status(p), /like 3,7-9: 3-5_/);
  p.key('\r');
  assert.equal(p.numbers, [3, 4, 5]);
  for (const key of 'f99\r') p.key(key);
  assert.match(status(p), /expected numbers of 1 to \d+, got 99/);
  assert.equal(p.numbers, [3, 4, 5]);
  p.key('a');
  assert.is(p.numbers.length, p.count);
  failsWith('FIELD_INVALID', () => player({ frames: '0' }));
});

test('a smaller window makes larger squares', () => {
  const p = player({ columns: 200, rows: 60 });
  assert.ok(p.version > 5);
  p.resize(80, 24);
  assert.is(p.version, 5);
});

const tty = () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[], setRawMode });
  function setRawMode(raw: boolean) {
    stream.raw.push(raw);
  }
  return stream;
};

test('played on a terminal: frames advance by themselves, keys act, and the terminal is given back', async () => {
  const keyboard = tty();
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const p = player({ speed: 15 });
  const done = play(p, keyboard, screen as unknown as Screen);
  setTimeout(() => keyboard.write(' \x1b[C'), 160);
  setTimeout(() => keyboard.write('q'), 200);
  await done;
  const output = String(screen.read());
  assert.ok(output.includes('3 of'), 'the second and third came without a key');
  assert.ok(output.includes('paused'));
  assert.ok(output.startsWith('\x1b[?1049h\x1b[?25l'));
  assert.ok(output.endsWith('\x1b[?25h\x1b[?1049l'));
  assert.equal(keyboard.raw, [true, false]);
  assert.is(keyboard.listenerCount('data'), 0);
});

test('a window that becomes too small ends with a refusal, and the terminal is given back', async () => {
  const keyboard = tty();
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  setTimeout(() => {
    screen.columns = 20;
    screen.emit('resize');
  }, 20);
  await rejectsWith(
    'FIELD_INVALID',
    () => play(player(), keyboard, screen as unknown as Screen),
    /got 20 and 24/,
  );
  assert.ok(String(screen.read()).endsWith('\x1b[?25h\x1b[?1049l'));
});

test.run();
