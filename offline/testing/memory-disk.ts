/**
 * For tests: a disk in memory that can lose power at any call. After the loss, data that was not synced may be
 * complete, partial or missing. The same holds for names that were created, changed or removed in a folder that was not
 * synced.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { Disk } from '../disk-files.ts';

interface Inode {
  mode: number;
  data: Uint8Array;
  /** Content that survives a loss of power; null if the file was never synced. */
  synced: Uint8Array | null;
}

export class PowerCutError extends Error {}

export type Loss = 'kept' | 'lost' | 'torn' | 'mixed';

function throwFileError(code: string): never {
  throw Object.assign(new Error(code), { code });
}

export class MemoryDisk {
  names = new Map<string, Inode>();
  private safeNames = new Map<string, Inode>();
  private open = new Map<number, { path: string; inode: Inode; at: number; append: boolean; sync: boolean }>();
  private nextFd = 3;
  calls = 0;
  /** Number of calls before the power is lost. */
  cutAt = Number.POSITIVE_INFINITY;
  /** Bytes that can still be written before the disk is full. */
  room = Number.POSITIVE_INFINITY;
  /**
   * True to simulate Node's permission model, which refuses fsync, on a journalling file system. Each write to a file
   * that was opened with O_SYNC then also saves all earlier changes of names.
   */
  restricted = false;
  readonly log: string[] = [];

  constructor() {
    for (const folder of ['/', '/media']) this.names.set(folder, this.folder());
    this.safeNames = new Map(this.names);
  }

  private folder(): Inode {
    return { mode: constants.S_IFDIR | 0o700, data: new Uint8Array(0), synced: new Uint8Array(0) };
  }

  private step(what: string): void {
    if (++this.calls > this.cutAt) throw new PowerCutError(what);
    this.log.push(what);
  }

  private node(path: string): Inode {
    return this.names.get(path) ?? throwFileError('ENOENT');
  }

  private stat({ mode, data }: Inode) {
    const kind = mode & constants.S_IFMT;
    return {
      mode,
      size: data.length,
      isFile: () => kind === constants.S_IFREG,
      isDirectory: () => kind === constants.S_IFDIR,
    };
  }

  get disk(): Disk {
    const { open } = this;
    const file = (fd: number) => open.get(fd) ?? throwFileError('EBADF');
    const functions = {
      constants,
      openSync: (path: string, flags: number, mode = 0o666) => {
        let inode = this.names.get(path);
        if (inode && flags & constants.O_EXCL) throwFileError('EEXIST');
        if (!inode) {
          if (!(flags & constants.O_CREAT)) throwFileError('ENOENT');
          this.step(`create ${path}`);
          this.node(dirname(path));
          inode = { mode: constants.S_IFREG | mode, data: new Uint8Array(0), synced: null };
          this.names.set(path, inode);
        }
        open.set(this.nextFd, {
          path,
          inode,
          at: 0,
          append: (flags & constants.O_APPEND) !== 0,
          sync: (flags & constants.O_SYNC) !== 0,
        });
        return this.nextFd++;
      },
      closeSync: (fd: number) => void open.delete(fd),
      readSync: (fd: number, into: Uint8Array, offset: number, length: number) => {
        const f = file(fd);
        const part = f.inode.data.subarray(f.at, f.at + length);
        into.set(part, offset);
        f.at += part.length;
        return part.length;
      },
      writeSync: (fd: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset) => {
        const f = file(fd);
        this.step(`write ${f.path}`);
        const n = Math.min(length, 700, this.room); // A call may write only a part.
        if (n <= 0) throwFileError('ENOSPC');
        this.room -= n;
        const at = f.append ? f.inode.data.length : f.at;
        const data = new Uint8Array(Math.max(f.inode.data.length, at + n));
        data.set(f.inode.data);
        data.set(bytes.subarray(offset, offset + n), at);
        f.inode.data = data;
        f.at = at + n;
        if (f.sync) f.inode.synced = data;
        if (f.sync && this.restricted) this.safeNames = new Map(this.names);
        return n;
      },
      fsyncSync: (fd: number) => {
        const { path, inode } = file(fd);
        if (this.restricted) throwFileError('ERR_ACCESS_DENIED');
        this.step(`sync ${path}`);
        inode.synced = inode.data;
        if ((inode.mode & constants.S_IFMT) !== constants.S_IFDIR) return;
        const inside = (name: string) => dirname(name) === path;
        for (const name of [...this.safeNames.keys()])
          if (inside(name) && !this.names.has(name)) this.safeNames.delete(name);
        for (const [name, node] of this.names) if (inside(name)) this.safeNames.set(name, node);
      },
      fstatSync: (fd: number) => this.stat(file(fd).inode),
      statSync: (path: string) => {
        const inode = this.names.get(path);
        return inode && this.stat(inode);
      },
      ftruncateSync: (fd: number, length: number) => {
        const { path, inode } = file(fd);
        this.step(`truncate ${path}`);
        const data = new Uint8Array(length);
        data.set(inode.data.subarray(0, length));
        inode.data = data;
      },
      renameSync: (from: string, to: string) => {
        this.step(`rename ${to}`);
        this.names.set(to, this.node(from));
        this.names.delete(from);
      },
      unlinkSync: (path: string) => {
        this.node(path);
        this.step(`unlink ${path}`);
        this.names.delete(path);
      },
      mkdirSync: (path: string) => {
        this.step(`mkdir ${path}`);
        this.names.set(path, this.folder());
      },
      readdirSync: (path: string) =>
        [...this.names.keys()].filter(n => dirname(n) === path && n !== path).map(n => n.slice(path.length + 1)),
    };
    return functions as unknown as Disk;
  }

  put(path: string, bytes: Uint8Array, mode = 0o600): void {
    const inode = { mode: constants.S_IFREG | mode, data: bytes, synced: bytes };
    this.names.set(path, inode);
    this.safeNames.set(path, inode);
  }

  get(path: string): Uint8Array {
    return this.node(path).data;
  }

  /** The disk after a loss of power. @param random function that gives numbers from 0 to 1 */
  afterLoss(loss: Loss, random: () => number): MemoryDisk {
    const next = new MemoryDisk();
    const pick = (): Exclude<Loss, 'mixed'> =>
      loss === 'mixed' ? (['kept', 'lost', 'torn'] as const)[Math.floor(random() * 3)]! : loss;
    const survivors = new Map<Inode, Inode>();
    const survivor = (inode: Inode) => {
      const known = survivors.get(inode);
      if (known) return known;
      const synced = inode.synced ?? new Uint8Array(0);
      const fate = pick();
      let data = fate === 'lost' ? synced : inode.data;
      if (fate === 'torn' && inode.data !== inode.synced) {
        // Blocks that were never written read as zeros.
        data = inode.data.slice(0, synced.length + Math.ceil((inode.data.length - synced.length) * random()));
        if (random() < 0.3) data.fill(0, Math.min(synced.length, data.length));
      }
      const out = { mode: inode.mode, data, synced: data };
      survivors.set(inode, out);
      return out;
    };
    for (const name of new Set([...this.names.keys(), ...this.safeNames.keys()])) {
      const inode = (pick() === 'lost' ? this.safeNames : this.names).get(name);
      if (inode) next.names.set(name, survivor(inode));
    }
    next.safeNames = new Map(next.names);
    next.restricted = this.restricted;
    return next;
  }

  copy(): MemoryDisk {
    return this.afterLoss('kept', () => 0);
  }
}
