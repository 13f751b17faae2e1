/**
 * Adds a check value to the compressed stream. BBQr has no check value, and raw deflate has no checksum. Without the
 * check value, a mixture of two files or one wrong character could decode to a wrong file without an error. Every
 * reader accepts the output as a BBQr stream. An empty stored block (five bytes) comes first. Five bytes of the file's
 * SHA-256 come after the end of the stream, where inflate does not read. If {@link inflateWithCheckValue} finds the empty
 * block, it requires the five bytes. A stream of another writer has no empty block and must end with the compressed
 * data.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Raw deflate with 10 window bits, as BBQr requires. The function is a parameter, because `shared/` contains no
 * compression.
 */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** The stream decodes to more bytes than the limit. Any other error of {@link Inflate} means a damaged stream. */
export class OutputTooLargeError extends Error {}

/**
 * Raw inflate that stops at `limit` bytes of output, before it allocates more. `used` is the number of input bytes up
 * to the end of the stream.
 * @throws {OutputTooLargeError} above the limit; any other error for a damaged stream
 */
export type Inflate = (bytes: Uint8Array, limit: number) => { bytes: Uint8Array; used: number };

// RFC 1951, 3.2.4: a stored block, not final, padded to a byte; then length 0 and its complement.
const MARK = [0x00, 0x00, 0x00, 0xff, 0xff];
const DIGEST = 5;

const fileCheckValue = (file: Uint8Array) => sha256(file).subarray(0, DIGEST);

export function compressWithCheckValue(file: Uint8Array, deflate: Deflate): Uint8Array {
  const stream = deflate(file);
  const sealed = new Uint8Array(MARK.length + stream.length + DIGEST);
  sealed.set(MARK);
  sealed.set(stream, MARK.length);
  sealed.set(fileCheckValue(file), MARK.length + stream.length);
  return sealed;
}

const NO_FILE = 'the frames do not form one file';
const streamTooLongText = (limit: number) => `expected a file of at most ${limit} bytes, got more`;

/** The file, or the reason why the stream is not valid. */
export function inflateWithCheckValue(
  sealed: Uint8Array,
  inflate: Inflate,
  limit: number,
): Uint8Array | { reason: string } {
  let inflated: ReturnType<Inflate>;
  try {
    inflated = inflate(sealed, limit);
  } catch (error) {
    return { reason: error instanceof OutputTooLargeError ? streamTooLongText(limit) : NO_FILE };
  }
  const { bytes, used } = inflated;
  // This check is for an inflate function that ignores its limit.
  if (bytes.length > limit) return { reason: streamTooLongText(limit) };
  const marked = MARK.every((byte, i) => sealed[i] === byte);
  const expected = marked ? DIGEST : 0;
  const rest = sealed.subarray(used);
  if (rest.length !== expected) {
    return { reason: `${NO_FILE} (expected ${expected} bytes after the data, got ${rest.length})` };
  }
  if (marked && !fileCheckValue(bytes).every((byte, i) => rest[i] === byte)) {
    return { reason: 'the file differs from the file that was shown: its check value is wrong' };
  }
  return bytes;
}
