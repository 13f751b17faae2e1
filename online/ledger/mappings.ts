/** Mappings in the store: `map.json` and `history/`, read strictly and verified under the pinned profile. */
import { createHash } from 'node:crypto';
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Store } from '../store/store.ts';
import { JSON_TYPE, keys, readObject } from './objects.ts';

/** Node's own SHA-256: the same as noble's, and faster on large data. */
export const nativeSha256 = () => createHash('sha256');

/** A mapping with all that makes it valid. */
export interface Published {
  readonly mapping: Mapping;
  readonly bytes: Uint8Array;
  /** Indices of the controllers that signed it; none for the empty one that begins. */
  readonly signers: readonly number[];
}

export interface MappingReader {
  store: Pick<Store, 'get' | 'create' | 'put'>;
  trust: Trust;
}

export function readMappingObject(bytes: Uint8Array, key: string): Mapping {
  return readObject(key, () => parseMapping(bytes, key, nativeSha256));
}

/** @throws Refusal OBJECT_INVALID, BASE_INVALID, each with the key */
export function readPublished(bytes: Uint8Array, key: string, trust: Trust): Published {
  const mapping = readMappingObject(bytes, key);
  return { mapping, bytes, signers: readObject(key, () => verifyBase(mapping, trust)) };
}

/** @returns null if there is none @throws Refusal OBJECT_INVALID, BASE_INVALID, and those of the store */
async function fetchMapping({ store, trust }: MappingReader, key: string): Promise<Published | null> {
  const bytes = await store.get(key, MAX_MAPPING_BYTES);
  return bytes && readPublished(bytes, key, trust);
}

/** A mapping of the history, which also has to be the one that its name says. @throws Refusal OBJECT_INVALID, BASE_INVALID */
export async function fetchPast(reader: MappingReader, digest: string): Promise<Published | null> {
  const key = keys.history(digest);
  const found = await fetchMapping(reader, key);
  if (!found || found.mapping.digest === digest) return found;
  throw new Refusal(
    'OBJECT_INVALID',
    `${key}: it is the mapping ${found.mapping.digest}`,
    `Someone changed the store: call the other controllers. The object ${key} was left as it is.`,
  );
}

/**
 * Keeps a mapping in the history. That the name is taken does not say by what: a cut object would be a mapping lost, so it is
 * read back and written again.
 */
export async function keepInHistory(
  reader: MappingReader,
  mapping: Mapping,
  bytes: Uint8Array,
): Promise<void> {
  const key = keys.history(mapping.digest);
  if (await reader.store.create(key, bytes, { contentType: JSON_TYPE })) return;
  const isKept = await fetchPast(reader, mapping.digest).then(
    found => found !== null,
    error => {
      if (error instanceof Refusal && !error.code.startsWith('STORE_')) return false;
      throw error;
    },
  );
  if (!isKept) await reader.store.put(key, bytes, { contentType: JSON_TYPE });
}
