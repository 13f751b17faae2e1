/**
 * Crash-safe file access. A whole file is written under another name, synced and renamed. Lines are appended and
 * synced. The functions of the file system are passed as an argument, so a test can interrupt each call.
 */
import type * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { checkSize, checkThat, Refusal } from '../shared/errors.ts';
import { shellFileWord } from '../shared/shell-words.ts';

export type Disk = Pick<
  typeof nodeFs,
  | 'openSync'
  | 'closeSync'
  | 'readSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'fstatSync'
  | 'statSync'
  | 'ftruncateSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'mkdirSync'
  | 'readdirSync'
  | 'constants'
>;

const DENIED = 'ERR_ACCESS_DENIED';
const DENIED_HINT =
  'Give the name of a file, not of a folder. The launcher lets the signer open only files that the command names. Without the launcher, copy the file to a folder permitted with --allow-fs-read and --allow-fs-write.';

const CHECK_NAME = 'Check the name and the folder. If the file is on a USB stick, check that the stick is mounted.';

export const systemErrorCode = (error: unknown) => String((error as { code?: unknown }).code ?? 'unknown error');

/** The refusal for an error of the operating system. Other errors are returned unchanged. */
export function refusalOfFileError(path: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (error instanceof Refusal || code === 'unknown error') return error;
  if (code === 'ENOENT') return new Refusal('FILE_MISSING', `${path}: no such file or folder`, CHECK_NAME);
  const full =
    code === 'ENOSPC' && 'Free space on this disk, then run the command again. Nothing that was signed is lost.';
  const denied = code === DENIED && DENIED_HINT;
  const hint = full || denied || 'Check that the disk is mounted and that you have permission to use this file.';
  return new Refusal('FILE_UNUSABLE', `${path}: cannot be used (${code})`, hint);
}

function useFile<T>(disk: Disk, path: string, flags: number, use: (fd: number) => T, mode = 0o600): T {
  const fd = disk.openSync(path, flags, mode);
  try {
    return use(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/** @param named the path for error messages */
function useFileOrRefuse<T>(
  disk: Disk,
  path: string,
  flags: number,
  use: (fd: number) => T,
  mode?: number,
  named = path,
): T {
  try {
    return useFile(disk, path, flags, use, mode);
  } catch (error) {
    throw refusalOfFileError(named, error);
  }
}

/** @throws Refusal PERMISSIONS if group or others have any access */
function checkPrivateMode(path: string, mode: number, wanted: string): void {
  const message = `${path}: expected mode ${wanted}, got ${(mode & 0o777).toString(8)}: other users have access`;
  const hint = `Find out who may have read or changed its content. Then run: chmod ${wanted} ${shellFileWord(path)}`;
  checkThat((mode & 0o077) === 0, 'PERMISSIONS', message, hint);
}

/**
 * Reads a whole file.
 * @param max largest size in bytes, checked before memory is allocated
 * @param secret true to refuse a file that other users can access
 * @throws Refusal FILE_MISSING, FILE_UNUSABLE (also for a folder, pipe or device), TOO_LARGE, PERMISSIONS
 */
export function readFile(disk: Disk, path: string, max: number, secret = false): Uint8Array {
  // Without O_NONBLOCK, `open` of a pipe would wait forever for a writer.
  return useFileOrRefuse(disk, path, disk.constants.O_RDONLY | disk.constants.O_NONBLOCK, fd => {
    const stat = disk.fstatSync(fd);
    checkThat(stat.isFile(), 'FILE_UNUSABLE', `${path}: not a regular file`, 'Give the name of a file.');
    if (secret) checkPrivateMode(path, stat.mode, '600');
    checkSize(stat.size, max, path);
    const bytes = new Uint8Array(stat.size);
    let at = 0;
    for (let n = -1; n !== 0 && at < bytes.length; at += n) n = disk.readSync(fd, bytes, at, bytes.length - at, null);
    return bytes.subarray(0, at);
  });
}

/**
 * Reads and parses a file of the home; null if it is missing or damaged.
 * @throws Refusal PERMISSIONS, FILE_UNUSABLE, TOO_LARGE
 */
export function readValidFileOrNull<T>(
  disk: Disk,
  path: string,
  max: number,
  read: (bytes: Uint8Array) => T,
): T | null {
  if (!fileExists(disk, path)) return null;
  const bytes = readFile(disk, path, max, true);
  try {
    return read(bytes);
  } catch {
    return null;
  }
}

export const fileExists = (disk: Disk, path: string): boolean =>
  disk.statSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Runs a sync. It is no error if Node's permission model refuses the sync: files are opened with O_SYNC, so each write
 * is on the disk anyway. A journalling file system stores a rename before later writes.
 */
function runUnlessDenied(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (systemErrorCode(error) !== DENIED) throw error;
  }
}

/** Syncs the folder, so that a rename or a new file in it survives a loss of power. */
export const syncFolder = (disk: Disk, folder: string): void =>
  runUnlessDenied(() => useFile(disk, folder, disk.constants.O_RDONLY, fd => disk.fsyncSync(fd)));

/** Removes a file if it exists. Also removes a dangling link, which an existence check would miss. */
export function removeFile(disk: Disk, path: string, named = path): void {
  try {
    disk.unlinkSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw refusalOfFileError(named, error);
  }
}

/**
 * Writes all bytes. On a disk that is almost full, one call may write only a part. Then further calls write the rest.
 */
export function writeCompletely(disk: Disk, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += disk.writeSync(fd, bytes, at, bytes.length - at, null);
}

function writeAndSync(disk: Disk, fd: number, bytes: Uint8Array): void {
  writeCompletely(disk, fd, bytes);
  runUnlessDenied(() => disk.fsyncSync(fd));
}

/**
 * Writes a temporary file beside `path`. Its name begins with the name of the final file, so a single permission of
 * Node (such as `sign-*`) covers both files.
 * @param own a suffix that makes the temporary name unique
 * @returns the path of the temporary file
 */
function writeTemporary(disk: Disk, path: string, own: string, bytes: Uint8Array, mode: number): string {
  const { O_WRONLY, O_CREAT, O_EXCL, O_SYNC } = disk.constants;
  const partial = `${path}.${own}partial`;
  removeFile(disk, partial, path); // An earlier run that was killed may have left this file.
  useFileOrRefuse(disk, partial, O_WRONLY | O_CREAT | O_EXCL | O_SYNC, fd => writeAndSync(disk, fd, bytes), mode, path);
  return partial;
}

/**
 * Replaces a whole file or leaves it unchanged: writes a temporary file, syncs and renames it. Only the owner has
 * access.
 */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array): void {
  disk.renameSync(writeTemporary(disk, path, '', bytes, 0o600), path);
  syncFolder(disk, dirname(path));
}

/**
 * Checks that the file can be written: writes a temporary file beside it, and removes the temporary file. Commands call
 * this function before they ask the person anything.
 * @throws Refusal FILE_MISSING, FILE_UNUSABLE
 */
export function checkWritable(disk: Disk, path: string, own: string): void {
  removeFile(disk, writeTemporary(disk, path, `${own}.`, new Uint8Array(0), 0o644));
}

/**
 * Like {@link replaceFile}, for files that leave the device. Other users may read such a file. A folder that cannot be
 * synced, as on some USB sticks, is accepted.
 */
export function writeOutputFile(disk: Disk, path: string, own: string, bytes: Uint8Array): void {
  disk.renameSync(writeTemporary(disk, path, `${own}.`, bytes, 0o644), path);
  try {
    syncFolder(disk, dirname(path));
  } catch {
    // A lost file can be made again: the journal has the request, and signing again gives the same signatures.
  }
}

/** @throws Refusal FILE_EXISTS */
export function checkFileAbsent(disk: Disk, path: string): void {
  const hint = 'Give another name, or move the existing file.';
  checkThat(!fileExists(disk, path), 'FILE_EXISTS', `${path}: a file with this name already exists`, hint);
}

/**
 * Appends bytes and syncs; creates the file if necessary.
 * @param from position after the last complete line. Later bytes are an incomplete line, left by a loss of power, and
 * are cut off.
 * @param size size of the file when it was read. Another size is refused.
 * @throws Refusal FILE_UNUSABLE
 */
export function appendToFile(disk: Disk, path: string, from: number, size: number, bytes: Uint8Array): void {
  const isNew = !fileExists(disk, path);
  const { O_WRONLY, O_CREAT, O_APPEND, O_SYNC } = disk.constants;
  useFileOrRefuse(disk, path, O_WRONLY | O_CREAT | O_APPEND | O_SYNC, fd => {
    const found = disk.fstatSync(fd).size;
    const message = `${path}: expected ${size} bytes, got ${found}: another signer has written to the file`;
    checkThat(
      found === size,
      'FILE_UNUSABLE',
      message,
      'Wait until the other signer has finished, then run the command again.',
    );
    if (size > from) disk.ftruncateSync(fd, from);
    writeAndSync(disk, fd, bytes);
  });
  if (isNew) syncFolder(disk, dirname(path));
}

/** @throws Refusal PERMISSIONS, KEY_MISSING */
export function checkHome(disk: Disk, home: string): void {
  const stat = disk.statSync(home, { throwIfNoEntry: false });
  checkThat(
    stat?.isDirectory(),
    'KEY_MISSING',
    `${home}: expected the home folder of a signer, got another folder or none`,
  );
  checkPrivateMode(home, stat?.mode ?? 0, '700');
}

export function makeHome(disk: Disk, home: string): void {
  if (!fileExists(disk, home)) disk.mkdirSync(home, { recursive: true, mode: 0o700 });
  checkHome(disk, home);
}
