/**
 * Reads and writes files on the networked PC, and for `qr` on the laptop. A read has a limit of bytes. A
 * write is complete or changes nothing (temporary file, fsync, rename).
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
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
import { Refusal, valueText } from '../../shared/errors.ts';
import { explainFileError, hasErrorCode, isDeniedByPermissionModel } from './file-errors.ts';
import {
  fileExistsRefusal,
  fileMissingRefusal,
  fileTooLargeRefusal,
  fileUnusableRefusal,
  notAFileRefusal,
} from './texts.ts';

/** The path itself if it is printable, otherwise escaped. */
export const printablePath = (path: string): string => (/^[\x20-\x7e]+$/.test(path) ? path : valueText(path));

/** @throws Refusal FILE_MISSING, FILE_UNUSABLE (also for a folder, pipe or device), TOO_LARGE */
export function readInput(path: string, maxBytes: number): Uint8Array {
  let handle: number | undefined;
  try {
    // The file is opened with NONBLOCK, so that a pipe of this name does not block the program.
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw notAFileRefusal(printablePath(path));
    if (stats.size > maxBytes) throw fileTooLargeRefusal(printablePath(path), stats.size, maxBytes);
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // The signer prints the same message.
    if (hasErrorCode(error, 'ENOENT')) throw fileMissingRefusal(printablePath(path));
    throw fileRefusal(path, error, 'read');
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** The refusal for a system error. Any other error is a programming error and is returned unchanged. */
function fileRefusal(path: string, error: unknown, verb: 'read' | 'written'): unknown {
  const found = explainFileError(error);
  return found ? fileUnusableRefusal(printablePath(path), verb, found) : error;
}

/** Like {@link readInput}, but null if the file does not exist. */
export function readIfExisting(path: string, maxBytes: number): Uint8Array | null {
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
 * Entries of a folder, sorted by name; numbers in names are sorted by value.
 * @returns null if the path is not a folder, or if Node's permission model refuses the access
 * @throws Refusal FILE_UNUSABLE
 */
export function folderEntries(path: string): Entry[] | null {
  try {
    return readdirSync(path, { withFileTypes: true })
      .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  } catch (error) {
    if (hasErrorCode(error, 'ENOTDIR', 'ENOENT') || isDeniedByPermissionModel(error)) return null;
    throw fileRefusal(path, error, 'read');
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
    // For example, Windows cannot open a folder. It keeps a rename without a flush.
  }
}

const STALE_MS = 10 * 60 * 1000;
/** The temporary name does not contain the file's name, which may already have the maximum length. */
const TEMPORARY = /^\.countersign-[0-9a-f]{12}\.tmp$/;

/** The names in the folder; empty if the launcher permits access to single files only. */
function fileNamesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isDeniedByPermissionModel(error)) return [];
    throw error;
  }
}

/** Flushes a file. Node's permission model refuses every fsync, so this refusal is ignored. */
function syncFile(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isDeniedByPermissionModel(error)) throw error;
  }
}

/** Removes leftovers of killed writers in this folder. Files of running writers are younger. */
function removeStaleFiles(folder: string): void {
  for (const name of fileNamesIn(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const left = join(folder, name);
    try {
      if (Date.now() - statSync(left).mtimeMs > STALE_MS) unlinkSync(left);
    } catch {
      // Nothing to do: another process has removed the file, or this user has no permission.
    }
  }
}

function writeTemporary(folder: string, bytes: Uint8Array, mode: number): string {
  const temporary = join(folder, `.countersign-${randomBytes(6).toString('hex')}.tmp`);
  removeStaleFiles(folder);
  const handle = openSync(temporary, 'wx', mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    syncFile(handle);
  } catch (error) {
    closeSync(handle);
    unlinkSync(temporary);
    throw error;
  }
  closeSync(handle);
  return temporary;
}

/**
 * Gives a file its name on a file system without hard links, as on most USB sticks (FAT, exFAT). First
 * creates an empty file of this name, and then replaces it.
 */
function renameWithoutHardLinks(temporary: string, path: string): void {
  closeSync(openSync(path, 'wx'));
  try {
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** @throws EEXIST if the name exists */
function moveToNewName(temporary: string, path: string, link: typeof linkSync): void {
  try {
    link(temporary, path);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) throw error;
    renameWithoutHardLinks(temporary, path);
    return;
  }
  unlinkSync(temporary);
}

/**
 * @returns `name`, or `name` with a number before its extension, so that no file in `folder` has this name
 */
export function freeFileName(folder: string, name: string): string {
  const [, stem, extension] = /^(.*?)(\.[^./\\]*)?$/s.exec(name) as RegExpExecArray;
  let free = name;
  for (let i = 2; existsSync(join(folder, free)); i++) free = `${stem}-${i}${extension ?? ''}`;
  return free;
}

export interface OutputOptions {
  /** True if --overwrite was given; undefined if the command has no such flag. */
  replace?: boolean;
  mode?: number;
  /** The function that makes a hard link. Tests replace it to simulate a USB stick without hard links. */
  link?: typeof linkSync;
}

/**
 * Finds errors of {@link writeOutput} before a person is asked anything: an existing file, a folder at this
 * path, or a missing folder.
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE
 */
export function checkOutputPath(path: string, options: OutputOptions = {}): void {
  const there = creationErrorCode(path);
  if (there === 'EISDIR') throw unwritableRefusal(path, there);
  if (there === 'EEXIST' && !options.replace) throw existsRefusal(path, options);
  const folder = creationErrorCode(dirname(path));
  if (folder !== 'EISDIR' && folder !== 'denied') throw unwritableRefusal(path, 'ENOENT');
}

/** The error that an attempt to create a file at this path would give; undefined if the path is free. */
function creationErrorCode(path: string): 'EISDIR' | 'EEXIST' | 'denied' | undefined {
  try {
    // Does not use `throwIfNoEntry`: with it some versions of Node fail to see a file where a folder is expected.
    return statSync(path).isDirectory() ? 'EISDIR' : 'EEXIST';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    if (isDeniedByPermissionModel(error)) return 'denied';
    throw fileRefusal(path, error, 'written');
  }
}

const unwritableRefusal = (path: string, code: string) =>
  fileRefusal(path, Object.assign(new Error(code), { code }), 'written');

const existsRefusal = (path: string, { replace }: OutputOptions): Refusal =>
  fileExistsRefusal(printablePath(path), replace !== undefined);

/**
 * Writes a file. Replaces an existing one only if `replace` is true.
 * @throws Refusal FILE_EXISTS, FILE_UNUSABLE; an existing file is then unchanged
 */
export function writeOutput(path: string, bytes: Uint8Array, options: OutputOptions = {}): void {
  try {
    const temporary = writeTemporary(dirname(path), bytes, options.mode ?? 0o644);
    try {
      if (options.replace) renameSync(temporary, path);
      else moveToNewName(temporary, path, options.link ?? linkSync);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
    syncFolder(dirname(path));
  } catch (error) {
    if (creationErrorCode(path) === 'EISDIR') throw unwritableRefusal(path, 'EISDIR');
    throw hasErrorCode(error, 'EEXIST') ? existsRefusal(path, options) : fileRefusal(path, error, 'written');
  }
}
