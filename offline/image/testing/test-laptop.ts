/**
 * For tests of the image: the image's file, USB sticks, the signer of the build, and a virtual machine that runs the
 * image.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, ftruncateSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPackageList } from '../../../.tools/release/image/packages.ts';
import { readPackage } from '../../../.tools/release/image/tar-and-cpio.ts';
import { trust } from '../../../fixtures/sample-request.ts';
import { signaturesWrittenText } from '../../commands/sign.ts';
import { type BuiltSigner, PASSPHRASE } from '../../testing/built-signer.ts';
import { readFont } from './console-text.ts';
import { lineStartPattern, scriptTexts } from './script-texts.ts';
import { type Disk, type Options, VirtualMachine } from './virtual-machine.ts';

export const WORK = resolve('.build/image');
export const IMAGE = join(WORK, 'laptop.iso');
const FIRMWARE = '/usr/share/OVMF';
/** TEST PASSPHRASE of the key stick. */
export const STICK_PASSPHRASE = 'test stick passphrase';
/** The time on the machine's clock at its start, shortly after the time of the sample's request. */
const TIME = '2025-11-22T07:10:00';

function consoleFont(): Map<string, string> {
  const packages = readPackageList(readFileSync(join(WORK, 'used.list'), 'utf8'));
  const { sha256 } = packages.find(({ name }) => name === 'console-setup-linux')!;
  const files = readPackage(join(WORK, 'packages', `${sha256}.deb`));
  return readFont(files.get('usr/share/consolefonts/Uni2-Terminus16.psf.gz')!.content);
}

const font = consoleFont();

export const startMachine = (name: string, options: Partial<Options> = {}): Promise<VirtualMachine> =>
  VirtualMachine.start({ iso: IMAGE, folder: join(WORK, name), font, time: TIME, ...options });

/** UEFI firmware with Secure Boot switched on and with Microsoft's keys, as PCs have them. */
export function secureBootOptions(): Partial<Options> {
  const variables = join(WORK, 'variables.fd');
  copyFileSync(join(FIRMWARE, 'OVMF_VARS_4M.ms.fd'), variables);
  const secure = ['-machine', 'q35,smm=on', '-global', 'driver=cfi.pflash01,property=secure,value=on'];
  const more = [...secure, '-drive', `if=pflash,format=raw,file=${variables}`];
  return { ovmf: join(FIRMWARE, 'OVMF_CODE_4M.ms.fd'), more };
}

/** Waits for the prompt and returns the screen. On a busy machine the start takes minutes. */
export const waitForPrompt = (machine: VirtualMachine): Promise<string> => machine.sees(/^laptop\$$/m, 900);

/** An empty disk. */
export function makeEmptyDisk(id: string, megabytes: number): Disk {
  const file = join(WORK, `${id}.img`);
  rmSync(file, { force: true });
  const handle = openSync(file, 'w');
  ftruncateSync(handle, megabytes << 20);
  closeSync(handle);
  return { id, file };
}

const runMtools = (program: string, ...words: string[]) =>
  execFileSync(program, words, { env: { ...process.env, MTOOLS_SKIP_CHECK: '1' } });

/** The files that a person carries to the laptop for the sample. */
export const filesToCarry = (program: BuiltSigner): string[] =>
  ['request.json', 'privkey.dat', 'trust.json'].map(name => program.path(name));

/** A stick with a FAT file system that has copies of these files. */
export function makeFatStick(id: string, files: readonly string[], megabytes = 8): Disk {
  const disk = makeEmptyDisk(id, megabytes);
  runMtools('mformat', '-i', disk.file, '-T', String((megabytes << 20) / 512), '-h', '16', '-s', '32', '::');
  if (files.length > 0) runMtools('mcopy', '-i', disk.file, ...files, '::/');
  return disk;
}

export const readDiskFile = (disk: Disk, name: string): Buffer => runMtools('mtype', '-i', disk.file, `::/${name}`);

/** Signs a request with the built signer, outside the image. @returns the bytes of the signatures file */
export function signWithoutImage(program: BuiltSigner, request: string, code: string): Buffer {
  const words = ['--out', 'outside.json', '--confirm', code, '--ignore-clock', '--home', 'home', '--json'];
  const { status, out } = program.run('sign', request, ...words);
  if (status !== 0 || !existsSync(program.path('outside.json'))) throw new Error(out);
  return readFileSync(program.path('outside.json'));
}

const CHOOSE_DISK = lineStartPattern(scriptTexts('keys', 'ask', 'choose_disk')[0]);
const [NEW_PASSPHRASE, REPEAT_PASSPHRASE] = scriptTexts('keys', 'ask', 'ask_new_passphrase');
const [STICK_QUESTION] = scriptTexts('keys', 'ask', 'open_keys');
const MADE = lineStartPattern(scriptTexts('keys', 'echo', 'new_keys').at(-1));
const PAGE = String.raw`-- line \d+ of \d+,.* -- *$`;
export const SIGNED = new RegExp(lineStartPattern(signaturesWrittenText(1, '')), 'm');

/** Runs `keys new` for the disk that `lsblk` lists with this size, until the command asks for the passphrase. */
export async function beginKeyStick(machine: VirtualMachine, size: string): Promise<void> {
  await machine.press('ctrl', 'l');
  await machine.line('keys new');
  const list = await machine.sees(new RegExp(CHOOSE_DISK, 'm'));
  const [, number, name] = new RegExp(`^ +(\\d) +/dev/(\\w+) +${size} `, 'm').exec(list) ?? [];
  if (!number) throw new Error(`no disk of ${size}:\n${list.trim()}`);
  await machine.line(number);
  await machine.sees(/^Type "erase/m);
  await machine.line(`erase ${name}`);
  await machine.sees(new RegExp(lineStartPattern(NEW_PASSPHRASE), 'm'));
}

/** Types the new passphrase and its repetition. */
export async function answerNewPassphrase(machine: VirtualMachine, first: string, again: string): Promise<void> {
  await machine.secret(first);
  await machine.sees(new RegExp(lineStartPattern(REPEAT_PASSPHRASE), 'm'));
  await machine.secret(again);
}

/**
 * Makes a key stick on the disk that `lsblk` lists with this size.
 * @param early a line that is typed while the stick is encrypted
 * @returns the screen after the command has ended
 */
export async function makeKeyStick(machine: VirtualMachine, size: string, early = ''): Promise<string> {
  await beginKeyStick(machine, size);
  await answerNewPassphrase(machine, STICK_PASSPHRASE, STICK_PASSPHRASE);
  await machine.sees(/^Encrypting/m);
  if (early !== '') await machine.line(early);
  return machine.sees(new RegExp(`${MADE}[\\s\\S]*^laptop\\$\\s*$`, 'm'), 240);
}

/** The start of the line that `keys open` prints when the key stick is open. */
export const KEY_STICK_OPEN = new RegExp(lineStartPattern(scriptTexts('keys', 'echo', 'open_keys').at(-1)), 'm');
const ANSWERED = new RegExp(`${KEY_STICK_OPEN.source}|^error KEYS`, 'm');

/**
 * Opens the key stick. After a wrong passphrase, leaves the question.
 * @returns the screen after the first answer or refusal
 */
export async function openKeyStick(machine: VirtualMachine, passphrase = STICK_PASSPHRASE): Promise<string> {
  await machine.press('ctrl', 'l');
  await machine.line('keys open');
  const asked = await machine.sees(new RegExp(`${lineStartPattern(STICK_QUESTION)}|^error KEYS`, 'm'));
  if (/^error/m.test(asked)) return asked;
  await machine.secret(passphrase);
  const answer = await machine.sees(ANSWERED, 240);
  if (/^error KEYS_PASSPHRASE/m.test(answer)) await leaveQuestion(machine);
  // Waits for the prompt, because keys that are pressed before it are dropped.
  else await machine.sees(new RegExp(`(${ANSWERED.source})[\\s\\S]*^laptop\\$\\s*$`, 'm'));
  return answer;
}

/** Leaves a question by Ctrl-C. @returns the screen, which ends with an empty prompt */
export async function leaveQuestion(machine: VirtualMachine): Promise<string> {
  await machine.press('ctrl', 'c');
  return machine.sees(/^Stopped\..*\n(.*\n)*laptop\$\s*$/m);
}

/** Enters a command that shows a screen, pages through it, and types the review code. */
export async function confirmCommand(machine: VirtualMachine, command: string, code: string): Promise<void> {
  await machine.press('ctrl', 'l');
  await machine.line(command);
  for (;;) {
    const screen = await machine.sees(new RegExp(`${PAGE}|(OTHER|other) screen: *$`, 'm'), 180);
    if (/(OTHER|other) screen: *$/m.test(screen)) break;
    await machine.press('ret');
    await machine.sees(new RegExp(`^(?!.*${PAGE})`, 'ms'), 30);
  }
  await machine.line(code);
}

/** Enters a sign command, pages through its screen, and types the review code and the passphrase. */
export async function signRequest(
  machine: VirtualMachine,
  command: string,
  code: string,
  passphrase: string,
): Promise<void> {
  await confirmCommand(machine, command, code);
  await machine.sees(/^Passphrase \(not shown\)/m, 120);
  await machine.secret(passphrase);
}

/** Imports the test key and pins the sample's profile, from a stick that is open as `~/usb`. */
export async function prepareSigner(machine: VirtualMachine): Promise<void> {
  await machine.run(`SIGNER_PASSPHRASE='${PASSPHRASE}' signer import usb/privkey.dat`, 180);
  await confirmCommand(machine, 'signer trust usb/trust.json', trust.reviewCode);
  await machine.sees(/^laptop\$$/m, 120);
}
