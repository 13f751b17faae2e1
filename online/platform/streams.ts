/** The process's streams, where Node's own would lose a part of a text. */
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { hasColour, withColour } from './text/colour.ts';
import { wrapText } from './text/wrap.ts';

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

/** Columns, for a terminal that reports none (a serial console, some containers). */
const UNKNOWN_WIDTH = 80;

/**
 * For a terminal: whole lines of plain text break between words, and get their colour after that, so that only what is seen
 * counts as width. What moves the cursor stays as it is.
 */
export function wordWrapped(
  stream: NodeJS.WriteStream,
  env: Record<string, string | undefined>,
): NodeJS.WriteStream {
  if (!stream.isTTY) return stream;
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const isText = (chunk: unknown): chunk is string =>
    typeof chunk === 'string' && chunk.endsWith('\n') && !/[\x1b\r]/.test(chunk);
  const paint = hasColour(env) ? withColour : (text: string) => text;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(isText(chunk) ? paint(wrapText(chunk, stream.columns || UNKNOWN_WIDTH)) : chunk, ...rest);
  return stream;
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
