/** For tests only: starts processes that use the same store at the same time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { OpenOptions } from '../open-store.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const WORKER = fileURLToPath(new URL('store-worker.ts', import.meta.url));

/**
 * The task of a `store-worker.ts` process. `create`: for each line, creates a key at the given time.
 * `replace`: replaces one object again and again. `fill`: replaces the object too, and creates a new object
 * each time. The last two run until the process is killed.
 */
export interface Job {
  mode: 'create' | 'replace' | 'fill';
  spec: string;
  open: OpenOptions;
  id: number;
}

export interface Worker {
  child: ChildProcess;
  /** Sends a line to the process, and returns the line that the process answers. */
  ask(line: string): Promise<string>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a process, and waits until it has opened the store. */
export async function startWorker(job: Job): Promise<Worker> {
  const child = spawn(process.execPath, ['--import', 'tsx', WORKER, JSON.stringify(job)], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()));
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error(`worker ${job.id} ended early`);
    return line.value;
  };
  child.stdin!.on('error', () => undefined); // ignored, because the process may have been killed
  if ((await next()) !== 'ready') throw new Error(`worker ${job.id} did not start`);
  return {
    child,
    ask: line => {
      child.stdin!.write(`${line}\n`);
      return next();
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await gone;
    },
  };
}

/**
 * Bytes from which a reader can see whether they are complete: all have the same value, and this value
 * determines their number.
 */
export function selfCheckingBytes(value: number): Uint8Array {
  return new Uint8Array(sizeForValue(value)).fill(value);
}

export function areBytesComplete(bytes: Uint8Array): boolean {
  const value = bytes[0];
  return value !== undefined && Buffer.compare(bytes, selfCheckingBytes(value)) === 0;
}

/** A size from 3 bytes to 1.5 MB. Consecutive values have very different sizes. */
function sizeForValue(value: number): number {
  return 3 + ((value * 37) % 256) * 6_000;
}
