/**
 * Ctrl-C and similar signals. A stopped command prints the state and the next command, and exits with 130.
 */
import { RUN_WHEN_READY } from './texts.ts';
import type { World } from './world.ts';

export const EXIT_STOPPED = 130;

/** Thrown if a question is answered with Ctrl-C, or a signal ends a command's wait. */
export class StoppedError extends Error {}

/** The message about the state, and the next step. */
export interface StopText {
  message: string;
  hint: string;
}

export const NOTHING_CHANGED: StopText = {
  message: 'stopped: this run changed nothing',
  hint: RUN_WHEN_READY,
};

/**
 * Waits until the work is done or the program is stopped. A stop ends the program and undoes nothing.
 * @throws StoppedError if the program is stopped first
 */
export function runUntilStopped<T>(world: World, work: Promise<T>): Promise<T> {
  const { stop } = world;
  if (!stop) return work;
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new StoppedError('stopped'));
    if (stop.aborted) stopped();
    stop.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', stopped));
  });
}

export function reportStop(world: World, json: boolean, { message, hint }: StopText): number {
  if (json) world.stdout.write(`${JSON.stringify({ error: { code: 'INTERRUPTED', message, hint } })}\n`);
  // On a terminal, the message begins on a new line, because the terminal shows ^C.
  world.stderr.write(`${world.stderr.isTTY ? '\n' : ''}error INTERRUPTED: ${message}\n${hint}\n`);
  return EXIT_STOPPED;
}
