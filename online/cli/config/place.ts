/** The folder where this PC works: where `countersign.json` is, this folder or the nearest one above it. */
import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { World } from '../../platform/world.ts';

export const CONFIG_FILE = 'countersign.json';
const FILE_STORE = 'file:';

/** A file above that another user put there would choose store and node. */
function isOwn(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (process.getuid === undefined || found.uid === process.getuid());
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** Whole; null where there is no configuration. */
export function configFolder({ cwd }: Pick<World, 'cwd'>): string | null {
  if (isThere(join(cwd, CONFIG_FILE))) return cwd;
  for (let folder = dirname(cwd); ; folder = dirname(folder)) {
    if (isOwn(join(folder, CONFIG_FILE))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/** What this PC keeps beside the store. */
export const stateFolder = (world: Pick<World, 'cwd'>): string =>
  join(configFolder(world) ?? world.cwd, '.countersign');

/** A path that stands in the configuration, as it is named from the working folder. */
export function fromHere({ cwd }: Pick<World, 'cwd'>, folder: string, path: string): string {
  return folder === cwd || isAbsolute(path) ? path : relative(cwd, resolve(folder, path)) || '.';
}

/** The same of a store that is a folder. */
export function storeFromHere(world: Pick<World, 'cwd'>, folder: string, store: string): string {
  if (!store.startsWith(FILE_STORE)) return store;
  return `${FILE_STORE}${fromHere(world, folder, store.slice(FILE_STORE.length))}`;
}

/** A folder may be named without `file:`; a single word could be a bucket, and is left for the refusal. */
export function storeNamed(text: string): string {
  const isPath = /^([A-Za-z]:[\\/]|[./~\\])/.test(text) || (/[\\/]/.test(text) && !text.includes(':'));
  return isPath ? `${FILE_STORE}${text}` : text;
}
