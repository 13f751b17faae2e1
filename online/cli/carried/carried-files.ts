/** Finds files of a request on the USB stick or in this folder. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MAX_REQUEST_BYTES, readRequest } from '../../../shared/request.ts';
import { readSignatures } from '../../../shared/signatures.ts';
import { MAX_SIGNATURES_BYTES } from '../../ledger/object-keys.ts';
import { readInput } from '../../platform/files.ts';
import type { World } from '../../platform/world.ts';

/** Largest number of files that are read in a folder. A person can name any other file. */
const MAX_FILES = 100;

export interface Carried {
  /** Path of the request file, relative to the working folder. */
  request: string | null;
  /** Path of the signatures file of each controller. */
  signatures: ReadonlyMap<number, string>;
}

function jsonFileNamesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => /\.json$/i.test(name))
      .sort()
      .slice(0, MAX_FILES);
  } catch {
    return [];
  }
}

/** @returns the result of `read`; null if the file is too large, not readable, or of another kind */
function readIfOfKind<T>(path: string, most: number, read: (bytes: Uint8Array) => T): T | null {
  try {
    return read(readInput(path, most));
  } catch {
    return null;
  }
}

/**
 * @param digest digest of the request
 * @param folders the folders to search, relative to the working folder, the USB stick first
 */
export function findCarriedFiles(
  { cwd }: Pick<World, 'cwd'>,
  folders: readonly string[],
  digest: string,
): Carried {
  const signatures = new Map<number, string>();
  let request: string | null = null;
  for (const folder of folders)
    for (const file of jsonFileNamesIn(resolve(cwd, folder))) {
      const name = join(folder, file);
      const path = resolve(cwd, name);
      if (/^sign/i.test(file)) {
        const found = readIfOfKind(path, MAX_SIGNATURES_BYTES, readSignatures);
        if (found?.request === digest && !signatures.has(found.controller))
          signatures.set(found.controller, name);
      } else if (/^request/i.test(file)) {
        if (readIfOfKind(path, MAX_REQUEST_BYTES, readRequest)?.digest === digest) request ??= name;
      }
    }
  return { request, signatures };
}
