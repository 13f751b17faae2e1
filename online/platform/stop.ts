/** Ctrl-C and its like: a command that is stopped says in what state things are and what to run next, and exits 130. */
import type { World } from './world.ts';

export const EXIT_STOPPED = 130;

/** Thrown by a question that was answered with Ctrl-C, and where a signal ends the wait for a command. */
export class Stopped extends Error {}

/** In what state things are, and what to do. */
export interface StopText {
  message: string;
  hint: string;
}

export const NOTHING_CHANGED: StopText = {
  message: 'stopped: this run changed nothing',
  hint: 'Run the command again when you are ready.',
};

/** The work's outcome, unless the world is stopped first. The work is not undone: the program ends, it does not go on. */
export function untilStopped<T>(world: World, work: Promise<T>): Promise<T> {
  const { stop } = world;
  if (!stop) return work;
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new Stopped('stopped'));
    if (stop.aborted) stopped();
    stop.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', stopped));
  });
}

export function reportStop(world: World, json: boolean, { message, hint }: StopText): number {
  if (json) world.stdout.write(`${JSON.stringify({ error: { code: 'INTERRUPTED', message, hint } })}\n`);
  // Behind whatever stands on the line: the terminal shows ^C there.
  world.stderr.write(`${world.stderr.isTTY ? '\n' : ''}error INTERRUPTED: ${message}\n${hint}\n`);
  return EXIT_STOPPED;
}
