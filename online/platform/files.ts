/** Files on the networked PC: read with a bound, written whole (temporary file, fsync, rename) or not at all. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Refusal } from '../../shared/errors.ts';

/** A system error as a sentence, without a stack. */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const known: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    ENOSPC: 'the disk is full',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of the path is not a folder',
    EROFS: 'the disk is read-only',
    EDQUOT: 'the disk quota is used up',
  };
  return known[code] ?? code;
}

/** @throws Refusal FILE_MISSING, FILE_UNUSABLE, TOO_LARGE */
export function readInput(path: string, maxBytes: number): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) {
      throw new Refusal(
        'TOO_LARGE',
        `${path}: ${size} bytes, expected at most ${maxBytes}`,
        'Check that this is the file you mean.',
      );
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // As the signer says it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Refusal(
        'FILE_MISSING',
        `${path}: no such file or folder`,
        'Check the name, and whether the stick is mounted.',
      );
    throw new Refusal(
      'FILE_UNUSABLE',
      `${path}: cannot be read, ${systemReason(error)}`,
      'Check the path and the permissions of the file.',
    );
  }
}

/** Like {@link readInput}, null if there is none. */
export function readIfThere(path: string, maxBytes: number): Uint8Array | null {
  try {
    return readInput(path, maxBytes);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'FILE_MISSING') return null;
    throw error;
  }
}

function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Folders cannot be opened on Windows; the rename is durable there without it.
  }
}

const STALE_MS = 10 * 60 * 1000;

/** What a killed writer of this file left beside it; one that is at work is younger. */
function removeStale(path: string): void {
  const begins = `.${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(begins) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(begins.length))) continue;
    const left = join(dirname(path), name);
    try {
      if (Date.now() - statSync(left).mtimeMs > STALE_MS) unlinkSync(left);
    } catch {
      // Somebody else was quicker, or may do what this user may not.
    }
  }
}

function writeTemporary(path: string, bytes: Uint8Array, mode: number): string {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  removeStale(path);
  const handle = openSync(temporary, 'wx', mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } catch (error) {
    closeSync(handle);
    unlinkSync(temporary);
    throw error;
  }
  closeSync(handle);
  return temporary;
}

/** Where there are no hard links, as on most USB sticks (FAT, exFAT): the name is taken empty, then replaced by the whole. */
function renameToNew(temporary: string, path: string): void {
  closeSync(openSync(path, 'wx'));
  try {
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** @throws EEXIST if the name is taken */
function giveNewName(temporary: string, path: string, link: typeof linkSync): void {
  try {
    link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    renameToNew(temporary, path);
    return;
  }
  unlinkSync(temporary);
}

/**
 * What {@link writeOutput} would refuse, before a person is asked for anything.
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE
 */
export function checkOutput(path: string, options: { replace?: boolean } = {}): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw unwritable(path, { code: 'EISDIR' });
  if (there && !options.replace) throw taken(path);
  const folder = statSync(dirname(path), { throwIfNoEntry: false });
  if (!folder?.isDirectory()) throw unwritable(path, { code: folder ? 'ENOTDIR' : 'ENOENT' });
}

function taken(path: string): Refusal {
  return new Refusal(
    'FILE_EXISTS',
    `${path}: there is a file already`,
    'Name another file, move this one away, or say --overwrite.',
  );
}

function unwritable(path: string, error: unknown): Refusal {
  const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR';
  return new Refusal(
    'FILE_UNUSABLE',
    `${path}: cannot be written, ${systemReason(error)}`,
    isFolder ? 'Name a file in it.' : 'Choose a folder that exists and can be written to.',
  );
}

/**
 * Writes a file that may replace an older one only if `replace` says so.
 * @param options `link` for tests: to be without it, as a USB stick is
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE; in both cases what was there is as it was
 */
export function writeOutput(
  path: string,
  bytes: Uint8Array,
  options: { replace?: boolean; mode?: number; link?: typeof linkSync } = {},
): void {
  try {
    const temporary = writeTemporary(path, bytes, options.mode ?? 0o644);
    try {
      if (options.replace) renameSync(temporary, path);
      else giveNewName(temporary, path, options.link ?? linkSync);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
    syncFolder(dirname(path));
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw unwritable(path, { code: 'EISDIR' });
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(path) : unwritable(path, error);
  }
}
