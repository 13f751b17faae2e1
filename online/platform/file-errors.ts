/** Messages for file system errors: one table for named files and for the folder store. */

export interface FileError {
  what: string;
  hint: string;
  /** True if permissions forbid it, so that repeating cannot help. */
  denied?: true;
}

const FREE_SPACE = 'Free some space, then run the command again. An earlier file of this name is unchanged.';
const RIGHTS = 'Give this user access to the file or folder, or choose another folder.';

const MEANINGS: Record<string, FileError> = {
  ENOENT: {
    what: 'no such file or folder',
    hint: 'Check the path, and check that the disk is mounted.',
  },
  EEXIST: { what: 'a file with this name already exists', hint: 'Choose another name, or move that file.' },
  EACCES: { what: 'no permission', hint: RIGHTS, denied: true },
  EPERM: { what: 'not permitted', hint: RIGHTS, denied: true },
  EROFS: {
    what: 'the file system is read-only',
    hint: 'Mount it writable, or choose another folder.',
    denied: true,
  },
  ENOSPC: { what: 'the disk is full', hint: FREE_SPACE },
  EDQUOT: { what: 'the disk quota is used up', hint: FREE_SPACE },
  EFBIG: {
    what: 'the file is too large for this file system',
    hint: 'Choose a folder on another file system.',
  },
  EISDIR: { what: 'the path is a folder', hint: 'Name a file in this folder, or move the folder.' },
  ENOTEMPTY: { what: 'the path is a folder', hint: 'Name a file in this folder, or move the folder.' },
  ENOTDIR: {
    what: 'a part of the path is a file, not a folder',
    hint: 'Check the path, then move that file or choose another folder.',
  },
  ELOOP: { what: 'the symbolic links form a circle', hint: 'Remove the link, or choose another folder.' },
  ENAMETOOLONG: { what: 'the name is too long', hint: 'Choose a shorter name or path.' },
  EMFILE: {
    what: 'this program has too many open files',
    hint: 'Raise the limit (ulimit -n), then run the command again.',
  },
  ENFILE: {
    what: 'this computer has too many open files',
    hint: 'Close some programs, then run the command again.',
  },
  ERR_ACCESS_DENIED: {
    what: 'this program has no access to the file or folder',
    hint: 'Start the program with the launcher, which gives access to the files named in the command.',
    denied: true,
  },
  EIO: { what: 'the disk reports an error', hint: 'Check the disk, and copy its content to another disk.' },
};

/** Error codes of a link call on a file system without hard links, such as FAT and exFAT. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'];

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes(String((error as NodeJS.ErrnoException).code));
}

/** True if Node's permission model refused, which the launcher on the isolated laptop enables. */
export const isDenied = (error: unknown) => isCode(error, 'ERR_ACCESS_DENIED');

export const hasNoLinks = (error: unknown) => isCode(error, ...NO_LINKS);

/** @returns undefined for anything but a system error */
export function fileErrorOf(error: unknown): (FileError & { errno: string }) | undefined {
  const errno = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  // Node's programming errors have codes too, such as ERR_INVALID_ARG_TYPE.
  if (errno === undefined || !(/^E[A-Z0-9]+$/.test(errno) || isDenied(error))) return undefined;
  const unknown = {
    what: 'the file system refused the operation',
    hint: `Search for the meaning of ${errno} on this file system, then run the command again.`,
  };
  return { ...(MEANINGS[errno] ?? unknown), errno };
}

/** A system error as part of a sentence, such as `no permission (EACCES)`. */
export function systemReason(error: unknown): string {
  const found = fileErrorOf(error);
  return found ? `${found.what} (${found.errno})` : 'unknown error';
}
