/** The published mapping as an object: read strictly, and kept in the history. */
import { createHash } from 'node:crypto';
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import type { SeenMapping } from '../platform/local-state.ts';
import type { Store } from '../store/store.ts';
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

/** `map.json` is not there: the first mapping is still to be made, or this is not the store that it should be. */
export function noMapping(store: string, seen: SeenMapping | null): Refusal {
  if (!seen) {
    return new Refusal(
      'OBJECT_MISSING',
      `${keys.mapping}: there is none in ${store}`,
      'Check that this is the right store; the very first mapping is made with `countersign map init`.',
    );
  }
  return new Refusal(
    'OBJECT_MISSING',
    `${keys.mapping}: there is none in ${store}; this PC has seen the mapping ${seen.digest.slice(0, 16)}... of height ${seen.height}`,
    `Is this the right store, and is its disk mounted? If it is, someone removed the mapping: call the other controllers, and restore it from ${keys.history(seen.digest)}. For another store than the one used here before, take another working folder.`,
  );
}

export function readMappingObject(bytes: Uint8Array, key: string): Mapping {
  return readObject(key, () => parseMapping(bytes, key, nativeSha256));
}

type Reader = Pick<Services, 'store' | 'trust'>;

/**
 * A mapping by its key, with all that makes it valid. @returns null if there is none
 * @throws Refusal OBJECT_INVALID, BASE_INVALID, each with the key
 */
export async function fetchMapping({ store, trust }: Reader, key: string): Promise<Published | null> {
  const bytes = await store.get(key, MAX_MAPPING_BYTES);
  if (!bytes) return null;
  const mapping = readMappingObject(bytes, key);
  return { mapping, bytes, signers: readObject(key, () => verifyBase(mapping, trust)) };
}

/**
 * The same of the history, where it also has to be the one that its name says.
 * @throws Refusal OBJECT_INVALID, BASE_INVALID
 */
export async function fetchPast(reader: Reader, digest: string): Promise<Published | null> {
  const key = keys.history(digest);
  const found = await fetchMapping(reader, key);
  if (!found || found.mapping.digest === digest) return found;
  throw new Refusal(
    'OBJECT_INVALID',
    `${key}: it is the mapping ${found.mapping.digest}`,
    `Someone changed the store: call the other controllers. The object ${key} was left as it is.`,
  );
}

/** Whether a refusal speaks of the object alone, and not of a store that could not be asked. */
export function isOfObject(error: unknown): error is Refusal {
  return error instanceof Refusal && !/^(STORE|NODE|CHAIN)_/.test(error.code);
}

/** `map.json`; what to do where it is damaged depends on what this PC saw. @throws Refusal OBJECT_INVALID */
export function readPublishedObject(bytes: Uint8Array, seen: SeenMapping | null): Mapping {
  try {
    return readMappingObject(bytes, keys.mapping);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'OBJECT_INVALID') throw error;
    const from = seen
      ? `copy ${keys.history(seen.digest)}, the newest that this PC has seen, over it.`
      : 'copy the newest of history/ over it. Never begin a new one: the bars of the old one would be lost.';
    throw new Refusal(
      error.code,
      error.message,
      `The object ${keys.mapping} was left as it is. Call the other controllers: once all agree, ${from}`,
    );
  }
}

/** Whether a mapping lies there with all that makes it valid; another object of that name is none. */
async function isKept(services: Services, { mapping }: Kept): Promise<boolean> {
  try {
    return (await fetchPast(services, mapping.digest)) !== null;
  } catch (error) {
    if (isOfObject(error)) return false;
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

const HISTORY_KEY = /^history\/([0-9a-f]{64})\.json$/;

/** Digests of all mappings that have an object in the history, whatever is in it. */
export async function listHistory(store: Store): Promise<string[]> {
  return (await store.list(keys.histories)).flatMap(key => HISTORY_KEY.exec(key)?.[1] ?? []);
}
