/**
 * Compression for QR frames in a browser, with pako, a port of zlib. The browser's own compression cannot
 * limit the window to the 1024 bytes that BBQr requires. It also does not report where a stream ends in its
 * input.
 */
import { Deflate as Deflater, Inflate as Inflater } from 'pako';
import { type Deflate, type Inflate, OutputTooLargeError } from '../../../shared/qr/checked-stream.ts';

export const deflate: Deflate = bytes => {
  const stream = new Deflater({ raw: true, windowBits: 10, level: 9, memLevel: 9 });
  stream.push(bytes, true);
  return stream.result as Uint8Array;
};

/** Number of input bytes after the end of the stream. The types of pako do not declare this member. */
const countUnreadBytes = (stream: Inflater) =>
  (stream as unknown as { strm: { avail_in: number } }).strm.avail_in;

export const inflate: Inflate = (bytes, limit) => {
  // The output comes in chunks of this size. A stream with huge output is stopped at the chunk that exceeds
  // the limit.
  const stream = new Inflater({ raw: true, chunkSize: 65536 });
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  stream.onData = chunk => {
    length += chunk.length;
    if (length > limit) throw new OutputTooLargeError();
    chunks.push(chunk as Uint8Array);
  };
  stream.onEnd = status => {
    ended = status === 0;
  };
  stream.push(bytes, true);
  if (!ended) throw new Error('not a whole stream');
  const result = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return { bytes: result, used: bytes.length - countUnreadBytes(stream) };
};
