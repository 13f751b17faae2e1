/**
 * Files, so that the power may go at any instruction: whole files are written under another name, synced and renamed, lines are
 * appended and synced. Every call goes through the functions handed in; the fault tests stop them one by one.
 */
import type * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { check, Refusal } from '../shared/errors.ts';
import { fileWord } from '../shared/shell.ts';

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
  'Name the file itself, not a folder. The launcher lets the signer open only files that the command names; without it, copy the file to a folder granted with --allow-fs-read and --allow-fs-write.';

export const errorCode = (error: unknown) => String((error as { code?: unknown }).code ?? 'unknown error');

/** The refusal that stands for an error of the system; other errors as they are. */
export function unusable(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (error instanceof Refusal || code === 'unknown error') return error;
  if (code === 'ENOENT') return new Refusal('FILE_MISSING', `${path}: no such file or folder`, 'Check the name.');
  const full = code === 'ENOSPC' && 'Make room on that disk and repeat the command: nothing that was signed is lost.';
  const denied = code === DENIED && DENIED_HINT;
  const hint = full || denied || 'Check that the disk is mounted and that you may use this file.';
  return new Refusal('FILE_UNUSABLE', `${path}: cannot be used (${code})`, hint);
}

function withFile<T>(disk: Disk, path: string, flags: number, use: (fd: number) => T, mode = 0o600): T {
  const fd = disk.openSync(path, flags, mode);
  try {
    return use(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/** @param named what a complaint speaks of */
function open<T>(disk: Disk, path: string, flags: number, use: (fd: number) => T, mode?: number, named = path): T {
  try {
    return withFile(disk, path, flags, use, mode);
  } catch (error) {
    throw unusable(named, error);
  }
}

/** @throws Refusal PERMISSIONS if group or others have any access */
function checkPrivate(path: string, mode: number, wanted: string): void {
  const message = `${path}: others on this device may use it (mode ${(mode & 0o777).toString(8)}, expected ${wanted})`;
  const hint = `Find out who could have read or changed it; then: chmod ${wanted} ${fileWord(path)}`;
  check((mode & 0o077) === 0, 'PERMISSIONS', message, hint);
}

/**
 * Reads a whole file, once.
 * @param max bytes; checked before anything is allocated
 * @param secret refuse a file that others could use
 * @throws Refusal FILE_MISSING, FILE_UNUSABLE (also for a folder, pipe or device), TOO_LARGE, PERMISSIONS
 */
export function readFile(disk: Disk, path: string, max: number, secret = false): Uint8Array {
  // Without O_NONBLOCK opening a pipe would wait for a writer for ever.
  return open(disk, path, disk.constants.O_RDONLY | disk.constants.O_NONBLOCK, fd => {
    const stat = disk.fstatSync(fd);
    check(stat.isFile(), 'FILE_UNUSABLE', `${path}: not a regular file`, 'Give the name of a file.');
    if (secret) checkPrivate(path, stat.mode, '600');
    check(stat.size <= max, 'TOO_LARGE', `${path}: ${stat.size} bytes, expected at most ${max}`);
    const bytes = new Uint8Array(stat.size);
    let at = 0;
    for (let n = -1; n !== 0 && at < bytes.length; at += n) n = disk.readSync(fd, bytes, at, bytes.length - at, null);
    return bytes.subarray(0, at);
  });
}

/** What `read` makes of a file of the home; null if it is missing, or not what it was. @throws Refusal PERMISSIONS */
export function readSound<T>(disk: Disk, path: string, max: number, read: (bytes: Uint8Array) => T): T | null {
  if (!exists(disk, path)) return null;
  const bytes = readFile(disk, path, max, true);
  try {
    return read(bytes);
  } catch {
    return null;
  }
}

export const exists = (disk: Disk, path: string): boolean =>
  disk.statSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Node's permission model refuses every fsync. So files are opened with O_SYNC, which has each write on the disk before
 * it returns; and a journalling file system writes down renames before it acknowledges a later write.
 */
function unlessDenied(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (errorCode(error) !== DENIED) throw error;
  }
}

/** Makes a rename or a new file in this folder last. */
export const syncFolder = (disk: Disk, folder: string): void =>
  unlessDenied(() => withFile(disk, folder, disk.constants.O_RDONLY, fd => disk.fsyncSync(fd)));

/** Also a link that leads nowhere, which would not be seen as a file. */
export function remove(disk: Disk, path: string, named = path): void {
  try {
    disk.unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unusable(named, error);
  }
}

/** Disks that are almost full take a part. */
export function writeWhole(disk: Disk, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += disk.writeSync(fd, bytes, at, bytes.length - at, null);
}

function writeAll(disk: Disk, fd: number, bytes: Uint8Array): void {
  writeWhole(disk, fd, bytes);
  unlessDenied(() => disk.fsyncSync(fd));
}

/**
 * A new file beside `path`, where that is to be. Its name begins with the other's, so that one grant of Node's permission
 * model (`sign-*`) covers both.
 * @param own so that the name is of no one else's file
 */
function writeBeside(disk: Disk, path: string, own: string, bytes: Uint8Array, mode: number): string {
  const { O_WRONLY, O_CREAT, O_EXCL, O_SYNC } = disk.constants;
  const partial = `${path}.${own}partial`;
  remove(disk, partial, path); // of a run that was killed
  open(disk, partial, O_WRONLY | O_CREAT | O_EXCL | O_SYNC, fd => writeAll(disk, fd, bytes), mode, path);
  return partial;
}

/** Writes a whole file or nothing: beside it, synced, renamed over it. For the owner only. */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array): void {
  disk.renameSync(writeBeside(disk, path, '', bytes, 0o600), path);
  syncFolder(disk, dirname(path));
}

/** So that it is known before anyone is asked anything. @throws Refusal FILE_MISSING, FILE_UNUSABLE */
export function checkWritable(disk: Disk, path: string, own: string): void {
  remove(disk, writeBeside(disk, path, `${own}.`, new Uint8Array(0), 0o644));
}

/** As {@link replaceFile}, for what leaves the device: others may read it, and some USB sticks cannot sync a folder. */
export function writeOut(disk: Disk, path: string, own: string, bytes: Uint8Array): void {
  disk.renameSync(writeBeside(disk, path, `${own}.`, bytes, 0o644), path);
  try {
    syncFolder(disk, dirname(path));
  } catch {
    // The journal has the signature; should the file be lost, signing again makes the same one.
  }
}

/** @throws Refusal FILE_EXISTS */
export function checkAbsent(disk: Disk, path: string): void {
  const hint = 'Give another name, or move that file away.';
  check(!exists(disk, path), 'FILE_EXISTS', `${path}: a file of this name exists already`, hint);
}

/**
 * Appends and syncs. Makes the file if need be.
 * @param from where the last whole line ends; what lies beyond it was torn off by a loss of power, and is cut
 * @param size of the file when it was read: it may not have grown or shrunk since
 */
export function appendAt(disk: Disk, path: string, from: number, size: number, bytes: Uint8Array): void {
  const isNew = !exists(disk, path);
  const { O_WRONLY, O_CREAT, O_APPEND, O_SYNC } = disk.constants;
  open(disk, path, O_WRONLY | O_CREAT | O_APPEND | O_SYNC, fd => {
    const found = disk.fstatSync(fd).size;
    const message = `${path}: ${size} bytes when it was read, ${found} now: another signer has written to it`;
    check(found === size, 'FILE_UNUSABLE', message, 'Let the other one finish, then run the command again.');
    if (size > from) disk.ftruncateSync(fd, from);
    writeAll(disk, fd, bytes);
  });
  if (isNew) syncFolder(disk, dirname(path));
}

/** @throws Refusal PERMISSIONS, FILE_MISSING */
export function checkHome(disk: Disk, home: string): void {
  const stat = disk.statSync(home, { throwIfNoEntry: false });
  check(stat?.isDirectory(), 'KEY_MISSING', `${home}: no signer has its home here`);
  checkPrivate(home, stat?.mode ?? 0, '700');
}

export function makeHome(disk: Disk, home: string): void {
  if (!exists(disk, home)) disk.mkdirSync(home, { recursive: true, mode: 0o700 });
  checkHome(disk, home);
}
