/**
 * Reads the mappings in the store (`map.json` and `history/`) strictly, and verifies their signatures with
 * the trust profile.
 */
import { createHash } from 'node:crypto';
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Store } from '../store/store.ts';
import { JSON_TYPE, keys, parseStoredObject } from './object-keys.ts';
import { otherMappingRefusal } from './texts.ts';

/** Node's own SHA-256, which is faster on large data than noble's. */
export const nativeSha256 = () => createHash('sha256');

/** A verified mapping. */
export interface Published {
  readonly mapping: Mapping;
  readonly bytes: Uint8Array;
  /** Indices of the controllers that signed it; empty for the initial mapping. */
  readonly signers: readonly number[];
}

export interface MappingReader {
  store: Pick<Store, 'get' | 'create' | 'put'>;
  trust: Trust;
}

export function readMappingObject(bytes: Uint8Array, key: string): Mapping {
  return parseStoredObject(key, () => parseMapping(bytes, key, nativeSha256));
}

/** @throws Refusal OBJECT_INVALID, BASE_INVALID, each naming the key */
export function readVerifiedMapping(bytes: Uint8Array, key: string, trust: Trust): Published {
  const mapping = readMappingObject(bytes, key);
  return { mapping, bytes, signers: parseStoredObject(key, () => verifyBase(mapping, trust)) };
}

/**
 * @returns null if the object is absent
 * @throws Refusal OBJECT_INVALID, BASE_INVALID, and refusals of the store
 */
async function fetchMapping({ store, trust }: MappingReader, key: string): Promise<Published | null> {
  const bytes = await store.get(key, MAX_MAPPING_BYTES);
  return bytes && readVerifiedMapping(bytes, key, trust);
}

/**
 * Reads a mapping from `history/`; null if the object is absent. The object's name must be the mapping's
 * digest.
 * @throws Refusal OBJECT_INVALID, BASE_INVALID
 */
export async function fetchPastMapping(reader: MappingReader, digest: string): Promise<Published | null> {
  const key = keys.history(digest);
  const found = await fetchMapping(reader, key);
  if (!found || found.mapping.digest === digest) return found;
  throw otherMappingRefusal(key, digest, found.mapping.digest);
}

/**
 * Stores a mapping in `history/`. An existing object may be damaged. So it is read, and replaced if it is not
 * valid.
 */
export async function storeInHistory(
  reader: MappingReader,
  mapping: Mapping,
  bytes: Uint8Array,
): Promise<void> {
  const key = keys.history(mapping.digest);
  if (await reader.store.create(key, bytes, { contentType: JSON_TYPE })) return;
  const isKept = await fetchPastMapping(reader, mapping.digest).then(
    found => found !== null,
    error => {
      if (error instanceof Refusal && !error.code.startsWith('STORE_')) return false;
      throw error;
    },
  );
  if (!isKept) await reader.store.put(key, bytes, { contentType: JSON_TYPE });
}
