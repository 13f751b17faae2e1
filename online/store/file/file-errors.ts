/** What a file system's error means to the person who reads it. */
import { type Code, Refusal } from '../../../shared/errors.ts';

const STANDS = 'What stood there before is unchanged.';

const MEANINGS: Record<string, [code: Code, what: string, hint: string]> = {
  ENOSPC: ['STORE_FAILED', 'the disk is full', `Free some space, then repeat. ${STANDS}`],
  EDQUOT: ['STORE_FAILED', 'the disk quota is used up', `Free some space, then repeat. ${STANDS}`],
  EFBIG: ['STORE_FAILED', 'too large for this file system', 'Keep the store on another file system.'],
  EROFS: ['STORE_DENIED', 'the file system is read-only', 'Mount it writable, or choose another folder.'],
  EACCES: ['STORE_DENIED', 'no permission', 'Give this user access to the folder, or choose another one.'],
  EPERM: ['STORE_DENIED', 'not permitted', 'Give this user access to the folder, or choose another one.'],
  ENOTDIR: [
    'STORE_FAILED',
    'a part of the path is a file, not a folder',
    'Move that file, or choose another folder.',
  ],
  EEXIST: [
    'STORE_FAILED',
    'a part of the path is a file, not a folder',
    'Move that file, or choose another folder.',
  ],
  EISDIR: ['STORE_FAILED', 'there is a folder of this name', 'Move it away, then repeat.'],
  ENOTEMPTY: ['STORE_FAILED', 'there is a folder of this name', 'Move it away, then repeat.'],
  ENOENT: [
    'STORE_FAILED',
    'the folder was removed meanwhile',
    'Look whether something cleans it up, then repeat.',
  ],
  ELOOP: ['STORE_FAILED', 'symbolic links in a circle', 'Remove the link, or choose another folder.'],
  ENAMETOOLONG: ['STORE_FAILED', 'the path is too long', 'Choose a folder with a shorter path.'],
  EMFILE: ['STORE_FAILED', 'too many open files', 'Raise the limit (ulimit -n), then repeat.'],
  ENFILE: ['STORE_FAILED', 'too many open files on this computer', 'Close some programs, then repeat.'],
  EIO: ['STORE_FAILED', 'the disk reports an error', 'Check the disk, and keep a copy of the folder.'],
};

/** @param key the key, or what stands for it in the sentence */
export function explainFileError(error: unknown, action: string, key: string, store: string): unknown {
  const errno = error instanceof Refusal ? undefined : (error as NodeJS.ErrnoException | undefined)?.code;
  if (errno === undefined) return error;
  const [code, what, hint] = MEANINGS[errno] ?? [
    'STORE_FAILED' as const,
    'the file system refused',
    `Look up ${errno} for this file system, then repeat. ${STANDS}`,
  ];
  return new Refusal(code, `${store}: cannot ${action} ${key}: ${what} (${errno})`, hint);
}
