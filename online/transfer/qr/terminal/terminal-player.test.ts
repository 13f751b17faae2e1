import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_VERSION, modulesPerSide, QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import { cutIntoFrames, packFile } from '../../../../shared/qr/file-splitting.ts';
import { sampleJsonBytes } from '../../../../shared/qr/sample-files.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { deflate } from '../deflate.ts';
import { drawCode } from '../drawing/matrix.ts';
import { readCode } from '../picture/find-codes.ts';
import { otherDensityRefusal } from '../texts/messages.ts';
import { largestVersionForWindow, linesOfCode } from './code-lines.ts';
import { FramePlayer } from './frame-player.ts';
import { playOnTerminal, type Screen, type Signals, terminalSize } from './play-on-terminal.ts';
import { HIGHEST, LOWEST, otherFramesText, smallWindowLines } from './texts.ts';

const FILE = sampleJsonBytes(1500);
const packed = packFile(FILE, deflate);
const seriesAtVersion = (version: number) => cutIntoFrames(packed, version);
const makePlayer = (extra = {}) => new FramePlayer({ packed, columns: 80, rows: 24, ...extra });
const statusLineOf = (p: FramePlayer) => p.lines().at(-1)!;
/** The first line in a window that is too small. */
const [TOO_SMALL = ''] = smallWindowLines({ columns: 0, rows: 0 }, 0, 0, false);

/** The picture that a terminal shows for these lines. */
function photographLines(lines: string[], scale = 4) {
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

test('at 80 by 24 every line fits, and a camera reads every frame', () => {
  const p = makePlayer();
  assert.is(p.version, 5);
  for (let i = 0; i < p.count; i++) {
    const lines = p.lines();
    assert.is(lines.length, 24);
    for (const line of lines) assert.ok(line.replace(/\x1b\[[0-9;]*m/g, '').length <= 80);
    assert.is(readCode(photographLines(lines.slice(0, -1)))!.text, seriesAtVersion(5).frames[i]);
    p.next();
  }
});

test('every line sets black and white itself and restores the colours', () => {
  const matrix = drawCode(seriesAtVersion(5).frames[0]!, 5);
  for (const line of linesOfCode(matrix)) {
    assert.match(line, /^\x1b\[38;5;16;48;5;231m[ \u2580\u2584\u2588]+\x1b\[0m$/);
  }
});

test('the version depends on the window size, up to 40', () => {
  assert.is(largestVersionForWindow(80, 24), 5);
  assert.is(largestVersionForWindow(79, 50), 13);
  assert.is(largestVersionForWindow(200, 60), 23);
  assert.is(largestVersionForWindow(999, 999), MAX_VERSION);
  assert.is(largestVersionForWindow(44, 24), undefined);
  assert.is(largestVersionForWindow(80, 23), undefined);
  const version = largestVersionForWindow(120, 60)!;
  assert.ok(modulesPerSide(version) + 2 * QUIET_ZONE <= 118);
  failsWith(
    'FIELD_INVALID',
    () => makePlayer({ columns: 44 }),
    /at least 45 columns and 24 rows, got 44 and 24/,
  );
});

test('keys: pause, step, speed, quit', () => {
  const p = makePlayer();
  assert.match(statusLineOf(p), /^1 of \d+ 4\/s density 5/);
  p.key(' ');
  assert.ok(p.paused);
  p.key('n');
  assert.match(statusLineOf(p), /^2 of \d+ paused/);
  p.key('p');
  p.key('\x1b[D');
  assert.match(statusLineOf(p), new RegExp(`^${p.count} of ${p.count} paused`));
  p.key(' ');
  for (let i = 0; i < 30; i++) p.key('+');
  assert.match(statusLineOf(p), / 15\/s /);
  assert.ok(Math.abs(p.delay - 1000 / 15) < 1e-9);
  for (let i = 0; i < 30; i++) p.key('-');
  assert.match(statusLineOf(p), / 1\/s /);
  p.key('x');
  assert.not(p.quit);
  for (const key of ['q', '\x1b', '\x03']) {
    const other = makePlayer();
    other.key(key);
    assert.ok(other.quit);
  }
});

test('density keys change the number of frames and say that the scan starts again', () => {
  const p = makePlayer({ columns: 200, rows: 60 });
  const before = p.count;
  p.key('<');
  assert.ok(p.count > before);
  assert.match(statusLineOf(p), otherFramesText(p.count));
  p.key('>');
  assert.is(p.count, before);
  for (let i = 0; i < 99; i++) p.key('<');
  assert.is(p.version, 5);
  assert.match(statusLineOf(p), LOWEST);
  for (let i = 0; i < 99; i++) p.key('>');
  assert.match(statusLineOf(p), HIGHEST);
});

test('missing frames are selected by an option or typed', () => {
  const p = makePlayer({ frames: '2,4' });
  assert.equal(p.numbers, [2, 4]);
  assert.match(statusLineOf(p), /^2 of \d+ \(only 2,4\)/);
  for (const key of 'f3-55') p.key(key);
  p.key('\x7f');
  assert.ok(p.paused);
  assert.match(statusLineOf(p), /3,7-9: 3-5_/);
  p.key('\r');
  assert.equal(p.numbers, [3, 4, 5]);
  for (const key of 'f99\r') p.key(key);
  assert.match(statusLineOf(p), /^frames: .*1 to \d+, got 99/);
  assert.equal(p.numbers, [3, 4, 5]);
  p.key('a');
  assert.is(p.numbers.length, p.count);
  failsWith('FIELD_INVALID', () => makePlayer({ frames: '0' }));
});

test('the status line names every key, also at 80 columns and with many numbers', () => {
  for (const extra of [{}, { frames: '2,4' }, { frames: '1,3,5', columns: 60 }]) {
    const p = makePlayer(extra);
    for (const key of ['q', 'a', 'f', '<', '>']) assert.match(statusLineOf(p), new RegExp(`[ |<>]${key}`));
    assert.match(statusLineOf(p), / q(uit)?$/);
  }
});

test('in a window that becomes too small, the player says so, waits, and keeps the frames', () => {
  const p = makePlayer({ columns: 200, rows: 60, frames: '1' });
  const { version, count } = p;
  assert.ok(version > 5);
  for (const [columns, rows] of [
    [80, 24],
    [44, 24],
    [20, 3],
    [1, 1],
  ] as const) {
    p.resize(columns, rows);
    assert.ok(p.paused);
    const lines = p.lines();
    assert.is(lines[0], TOO_SMALL.slice(0, columns));
    assert.ok(lines.length <= rows && lines.every(line => line.length <= columns));
  }
  p.resize(200, 60);
  assert.not(p.paused);
  assert.equal([p.version, p.count, p.numbers], [version, count, [1]]);
});

test('in a window that became too small, a key enlarges the squares and says that the scan starts again', () => {
  const p = makePlayer({ columns: 200, rows: 60 });
  p.resize(80, 24);
  assert.ok(p.lines().includes('or press <'));
  p.resize(30, 10);
  assert.not(p.lines().includes('or press <'), 'not where no code fits');
  p.resize(80, 24);
  p.key('<');
  assert.is(p.version, 5);
  assert.match(statusLineOf(p), otherFramesText(p.count));
});

test('a density that does not fit the window is refused, and no other density is used', () => {
  failsWith(
    'FIELD_INVALID',
    () => makePlayer({ version: 15 }),
    /^window: .*1\d.*\d+ columns .*, got 80 and 24/,
  );
  assert.is(makePlayer({ version: 15, columns: 200, rows: 60 }).count, seriesAtVersion(15).frames.length);
});

test('frame numbers with a count select the density', () => {
  const wide = { columns: 200, rows: 60 };
  const [few, most] = [seriesAtVersion(10).frames.length, seriesAtVersion(5).frames.length];
  const p = makePlayer({ ...wide, frames: `2/${few}` });
  assert.equal([p.count, p.numbers], [few, [2]]);
  for (const key of `f3/${most}\r`) p.key(key);
  assert.equal([p.count, p.numbers], [most, [3]]);
  failsWith('FIELD_INVALID', () => makePlayer({ frames: `2/${few}` }), /^window: .*got 80/);
  const refusal = failsWith('FIELD_INVALID', () => makePlayer({ ...wide, version: 5, frames: `2/${few}` }));
  const version = Number(/ (\d+),/.exec(refusal.hint)?.[1]);
  assert.is(seriesAtVersion(version).frames.length, few);
  const expected = otherDensityRefusal(most, 5, few, version);
  assert.equal([refusal.message, refusal.hint], [expected.message, expected.hint]);
  failsWith('FIELD_INVALID', () => makePlayer({ ...wide, frames: '2/1000' }), /^frames: .*1000 frames/);
  const narrow = makePlayer();
  for (const key of `f2/${few}\r`) narrow.key(key);
  const least = modulesPerSide(version) + 2 * QUIET_ZONE;
  assert.match(statusLineOf(narrow), new RegExp(`\\b${few} .* ${version} .* ${least} x \\d+`));
});

const fakeTty = () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[], setRawMode });
  function setRawMode(raw: boolean) {
    stream.raw.push(raw);
  }
  return stream;
};

test('on a terminal frames advance by themselves, keys work, and the terminal is restored', async () => {
  const keyboard = fakeTty();
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const p = makePlayer({ speed: 15 });
  const done = playOnTerminal(p, keyboard, screen as unknown as Screen);
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

test('the player waits while the window is too small, and restores the terminal', async () => {
  const keyboard = fakeTty();
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  setTimeout(() => {
    screen.columns = 20;
    screen.emit('resize');
  }, 20);
  setTimeout(() => keyboard.write('q'), 60);
  await playOnTerminal(makePlayer(), keyboard, screen as unknown as Screen);
  const output = String(screen.read());
  assert.match(output, TOO_SMALL);
  assert.ok(output.endsWith(LEFT));
});

const LEFT = '\x1b[?25h\x1b[?1049l';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`${signal}: the terminal is restored at once, and only once`, async () => {
    for (const isTTY of [true, false]) {
      const keyboard = Object.assign(fakeTty(), { isTTY });
      const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
      const signals = new EventEmitter();
      const done = playOnTerminal(makePlayer(), keyboard, screen as unknown as Screen, signals as Signals);
      if (!isTTY) keyboard.end(); // Like input from /dev/null, with which Ctrl-C is a signal and not a key.
      await new Promise(resolve => setTimeout(resolve, 20));
      signals.emit(signal);
      // The result is checked immediately, because the program can end right after its handlers.
      assert.ok(String(screen.read()).endsWith(LEFT));
      assert.equal(keyboard.raw, isTTY ? [true, false] : []);
      assert.is(await done, true);
      assert.is(screen.read(), null);
      for (const name of signals.eventNames()) assert.is(signals.listenerCount(name), 0);
    }
  });
}

test('a terminal that reports no size counts as 80 by 24', async () => {
  assert.equal(terminalSize({ columns: 0, rows: 0 } as Screen), [80, 24]);
  assert.equal(terminalSize({} as Screen), [80, 24]);
});

test.run();
