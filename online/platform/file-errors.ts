/** Messages for file system errors: one table for named files and for the folder store. */

export interface FileError {
  what: string;
  hint: string;
  /** True if permissions forbid it, so that repeating cannot help. */
  denied?: true;
}

const FREE_SPACE = 'Free some space, then repeat. What stood there before is unchanged.';
const RIGHTS = 'Give this user access to it, or choose another folder.';

const MEANINGS: Record<string, FileError> = {
  ENOENT: {
    what: 'there is no such file or folder',
    hint: 'Check the path, and whether the disk is mounted.',
  },
  EEXIST: { what: 'there is a file already', hint: 'Choose another name, or move that file away.' },
  EACCES: { what: 'no permission', hint: RIGHTS, denied: true },
  EPERM: { what: 'not permitted', hint: RIGHTS, denied: true },
  EROFS: {
    what: 'the file system is read-only',
    hint: 'Mount it writable, or choose another folder.',
    denied: true,
  },
  ENOSPC: { what: 'the disk is full', hint: FREE_SPACE },
  EDQUOT: { what: 'the disk quota is used up', hint: FREE_SPACE },
  EFBIG: { what: 'too large for this file system', hint: 'Choose a folder on another file system.' },
  EISDIR: { what: 'it is a folder', hint: 'Name a file in it, or move it away.' },
  ENOTEMPTY: { what: 'it is a folder', hint: 'Name a file in it, or move it away.' },
  ENOTDIR: {
    what: 'a part of the path is a file, not a folder',
    hint: 'Check the path: move that file, or choose another folder.',
  },
  ELOOP: { what: 'symbolic links in a circle', hint: 'Remove the link, or choose another folder.' },
  ENAMETOOLONG: { what: 'the name is too long', hint: 'Choose a shorter name or path.' },
  EMFILE: { what: 'too many open files', hint: 'Raise the limit (ulimit -n), then repeat.' },
  ENFILE: { what: 'too many open files on this computer', hint: 'Close some programs, then repeat.' },
  ERR_ACCESS_DENIED: {
    what: 'this program was given no access to it',
    hint: 'Start it with the launcher, which grants the files named in the command.',
    denied: true,
  },
  EIO: { what: 'the disk reports an error', hint: 'Check the disk, and keep a copy of what is on it.' },
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
    what: 'the file system refused',
    hint: `Look up ${errno} for this file system, then repeat.`,
  };
  return { ...(MEANINGS[errno] ?? unknown), errno };
}

/** A system error as part of a sentence, such as `no permission (EACCES)`. */
export function systemReason(error: unknown): string {
  const found = fileErrorOf(error);
  return found ? `${found.what} (${found.errno})` : 'unknown error';
}
