/** Files on the networked PC: read with a bound, written whole (temporary file, fsync, rename) or not at all. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
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
import { dirname, join } from 'node:path';
import { Refusal, shown } from '../../shared/errors.ts';
import { fileErrorOf, isCode, isDenied } from './file-errors.ts';

/** A path as it is, if it cannot do anything to a terminal. */
export const named = (path: string): string => (/^[\x20-\x7e]+$/.test(path) ? path : shown(path));

/** @throws Refusal FILE_MISSING, FILE_UNUSABLE (also for a folder, pipe or device), TOO_LARGE */
export function readInput(path: string, maxBytes: number): Uint8Array {
  let handle: number | undefined;
  try {
    // NONBLOCK: a pipe of this name must not hang the program.
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(handle);
    if (!stats.isFile())
      throw new Refusal(
        'FILE_UNUSABLE',
        `${named(path)}: expected a file, got a folder or device`,
        'Give the name of a file.',
      );
    if (stats.size > maxBytes)
      throw new Refusal(
        'TOO_LARGE',
        `${named(path)}: ${stats.size} bytes, expected at most ${maxBytes}`,
        'Check that this is the file you mean.',
      );
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // As the signer says it.
    if (isCode(error, 'ENOENT'))
      throw new Refusal(
        'FILE_MISSING',
        `${named(path)}: no such file or folder`,
        'Check the name, and whether the stick is mounted.',
      );
    throw unusable(path, error, 'read');
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Errors that no table knows are mistakes of ours, and stay as they are. */
function unusable(path: string, error: unknown, verb: 'read' | 'written'): unknown {
  const found = fileErrorOf(error);
  if (!found) return error;
  return new Refusal(
    'FILE_UNUSABLE',
    `${named(path)}: cannot be ${verb}, ${found.what} (${found.errno})`,
    found.hint,
  );
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

export interface Entry {
  name: string;
  isFolder: boolean;
}

/**
 * What is in a folder, in the order of the names, with numbers in them by their value.
 * @returns null for what is not a folder
 * @throws Refusal FILE_UNUSABLE
 */
export function entriesOf(path: string): Entry[] | null {
  try {
    return readdirSync(path, { withFileTypes: true })
      .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  } catch (error) {
    if (isCode(error, 'ENOTDIR', 'ENOENT') || isDenied(error)) return null;
    throw unusable(path, error, 'read');
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
/** Not made from the file's name: that may be as long as the file system allows. */
const TEMPORARY = /^\.countersign-[0-9a-f]{12}\.tmp$/;

/** None where the launcher grants single files only. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isDenied(error)) return [];
    throw error;
  }
}

/** Node's permission model refuses every fsync. */
function sync(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
}

/** What a killed writer left in this folder; one that is at work is younger. */
function removeStale(folder: string): void {
  for (const name of namesIn(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const left = join(folder, name);
    try {
      if (Date.now() - statSync(left).mtimeMs > STALE_MS) unlinkSync(left);
    } catch {
      // Somebody else was quicker, or may do what this user may not.
    }
  }
}

function writeTemporary(folder: string, bytes: Uint8Array, mode: number): string {
  const temporary = join(folder, `.countersign-${randomBytes(6).toString('hex')}.tmp`);
  removeStale(folder);
  const handle = openSync(temporary, 'wx', mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    sync(handle);
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
    if (isCode(error, 'EEXIST')) throw error;
    renameToNew(temporary, path);
    return;
  }
  unlinkSync(temporary);
}

export interface OutputOptions {
  /** What the command's --overwrite says; left out where it has none. */
  replace?: boolean;
  mode?: number;
  /** For tests: to be without it, as a USB stick is. */
  link?: typeof linkSync;
}

/**
 * What {@link writeOutput} would refuse, before a person is asked for anything.
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE
 */
export function checkOutput(path: string, options: OutputOptions = {}): void {
  const there = kindOf(path);
  if (there === 'EISDIR') throw unwritable(path, there);
  if (there === 'EEXIST' && !options.replace) throw taken(path, options);
  const folder = kindOf(dirname(path));
  if (folder !== 'EISDIR' && folder !== 'denied') throw unwritable(path, 'ENOENT');
}

/** What creating a file there would fail with. */
function kindOf(path: string): 'EISDIR' | 'EEXIST' | 'denied' | undefined {
  try {
    // Without `throwIfNoEntry`, with which some versions of Node hide a file in place of a folder.
    return statSync(path).isDirectory() ? 'EISDIR' : 'EEXIST';
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    if (isDenied(error)) return 'denied';
    throw unusable(path, error, 'written');
  }
}

const unwritable = (path: string, code: string) =>
  unusable(path, Object.assign(new Error(code), { code }), 'written');

function taken(path: string, { replace }: OutputOptions): Refusal {
  const hint = `Name another file, ${replace === undefined ? 'or move this one away' : 'move this one away, or say --overwrite'}.`;
  return new Refusal('FILE_EXISTS', `${named(path)}: there is a file already`, hint);
}

/**
 * Writes a file that may replace an older one only if `replace` says so.
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE; in both cases what was there is as it was
 */
export function writeOutput(path: string, bytes: Uint8Array, options: OutputOptions = {}): void {
  try {
    const temporary = writeTemporary(dirname(path), bytes, options.mode ?? 0o644);
    try {
      if (options.replace) renameSync(temporary, path);
      else giveNewName(temporary, path, options.link ?? linkSync);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
    syncFolder(dirname(path));
  } catch (error) {
    if (kindOf(path) === 'EISDIR') throw unwritable(path, 'EISDIR');
    throw isCode(error, 'EEXIST') ? taken(path, options) : unusable(path, error, 'written');
  }
}
