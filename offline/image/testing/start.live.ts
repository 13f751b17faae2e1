/**
 * Tests the image as it starts from a stick on a BIOS, and from a disc on UEFI. `make laptop-image-test` runs this test
 * in QEMU without hardware virtualisation. The test presses keys and reads the screen, and the image has no code for
 * tests.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequest } from '../../../fixtures/sample-request.ts';
import { BuiltSigner, PASSPHRASE } from '../../testing/built-signer.ts';
import { lineStartPattern, scriptTexts } from './script-texts.ts';
import {
  answerNewPassphrase,
  beginKeyStick,
  filesToCarry,
  IMAGE,
  KEY_STICK_OPEN,
  leaveQuestion,
  makeEmptyDisk,
  makeFatStick,
  makeKeyStick,
  openKeyStick,
  prepareSigner,
  readDiskFile,
  SIGNED,
  STICK_PASSPHRASE,
  secureBootOptions,
  signRequest,
  signWithoutImage,
  startMachine,
  WORK,
  waitForPrompt,
} from './test-laptop.ts';
import type { VirtualMachine } from './virtual-machine.ts';

const sha256OfFile = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const program = await BuiltSigner.built();
program.prepare();
const code = sampleRequest().reviewCode;
const keys = makeEmptyDisk('keys', 64);
const stick = makeFatStick('stick', filesToCarry(program));
const PICTURES = join(WORK, 'pictures');
const NO_CAMERA = scriptTexts('page', 'echo').find(text => text.startsWith('note: '));
let machine: VirtualMachine;
let publicKey = '';

const savePicture = (name: string) => machine.shoot(join(PICTURES, `${name}.png`));
/**
 * Prints the seconds since the machine was switched on. The text begins with a line end, because the test runner has
 * not ended its own line.
 */
const printTime = (done: string) =>
  console.log(`\nnote: ${done} after ${Math.round((Date.now() - machine.started) / 1000)} s`);

test.before(() => {
  rmSync(PICTURES, { recursive: true, force: true });
  mkdirSync(join(PICTURES, 'courier'), { recursive: true });
});
test.after(async () => {
  await machine?.pull();
  program.remove();
});

test('the image starts from a stick on a BIOS and shows the hashes of image and signer', async () => {
  machine = await startMachine('bios', { stick: true, disks: [keys, stick] });
  await waitForPrompt(machine);
  printTime('prompt on a BIOS');
  const text = await machine.run('about', 300);
  assert.match(text, new RegExp(`^image +${sha256OfFile(IMAGE)}$`, 'm'));
  for (const name of ['signer.mjs', 'qr.mjs', 'courier.html'])
    assert.match(text, `${sha256OfFile(join('dist', name))}  ${name}`);
  await savePicture('start');
});

test('a system with two network cards has only lo, and no driver, listener or swap', async () => {
  assert.is(await machine.run('cd /sys/class/net; echo *; cd'), 'lo');
  const cards = await machine.run(
    'cat /sys/bus/pci/devices/*/class | grep -c ^0x0200; ls -d /sys/bus/pci/devices/*/net | wc -l',
  );
  assert.match(cards, /^2\n/);
  assert.match(cards, /\n0$/);
  assert.is(await machine.run("cut -d ' ' -f 1 /proc/modules | grep -cE 'net|e1000|wlan|80211|blue'"), '0');
  assert.is(await machine.run('tail -qn +2 /proc/net/tcp /proc/net/udp /proc/net/raw /proc/swaps | wc -l'), '0');
  assert.is(await machine.run('cat /proc/sys/kernel/modules_disabled'), '1');
  assert.match(await machine.run('touch /x'), /Read-only file system/);
});

test('help lists the commands of the laptop, and a command that is not there is not repeated', async () => {
  const commands = await machine.run('help');
  for (const command of ['keys new', 'usb', 'signer', 'courier', 'keyboard', 'off'])
    assert.match(commands, new RegExp(`\\b${command}\\b`));
  const unknown = await machine.run('mistyped secret');
  assert.match(unknown, /^error COMMAND/m);
  assert.not.match(unknown, /mistyped|secret/);
});

test('a command names the closed stick', async () => {
  for (const command of ['ls usb', 'cat usb/request.json', 'about > usb/about.txt', 'cd usb'])
    assert.match(await machine.run(command), /^error USB_CLOSED/m, command);
  assert.match(await machine.run('cat request.json'), /^note: .*usb\/request\.json/m);
});

test('a wrong new passphrase is asked for again, and no typed text reaches the prompt or a history', async () => {
  await beginKeyStick(machine, '64M');
  await machine.secret('too short');
  await machine.sees(/^error PASSPHRASE_SHORT[\s\S]*^New passphrase/m);
  await answerNewPassphrase(machine, STICK_PASSPHRASE, 'test stick passphrasE');
  await machine.sees(/^error PASSPHRASE_DIFFERS[\s\S]*^New passphrase/m);
  // These keys normally suspend or end a program. At this question they must not lead to the prompt.
  for (const key of ['z', 'backslash']) await machine.press('ctrl', key);
  assert.not.match(await leaveQuestion(machine), /too short|test stick/);
  await machine.press('up');
  assert.is(await machine.run('history; set -o | grep -c "history.*off"; set | grep -c ^HISTFILE='), '1\n0');
});

test('without a key stick the signer refuses; text typed too early is dropped; a key stick is made', async () => {
  assert.match(await machine.run('signer public-key'), /^error KEYS_CLOSED/m);
  // The passphrase is typed before anything asks for it. Its first letters may appear on the screen before the error.
  await machine.press('ctrl', 'l');
  await machine.line(`keys open\n${STICK_PASSPHRASE}`);
  const refused = await machine.sees(/error KEYS_NONE[\s\S]*^laptop\$\s*$/m);
  assert.not.match(refused.replace(/^.*keys open\n/, ''), /error COMMAND/);
  const early = 'typed too early';
  const made = await makeKeyStick(machine, '64M', early);
  assert.not.ok(made.includes(early));
  assert.not.match(made, /error COMMAND/);
  printTime('key stick made');
});

test('a request from a FAT stick gets the same signatures as outside the image', async () => {
  assert.match(await machine.run('usb'), /open as ~\/usb/);
  assert.match(await machine.run('grep usb /proc/mounts'), /vfat rw,nosuid,nodev,noexec/);
  assert.match(await machine.run('cat request.json'), /^note: .*usb\/request\.json/m);
  await prepareSigner(machine);
  publicKey = await machine.run('signer public-key', 120);
  assert.match(publicKey, /[0-9a-f]{66}/);
  await signRequest(machine, 'signer sign usb/request.json --out usb/sign-1.json', code, PASSPHRASE);
  await machine.sees(new RegExp(`${SIGNED.source} usb/sign-1\\.json`, 'm'), 180);
  await savePicture('signed');
  assert.match(
    await machine.run('usb off'),
    new RegExp(lineStartPattern(scriptTexts('usb', 'echo', 'off').at(-1)), 'm'),
  );
  assert.equal(readDiskFile(stick, 'sign-1.json'), signWithoutImage(program, 'request.json', code));
  printTime('signed');
});

test('the courier page shows the request, and qr reads the file from pictures of the screen', async () => {
  await machine.run('usb');
  await machine.line('courier');
  await machine.bright(400);
  printTime('courier page open');
  // The test waits for blue points: the open tab and the first file of the dialog are blue.
  await machine.until(() => machine.click(258, 320), [830, 41], [221, 238, 255]);
  await machine.until(() => machine.click(255, 156), [600, 103], [53, 132, 228]);
  await machine.line('/home/signer/usb/request.json');
  const back = join(WORK, 'read.json');
  const shots = join(PICTURES, 'courier');
  rmSync(back, { force: true });
  for (let round = 0; ; round++) {
    for (let n = 0; n < 12; n++, await sleep(400)) await savePicture(`courier/${round}-${n}`);
    try {
      execFileSync(process.execPath, ['dist/qr.mjs', 'read', shots, '--out', back], { stdio: 'pipe' });
      break;
    } catch (error) {
      if (round > 8) throw new Error(String((error as { stderr: Buffer }).stderr));
    }
  }
  assert.equal(readFileSync(back), readFileSync(program.path('request.json')));
  printTime('file read back from the screen');
  await machine.press('ctrl', 'q');
  await machine.sees(new RegExp(lineStartPattern(NO_CAMERA), 'm'), 120);
  await machine.sees(/^laptop\$$/m, 120);
});

test('the handbook opens on a screen of its own', async () => {
  const from = Date.now();
  await machine.line('handbook');
  await machine.sees(/^Ctrl\+Q/m);
  await machine.bright(400);
  console.log(`\nnote: handbook open in ${Math.round((Date.now() - from) / 1000)} s`);
  await machine.press('ctrl', 'q');
  await machine.sees(/^laptop\$$/m, 120);
});

test('the command off closes the sticks and switches the machine off', async () => {
  await machine.line('off');
  await machine.ended(120);
});

test('the image starts from a disc on UEFI with Secure Boot, and a wrong passphrase changes nothing', async () => {
  machine = await startMachine('uefi', { ...secureBootOptions(), disks: [keys] });
  await waitForPrompt(machine);
  printTime('prompt on UEFI');
  assert.match(await openKeyStick(machine, 'another passphrase'), /^error KEYS_PASSPHRASE/m);
});

test('the key stick still has the key after a new start', async () => {
  assert.match(await openKeyStick(machine), KEY_STICK_OPEN);
  assert.is(await machine.run('signer public-key', 120), publicKey);
  assert.match(await machine.run('signer journal', 120), /500001-2021-ACME/);
});

test.run();
