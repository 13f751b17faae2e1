/** Reproducible archives: sorted names, a fixed time, no owner. */
import { gzipSync, zipSync } from 'fflate';

/** The contents of the files, by path in the archive. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** True for an executable file: a program or a script. */
const isExecutable = (path: string): boolean =>
  /(^|\/)(countersign\.mjs|signer\.mjs|qr\.mjs|launch|install)$/.test(path);
const sortedEntries = (files: Files): [string, Uint8Array][] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * Time of all entries in seconds since 1970. It is 1985-10-26 08:15 UTC, which npm uses for files in
 * packages.
 */
const TAR_TIME = 499_162_500;
/** The same time in a zip, which stores local time without a time zone. */
const ZIP_TIME = new Date(1985, 9, 26, 8, 15);
const BLOCK = 512;

/** The header of a file in a tar file. Source: POSIX.1-1988, the ustar header. */
function tarHeader(path: string, size: number): Uint8Array {
  if (path.length > 100) throw new Error(`${path}: longer than a name in an archive`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(path, 0, 'ascii');
  header.write(octal(isExecutable(path) ? 0o755 : 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(TAR_TIME, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
    'latin1',
  );
  return header;
}

/**
 * A tar file, compressed with gzip. fflate compresses it, because the output of zlib differs between versions
 * of Node.
 */
export function makeTarball(files: Files): Uint8Array {
  const parts = sortedEntries(files).flatMap(([path, content]) => {
    const padding = new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [tarHeader(path, content.length), content, padding];
  });
  return gzipSync(Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]), { level: 9, mtime: 0 });
}

/**
 * The number that says that Unix made a zip entry. With this number, the upper half of the entry's attributes
 * has Unix permissions.
 */
const UNIX = 3;

export function makeZip(files: Files): Uint8Array {
  const entries = sortedEntries(files).map(([path, content]) => {
    const mode = 0o100000 | (isExecutable(path) ? 0o755 : 0o644);
    return [path, [content, { level: 9, mtime: ZIP_TIME, os: UNIX, attrs: mode << 16 }]] as const;
  });
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0]);
}
