/** Valid keys, the same for every store, so that keys of a folder also work in a bucket. */
import { invalidKeyRefusal } from './texts.ts';

const SEGMENT = /^[A-Za-z0-9._-]{1,200}$/; // Below the 255 bytes of a file name, with space for a temporary file's suffix.
/** Key of the object that is written to test a store. */
export const PROBE_KEY = 'write-check.txt';
export const MAX_KEY = 512; // S3 permits 1024 bytes, including the store's prefix.

/** True for a valid key: segments of [A-Za-z0-9._-] between slashes, none of them `.` or `..`. */
export function isValidKey(key: string): boolean {
  return key.length <= MAX_KEY && key.split('/').every(part => SEGMENT.test(part) && !/^\.\.?$/.test(part));
}

/** @throws Refusal FIELD_INVALID */
export function checkKey(key: string): void {
  if (!isValidKey(key)) throw invalidKeyRefusal(key, MAX_KEY);
}

/** Checks a prefix for `list`: empty, the beginning of a key, or a key and a slash. */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}
