/**
 * The program's entry: gives the real environment to the commands. `.tools/laptop/signer-rules.ts` lists the permitted
 * Node built-ins.
 */
import { randomBytes } from 'node:crypto';
// biome-ignore format: names alone
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { utf8 } from '../shared/bytes.ts';
import { Refusal } from '../shared/errors.ts';
import { errorText, runSigner, type Streams } from './command-line.ts';
import { type Disk, refusalOfFileError, writeCompletely } from './disk-files.ts';
import { SCRYPT } from './key-file.ts';
import { makeScreenPrinter, type Printer, toStderr } from './printer.ts';
import { programHash } from './program-identity.ts';
import { openTerminal } from './terminal.ts';
import { WIDTH } from './text-layout.ts';
import type { World } from './world.ts';

const files = { openSync, closeSync, readSync, writeSync, fsyncSync, ftruncateSync, statSync, fstatSync };
const disk: Disk = { ...files, renameSync, unlinkSync, mkdirSync, readdirSync, constants };

const toStdout = makeScreenPrinter(
  // On a disk that is almost full, Node's stream writes only a part and reports success. So this function writes to a
  // file without the stream, until all bytes are written.
  text => (fstatSync(1).isFile() ? writeCompletely(disk, 1, utf8(text)) : void process.stdout.write(text)),
  () => (process.stdout.isTTY ? process.stdout.columns || WIDTH : null),
);
const streams: Streams = { out: toStdout, err: toStderr };
/** Prints the error and its hint, never a stack trace. */
const printErrorAndExit = (error: unknown, write: (text: string) => unknown = toStderr.prose) => {
  write(errorText(error));
  process.exit(1);
};

// The program sets the mode of each new file. With this mask, other users cannot write to the file, even if the shell's
// mask permits this.
process.umask(0o022);
// Without this handler, Node opens its inspector at SIGUSR1.
process.on('SIGUSR1', () => {});
process.stdout.on('error', error => printErrorAndExit(error));
const elsewhere = process.argv.includes('--json') ? String : toStdout.prose;
process.stderr.on('error', error => printErrorAndExit(refusalOfFileError('stderr', error), elsewhere));
process.on('uncaughtException', error => printErrorAndExit(error));
// Node exits with code 13 if the program waits and no event is left that could end the wait.
const unsettled = new Refusal('INTERRUPTED', 'the program ended while it was waiting', 'Run the command again.');
process.on('exit', () => process.exitCode === 13 && printErrorAndExit(unsettled));

// The program's file is read immediately, because the file may change later.
const hash = programHash(disk, resolve(process.argv.at(1) ?? ''));

const makeRealWorld = (home: string | undefined, shown: Printer): World => ({
  disk,
  home: resolve(home ?? `${homedir()}/.countersign`),
  now: Date.now,
  random: bytes => new Uint8Array(randomBytes(bytes)),
  env: process.env,
  // Questions go to stderr, and screens go to stdout or stderr. The program asks only if the person sees both and can
  // answer: if these streams and stdin are terminals.
  terminal:
    process.stderr.isTTY && process.stdin.isTTY && (shown === toStderr || process.stdout.isTTY) ? openTerminal() : null,
  show: shown.columns,
  note: toStderr.prose,
  scrypt: SCRYPT,
});

process.exitCode = await runSigner(process.argv.slice(2), streams, makeRealWorld, hash);
