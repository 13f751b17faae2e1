/** Sentences about files and output streams. */
import { Refusal } from '../../shared/errors.ts';

/** The hint after a failure that ends when the network, a server or the node is available again. */
export const RUN_AGAIN = 'Then run the command again. Each step is safe to repeat.';

/** @param limit seconds; null without a limit */
export const waitingForText = (what: string, seconds: number, limit: number | null): string =>
  `Waiting for ${what}: ${seconds} s${limit === null ? '' : ` of ${limit} s`}`;

export const RUN_WHEN_READY = 'Run the command again when you are ready.';

export interface FileError {
  what: string;
  hint: string;
  /** True if permissions are the cause, so that it does not help to run the command again. */
  denied?: true;
}

const FREE_SPACE = 'Free some space, then run the command again. An earlier file of this name is unchanged.';
const RIGHTS = 'Give this user access to the file or folder, or choose another folder.';

/** Descriptions of errors, by the system's error code. */
export const FILE_ERRORS: Record<string, FileError> = {
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

export const unknownFileError = (errno: string): FileError => ({
  what: 'the file system refused the operation',
  hint: `Search for the meaning of ${errno} on this file system, then run the command again.`,
});

export const fileMissingRefusal = (name: string) =>
  new Refusal(
    'FILE_MISSING',
    `${name}: no such file or folder`,
    'Check the name, and check that the stick is mounted.',
  );

export const notAFileRefusal = (name: string) =>
  new Refusal(
    'FILE_UNUSABLE',
    `${name}: expected a file, got a folder or device`,
    'Give the name of a file.',
  );

export const fileTooLargeRefusal = (name: string, bytes: number, maxBytes: number) =>
  new Refusal(
    'TOO_LARGE',
    `${name}: expected at most ${maxBytes} bytes, got ${bytes}`,
    'Check that this is the correct file.',
  );

export const fileUnusableRefusal = (
  name: string,
  verb: 'read' | 'written',
  { what, errno, hint }: FileError & { errno: string },
) => new Refusal('FILE_UNUSABLE', `${name}: cannot be ${verb}: ${what} (${errno})`, hint);

/** @param hasOverwrite whether the command has the option --overwrite */
export const fileExistsRefusal = (name: string, hasOverwrite: boolean) =>
  new Refusal(
    'FILE_EXISTS',
    `${name}: the file already exists`,
    `Name another file, ${hasOverwrite ? 'move the existing file, or add --overwrite' : 'or move the existing file'}.`,
  );

export const folderNotCreatedRefusal = (folder: string, reason: string) =>
  new Refusal(
    'FILE_UNUSABLE',
    `${folder}: cannot be created: ${reason}`,
    'Run the command in a folder that you can write to.',
  );

/** @param stream `stdout` or `stderr` */
export const outputFailedRefusal = (stream: string, reason: string) =>
  new Refusal(
    'FILE_UNUSABLE',
    `${stream}: cannot be written: ${reason}`,
    'Free some space, or send the output to another place. Then run the same command again: the printed text is incomplete.',
  );
