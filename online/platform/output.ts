/** Output that cannot be written is one line and exit 1, whichever stream it is: never a stack trace, never silence. */
import type { Writable } from 'node:stream';
import { Refusal } from '../../shared/errors.ts';
import { isCode, systemReason } from './file-errors.ts';

export interface Outputs {
  stdout: Writable;
  stderr: Writable;
}

/** Calls `failed` for the first stream that fails, with what is to be said on the other one. */
export function watchOutputs(
  { stdout, stderr }: Outputs,
  failed: (refusal: Refusal, other: Writable) => void,
): void {
  let isFirst = true;
  const watch = (name: string, stream: Writable, other: Writable) =>
    stream.on('error', error => {
      // A reader that closes its end early (`| head`) is no failure, and no reason to leave an issuance in its middle.
      if (isCode(error, 'EPIPE') || !isFirst) return;
      isFirst = false;
      failed(cannotWrite(name, error), other);
    });
  watch('stdout', stdout, stderr);
  watch('stderr', stderr, stdout);
}

function cannotWrite(name: string, error: unknown): Refusal {
  return new Refusal(
    'FILE_UNUSABLE',
    `${name}: cannot be written: ${systemReason(error)}`,
    'What was printed is not complete. Make room or print elsewhere; the same command can be run again.',
  );
}

export const linesOf = ({ code, message, hint }: Refusal): string => `error ${code}: ${message}\n${hint}\n`;
