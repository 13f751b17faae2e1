/**
 * Tests the parts of the laptop's image without building it: package lists, archives, kernel modules and
 * scripts.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FORBIDDEN_MODULES, LEFT_OUT, MODULES, SYSTEM, TOOLS } from './image-contents.ts';
import { chooseModules, forbiddenModules } from './kernel-modules.ts';
import { missingLibraries, neededLibraries } from './needed-libraries.ts';
import {
  fetchPackages,
  listDifferences,
  OutdatedListError,
  packageListText,
  readPackageList,
  readStanzas,
  sha256Hex,
} from './packages.ts';
import { filesUnder } from './system-tree.ts';
import { cpioArchive, FILE, FOLDER, LINK, pathInUsr, readTar, type Tree } from './tar-and-cpio.ts';

const SCRIPTS = 'offline/image/system';
const folder = mkdtempSync(join(tmpdir(), 'countersign-image-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const repeatedHash = (digit: string) => digit.repeat(64);
const sample = { name: 'bash', version: '5.2.15-2+b13', sha256: repeatedHash('a') };

test('the committed lists are normalised, contain all required packages, and no excluded package', () => {
  for (const [name, wanted] of Object.entries({ system: SYSTEM, tools: TOOLS })) {
    const text = readFileSync(`offline/image/${name}.list`, 'utf8');
    const packages = readPackageList(text);
    assert.is(text.slice(text.indexOf('\n') + 1), packageListText(packages));
    const names = packages.map(({ name }) => name);
    const absent = wanted.filter(other => !names.includes(other) && other !== 'linux-image-amd64');
    assert.equal(absent, []);
    const asked = LEFT_OUT.filter(other => !wanted.includes(other));
    assert.equal(
      asked.filter(other => names.includes(other)),
      [],
    );
  }
});

test('a list with a missing hash, a wrong order or a duplicate is refused', () => {
  const line = `bash 5.2 ${repeatedHash('a')}`;
  assert.equal(readPackageList(`# note\n${line}\n`), [
    { name: 'bash', version: '5.2', sha256: repeatedHash('a') },
  ]);
  for (const wrong of [
    'bash 5.2',
    `bash 5.2 ${repeatedHash('A')}`,
    `../bash 5.2 ${repeatedHash('a')}`,
    `${line}\n${line}`,
    `zstd 1 ${repeatedHash('b')}\n${line}`,
  ])
    assert.throws(() => readPackageList(wrong), /expected/, wrong);
});

test('packages that the mirror lacks, or has with other content, are named', () => {
  const offered = readStanzas(
    `Package: bash\nVersion: 5.2.15-2+b13\nSHA256: ${repeatedHash('a')}\n\nPackage: dash\nVersion: 0.6\nSHA256: ${repeatedHash('b')}\n`,
  );
  assert.equal(listDifferences([sample], offered), []);
  const others = [
    { ...sample, sha256: repeatedHash('c') },
    { name: 'dash', version: '0.5', sha256: repeatedHash('b') },
    { name: 'zsh', version: '1', sha256: repeatedHash('d') },
  ];
  const lines = listDifferences(others, offered);
  assert.is(lines.length, 3);
  assert.match(lines[0], 'expected SHA-256');
  assert.match(lines[1], /^dash: .* 0\.5, .* 0\.6$/);
  assert.match(lines[2], /^zsh: .* 1, .* none$/);
});

test('a changed package in the cache is refused, and a package missing on the mirror throws OutdatedListError', () => {
  const store = join(folder, 'store');
  mkdirSync(store);
  const wanted = { ...sample, sha256: sha256Hex(Buffer.from('content')) };
  const never = () => assert.unreachable('no mirror is needed') as never;
  writeFileSync(join(store, `${wanted.sha256}.deb`), 'content');
  assert.equal(fetchPackages(never, [wanted], store), [join(store, `${wanted.sha256}.deb`)]);
  writeFileSync(join(store, `${wanted.sha256}.deb`), 'changed');
  assert.throws(() => fetchPackages(never, [wanted], store), new RegExp(`${wanted.sha256}\\.deb`));
  assert.not.ok(existsSync(join(store, `${wanted.sha256}.deb`)));
  const empty = { offered: () => new Map() } as never;
  assert.throws(
    () => fetchPackages(() => empty, [wanted], store),
    (error: unknown) => error instanceof OutdatedListError,
  );
});

test('readTar reads folders, links, hard links and long names, and merges bin into usr/bin', () => {
  const source = join(folder, 'source');
  const long = `usr/${'long/'.repeat(30)}`;
  mkdirSync(join(source, long), { recursive: true });
  mkdirSync(join(source, 'bin'));
  writeFileSync(join(source, 'bin/run'), 'program', { mode: 0o755 });
  writeFileSync(join(source, long, 'file'), 'text', { mode: 0o644 });
  symlinkSync('run', join(source, 'bin/link'));
  execFileSync('ln', [join(source, 'bin/run'), join(source, 'bin/same')]);
  const tree = readTar(execFileSync('tar', ['--format=gnu', '-cf', '-', '-C', source, '--sort=name', '.']));
  const content = (place: string) => Buffer.from(tree.get(place)!.content).toString();
  assert.is(content('usr/bin/run'), 'program');
  assert.is(content('usr/bin/same'), 'program');
  assert.is(tree.get('usr/bin/run')!.mode, FILE | 0o755);
  assert.is(tree.get(`${long}file`)!.mode, FILE | 0o644);
  assert.equal([content('usr/bin/link'), tree.get('usr/bin/link')!.mode & 0o170000], ['run', LINK]);
  assert.is(pathInUsr('./lib64/ld.so'), 'usr/lib64/ld.so');
  assert.is(pathInUsr('./library/x'), 'library/x');
});

test('the archive for the kernel does not depend on the order of the files', () => {
  const entries: [string, { mode: number; content: Uint8Array }][] = [
    ['a', { mode: FOLDER | 0o755, content: new Uint8Array() }],
    ['a/b', { mode: FILE | 0o4755, content: Buffer.from('12345') }],
    ['c', { mode: LINK | 0o777, content: Buffer.from('a/b') }],
  ];
  const bytes = (tree: Tree) => Buffer.concat(cpioArchive(tree, 499_162_500));
  const archive = bytes(new Map(entries));
  assert.equal(archive, bytes(new Map([...entries].reverse())));
  // An entry begins with a header of 110 bytes. Then the name, padding and the content follow. The seventh
  // field of the header is the size of the content.
  const at = archive.indexOf('a/b\0') - 110;
  assert.is(archive.toString('latin1', at, at + 6), '070701');
  assert.is(archive.toString('latin1', at + 54, at + 62), '00000005');
  assert.is(archive.toString('latin1', at + 14, at + 22), (FILE | 0o4755).toString(16).padStart(8, '0'));
});

/** A kernel package from module paths and their dependencies. */
const kernelPackage = (modules: Record<string, string>): Tree =>
  new Map(
    Object.entries(modules).map(([path, needs]) => [
      `usr/lib/modules/6.1/kernel/${path}`,
      { mode: FILE | 0o644, content: Buffer.from(`x\0depends=${needs}\0y`) },
    ]),
  );

test('modules include their dependencies, and never a network driver', () => {
  const kernel = kernelPackage({
    'drivers/usb/storage/uas.ko': 'usb-storage',
    'drivers/usb/storage/usb-storage.ko': '',
    'drivers/hid/hid-asus.ko': 'rfkill',
    'net/rfkill/rfkill.ko': '',
    'drivers/net/e1000.ko': '',
  });
  const chosen = chooseModules(kernel, ['drivers/usb/storage/uas'], FORBIDDEN_MODULES);
  assert.equal(
    chosen.map(place => place.replace(/^.*\//, '')),
    ['uas.ko', 'usb-storage.ko'],
  );
  assert.throws(
    () => chooseModules(kernel, ['drivers/hid/'], FORBIDDEN_MODULES),
    /net\/rfkill\/rfkill\.ko: forbidden/,
  );
  assert.throws(() => chooseModules(kernel, ['drivers/none'], FORBIDDEN_MODULES), /^drivers\/none: /);
  assert.is(forbiddenModules(kernel, FORBIDDEN_MODULES).length, 2);
});

test('no allowed module is forbidden, and all drivers of networks and radio are forbidden', () => {
  assert.equal(
    MODULES.filter(path => FORBIDDEN_MODULES.test(`${path}x`)),
    [],
  );
  for (const path of [
    'drivers/net/usb/r8152.ko',
    'drivers/bluetooth/btusb.ko',
    'net/wireless/cfg80211.ko',
    'net/mac80211/mac80211.ko',
    'drivers/usb/class/cdc-wdm.ko',
    'drivers/media/rc/x.ko',
    'sound/core/snd.ko',
    'drivers/thunderbolt/thunderbolt.ko',
  ])
    assert.ok(FORBIDDEN_MODULES.test(path), path);
});

test('missing libraries of a program are found', () => {
  const node = readFileSync(process.execPath);
  const needs = neededLibraries(node);
  assert.ok(needs.includes('libc.so.6'));
  const tree: Tree = new Map([['usr/bin/node', { mode: FILE | 0o755, content: node }]]);
  assert.is(missingLibraries(tree).length, needs.length);
  for (const name of needs) tree.set(`usr/lib/${name}`, { mode: FILE | 0o644, content: new Uint8Array() });
  assert.equal(missingLibraries(tree), []);
});

test('sh can parse every script of the system, and only scripts are executable', () => {
  for (const [name, { mode, content }] of filesUnder(SCRIPTS)) {
    const isScript = Buffer.from(content).toString('latin1', 0, 9) === '#!/bin/sh';
    if ((mode & 0o170000) === FILE) assert.is((mode & 0o111) !== 0, isScript, name);
    if (isScript) assert.is(spawnSync('sh', ['-n', join(SCRIPTS, name)]).status, 0, name);
  }
});

test('the user may run only five scripts as root', () => {
  const lines = readFileSync(join(SCRIPTS, 'etc/doas.conf'), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'));
  const commands = lines.map(line => {
    const words = line.split(' ');
    assert.equal(words.slice(0, -1), ['permit', 'nopass', 'signer', 'as', 'root', 'cmd']);
    return /^\/usr\/lib\/laptop\/[a-z]+$/.exec(words.at(-1) as string)?.[0];
  });
  assert.equal(commands.map(path => path?.replace(/^.*\//, '')).sort(), [
    'keyboard',
    'keys',
    'off',
    'page',
    'usb',
  ]);
});

test('without a key stick the signer of the image refuses with KEYS_CLOSED', () => {
  const home = join(folder, 'home');
  mkdirSync(join(home, '.countersign'), { recursive: true });
  const { status, stderr } = spawnSync('sh', [join(SCRIPTS, 'usr/bin/signer'), 'sign', 'x'], {
    env: { PATH: '/usr/bin:/bin', HOME: home },
    encoding: 'utf8',
  });
  assert.is(status, 1);
  assert.match(stderr, /^error KEYS_CLOSED: /);
});

test.run();
