/**
 * A store in a folder: the embedded default, with the guarantees that a bucket gives. An object is complete or absent
 * at any moment, also after a crash: bytes go to a temporary file beside it, are flushed, and then get its name.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Refusal } from '../../../shared/errors.ts';
import { fileErrorOf, hasNoLinks, isCode } from '../../platform/file-errors.ts';
import { checkKey, checkPrefix, isKey, MAX_KEY } from '../keys.ts';
import { DEFAULT_MAX_BYTES, type Store } from '../store.ts';

/** `~` is in no key, so a temporary file can never be taken for an object. */
const TEMPORARY = /~[0-9a-f]{16}$/;
/** A writer touches its temporary all the time; one that lay still for so long has lost its writer. */
const STALE_MS = 10 * 60 * 1000;

export interface FileStoreOptions {
  /** For tests: the call that names the file, to be without it as FAT and some network file systems are. */
  link?: (from: string, to: string) => Promise<void>;
  /** What to do where the folder is not there; without it, the folder is made with the first object. */
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
        // NONBLOCK: a pipe that stands under this name must not hang the program.
        file = await open(join(this.folder, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      } catch (error) {
        // A bucket may hold `a` without `a/b`, and neither is an error there.
        if (isCode(error, 'ENOENT') || (isCode(error, 'ENOTDIR') && (await this.isUsable()))) {
          await this.checkThere();
          return null;
        }
        throw error;
      }
      try {
        const stats = await file.stat();
        if (stats.isDirectory()) return null;
        if (!stats.isFile()) throw this.failed(key, 'it is not a regular file', 'Move it away, then repeat.');
        if (stats.size > maxBytes) throw this.tooLarge(key, stats.size, maxBytes);
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
        if (isCode(error, 'EEXIST')) {
          if (!(await stat(target)).isDirectory()) return false;
          throw this.failed(key, 'it is a folder', 'Move it away, then repeat.');
        }
        if (!hasNoLinks(error)) throw error;
        // Taking the name with an empty file first would do, until a crash in that moment leaves it taken for ever.
        throw this.failed(
          key,
          `the file system has no hard links (${(error as NodeJS.ErrnoException).code}), so an object cannot be made whole and only once`,
          'Keep the store on a file system that has them (ext4, XFS, APFS, NTFS; not FAT or exFAT), or in S3.',
        );
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
        if (isCode(error, 'ENOENT') || (isCode(error, 'ENOTDIR') && folder !== '')) return;
        throw error;
      }
      for (const entry of entries) {
        const key = folder + entry.name;
        // Reading and writing follow links, and so does the list: half of a store would else be seen by half of the program.
        const kind = entry.isSymbolicLink() ? await stat(join(this.folder, key)).catch(orGone) : entry;
        if (kind === null) continue;
        if (kind.isDirectory()) {
          if (key.length > MAX_KEY) continue; // no key is there, and a link may lead back to its own folder
          // Only where a key with this prefix can be.
          if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) await walk(`${key}/`);
        } else if (kind.isFile() && key.startsWith(prefix)) {
          if (isKey(key)) keys.push(key);
          else await removeIfStale(join(this.folder, key)); // a folder may never be written to again
        }
      }
    };
    await this.explained('list', prefix === '' ? 'its keys' : prefix, () => walk(''));
    if (keys.length === 0) await this.checkThere();
    return keys.sort(); // keys are ASCII, where the default order is that of code points
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
      await removeStale(folder);
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
        // After a rename there is nothing left to remove; after anything else there must not be.
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
      const found = fileErrorOf(error);
      if (!found) throw error;
      const { what, errno, hint, denied } = found;
      const sentence = `${this.name}: cannot ${action} ${key}: ${what} (${errno})`;
      throw new Refusal(denied ? 'STORE_DENIED' : 'STORE_FAILED', sentence, hint);
    }
  }

  /** Whether the store's own path is a folder, or absent: ENOTDIR may also mean that it, or its parent, is a file. */
  private async isUsable(): Promise<boolean> {
    return (await stat(this.folder)).isDirectory();
  }

  /** An object that is not there, and a disk that is not: only the folder tells them apart. */
  private async checkThere(): Promise<void> {
    if (this.absent === undefined) return;
    const stats = await stat(this.folder).catch(error => {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (stats) return;
    throw new Refusal(
      'STORE_UNREACHABLE',
      `${this.name}: the folder ${this.folder} is not there`,
      this.absent,
    );
  }

  private failed(key: string, what: string, hint: string): Refusal {
    return new Refusal('STORE_FAILED', `${this.name}: ${key}: ${what}`, hint);
  }

  private tooLarge(key: string, size: number, maxBytes: number): Refusal {
    return new Refusal(
      'TOO_LARGE',
      `${this.name}: ${key}: expected at most ${maxBytes} bytes, got ${size}`,
      'Nothing of this size is written by this program: look at what stands there, and restore it from history/.',
    );
  }
}

/** Reads what `stat` announced: files are replaced, never changed in place, so another length is a fault. */
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

/** `mkdir -p`, and each new folder's name flushed too: a file in a folder that a crash forgets is lost. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true }).catch(error => {
    throw isCode(error, 'EEXIST') ? Object.assign(error, { code: 'ENOTDIR' }) : error;
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
    // Windows and some network file systems have no flush of a folder, and none of a folder that is not there.
    if (!isCode(error, 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES', 'ENOENT')) throw error;
  }
}

/**
 * Where a file is written before it gets its name: the store's own folder, so that each later write clears away what a killed
 * writer left, whatever it wrote. A file changes folders only within one file system.
 */
async function temporaryFolder(store: string, target: string): Promise<string> {
  const [own, other] = await Promise.all([stat(store), stat(target)]);
  return own.dev === other.dev ? store : target;
}

/** What a killed writer left in this folder. It never counts as an object; this is only about space. */
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await removeIfStale(join(folder, name));
}

async function removeIfStale(path: string): Promise<void> {
  const name = basename(path);
  if (!TEMPORARY.test(name) || !isKey(name.replace(TEMPORARY, ''))) return;
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() && Date.now() - stats.mtimeMs > STALE_MS)
    await rm(path, { force: true }).catch(() => undefined);
}

/** A link to nothing, or to itself, is no object. */
function orGone(error: unknown): null {
  if (isCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
  throw error;
}
