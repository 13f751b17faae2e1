/** Sentences about stores: their names, their keys and their objects. */
import { Refusal, valueText } from '../../shared/errors.ts';

const EXAMPLES =
  'Write a bucket as s3://bucket or s3://bucket/prefix, and a folder as ./folder or file:folder.';

/**
 * The text in quotes. A text with `@` or `?` is not shown, because it may contain a password or a signature.
 */
const hideSecretsIn = (text: string): string =>
  /[@?]/.test(text) ? 'a text with @ or ? (not shown, because it may contain a password)' : valueText(text);

export const invalidStoreRefusal = (spec: string, expected: string) =>
  new Refusal('CONFIG_INVALID', `store: expected ${expected}, got ${hideSecretsIn(spec)}`, EXAMPLES);

export const invalidEndpointRefusal = (endpoint: string) =>
  new Refusal(
    'CONFIG_INVALID',
    `S3 endpoint: expected http(s)://host[:port], got ${hideSecretsIn(endpoint)}`,
    'Write the endpoint with http:// or https://, and without credentials. Give the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in AWS_PROFILE.',
  );

export const invalidKeyRefusal = (key: string, longest: number) =>
  new Refusal(
    'FIELD_INVALID',
    `key: expected at most ${longest} characters of A-Z a-z 0-9 . _ - between slashes, got ${valueText(key)}`,
    'Report this message: the program, or a file that it read, has an error. Nothing was read or written.',
  );

/** @param got a number of bytes, or `more` */
export const objectTooLargeRefusal = (store: string, key: string, got: string, maxBytes: number) =>
  new Refusal(
    'TOO_LARGE',
    `${store}: ${key}: expected at most ${maxBytes} bytes, got ${got}`,
    'Check this object, and restore it from history/. This program never writes an object of this size.',
  );

/** @param place store and key @param kind what is found in place of the object */
export const notAnObjectRefusal = (place: string, expected: string, kind: string) =>
  new Refusal(
    'STORE_FAILED',
    `${place}: expected ${expected}, got ${kind}`,
    'Move it to a folder outside the store, then run the command again.',
  );

/** @param errno the system's error code of the failed attempt to make a hard link */
export const noHardLinksRefusal = (place: string, errno: string) =>
  new Refusal(
    'STORE_FAILED',
    `${place}: the file system has no hard links (${errno}), so it cannot create an object completely and only once`,
    'Keep the store on a file system with hard links (ext4, XFS, APFS or NTFS, not FAT or exFAT), or in S3.',
  );

export const folderMissingRefusal = (store: string, folder: string, hint: string) =>
  new Refusal('STORE_UNREACHABLE', `${store}: the folder ${folder} does not exist`, hint);

export const endlessListRefusal = (store: string) =>
  new Refusal(
    'TOO_LARGE',
    `${store}: the server does not end the list of keys`,
    'Check for other objects in this bucket. Give the store a separate prefix.',
  );

export const UNKNOWN_RESULT = 'the object may or may not have been written';

/** The refusal of a write whose answer was lost. */
export const mayBeWrittenRefusal = ({ code, message, hint }: Refusal) =>
  new Refusal(code, `${message}; ${UNKNOWN_RESULT}`, hint);

/**
 * @param message the server's answer to a write with an ACL @param hint another way to make the object public
 */
export const notPublicRefusal = (message: string, hint: string) =>
  new Refusal('STORE_FAILED', `${message}; the object was written, but is not public`, hint);

/** Content of the object that tests a store. */
export const PROBE_TEXT =
  'Countersign wrote this object to test that it may write, and that this store creates an object only once. You can delete it.\n';
