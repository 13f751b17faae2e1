/**
 * Reads Debian packages and writes the archive that the kernel unpacks into memory. Needs no root and no
 * temporary folder.
 */
import { execFileSync } from 'node:child_process';

/** A file, a folder or a link of the system. */
export interface Entry {
  /** File type and permissions, as in `stat`. */
  mode: number;
  /** Content of the file, or the target of the link. */
  content: Uint8Array;
}
export type Tree = Map<string, Entry>;

export const FILE = 0o100000;
export const FOLDER = 0o040000;
export const LINK = 0o120000;

const MERGED = /^(bin|sbin|lib|lib64)(?=\/|$)/;
/** The path of a file in Debian 12, where folders such as `bin` are links to folders in `usr/`. */
export const pathInUsr = (path: string): string =>
  path
    .replace(/^\.?\/+/, '')
    .replace(/\/$/, '')
    .replace(MERGED, 'usr/$1');

const BLOCK = 512;
const NAME_FOLLOWS = { L: 'name', K: 'link' } as const;

/**
 * Entries of a tar file. Source: POSIX.1-1988 ustar, and GNU's long names, as dpkg writes them.
 * @throws Error for an entry that is not a file, a folder or a link
 */
export function readTar(bytes: Buffer): Tree {
  const tree: Tree = new Map();
  let long: { name?: string; link?: string } = {};
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const text = (from: number, length: number) =>
      bytes.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const octal = (from: number, length: number) => Number.parseInt(text(from, length).trim() || '0', 8);
    const size = octal(124, 12);
    const type = text(156, 1) || '0';
    const permissions = octal(100, 8) & 0o7777;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const prefix = text(257, 6) === 'ustar' ? text(345, 155) : '';
    const path = long.name ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100));
    const link = long.link ?? text(157, 100);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L' || type === 'K') {
      long[NAME_FOLLOWS[type]] = content.toString('utf8').replace(/\0.*$/s, '');
      continue;
    }
    long = {};
    const place = pathInUsr(path);
    if (type === '5') tree.set(place, { mode: FOLDER | permissions, content: new Uint8Array() });
    else if (type === '2') tree.set(place, { mode: LINK | 0o777, content: Buffer.from(link) });
    else if (type === '0') tree.set(place, { mode: FILE | permissions, content });
    else if (type === '1') {
      const first = tree.get(pathInUsr(link));
      if (!first) throw new Error(`${path}: a link to ${link}, which the package does not have before it`);
      tree.set(place, first);
    } else throw new Error(`${path}: an entry of the type ${type}, expected a file, a folder or a link`);
  }
  return tree;
}

/** Files, folders and links of a package. dpkg-deb decompresses the package, and installs nothing. */
export const readPackage = (file: string): Tree =>
  readTar(execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 1 << 30 }));

/**
 * One entry in the format that the kernel unpacks. Source: Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst
 */
function cpioEntry(path: string, { mode, content }: Entry, inode: number, time: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & 0o170000) === FOLDER ? 2 : 1;
  const fields = [inode, mode, 0, 0, links, time, content.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`;
  const padding = (length: number) => new Uint8Array((4 - (length % 4)) % 4);
  return [Buffer.from(header), name, padding(header.length + name.length), content, padding(content.length)];
}

/**
 * The archive of a tree. Its entries are sorted, belong to root and have the same time, so that the same tree
 * gives the same bytes.
 */
export function cpioArchive(tree: Tree, time: number): Uint8Array[] {
  const sorted = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.flatMap(([path, entry], index) => cpioEntry(path, entry, index + 1, time));
  return [...parts, ...cpioEntry('TRAILER!!!', { mode: 0, content: new Uint8Array() }, 0, 0)];
}
