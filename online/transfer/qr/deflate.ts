/** Compression for QR frames, bound to Node's zlib. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Deflate, type Inflate, TooMuch } from '../../../shared/qr/seal.ts';

export const deflate: Deflate = bytes =>
  deflateRawSync(bytes, { windowBits: 10, level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });

/**
 * Bounded before allocation: zlib stops at `maxOutputLength`.
 *
 * The window stays at the full 15 bits: a stream that looks back further than the 1024 bytes BBQr allows is read
 * all the same. BBQr bounds the window for devices with a few kilobytes of memory; here it is 32 kB, and zlib would
 * catch only those distances that happen to cross its output buffer, so a refusal would depend on chance.
 */
export const inflate: Inflate = (bytes, limit) => {
  type Inflated = { buffer: Buffer; engine: { bytesWritten: number } };
  let result: Inflated;
  try {
    result = inflateRawSync(bytes, { maxOutputLength: limit, info: true }) as unknown as Inflated;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new TooMuch() : error;
  }
  return { bytes: new Uint8Array(result.buffer), used: result.engine.bytesWritten };
};
