/** For tests only: PNG files of any kind, including invalid ones. */
import { crc32, deflateSync } from 'node:zlib';

/**
 * @param header width, height, depth, colour type, compression, filter, interlace
 * @param raw uncompressed data: for each row its filter and samples
 * @param between further chunks before the pixels
 */
export function pngFile(header: number[], raw: Uint8Array, ...between: [string, Uint8Array][]): Uint8Array {
  const [width, height, ...rest] = header as [number, number, ...number[]];
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set(rest, 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const chunks = [...between, ['IDAT', deflateSync(raw)], ['IEND', new Uint8Array(0)]] as const;
  return Buffer.concat([
    signature,
    pngChunk('IHDR', ihdr),
    ...chunks.map(([type, data]) => pngChunk(type, data)),
  ]);
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4);
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), 8 + data.length);
  return bytes;
}
