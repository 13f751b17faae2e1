/**
 * Finds the folder of `countersign.json`: the working folder, or the nearest parent folder that has this
 * file.
 */
import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { World } from '../../platform/world.ts';

export const CONFIG_FILE = 'countersign.json';
const FILE_STORE = 'file:';

/** A file of another user in a parent folder is ignored, because it could select another store and node. */
function isFileOfThisUser(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (process.getuid === undefined || found.uid === process.getuid());
}

const isExistingFile = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** Absolute path of the folder; null if there is no configuration. */
export function configFolder({ cwd }: Pick<World, 'cwd'>): string | null {
  if (isExistingFile(join(cwd, CONFIG_FILE))) return cwd;
  for (let folder = dirname(cwd); ; folder = dirname(folder)) {
    if (isFileOfThisUser(join(folder, CONFIG_FILE))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/** Folder of this PC's local state. */
export const stateFolder = (world: Pick<World, 'cwd'>): string =>
  join(configFolder(world) ?? world.cwd, '.countersign');

/** Converts a path in the configuration to a path relative to the working folder. */
export function makeConfigPathRelative({ cwd }: Pick<World, 'cwd'>, folder: string, path: string): string {
  return folder === cwd || isAbsolute(path) ? path : relative(cwd, resolve(folder, path)) || '.';
}

/** Converts the folder of a `file:` store to a path relative to the working folder. */
export function makeStorePathRelative(world: Pick<World, 'cwd'>, folder: string, store: string): string {
  if (!store.startsWith(FILE_STORE)) return store;
  return `${FILE_STORE}${makeConfigPathRelative(world, folder, store.slice(FILE_STORE.length))}`;
}

/**
 * Adds `file:` to the path of a folder. A single word could be the name of a bucket, so it is not changed,
 * and is refused later.
 */
export function addFilePrefix(text: string): string {
  const isPath = /^([A-Za-z]:[\\/]|[./~\\])/.test(text) || (/[\\/]/.test(text) && !text.includes(':'));
  return isPath ? `${FILE_STORE}${text}` : text;
}
