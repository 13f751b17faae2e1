/** The published mapping: fetched, read strictly, verified under the pinned profile, and never older than one seen before. */
import { createHash } from 'node:crypto';
import { verifyBase } from '../shared/derive.ts';
import { Refusal } from '../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../shared/mapping/mapping.ts';
import type { Trust } from '../shared/trust.ts';
import type { LocalState } from './local-state.ts';
import { JSON_TYPE, keys } from './objects.ts';
import type { Store } from './store/store.ts';

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

/**
 * @throws Refusal OBJECT_MISSING, OBJECT_INVALID, BASE_INVALID, ROLLBACK, and those of the store
 */
export async function fetchPublished(store: Store, trust: Trust, state: LocalState): Promise<Published> {
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  if (!bytes) {
    throw new Refusal(
      'OBJECT_MISSING',
      `${keys.mapping}: there is none in ${store.name}`,
      'Check that this is the right store; the very first mapping is made with `countersign map init`.',
    );
  }
  const mapping = readMappingObject(bytes, keys.mapping);
  const signers = readObject(keys.mapping, () => verifyBase(mapping, trust));
  state.see(mapping);
  return { mapping, bytes, signers };
}

/**
 * Keeps the published mapping in the history, whoever put it there: `finalise` needs it after a crash, and one that an
 * older tool put there by hand must not be lost with the next issuance.
 */
export async function keepBase(
  { store, progress }: { store: Store; progress(text: string): void },
  { mapping, bytes }: Published,
): Promise<void> {
  const isNew = await store.create(keys.history(mapping.digest), bytes, { contentType: JSON_TYPE });
  if (!isNew || mapping.size === 0) return;
  progress(
    `The published mapping ${mapping.digest} of height ${mapping.height} was not in history/: another tool put it there. It verifies, and is kept there now.`,
  );
}
