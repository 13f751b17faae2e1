/** `qr.mjs` as on the laptop: error messages and exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notInRangeRefusal } from './texts/messages.ts';

const runQr = (...args: string[]) =>
  spawnSync(process.execPath, ['dist/qr.mjs', ...args], { encoding: 'utf8' });

test('--help and -h print the help and exit with 0', () => {
  for (const flag of ['-h', '--help']) {
    const { status, stdout, stderr } = runQr(flag);
    assert.equal([status, stderr], [0, '']);
    assert.match(stdout, /^usage: qr show FILE/);
    assert.ok(
      stdout.split('\n').every(line => line.length <= 80),
      'fits the screen',
    );
    for (const key of ['space', 'n', 'p', '+', '-', '<', '>', 'f', 'a', 'q'])
      assert.ok(stdout.split(/[\s,:]+/).includes(key), key);
  }
});

test('wrong usage prints one line about the error and the usage, and exits with 2', () => {
  for (const [args, message] of [
    [[], 'expected show or read, got neither'],
    [['play'], 'expected show or read, got "play"'],
    [['show'], 'show: expected one file, got none'],
    [['show', 'a', 'b'], 'show: expected one file, got 2'],
    [['read'], 'read: expected pictures, or a folder of pictures'],
  ] as [string[], string][]) {
    const { status, stdout, stderr } = runQr(...args);
    assert.equal([status, stdout], [2, '']);
    assert.ok(stderr.startsWith(`error USAGE: ${message}\nusage: `), stderr);
  }
  assert.match(runQr('show', '--nothing').stderr, /^error USAGE: /);
});

test('read without --out chooses an unused name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-qr-'));
  try {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [resolve('dist/qr.mjs'), ...args], { cwd: folder, encoding: 'utf8' });
    writeFileSync(join(folder, 'package.json'), '{}');
    mkdirSync(join(folder, 'photos'));
    assert.is(run('show', 'package.json', '--out', 'photos/codes.png').status, 0);
    for (const name of ['unknown-file.bin', 'unknown-file-2.bin']) {
      const { status, stdout } = run('read', 'photos');
      assert.equal([status, stdout.includes(name)], [0, true]);
      assert.is(readFileSync(join(folder, name), 'utf8'), '{}');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the message quotes an invalid value as it was typed', () => {
  const { status, stderr } = runQr('show', 'package.json', '--density', 'abc');
  assert.is(status, 1);
  const { message, hint } = notInRangeRefusal('--density', 5, 40, 'abc');
  assert.is(stderr, `error FIELD_INVALID: ${message}\n${hint}\n`);
  assert.match(message, / 5 .* 40, .* "abc"$/);
});

test.run();
