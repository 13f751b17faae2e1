import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../shared/bytes.ts';
import { failsWith } from '../../shared/testing.ts';
import { loadConfig } from '../cli/config/config.ts';
import { parseStore } from '../store/open-store.ts';
import { checkOutputPath, printablePath, readIfExisting, readInput, writeOutput } from './files.ts';
import { FILE_ERRORS, notAFileRefusal } from './texts.ts';
import { makeRealWorld } from './world.ts';

const test = suite<{ folder: string }>('files');
test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'countersign files '));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const makeFailingLink = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};
// Error codes of an attempt to make a hard link on FAT and exFAT, with Linux, macOS and Windows.
for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']) {
  test(`a file system without hard links (${code}): files are written whole and never replace another`, ({
    folder,
  }) => {
    const path = join(folder, 'request.json');
    writeOutput(path, utf8('one'), { link: makeFailingLink(code) });
    assert.is(readFileSync(path, 'utf8'), 'one');
    failsWith('FILE_EXISTS', () => writeOutput(path, utf8('two'), { link: makeFailingLink(code) }));
    assert.is(readFileSync(path, 'utf8'), 'one');
    assert.equal(readdirSync(folder), ['request.json'], 'nothing is left behind');
  });
}

test('with hard links, a refused write leaves no file behind', ({ folder }) => {
  const path = join(folder, 'request.json');
  writeOutput(path, utf8('one'));
  failsWith('FILE_EXISTS', () => writeOutput(path, utf8('two')));
  writeOutput(path, utf8('three'), { replace: true });
  assert.is(readFileSync(path, 'utf8'), 'three');
  mkdirSync(join(folder, 'taken'));
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'taken'), utf8('x')), /EISDIR/);
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'taken'), utf8('x'), { replace: true }));
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'absent', 'x'), utf8('x')));
  assert.equal(readdirSync(folder).sort(), ['request.json', 'taken']);
});

test('a name of the greatest permitted length is written, and a longer one is refused with the next step', ({
  folder,
}) => {
  const longest = `${'n'.repeat(250)}.json`;
  writeOutput(join(folder, longest), utf8('one'));
  assert.is(readFileSync(join(folder, longest), 'utf8'), 'one');
  const longer = join(folder, `n${longest}`);
  const refusal = failsWith(
    'FILE_UNUSABLE',
    () => writeOutput(longer, utf8('x')),
    /too long \(ENAMETOOLONG\)/,
  );
  assert.match(refusal.hint, 'shorter');
  assert.equal(readdirSync(folder), [longest]);
});

test('the refusal has the reason and the next step, and --overwrite only if the command has the flag', ({
  folder,
}) => {
  const path = join(folder, 'a-file');
  writeOutput(path, utf8('one'));
  for (const attempt of [writeOutput, (below: string) => checkOutputPath(below)]) {
    const below = failsWith('FILE_UNUSABLE', () => attempt(join(path, 'x'), utf8('x')), /ENOTDIR/);
    assert.is(below.hint, FILE_ERRORS['ENOTDIR']?.hint);
    failsWith('FILE_UNUSABLE', () => attempt(join(folder, 'absent', 'x'), utf8('x')), /ENOENT/);
    failsWith('FILE_UNUSABLE', () => attempt(folder, utf8('x')), /EISDIR/);
  }
  for (const attempt of [writeOutput, checkOutputPath] as ((...args: unknown[]) => void)[]) {
    const options = attempt === checkOutputPath ? [] : [utf8('two')];
    assert.not.match(failsWith('FILE_EXISTS', () => attempt(path, ...options)).hint, 'overwrite');
    const hint = failsWith('FILE_EXISTS', () => attempt(path, ...options, { replace: false })).hint;
    assert.match(hint, '--overwrite');
  }
  assert.is(readFileSync(path, 'utf8'), 'one');
});

test('a folder without permissions is refused with this reason', ({ folder }) => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  writeFileSync(join(closed, 'there'), 'x');
  chmodSync(folder, 0o711);
  chmodSync(closed, 0o400);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) process.seteuid?.(65534);
  try {
    for (const name of ['there', 'new']) {
      const path = join(closed, name);
      const written = failsWith('FILE_UNUSABLE', () => writeOutput(path, utf8('y')), /EACCES/);
      assert.match(written.hint, 'access');
      failsWith('FILE_UNUSABLE', () => checkOutputPath(path), /EACCES/);
      failsWith('FILE_UNUSABLE', () => readIfExisting(path, 10), /EACCES/);
    }
  } finally {
    if (asRoot) process.seteuid?.(0);
    chmodSync(closed, 0o700);
  }
  assert.equal(readdirSync(closed), ['there']);
});

test('only files within the size limit are read, and a pipe does not block', ({ folder }) => {
  const path = join(folder, 'in');
  writeFileSync(path, '12345');
  assert.equal(new Uint8Array(readInput(path, 5)), utf8('12345'));
  failsWith('TOO_LARGE', () => readInput(path, 4), /4 bytes, got 5/);
  failsWith('FILE_UNUSABLE', () => readInput(folder, 9), notAFileRefusal(folder).message);
  failsWith('FILE_UNUSABLE', () => readInput(join(path, 'x'), 9), /ENOTDIR/);
  failsWith('FILE_MISSING', () => readInput(join(folder, 'none'), 9));
  assert.is(readIfExisting(join(folder, 'none'), 9), null);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  failsWith('FILE_UNUSABLE', () => readInput(pipe, 9), notAFileRefusal(pipe).message);
});

test('a writer removes temporary files of killed writers, but not of running ones', ({ folder }) => {
  const [left, atWork] = ['0'.repeat(12), 'f'.repeat(12)].map(id => `.countersign-${id}.tmp`) as [
    string,
    string,
  ];
  for (const name of [left, atWork, '.other.tmp']) writeFileSync(join(folder, name), 'half');
  const old = new Date(Date.now() - 11 * 60_000);
  for (const name of [left, '.other.tmp']) utimesSync(join(folder, name), old, old);
  writeOutput(join(folder, 'new'), utf8('x'));
  assert.equal(readdirSync(folder).sort(), [atWork, '.other.tmp', 'new']);
});

test('a name with control characters is escaped', ({ folder }) => {
  assert.is(printablePath('frames 1.png'), 'frames 1.png');
  assert.is(printablePath('a\x1b[2Jb.png'), '"a\\u001b[2Jb.png"');
  const refusal = failsWith('FILE_MISSING', () => readInput(join(folder, 'a\x1b[2Jb'), 9));
  assert.not.match(refusal.message, '\x1b');
});

const stores: [spec: string, folder: string][] = [
  ['file:C:\\Countersign\\store', 'C:\\Countersign\\store'],
  ['file:D:/gold store/main', 'D:/gold store/main'],
  ['file:\\\\server\\share\\store', '\\\\server\\share\\store'],
  ['file:..\\store', '..\\store'],
  ['file:/Volumes/Gold Bars/store', '/Volumes/Gold Bars/store'],
  ['file:/srv/Bücher', '/srv/Bücher'],
];
for (const [spec, folder] of stores) {
  test(`a store's folder may be written as ${spec}`, () =>
    assert.equal(parseStore(spec), { kind: 'file', folder }));
}

test('Windows paths with a drive or a share are absolute', () => {
  const cwd = 'C:\\Users\\controller 1\\pc';
  assert.is(win32.resolve(cwd, 'D:\\out\\request.json'), 'D:\\out\\request.json');
  assert.is(win32.resolve(cwd, '\\\\server\\usb\\request.json'), '\\\\server\\usb\\request.json');
  assert.is(win32.resolve(cwd, 'usb/request.json'), 'C:\\Users\\controller 1\\pc\\usb\\request.json');
});

test('backslashes in countersign.json survive writing and reading', ({ folder }) => {
  const meant = { store: 'file:C:\\new\\store', trust: 'D:\\usb stick\\trust.json' };
  writeFileSync(join(folder, 'countersign.json'), JSON.stringify(meant));
  const { store, trust } = loadConfig({ ...makeRealWorld(), env: {}, cwd: folder }, {});
  assert.equal({ store, trust }, meant);
  writeFileSync(join(folder, 'countersign.json'), '{"store": "file:C:\\Store"}');
  failsWith('CONFIG_INVALID', () => loadConfig({ ...makeRealWorld(), cwd: folder }, {}), /countersign\.json/);
});

test.run();
