/** What a command is handed: streams, environment, clock. Nothing else in `online/` reaches for them. */
import type { Readable, Writable } from 'node:stream';
import { type Jobs, shellJobs } from './jobs.ts';
import { wholeOutput, wordWrapped } from './streams.ts';

export interface World {
  stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  /** The working folder: configuration and local state are looked for here. */
  cwd: string;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Aborted when the person stops the program. */
  stop?: AbortSignal;
  /** The shell's, where there is one. */
  jobs?: Jobs;
}

/** Columns of the window that the result is printed in; undefined where it goes to a file or a program. */
export function widthOf({ stdout }: Pick<World, 'stdout'>): number | undefined {
  return stdout.isTTY ? stdout.columns : undefined;
}

export function realWorld(): World {
  return {
    stdin: process.stdin,
    stdout: wordWrapped(wholeOutput(process.stdout), process.env),
    stderr: wordWrapped(wholeOutput(process.stderr), process.env),
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    jobs: shellJobs,
  };
}
