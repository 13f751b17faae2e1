/** The process's streams, where Node's own would lose a part of a text. */
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** For a file, one that writes all of a text: Node's own takes a part for the whole, on a disk that is almost full. */
export function wholeOutput(stream: NodeJS.WriteStream & { fd: number }): NodeJS.WriteStream {
  if (!isFile(stream.fd)) return stream;
  const whole = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(stream.fd, chunk, at);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  return whole as unknown as NodeJS.WriteStream;
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
