/** Compression for QR frames with Node's zlib. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Deflate, type Inflate, OutputTooLargeError } from '../../../shared/qr/checked-stream.ts';

export const deflate: Deflate = bytes =>
  deflateRawSync(bytes, { windowBits: 10, level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });

/**
 * Inflates with a limit: zlib stops at `maxOutputLength`. BBQr limits the window to 1024 bytes, for devices
 * with little memory. This function uses the full window of 32 kB, so it also reads streams that refer back
 * further. With a smaller window, zlib would refuse such a stream only sometimes.
 */
export const inflate: Inflate = (bytes, limit) => {
  type Inflated = { buffer: Buffer; engine: { bytesWritten: number } };
  let result: Inflated;
  try {
    result = inflateRawSync(bytes, { maxOutputLength: limit, info: true }) as unknown as Inflated;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? new OutputTooLargeError()
      : error;
  }
  return { bytes: new Uint8Array(result.buffer), used: result.engine.bytesWritten };
};
