import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StoppedError } from '../../platform/stop-signals.ts';
import { showInPages } from './pager.ts';
import { pagerKeysText } from './texts.ts';

const LINES = Array.from({ length: 25 }, (_, i) => `line ${i + 1}`);
const TEXT = `${LINES.join('\n')}\n`;

function fakeTerminal({ rows = 10, columns = 80, isTTY = true } = {}) {
  let written = '';
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => raw.push(on) });
  const stdout = Object.assign(new PassThrough(), { isTTY, rows, columns });
  stdout.on('data', chunk => {
    written += chunk;
  });
  // The text that the person saw, without the pager's prompt.
  const lines = () =>
    written
      .split('\n')
      .map(line => line.split('\r').at(-1) as string)
      .filter(line => /^line/.test(line));
  return { stdin, stdout, raw, lines, all: () => written };
}
const waitBriefly = () => new Promise(resolve => setTimeout(resolve, 5));

test('the pager shows one page, and then further pages or lines as requested', async () => {
  const t = fakeTerminal();
  const done = showInPages(t, TEXT);
  await waitBriefly();
  assert.equal(t.lines(), LINES.slice(0, 9));
  assert.ok(t.all().endsWith(pagerKeysText(9, 25)), t.all());
  t.stdin.write('\r');
  await waitBriefly();
  assert.equal(t.lines(), LINES.slice(0, 10));
  t.stdin.write('x ');
  await waitBriefly();
  assert.equal(t.lines(), LINES.slice(0, 19));
  t.stdin.write(' ');
  await done;
  assert.equal(t.lines(), LINES);
  assert.equal(t.raw, [true, false], 'the terminal is as it was');
  assert.is(t.all().split('\r').at(-1), `${LINES.slice(19).join('\n')}\n`, 'no prompt is left behind');
});

test('b shows the previous page, and at the beginning the first page again', async () => {
  const t = fakeTerminal();
  const done = showInPages(t, TEXT);
  for (const key of [' ', 'b', 'b', 'q']) {
    await waitBriefly();
    t.stdin.write(key);
  }
  await done;
  const [first, second] = [LINES.slice(0, 9), LINES.slice(9, 18)];
  assert.equal(t.lines(), [...first, ...second, ...first, ...first]);
});

test('q and the end of input close the pager', async () => {
  for (const leave of [(t: PassThrough) => t.write('q'), (t: PassThrough) => t.end()]) {
    const t = fakeTerminal();
    const done = showInPages(t, TEXT);
    leave(t.stdin);
    await done;
    assert.equal(t.lines(), LINES.slice(0, 9));
    assert.equal(t.raw, [true, false]);
  }
});

test('Ctrl-C stops the command', async () => {
  const t = fakeTerminal();
  const done = showInPages(t, TEXT).then(
    () => assert.unreachable(),
    error => assert.instance(error, StoppedError),
  );
  t.stdin.write('\x03');
  await done;
  assert.equal(t.raw, [true, false]);
});

test('lines wider than the window count as several rows', async () => {
  const t = fakeTerminal({ rows: 4, columns: 10 });
  const done = showInPages(t, `line-${'x'.repeat(20)}\nline 2\nline 3\n`);
  t.stdin.write('q');
  await done;
  assert.equal(t.lines(), [`line-${'x'.repeat(20)}`]);
});

test('short text and text for a file are written at once', async () => {
  const fits = fakeTerminal({ rows: 26 });
  await showInPages(fits, TEXT);
  assert.is(fits.all(), TEXT);
  const file = fakeTerminal({ isTTY: false });
  await showInPages(file, TEXT);
  assert.is(file.all(), TEXT);
  assert.equal([...fits.raw, ...file.raw], []);
});

test.run();
