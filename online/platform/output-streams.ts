/**
 * The output streams of the process. A file gets the whole text, and a terminal gets wrapped and coloured
 * lines.
 */
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { colourLines, isColourWanted } from './text/terminal-colours.ts';
import { wrapText } from './text/wrap-text.ts';

/**
 * For a file: a stream that writes the whole text, or reports an error. If the disk is almost full, Node's
 * own stream writes a part and reports success. Any other stream is returned unchanged.
 */
export function makeCompleteWriteStream(stream: NodeJS.WriteStream & { fd: number }): NodeJS.WriteStream {
  if (!isRegularFile(stream.fd)) return stream;
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

/**
 * Assumed width of a terminal that reports none, such as a serial console and terminals of some containers.
 */
const UNKNOWN_WIDTH = 80;

/**
 * For a terminal: changes the stream, so that it wraps complete lines of plain text between words. It adds
 * colours afterwards, so that colour codes do not count as width. It does not change text that moves the
 * cursor.
 */
export function wrapTerminalOutput(
  stream: NodeJS.WriteStream,
  env: Record<string, string | undefined>,
): NodeJS.WriteStream {
  if (!stream.isTTY) return stream;
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const isText = (chunk: unknown): chunk is string =>
    typeof chunk === 'string' && chunk.endsWith('\n') && !/[\x1b\r]/.test(chunk);
  const paint = isColourWanted(env) ? colourLines : (text: string) => text;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(isText(chunk) ? paint(wrapText(chunk, stream.columns || UNKNOWN_WIDTH)) : chunk, ...rest);
  return stream;
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
