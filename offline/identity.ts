/** Which signer this is: its version and the SHA-256 of its own file, for people who compare it with the released one. */
import { createHash } from 'node:crypto';
import { bytesToHex } from '../shared/bytes.ts';
import { type Disk, readFile } from './disk.ts';

const MAX_PROGRAM = 16 * 1024 * 1024;

/**
 * @param file that Node loaded: it is read a second time, right after it was loaded
 * @returns hex; null if it cannot be read, as for a program that came by a pipe
 */
export function hashOf(disk: Disk, file: string): string | null {
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

/** Groups of eight digits, which two people can read to one another. */
const grouped = (hash: string, groups: number) =>
  Array.from({ length: groups }, (_, i) => hash.slice(8 * i, 8 * i + 8)).join(' ');

/** The first line of each command, in 80 columns. */
export function identityLine(version: string, hash: string | null): string {
  const known = hash && `${grouped(hash, 2)} ... (all of it: signer --version)`;
  return `Signer ${version}, SHA-256 ${known ?? 'unknown: its file cannot be read'}`;
}

/** For `--version`. A hash that a program prints of itself proves nothing about a program that lies. */
export function identity(version: string, hash: string | null): string {
  return [
    version,
    `SHA-256 ${hash ? grouped(hash, 8) : 'unknown: its file cannot be read'}`,
    'This shows an old version or a bad copy. A malicious signer can print any hash:',
    'run sha256sum on signer.mjs on another computer.',
  ].join('\n');
}
