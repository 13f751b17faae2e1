/** Finds the shared libraries that programs need, so that the build fails if a needed package is missing. */
import { LINK, type Tree } from './tar-and-cpio.ts';

const DYNAMIC = 2;
const LOAD = 1;
const [NEEDED, STRTAB] = [1n, 5n];

/**
 * Names of the libraries that a 64-bit ELF file needs; empty for any other file. Source: System V ABI, ELF-64
 * object file format
 */
export function neededLibraries(content: Uint8Array): string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < 64 || bytes.toString('latin1', 0, 4) !== '\x7fELF' || bytes[4] !== 2) return [];
  const start = Number(bytes.readBigUInt64LE(32));
  const parts = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + index * bytes.readUInt16LE(54);
    const number = (offset: number) => Number(bytes.readBigUInt64LE(at + offset));
    return { type: bytes.readUInt32LE(at), offset: number(8), address: number(16), size: number(32) };
  });
  const dynamic = parts.find(({ type }) => type === DYNAMIC);
  if (!dynamic) return [];
  const rows: [bigint, number][] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16)
    rows.push([bytes.readBigUInt64LE(at), Number(bytes.readBigUInt64LE(at + 8))]);
  const address = rows.find(([tag]) => tag === STRTAB)?.[1] ?? 0;
  const part = parts.find(
    ({ type, address: from, size }) => type === LOAD && address >= from && address < from + size,
  );
  if (!part) return [];
  const names = part.offset + address - part.address;
  return rows
    .filter(([tag]) => tag === NEEDED)
    .map(([, at]) => bytes.toString('latin1', names + at, bytes.indexOf(0, names + at)));
}

/** @returns a line for each library that the tree lacks and that a program or library of the tree needs */
export function missingLibraries(tree: Tree): string[] {
  const there = new Set([...tree.keys()].map(place => place.replace(/^.*\//, '')));
  return [...tree]
    .filter(([place, { mode }]) => !place.endsWith('.ko') && (mode & 0o170000) !== (LINK & 0o170000))
    .flatMap(([place, { content }]) =>
      neededLibraries(content)
        .filter(name => !there.has(name))
        .map(name => `${place} needs ${name}`),
    );
}
