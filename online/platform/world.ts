/**
 * The environment of a command: streams, environment variables, clock. A command accesses them only through
 * this interface, so that a test can replace them.
 */
import type { Readable, Writable } from 'node:stream';
import { type Jobs, shellJobs } from './job-control.ts';
import { makeCompleteWriteStream, wrapTerminalOutput } from './output-streams.ts';

export interface World {
  stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  /** The working folder, with configuration and local state. */
  cwd: string;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** A signal that is aborted when the person stops the program. */
  stop?: AbortSignal;
  /** The job control of the shell. Without job control, Ctrl-Z does not stop the program at a question. */
  jobs?: Jobs;
  /** Called with the error that ends a command, because the error has more data than its text. */
  failed?: (error: unknown) => void;
}

/**
 * Columns of the window in which the result is printed. Undefined if the result goes to a file or a program,
 * or if the terminal reports 0.
 */
export function windowWidth({ stdout }: Pick<World, 'stdout'>): number | undefined {
  return (stdout.isTTY && stdout.columns) || undefined;
}

export function makeRealWorld(): World {
  return {
    stdin: process.stdin,
    stdout: wrapTerminalOutput(makeCompleteWriteStream(process.stdout), process.env),
    stderr: wrapTerminalOutput(makeCompleteWriteStream(process.stderr), process.env),
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    jobs: shellJobs,
  };
}
