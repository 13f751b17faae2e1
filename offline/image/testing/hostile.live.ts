/**
 * Tests the laptop image with sticks that are damaged, full, duplicate or read-only, or that have another file system.
 * Also cuts the power during signing. Each refusal has its code, and leaves the bytes of the key stick unchanged. Only
 * the check of a damaged file system may change them. Part of `make laptop-image-test FULL=1`.
 */
import { execFile, execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequest } from '../../../fixtures/sample-request.ts';
import { BuiltSigner, PASSPHRASE } from '../../testing/built-signer.ts';
import { lineStartPattern, scriptTexts } from './script-texts.ts';
import {
  filesToCarry,
  IMAGE,
  KEY_STICK_OPEN,
  makeEmptyDisk,
  makeFatStick,
  makeKeyStick,
  openKeyStick,
  prepareSigner,
  readDiskFile,
  SIGNED,
  signRequest,
  signWithoutImage,
  startMachine,
  WORK,
  waitForPrompt,
} from './test-laptop.ts';
import type { Disk, VirtualMachine } from './virtual-machine.ts';

const program = await BuiltSigner.built();
program.prepare();
const code = sampleRequest().reviewCode;
const files = filesToCarry(program);
const keys = makeEmptyDisk('hostile-keys', 64);
const stick = makeFatStick('hostile-stick', files);
const [, READ_ONLY] = scriptTexts('usb', 'echo', 'on');
let machine: VirtualMachine;

/** Builds the image again. @returns the output of the build */
async function buildImage(...words: string[]): Promise<string> {
  const options = ['--import', 'tsx', '.tools/release/image/image.ts', '--or-newer', ...words];
  return (await promisify(execFile)(process.execPath, options)).stdout;
}

/** Writes lists of packages that name a version which the mirror does not have. @returns the folder of the lists */
function makeOlderLists(): string {
  const lists = join(WORK, 'older');
  mkdirSync(lists, { recursive: true });
  for (const name of ['system.list', 'tools.list']) {
    const text = readFileSync(join('offline/image', name), 'utf8');
    writeFileSync(join(lists, name), text.replace(/^bash .*$/m, `bash 5.2.15-1 ${'0'.repeat(64)}`));
  }
  return lists;
}

// Both builds run during the first tests, because the virtual machine of these tests uses only one processor.
const [AGAIN, NEWER] = [join(WORK, 'again.iso'), join(WORK, 'newer.iso')];
for (const file of [AGAIN, NEWER]) rmSync(file, { force: true });
const secondBuild = buildImage('--out', AGAIN);
const newerBuild = secondBuild.then(() => buildImage('--lists', makeOlderLists(), '--out', NEWER));
// The tests of these builds report a failure. Without this line, a failure before those tests would end the process.
newerBuild.catch(() => undefined);

test.after(async () => {
  await machine?.pull();
  program.remove();
});

/** A copy of the key stick with zeros in a range of bytes. */
function makeDamagedCopy(id: string, from: number, to: number): Disk {
  const disk = { id, file: join(WORK, `${id}.img`) };
  copyFileSync(keys.file, disk.file);
  const handle = openSync(disk.file, 'r+');
  writeSync(handle, new Uint8Array(to - from), 0, to - from, from);
  closeSync(handle);
  return disk;
}

async function withOpenStick(disk: Disk, check: () => Promise<void>): Promise<void> {
  await machine.plug(disk);
  await check();
  await machine.run('usb off');
  await machine.unplug(disk);
}

test("a key stick is made and gets the signer's key and profile", async () => {
  machine = await startMachine('hostile', { disks: [] });
  await waitForPrompt(machine);
  await machine.plug(keys);
  await makeKeyStick(machine, '64M');
  await withOpenStick(stick, async () => {
    assert.match(await machine.run('usb'), /open as ~\/usb/);
    await prepareSigner(machine);
  });
});

test('sticks with another file system, without space, and read-only are refused', async () => {
  const foreign = makeEmptyDisk('foreign', 16);
  execFileSync('mke2fs', ['-q', '-t', 'ext4', foreign.file], { stdio: 'pipe' });
  await withOpenStick(foreign, async () => assert.match(await machine.run('usb'), /^error USB_FORMAT/m));
  writeFileSync(program.path('filler'), new Uint8Array(8_200_000));
  const full = makeFatStick('full', [...files, program.path('filler')]);
  await withOpenStick(full, async () => {
    assert.match(await machine.run('usb'), /^note: .* \d+ kB /m);
    await machine.run('cat /dev/zero > usb/rest', 60);
    await signRequest(machine, 'signer sign usb/request.json --out usb/sign-1.json', code, PASSPHRASE);
    await machine.sees(/^error [A-Z_]+/m, 180);
    await signRequest(machine, 'signer sign usb/request.json --out Downloads/sign-1.json', code, PASSPHRASE);
    await machine.sees(SIGNED, 180);
  });
  const locked = { ...makeFatStick('locked', files), readOnly: true };
  await withOpenStick(locked, async () =>
    assert.match(await machine.run('usb'), new RegExp(lineStartPattern(READ_ONLY), 'm')),
  );
});

test('a request that is too large is refused before it is read into memory', async () => {
  writeFileSync(program.path('large.json'), new Uint8Array(40_000_000).fill(0x20));
  const large = makeFatStick('large', [program.path('large.json')], 64);
  await withOpenStick(large, async () => {
    await machine.run('usb');
    assert.match(await machine.run('signer inspect usb/large.json', 180), /^error [A-Z_]+/m);
  });
});

test('two key sticks at once and damaged key sticks are refused and not changed', async () => {
  await machine.run('keys close');
  const twin = makeDamagedCopy('twin', 0, 0);
  await machine.plug(twin);
  assert.match(await machine.run('keys open'), /^error KEYS_TWO/m);
  await machine.unplug(twin);
  const before = readFileSync(keys.file);
  assert.match(await openKeyStick(machine, 'another passphrase'), /^error KEYS_PASSPHRASE/m);
  assert.equal(readFileSync(keys.file), before);
  await machine.unplug(keys);
  for (const [disk, expected] of [
    [makeDamagedCopy('headless', 0, 1 << 20), /^error KEYS_NONE/m],
    [makeDamagedCopy('keyless', 32_768, 1 << 20), /^error KEYS_PASSPHRASE/m],
    [makeDamagedCopy('empty', 16 << 20, 60 << 20), /^error KEYS_DAMAGED/m],
    // This stick could be mounted, so only the check of the file system finds the damage.
    [makeDamagedCopy('partly', 17 << 20, 30 << 20), /^error KEYS_DAMAGED/m],
    [{ ...makeDamagedCopy('locked-keys', 0, 0), readOnly: true }, /^error KEYS_LOCKED/m],
  ] as [Disk, RegExp][]) {
    const content = readFileSync(disk.file);
    await machine.plug(disk);
    assert.match(await openKeyStick(machine), expected, disk.id);
    await machine.unplug(disk);
    if (disk.id !== 'partly') assert.equal(readFileSync(disk.file), content, disk.id);
  }
  // Only the first header is damaged, so the stick opens with the second header.
  const second = makeDamagedCopy('second', 0, 16_384);
  await machine.plug(second);
  assert.match(await openKeyStick(machine), KEY_STICK_OPEN);
  await machine.run('keys close');
  await machine.pull();
});

test('after a power cut during signing, the journal has each signature, and signing again gives the same bytes', async () => {
  const outside = signWithoutImage(program, 'request.json', code);
  // If the previous test failed, its machine is still on.
  await machine.pull();
  // The power is cut while the signer works, and right after its message that the request is signed.
  for (const moment of ['early', 'signed']) {
    machine = await startMachine('hostile', { disks: [keys, stick] });
    await waitForPrompt(machine);
    assert.match(await openKeyStick(machine), KEY_STICK_OPEN);
    await machine.run('usb');
    await signRequest(machine, `signer sign usb/request.json --out usb/${moment}.json`, code, PASSPHRASE);
    if (moment === 'early') await sleep(2500);
    else await machine.sees(SIGNED, 180);
    await machine.pull();
  }
  machine = await startMachine('hostile', { disks: [keys, stick] });
  await waitForPrompt(machine);
  assert.match(await openKeyStick(machine), KEY_STICK_OPEN);
  assert.match(await machine.run('signer journal', 120), /500001-2021-ACME/);
  await machine.run('usb');
  await signRequest(machine, 'signer sign usb/request.json --out usb/again.json', code, PASSPHRASE);
  await machine.sees(SIGNED, 180);
  await machine.run('usb off');
  assert.equal(readDiskFile(stick, 'again.json'), outside);
});

test('a second build gives the same bytes', async () => {
  await secondBuild;
  assert.ok(readFileSync(AGAIN).equals(readFileSync(IMAGE)));
});

test('a package that the mirror lacks is named, and newer packages make an image', async () => {
  assert.match(await newerBuild, /^mirror: bash: \w+ 5\.2\.15-1, .* \d/m);
  assert.ok(statSync(NEWER).size > 100_000_000);
});

test.run();
