/** Which keys a store takes: the same for every store, so that what works in a folder works in a bucket. */
import { Refusal, shown } from '../../shared/errors.ts';

const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/; // below the 255 bytes of a file name, with room for a temporary's suffix
/** Written to see what a store allows; nothing reads it. */
export const PROBE_KEY = 'write-check.txt';
export const MAX_KEY = 512; // S3 allows 1024 bytes, and the store's prefix comes in front

/** Whether this can be an object's key: segments of [A-Za-z0-9._-] between slashes, none of them `.` or `..`. */
export function isKey(key: string): boolean {
  return key.length <= MAX_KEY && key.split('/').every(part => SEGMENT.test(part) && !/^\.\.?$/.test(part));
}

/** @throws Refusal FIELD_INVALID */
export function checkKey(key: string): void {
  if (isKey(key)) return;
  throw new Refusal(
    'FIELD_INVALID',
    `key: expected at most ${MAX_KEY} characters of A-Z a-z 0-9 . _ - between slashes, got ${shown(key)}`,
    'This is a mistake in the program or in a file it read: nothing was read or written.',
  );
}

/** The beginning of keys, as `list` takes it: empty, a part of a key, or a key and a slash. */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}
