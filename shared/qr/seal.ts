/**
 * A check inside the compressed stream. BBQr has none: deflate without its header carries no checksum, so two
 * series spliced together, or one wrong character, could become a wrong file without anyone noticing.
 *
 * What we write is still a plain BBQr stream that every reader inflates: an empty stored block in front (five bytes
 * that say nothing), and five bytes of the file's SHA-256 behind the end of the stream, where inflate does not look.
 * The empty block tells our reader that the five bytes must follow. A stream of another writer, without them, is read
 * too, and then nothing may follow its end.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** Raw deflate: 10 window bits, as BBQr asks. Handed in, since `shared/` does no compression of its own. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** The stream holds more than the limit; all else that {@link Inflate} throws means that it is broken or cut. */
export class TooMuch extends Error {}

/**
 * Raw inflate that stops at `limit` bytes of output, before it allocates more. `used` is how much of the input the
 * stream took.
 * @throws {TooMuch} and anything else
 */
export type Inflate = (bytes: Uint8Array, limit: number) => { bytes: Uint8Array; used: number };

// RFC 1951, 3.2.4: not final, stored, padded to a byte; length 0 and its complement.
const MARK = [0x00, 0x00, 0x00, 0xff, 0xff];
const DIGEST = 5;

const digest = (file: Uint8Array) => sha256(file).subarray(0, DIGEST);

export function seal(file: Uint8Array, deflate: Deflate): Uint8Array {
  const stream = deflate(file);
  const sealed = new Uint8Array(MARK.length + stream.length + DIGEST);
  sealed.set(MARK);
  sealed.set(stream, MARK.length);
  sealed.set(digest(file), MARK.length + stream.length);
  return sealed;
}

const tooMuch = (limit: number) => `expected a file of at most ${limit} bytes, got more`;

/** The file, or why there is none. */
export function unseal(sealed: Uint8Array, inflate: Inflate, limit: number): Uint8Array | { reason: string } {
  let inflated: ReturnType<Inflate>;
  try {
    inflated = inflate(sealed, limit);
  } catch (error) {
    return { reason: error instanceof TooMuch ? tooMuch(limit) : 'the frames do not fit together to a file' };
  }
  const { bytes, used } = inflated;
  // An inflater that keeps to its word never gets here with more; this is the second lock on the same door.
  if (bytes.length > limit) return { reason: tooMuch(limit) };
  const marked = MARK.every((byte, i) => sealed[i] === byte);
  const expected = marked ? DIGEST : 0;
  const rest = sealed.subarray(used);
  if (rest.length !== expected) {
    return { reason: `the frames do not fit together to a file (${rest.length} bytes after it, not ${expected})` };
  }
  if (marked && !digest(bytes).every((byte, i) => rest[i] === byte)) {
    return { reason: 'the file is not the one that was shown: its check value differs' };
  }
  return bytes;
}
