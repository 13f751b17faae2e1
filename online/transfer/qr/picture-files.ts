/** Finds the picture files that a person gave to `qr read`. */
import { join } from 'node:path';
import { folderEntries, printablePath } from '../../platform/files.ts';
import { noPicturesRefusal } from './texts/messages.ts';

/**
 * The file itself, or the files of a folder in the order of their names. Hidden files are skipped, because
 * they belong to the system. Subfolders are skipped, because they may contain another series.
 *
 * @throws {Refusal} FILE_UNUSABLE
 */
export function filesAtPath(path: string): string[] {
  const entries = folderEntries(path);
  if (!entries) return [path];
  const files = entries.filter(({ name, isFolder }) => !isFolder && !name.startsWith('.'));
  if (files.length > 0) return files.map(({ name }) => join(path, name));
  const folders = entries.filter(({ isFolder }) => isFolder).length;
  throw noPicturesRefusal(printablePath(path), folders);
}
