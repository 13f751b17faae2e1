import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rejectsWith } from '../../../shared/testing.ts';
import { named, writeNew } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-qr-files-'));
const BYTES = Uint8Array.of(1, 2, 3);

test('a name as long as the file system allows is written; a longer one is refused with what to do', async () => {
  const longest = `${'n'.repeat(250)}.json`;
  await writeNew(join(folder, longest), BYTES);
  assert.equal(new Uint8Array(readFileSync(join(folder, longest))), BYTES);
  const refusal = await rejectsWith(
    'FILE_UNUSABLE',
    () => writeNew(join(folder, `n${longest}`), BYTES),
    /cannot write it \(ENAMETOOLONG\)/,
  );
  assert.is(refusal.hint, 'The name is too long: choose a shorter one.');
  assert.equal(readdirSync(folder), [longest]);
});

test('the reason is told, with the way out that it has', async () => {
  const path = join(folder, 'a-file');
  await writeNew(path, BYTES);
  const refusal = await rejectsWith('FILE_UNUSABLE', () => writeNew(join(path, 'x.json'), BYTES), /ENOTDIR/);
  assert.match(refusal.hint, 'not a folder');
  await rejectsWith('FILE_EXISTS', () => writeNew(path, BYTES));
  await rejectsWith('FILE_MISSING', () => writeNew(join(folder, 'none', 'x.json'), BYTES));
});

test('a folder without rights is told as such, to whom rights apply', async () => {
  if (process.getuid?.() === 0) return;
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  const refusal = await rejectsWith('FILE_UNUSABLE', () => writeNew(join(closed, 'x'), BYTES), /EACCES/);
  assert.match(refusal.hint, 'rights');
});

test('a name that could act on a terminal is escaped', () => {
  assert.is(named('frames 1.png'), 'frames 1.png');
  assert.is(named('a\x1b[2Jb.png'), '"a\\u001b[2Jb.png"');
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
