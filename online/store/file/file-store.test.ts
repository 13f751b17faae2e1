import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { rejectsWith } from '../../../shared/testing.ts';
import { FILE_ERRORS } from '../../platform/texts.ts';
import { areBytesComplete, startWorker } from '../suite/start-workers.ts';
import { storeSuite } from '../suite/store-suite.ts';
import { noHardLinksRefusal, notAnObjectRefusal } from '../texts.ts';
import { FileStore } from './file-store.ts';

const base = fs.mkdtempSync(join(tmpdir(), 'countersign-store-'));
fs.chmodSync(base, 0o755);
let count = 0;
const freshFolderPath = () => join(base, `store-${++count}`, 'deep');
const textBytes = (value: string) => new TextEncoder().encode(value);

const test = storeSuite({
  label: 'file store',
  open: {},
  fresh: () => `file:${freshFolderPath()}`,
  rounds: 60,
});
test.after(() => fs.rmSync(base, { recursive: true, force: true }));

/** All files below the folder, including temporary ones. */
function filesBelow(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter(name => fs.statSync(join(folder, name)).isFile())
    .sort();
}

test('reading creates no folder, and writing leaves only the object', async () => {
  const store = new FileStore(freshFolderPath());
  await store.get('a/b');
  await store.list('');
  assert.is(fs.existsSync(store.folder), false);
  await store.create('a/b', textBytes('1'));
  await store.create('a/b', textBytes('2'));
  await store.put('a/b', textBytes('3'));
  assert.equal(filesBelow(store.folder), ['a/b']);
});

test('a temporary file never counts as an object, and later writes remove leftovers of killed writers', async () => {
  const store = new FileStore(freshFolderPath());
  await store.put('history/1', textBytes('x'));
  const [stale, young, foreign] = ['2~0123456789abcdef', '3~0123456789abcdef', 'notes~'].map(name =>
    join(store.folder, name),
  ) as [string, string, string];
  for (const path of [stale, young, foreign]) fs.writeFileSync(path, 'half');
  const old = new Date(Date.now() - 11 * 60_000);
  for (const path of [stale, foreign]) fs.utimesSync(path, old, old);
  assert.equal(await store.list(''), ['history/1']);
  assert.is(await store.get('history/2'), null);
  assert.is(await store.create('history/2', textBytes('y')), true);
  assert.is(fs.existsSync(stale), false);
  assert.ok(fs.existsSync(young), 'it may be written just now');
  assert.ok(fs.existsSync(foreign), 'it is not of this program');
});

test('objects are written in a subfolder on another disk', async () => {
  // The other file system is /dev/shm. On a machine without it, nothing is tested.
  if (!fs.existsSync('/dev/shm')) return;
  const other = fs.mkdtempSync('/dev/shm/countersign-');
  try {
    const store = new FileStore(freshFolderPath());
    fs.mkdirSync(store.folder, { recursive: true });
    fs.symlinkSync(other, join(store.folder, 'history'));
    assert.is(await store.create('history/1', textBytes('x')), true);
    assert.is(await store.create('history/1', textBytes('y')), false);
    await store.put('history/2', textBytes('z'));
    assert.equal(fs.readdirSync(other).sort(), ['1', '2']);
  } finally {
    fs.rmSync(other, { recursive: true });
  }
});

test('without hard links create is refused, and no file is left under the name', async () => {
  for (const code of ['EPERM', 'ENOTSUP']) {
    const withoutLink = async () => {
      throw Object.assign(new Error(), { code });
    };
    const store = new FileStore(freshFolderPath(), { link: withoutLink });
    const { message, hint } = noHardLinksRefusal(`${store.name}: map.json`, code);
    const refusal = await rejectsWith(
      'STORE_FAILED',
      () => store.create('map.json', textBytes('1')),
      message,
    );
    assert.is(refusal.hint, hint);
    assert.equal(filesBelow(store.folder), []);
  }
});

test("if a folder, a pipe or a file has the object's name, the refusal names the key", async () => {
  const store = new FileStore(freshFolderPath());
  await store.put('a/b', textBytes('x'));
  await rejectsWith('STORE_FAILED', () => store.put('a', textBytes('x')), /write a: .*EISDIR/);
  const { hint } = notAnObjectRefusal('', '', '');
  assert.is((await rejectsWith('STORE_FAILED', () => store.create('a', textBytes('x')), /: a: /)).hint, hint);
  await rejectsWith('STORE_FAILED', () => store.put('a/b/c', textBytes('x')), /write a\/b\/c: .*ENOTDIR/);
  await rejectsWith('STORE_FAILED', () => store.create('a/b/c', textBytes('x')), /write a\/b\/c: .*ENOTDIR/);
  execFileSync('mkfifo', [join(store.folder, 'pipe')]);
  assert.is((await rejectsWith('STORE_FAILED', () => store.get('pipe'), /: pipe: /)).hint, hint);
  assert.equal(await store.list(''), ['a/b']);
  assert.equal(filesBelow(store.folder), ['a/b']);
});

test("if the store's path is a file or below a file, every operation says so", async () => {
  const file = join(base, 'a-file');
  fs.writeFileSync(file, 'x');
  for (const folder of [file, join(file, 'below')]) {
    const store = new FileStore(folder);
    for (const run of [
      () => store.get('map.json'),
      () => store.put('map.json', textBytes('x')),
      () => store.create('map.json', textBytes('x')),
      () => store.list(''),
    ])
      await rejectsWith('STORE_FAILED', run, /\(ENOTDIR\)$/);
  }
  assert.is(fs.readFileSync(file, 'utf8'), 'x');
});

test('a folder without permissions is refused', async () => {
  const store = new FileStore(freshFolderPath());
  await store.put('map.json', textBytes('x'));
  const asRoot = process.getuid?.() === 0;
  fs.chmodSync(store.folder, 0o500);
  if (asRoot) process.seteuid?.(65534);
  try {
    if (!asRoot) assert.equal(await store.get('map.json'), textBytes('x'));
    for (const run of [
      () => store.put('map.json', textBytes('y')),
      () => store.create('new.json', textBytes('y')),
    ])
      await rejectsWith('STORE_DENIED', run, /(map|new)\.json: no permission \(EACCES\)/);
    if (!asRoot) fs.chmodSync(store.folder, 0);
    await rejectsWith('STORE_DENIED', () => store.get('map.json'), /read map\.json: no permission/);
    await rejectsWith('STORE_DENIED', () => store.list(''), /no permission/);
  } finally {
    if (asRoot) process.seteuid?.(0);
    fs.chmodSync(store.folder, 0o700);
  }
  assert.equal(await store.get('map.json'), textBytes('x'));
});

/** Mounts a small disk, which only root may do. @returns whether it succeeded */
function mountDisk(folder: string): boolean {
  fs.mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
const unmount = (folder: string) => execFileSync('umount', ['-l', folder]);

// Here a mount is tried, and undone at once. The test mounts the disk again. So a run that is killed before
// the test leaves no mount.
const disk = join(base, 'disk');
const mayMount = mountDisk(disk);
if (mayMount) unmount(disk);
else console.log('SKIPPED: full and read-only disks: this user cannot mount one');
const withDisk = mayMount ? test : test.skip;

withDisk(
  'when the disk is full, or becomes read-only, the old object stands and nothing is left',
  async () => {
    assert.ok(mountDisk(disk));
    try {
      const store = new FileStore(join(disk, 'store'));
      await store.put('map.json', new Uint8Array(100_000).fill(1));
      for (const run of [
        () => store.put('map.json', new Uint8Array(200_000).fill(2)),
        () => store.create('history/1', new Uint8Array(200_000).fill(2)),
      ]) {
        const refusal = await rejectsWith('STORE_FAILED', run, /write (map\.json|history\/1): .*\(ENOSPC\)$/);
        assert.is(refusal.hint, FILE_ERRORS['ENOSPC']?.hint);
      }
      assert.equal(filesBelow(disk), ['store/map.json']);
      assert.equal(await store.get('map.json'), new Uint8Array(100_000).fill(1));
      assert.is(await store.create('history/1', textBytes('small')), true, 'and it goes on');

      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await rejectsWith(
        'STORE_DENIED',
        () => store.put('map.json', textBytes('x')),
        /map\.json: .*read-only/,
      );
      await rejectsWith('STORE_DENIED', () => store.create('new', textBytes('x')), /new: .*read-only/);
      assert.equal(await store.list(''), ['history/1', 'map.json']);
    } finally {
      unmount(disk);
    }
  },
);

test('after writers were killed at any moment, every object is complete and no other file counts', async () => {
  const folder = freshFolderPath();
  const store = new FileStore(folder);
  const random = (n: number) => (n * 7919) % 97; // Milliseconds of a pause, 0 to 96, the same in each run.
  let created = 0;
  for (let round = 0; round < 8; round++) {
    const ids = [1, 2, 3].map(i => round * 10 + i);
    const workers = await Promise.all(
      ids.map(id => startWorker({ mode: 'fill', spec: `file:${folder}`, open: {}, id })),
    );
    await Promise.all(
      workers.map(async (worker, i) => {
        await new Promise(resolve => setTimeout(resolve, 30 + random(ids[i]!)));
        await worker.stop('SIGKILL');
      }),
    );
    const keys = await store.list('');
    assert.ok(!keys.some(key => key.includes('~')));
    assert.equal(
      keys.filter(key => key !== 'replaced' && !key.startsWith('fill/')),
      [],
    );
    for (const key of keys) assert.ok(areBytesComplete((await store.get(key))!), key);
    created = keys.length;
  }
  assert.ok(created > 20, `only ${created} objects were written`);

  const leftovers = () => filesBelow(folder).filter(name => name.includes('~'));
  assert.ok(leftovers().length > 0, 'no writer was killed in the middle: the test proves nothing');
  const old = new Date(Date.now() - 11 * 60_000);
  for (const name of leftovers()) fs.utimesSync(join(folder, name), old, old);
  await store.put('later/one', textBytes('x'));
  assert.equal(leftovers(), []);
});

test.run();
