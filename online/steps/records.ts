/** Small JSON objects of our own in the store: each with its type and version, read strictly, told with its key. */
import { utf8 } from '../../shared/bytes.ts';
import { Fields, fieldInvalid } from '../../shared/fields.ts';
import { JsonNumber, type PlainValue, readJson } from '../../shared/json.ts';
import { MAX_CONTROLLERS } from '../../shared/script.ts';
import type { Store } from '../store/store.ts';
import { JSON_TYPE, MAX_RECORD_BYTES } from './objects.ts';
import { readObject } from './published.ts';

export type RecordKind = 'successor' | 'decision' | 'given-up' | 'published' | 'issuance';

function textOf(kind: RecordKind, content: { [name: string]: PlainValue }): Uint8Array {
  return utf8(`${JSON.stringify({ type: `countersign/${kind}`, version: 1, ...content })}\n`);
}

/** @returns false if the key was taken, whoever took it */
export function createRecord(
  store: Store,
  key: string,
  kind: RecordKind,
  content: { [name: string]: PlainValue },
): Promise<boolean> {
  return store.create(key, textOf(kind, content), { contentType: JSON_TYPE });
}

export function putRecord(
  store: Store,
  key: string,
  kind: RecordKind,
  content: { [name: string]: PlainValue },
): Promise<void> {
  return store.put(key, textOf(kind, content), { contentType: JSON_TYPE });
}

/** @throws Refusal OBJECT_INVALID */
export async function fetchRecord<T>(
  store: Store,
  key: string,
  kind: RecordKind,
  names: readonly string[],
  read: (fields: Fields) => T,
): Promise<T | null> {
  const bytes = await store.get(key, MAX_RECORD_BYTES);
  if (!bytes) return null;
  return readObject(key, () => {
    const fields = new Fields(readJson(bytes, key, MAX_RECORD_BYTES), '', ['type', 'version', ...names]);
    fields.constant('type', `countersign/${kind}`);
    fields.constant('version', 1);
    return read(fields);
  });
}

/** Indices of controllers, ascending. */
export function readControllers(fields: Fields): number[] {
  const indices = fields.list('controllers', 1, MAX_CONTROLLERS).map(value => {
    return value instanceof JsonNumber && /^[1-9][0-9]?$/.test(value.text) ? Number(value.text) : 0;
  });
  if (indices.every((index, i) => index > (indices[i - 1] ?? 0))) return indices;
  throw fieldInvalid('controllers', 'ascending indices', indices.join(', '));
}
