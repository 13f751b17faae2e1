/** The program: hands the real world to the commands. Node's built-ins that it uses are listed in `.tools/laptop/signer-rules.ts`. */
import { randomBytes } from 'node:crypto';
// biome-ignore format: names alone
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { main, type Streams } from './cli.ts';
import type { Disk } from './disk.ts';
import { SCRYPT } from './key-file.ts';
import { ttyTerminal } from './terminal.ts';

const files = { openSync, closeSync, readSync, writeSync, fsyncSync, ftruncateSync, statSync, fstatSync };
const disk: Disk = { ...files, renameSync, unlinkSync, mkdirSync, readdirSync, constants };

const streams: Streams = {
  out: text => void process.stdout.write(`${text}\n`),
  err: text => void process.stderr.write(`${text}\n`),
};

// Files name their own mode; whatever the shell's mask, no one else may write to them.
process.umask(0o022);
// Node would open its inspector at this signal.
process.on('SIGUSR1', () => {});
// A reader that went away, or a bug: one line, never a stack trace.
process.stdout.on('error', () => process.exit(1));
process.on('uncaughtException', error => {
  streams.err(`error INTERNAL: something unexpected (${error.name}). Report it with the command used.`);
  process.exit(1);
});

process.exitCode = await main(process.argv.slice(2), streams, (home, show) => ({
  disk,
  home: resolve(home ?? `${homedir()}/.countersign`),
  now: Date.now,
  random: bytes => new Uint8Array(randomBytes(bytes)),
  env: process.env,
  // Questions go to stderr, screens also to stdout: nobody may be asked about what they cannot see.
  terminal:
    process.stderr.isTTY && process.stdin.isTTY && (show === streams.err || process.stdout.isTTY)
      ? ttyTerminal()
      : null,
  show,
  note: streams.err,
  scrypt: SCRYPT,
}));
