/** Files that a person names: read with a bound, written whole or not at all, and never over another one. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal, shown } from '../../../shared/errors.ts';

export async function readBounded(path: string, limit: number): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // NONBLOCK: a pipe that stands under this name must not hang the program.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw unusable(path, error, 'read');
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw refusal(path, 'expected a file, got a folder or device');
    if (stats.size > limit) {
      const hint = 'Give the file that countersign or signer wrote.';
      throw new Refusal(
        'TOO_LARGE',
        `${shown(path)}: expected at most ${limit} bytes, got ${stats.size}`,
        hint,
      );
    }
    return new Uint8Array(await file.readFile());
  } catch (error) {
    throw error instanceof Refusal ? error : unusable(path, error, 'read');
  } finally {
    await file.close();
  }
}

/** Refuses at once what {@link writeNew} would refuse after all the work. */
export async function checkNew(path: string): Promise<void> {
  if (await exists(path)) throw taken(path);
}

/** Flushed to a temporary file beside it, then named: no other program and no crash leaves a half file. */
export async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  // A name of its own: one made longer than the path's might be too long.
  const temporary = join(dirname(path), `.~${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await name(temporary, path);
  } catch (error) {
    throw error instanceof Refusal ? error : unusable(path, error, 'write');
  } finally {
    // Where it cannot be removed either, that is not what is to be told.
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** `link` fails when the name is taken, in one step; USB sticks with FAT have no links and get the check beforehand. */
async function name(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw taken(path);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    if (await exists(path)) throw taken(path);
    await rename(temporary, path);
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const taken = (path: string) =>
  new Refusal(
    'FILE_EXISTS',
    `${shown(path)}: expected a new name, got a file that is there`,
    'Choose another name, or move that file away.',
  );

const refusal = (path: string, found: string) =>
  new Refusal('FILE_UNUSABLE', `${shown(path)}: ${found}`, 'Give another file.');

/** What can be done about it; what is in no such list is told by its code alone. */
const WAYS: Record<string, string> = {
  EACCES: 'Check its rights and those of its folder.',
  EPERM: 'Check its rights and those of its folder.',
  ENOSPC: 'The disk is full: make room, or choose a folder on another one.',
  EDQUOT: 'Your share of the disk is full: make room, or choose a folder on another one.',
  EROFS: 'The disk cannot be written to: choose a folder on another one.',
  ENAMETOOLONG: 'The name is too long: choose a shorter one.',
  ENOTDIR: 'A part of the path is not a folder: check the name.',
  ELOOP: 'The path leads in a circle of links: check the name.',
  EIO: 'The disk does not answer as it should: choose a folder on another one.',
};

function unusable(path: string, error: unknown, verb: string): Refusal {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    const what = verb === 'read' ? 'a file, got none of this name' : 'a folder for it, got none';
    return new Refusal('FILE_MISSING', `${shown(path)}: expected ${what}`, 'Check the name.');
  }
  return new Refusal(
    'FILE_UNUSABLE',
    `${shown(path)}: cannot ${verb} it (${code ?? 'unknown'})`,
    WAYS[code ?? ''] ?? 'Try another file or folder.',
  );
}

/** A path as it stands in a line for a person: as it is, if that line cannot do anything to a terminal. */
export const named = (path: string): string => (/^[\x20-\x7e]+$/.test(path) ? path : shown(path));
