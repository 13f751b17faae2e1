import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../shared/bytes.ts';
import { failsWith } from '../../shared/testing.ts';
import { loadConfig } from '../cli/config.ts';
import { parseStore } from '../store/open.ts';
import { writeOutput } from './files.ts';
import { realWorld } from './world.ts';

const test = suite<{ folder: string }>('files');
test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'countersign files '));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const without = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};
// What Linux, macOS and Windows answer on FAT and exFAT.
for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']) {
  test(`a USB stick without hard links (${code}): written whole, and never over a file`, ({ folder }) => {
    const path = join(folder, 'request.json');
    writeOutput(path, utf8('one'), { link: without(code) });
    assert.is(readFileSync(path, 'utf8'), 'one');
    failsWith('FILE_EXISTS', () => writeOutput(path, utf8('two'), { link: without(code) }));
    assert.is(readFileSync(path, 'utf8'), 'one');
    assert.equal(readdirSync(folder), ['request.json'], 'nothing is left behind');
  });
}

test('with hard links, and where the name is a folder or in none: nothing is left behind', ({ folder }) => {
  const path = join(folder, 'request.json');
  writeOutput(path, utf8('one'));
  failsWith('FILE_EXISTS', () => writeOutput(path, utf8('two')));
  writeOutput(path, utf8('three'), { replace: true });
  assert.is(readFileSync(path, 'utf8'), 'three');
  mkdirSync(join(folder, 'taken'));
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'taken'), utf8('x')), /it is a folder/);
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'taken'), utf8('x'), { replace: true }));
  failsWith('FILE_UNUSABLE', () => writeOutput(join(folder, 'absent', 'x'), utf8('x')));
  assert.equal(readdirSync(folder).sort(), ['request.json', 'taken']);
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
  test(`a store's folder as it is written: ${spec}`, () =>
    assert.equal(parseStore(spec), { kind: 'file', folder }));
}

test('a drive and a share are whole paths to Windows, and none of the working folder', () => {
  const cwd = 'C:\\Users\\controller 1\\pc';
  assert.is(win32.resolve(cwd, 'D:\\out\\request.json'), 'D:\\out\\request.json');
  assert.is(win32.resolve(cwd, '\\\\server\\usb\\request.json'), '\\\\server\\usb\\request.json');
  assert.is(win32.resolve(cwd, 'usb/request.json'), 'C:\\Users\\controller 1\\pc\\usb\\request.json');
});

test('backslashes come back from countersign.json as they were meant', ({ folder }) => {
  const meant = { store: 'file:C:\\new\\store', trust: 'D:\\usb stick\\trust.json' };
  writeFileSync(join(folder, 'countersign.json'), JSON.stringify(meant));
  const { store, trust } = loadConfig({ ...realWorld(), env: {}, cwd: folder }, {});
  assert.equal({ store, trust }, meant);
  writeFileSync(join(folder, 'countersign.json'), '{"store": "file:C:\\Store"}');
  failsWith('CONFIG_INVALID', () => loadConfig({ ...realWorld(), cwd: folder }, {}), /countersign\.json/);
});

test.run();
