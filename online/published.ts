/** The published mapping as an object: read strictly, and kept in the history. */
import { createHash } from 'node:crypto';
import { verifyBase } from '../shared/derive.ts';
import { Refusal } from '../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../shared/mapping/mapping.ts';
import { JSON_TYPE, keys } from './objects.ts';
import type { Services } from './services.ts';

/** Node's own SHA-256, the same as noble's and faster on large data. */
export const nativeSha256 = () => createHash('sha256');

export interface Published {
  mapping: Mapping;
  bytes: Uint8Array;
  /** Indices of the controllers that signed it; none for the empty one that begins. */
  signers: number[];
}

/** Reads an object of the store; what is wrong with it is told with its key, and it is left as it is. */
export function readObject<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'OBJECT_INVALID') throw error;
    const message = error.message.startsWith(key) ? error.message : `${key}: ${error.message}`;
    const code =
      error.code === 'FORMAT_INVALID' || error.code === 'FIELD_INVALID' ? 'OBJECT_INVALID' : error.code;
    throw new Refusal(code, message, `The object ${key} was left as it is. ${error.hint}`);
  }
}

export function readMappingObject(bytes: Uint8Array, key: string): Mapping {
  return readObject(key, () => parseMapping(bytes, key, nativeSha256));
}

/** Whether a mapping lies there with all that makes it valid; another object of that name is none. */
async function isKept({ store, trust }: Services, { mapping, bytes }: Kept): Promise<boolean> {
  const key = keys.history(mapping.digest);
  const found = await store.get(key, MAX_MAPPING_BYTES);
  if (!found || Buffer.from(found).equals(bytes)) return found !== null;
  try {
    const other = parseMapping(found, key, nativeSha256);
    verifyBase(other, trust);
    return other.digest === mapping.digest;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

type Kept = Pick<Published, 'mapping' | 'bytes'>;

/**
 * That a name is taken does not say by what: a cut object in the history would be a mapping lost, so it is read back.
 * @returns whether there was none yet
 */
export async function keepInHistory(services: Services, kept: Kept): Promise<boolean> {
  const { store, progress } = services;
  const key = keys.history(kept.mapping.digest);
  if (await store.create(key, kept.bytes, { contentType: JSON_TYPE })) return true;
  if (await isKept(services, kept)) return false;
  progress(`${key}: what lay there was not the mapping of this name, or not all of it; it is written again.`);
  await store.put(key, kept.bytes, { contentType: JSON_TYPE });
  return false;
}

/**
 * Keeps the published mapping in the history, whoever put it there: `finalise` needs it after a crash, and one that an
 * older tool put there by hand must not be lost with the next issuance.
 */
export async function keepBase(services: Services, kept: Kept): Promise<void> {
  const { mapping } = kept;
  if (!(await keepInHistory(services, kept)) || mapping.size === 0) return;
  services.progress(
    `The published mapping ${mapping.digest} of height ${mapping.height} was not in history/: another tool put it there. It verifies, and is kept there now.`,
  );
}
