/**
 * Watches the output streams. If a stream cannot be written, the program prints the error on the other
 * stream, and exits with 1.
 */
import type { Writable } from 'node:stream';
import type { Refusal } from '../../shared/errors.ts';
import { hasErrorCode, systemErrorText } from './file-errors.ts';
import { outputFailedRefusal } from './texts.ts';

export interface Outputs {
  stdout: Writable;
  stderr: Writable;
}

/** Calls `failed` for the first stream that fails, with the message for the other stream. */
export function watchOutputErrors(
  { stdout, stderr }: Outputs,
  failed: (refusal: Refusal, other: Writable) => void,
): void {
  let isFirst = true;
  const watch = (name: string, stream: Writable, other: Writable) =>
    stream.on('error', error => {
      // A program that reads the output may close early (`| head`). This is not an error, and must not
      // interrupt an issuance.
      if (hasErrorCode(error, 'EPIPE') || !isFirst) return;
      isFirst = false;
      failed(outputFailedRefusal(name, systemErrorText(error)), other);
    });
  watch('stdout', stdout, stderr);
  watch('stderr', stderr, stdout);
}

export const errorText = ({ code, message, hint }: Refusal): string => `error ${code}: ${message}\n${hint}\n`;
