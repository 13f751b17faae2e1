/**
 * A store in a folder, with the guarantees of a bucket. Even after a crash, no object is incomplete. The
 * bytes are written to a temporary file and flushed. Then the file gets the name of the object.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Refusal } from '../../../shared/errors.ts';
import { explainFileError, hasErrorCode, isHardLinkUnsupported } from '../../platform/file-errors.ts';
import { checkKey, checkPrefix, isValidKey, MAX_KEY } from '../object-keys.ts';
import { DEFAULT_MAX_BYTES, type Store } from '../store.ts';
import {
  folderMissingRefusal,
  noHardLinksRefusal,
  notAnObjectRefusal,
  objectTooLargeRefusal,
} from '../texts.ts';

/** Keys never contain `~`, so no temporary file has the name of an object. */
const TEMPORARY = /~[0-9a-f]{16}$/;
/**
 * Milliseconds without a change after which a temporary file counts as left over. A running writer changes
 * its file all the time.
 */
const STALE_MS = 10 * 60 * 1000;

export interface FileStoreOptions {
  /**
   * The function that makes a hard link. Tests replace it to simulate a file system without hard links, such
   * as FAT and some network file systems.
   */
  link?: (from: string, to: string) => Promise<void>;
  /** The hint if the folder is missing. Without this option, the first object creates the folder. */
  absent?: string;
}

/**
 * @example
 * const store = new FileStore('demo/store');
 * await store.create('map.json', bytes); // true; false if it was there
 */
export class FileStore implements Store {
  readonly name: string;
  readonly folder: string;
  private readonly link: (from: string, to: string) => Promise<void>;
  private readonly absent: string | undefined;

  constructor(folder: string, options: FileStoreOptions = {}) {
    this.name = `file:${folder}`;
    this.folder = resolve(folder);
    this.link = options.link ?? link;
    this.absent = options.absent;
  }

  async get(key: string, maxBytes: number = DEFAULT_MAX_BYTES): Promise<Uint8Array | null> {
    checkKey(key);
    return this.explained('read', key, async () => {
      let file: FileHandle;
      try {
        // With NONBLOCK, a pipe of this name does not block the program.
        file = await open(join(this.folder, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      } catch (error) {
        // In a bucket, `a` and `a/b` are independent keys. So reading `a/b` is no error if `a` is a file.
        if (hasErrorCode(error, 'ENOENT') || (hasErrorCode(error, 'ENOTDIR') && (await this.isUsable()))) {
          await this.checkThere();
          return null;
        }
        throw error;
      }
      try {
        const stats = await file.stat();
        if (stats.isDirectory()) return null;
        if (!stats.isFile()) throw notAnObjectRefusal(this.at(key), 'a regular file', 'another kind of file');
        if (stats.size > maxBytes) throw objectTooLargeRefusal(this.name, key, String(stats.size), maxBytes);
        return await readExactly(file, stats.size);
      } finally {
        await file.close();
      }
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.write(key, bytes, async (temporary, target) => {
      await rename(temporary, target);
      return true;
    });
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.write(key, bytes, async (temporary, target) => {
      try {
        await this.link(temporary, target);
        return true;
      } catch (error) {
        if (hasErrorCode(error, 'EEXIST')) {
          if (!(await stat(target)).isDirectory()) return false;
          throw notAnObjectRefusal(this.at(key), 'an object', 'a folder');
        }
        if (!isHardLinkUnsupported(error)) throw error;
        // Without hard links, an empty file could reserve the name. But a crash at this moment would block
        // the name permanently.
        throw noHardLinksRefusal(this.at(key), String((error as NodeJS.ErrnoException).code));
      }
    });
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const keys: string[] = [];
    const walk = async (folder: string): Promise<void> => {
      let entries: import('node:fs').Dirent[];
      try {
        entries = await readdir(join(this.folder, folder), { withFileTypes: true });
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT') || (hasErrorCode(error, 'ENOTDIR') && folder !== '')) return;
        throw error;
      }
      for (const entry of entries) {
        const key = folder + entry.name;
        // A link counts as its target, as when objects are read and written. Otherwise listing and reading
        // could find different objects.
        const kind = entry.isSymbolicLink() ? await stat(join(this.folder, key)).catch(nullIfMissing) : entry;
        if (kind === null) continue;
        if (kind.isDirectory()) {
          if (key.length > MAX_KEY) continue; // Too long for a key. A link to its own folder gives such paths.
          // Only those folders are read that can contain keys with this prefix.
          if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) await walk(`${key}/`);
        } else if (kind.isFile() && key.startsWith(prefix)) {
          if (isValidKey(key)) keys.push(key);
          else await removeFileIfStale(join(this.folder, key)); // Removed here, because no command may write to this folder again.
        }
      }
    };
    await this.explained('list', prefix === '' ? 'its keys' : prefix, () => walk(''));
    if (keys.length === 0) await this.checkThere();
    return keys.sort(); // Keys are ASCII, so the default order is by code point.
  }

  private async write(
    key: string,
    bytes: Uint8Array,
    name: (temporary: string, target: string) => Promise<boolean>,
  ): Promise<boolean> {
    checkKey(key);
    const target = join(this.folder, key);
    return this.explained('write', key, async () => {
      await this.checkThere();
      await makeFolder(dirname(target));
      const folder = await temporaryFolder(this.folder, dirname(target));
      await removeStaleFiles(folder);
      const temporary = join(folder, `${basename(target)}~${randomBytes(8).toString('hex')}`);
      try {
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        return await name(temporary, target);
      } finally {
        // The temporary file no longer exists if it was renamed. In all other cases it must be removed.
        await rm(temporary, { force: true }).catch(() => undefined);
        await syncFolder(dirname(target));
      }
    });
  }

  private async explained<T>(
    action: 'read' | 'write' | 'list',
    key: string,
    run: () => Promise<T>,
  ): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const found = explainFileError(error);
      if (!found) throw error;
      const { what, errno, hint, denied } = found;
      const sentence = `${this.name}: cannot ${action} ${key}: ${what} (${errno})`;
      throw new Refusal(denied ? 'STORE_DENIED' : 'STORE_FAILED', sentence, hint);
    }
  }

  /**
   * True if the store's path is a folder. Reading `a/b` fails with ENOTDIR if `a` is an object, and also if
   * the store's path is a file. This check distinguishes the two cases.
   * @throws the error of `stat`, also if the path is absent
   */
  private async isUsable(): Promise<boolean> {
    return (await stat(this.folder)).isDirectory();
  }

  /**
   * Checks that the folder exists, if the option `absent` is set. Otherwise a disk that is not mounted would
   * look like an empty store.
   */
  private async checkThere(): Promise<void> {
    if (this.absent === undefined) return;
    const stats = await stat(this.folder).catch(error => {
      if (hasErrorCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (stats) return;
    throw folderMissingRefusal(this.name, this.folder, this.absent);
  }

  /** Store and key of an object, for messages. */
  private at(key: string): string {
    return `${this.name}: ${key}`;
  }
}

/**
 * Reads as many bytes as `stat` reported. Files are replaced, never changed, so an earlier end of the file is
 * an error.
 */
async function readExactly(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) throw Object.assign(new Error('file ended early'), { code: 'EIO' });
    at += bytesRead;
  }
  return bytes;
}

/**
 * Like `mkdir -p`. Also flushes the name of each new folder, because a crash could otherwise lose the folder
 * with its files.
 */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true }).catch(error => {
    throw hasErrorCode(error, 'EEXIST') ? Object.assign(error, { code: 'ENOTDIR' }) : error;
  });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows and some network file systems cannot flush a folder, and a missing folder cannot be flushed
    // either.
    if (!hasErrorCode(error, 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES', 'ENOENT')) throw error;
  }
}

/**
 * The folder for temporary files. Most often it is the store's own folder, where each later write removes
 * leftovers of killed writers. If the object's folder is on another file system, the object's folder is used,
 * because a rename works only within one file system.
 */
async function temporaryFolder(store: string, target: string): Promise<string> {
  const [own, other] = await Promise.all([stat(store), stat(target)]);
  return own.dev === other.dev ? store : target;
}

/**
 * Removes leftovers of killed writers in this folder. Leftovers are never read as objects, so this only saves
 * space.
 */
async function removeStaleFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await removeFileIfStale(join(folder, name));
}

async function removeFileIfStale(path: string): Promise<void> {
  const name = basename(path);
  if (!TEMPORARY.test(name) || !isValidKey(name.replace(TEMPORARY, ''))) return;
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() && Date.now() - stats.mtimeMs > STALE_MS)
    await rm(path, { force: true }).catch(() => undefined);
}

/** Null for the error of a dangling or circular link, which is not an object. Throws every other error. */
function nullIfMissing(error: unknown): null {
  if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
  throw error;
}
