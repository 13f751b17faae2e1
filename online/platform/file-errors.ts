/** Recognises file system errors, for named files and for the folder store. */
import { FILE_ERRORS, type FileError, unknownFileError } from './texts.ts';

/**
 * Error codes of an attempt to make a hard link on a file system without hard links, such as FAT and exFAT.
 */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'];

export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes(String((error as NodeJS.ErrnoException).code));
}

/**
 * True if Node's permission model refused the access. The launcher on the isolated laptop enables this model.
 */
export const isDeniedByPermissionModel = (error: unknown) => hasErrorCode(error, 'ERR_ACCESS_DENIED');

export const isHardLinkUnsupported = (error: unknown) => hasErrorCode(error, ...NO_LINKS);

/** @returns undefined unless the error is a system error */
export function explainFileError(error: unknown): (FileError & { errno: string }) | undefined {
  const errno = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  // Node's programming errors have codes too, such as ERR_INVALID_ARG_TYPE.
  if (errno === undefined || !(/^E[A-Z0-9]+$/.test(errno) || isDeniedByPermissionModel(error)))
    return undefined;
  return { ...(FILE_ERRORS[errno] ?? unknownFileError(errno)), errno };
}

/** A system error as part of a sentence, such as `no permission (EACCES)`. */
export function systemErrorText(error: unknown): string {
  const found = explainFileError(error);
  return found ? `${found.what} (${found.errno})` : 'unknown error';
}
