/** The signer's identity: its version and the SHA-256 of its own file, which people compare with the released hash. */
import { createHash } from 'node:crypto';
import { bytesToHex } from '../shared/bytes.ts';
import { type Disk, readFile } from './disk-files.ts';

export const UNREAD = 'unknown: the file of the program cannot be read';
const MAX_PROGRAM = 16 * 1024 * 1024;

/**
 * @param file the program's file, which is read right after Node has loaded it
 * @returns the hash in hex; null if the file cannot be read, for example because Node read the program from a pipe
 */
export function programHash(disk: Disk, file: string): string | null {
  try {
    return bytesToHex(
      createHash('sha256')
        .update(readFile(disk, file, MAX_PROGRAM))
        .digest(),
    );
  } catch {
    return null;
  }
}

/** The first groups of eight digits of a hash. One person can read them aloud to another. */
const groupedHash = (hash: string, groups: number) =>
  Array.from({ length: groups }, (_, i) => hash.slice(8 * i, 8 * i + 8)).join(' ');

/** The line that a command prints first. It fits in 80 columns. */
export function identityLine(version: string, hash: string | null): string {
  const known = hash && `${groupedHash(hash, 2)} ... (complete hash: signer --version)`;
  return `Signer ${version}, SHA-256 ${known ?? UNREAD}`;
}

/** Text for `--version`. The hash that a program prints about itself does not prove that the program is genuine. */
export function versionText(version: string, hash: string | null): string {
  return [
    version,
    `SHA-256 ${hash ? groupedHash(hash, 8) : UNREAD}`,
    'This hash detects an old version or a damaged copy. A malicious signer can print',
    'any hash. To detect one, run sha256sum on signer.mjs on another computer.',
  ].join('\n');
}
