/**
 * Job control. Ctrl-Z stops a program, and `fg` continues it. The continued program must set the terminal's
 * mode again.
 */

export interface Jobs {
  /** Stops the program, as Ctrl-Z does outside raw mode. */
  suspend(): void;
  /** @returns a function that removes the listener */
  onContinue(listener: () => void): () => void;
}

/** Windows has no job control. */
const noJobs: Jobs = { suspend: () => undefined, onContinue: () => () => undefined };

export const shellJobs: Jobs =
  process.platform === 'win32'
    ? noJobs
    : {
        // Signals the whole process group, because the shell waits until each program of a pipe has stopped.
        suspend: () => void process.kill(0, 'SIGTSTP'),
        onContinue: listener => {
          process.on('SIGCONT', listener);
          return () => void process.off('SIGCONT', listener);
        },
      };

interface Keyboard {
  isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

export interface RawKeyboard {
  suspend(): void;
  release(): void;
}

/**
 * Keeps the terminal in raw mode until the release, even if the program is stopped and continued.
 * @param again function that draws the question or the picture again after the program was stopped
 */
export function holdRawMode(keyboard: Keyboard, jobs: Jobs = noJobs, again: () => void): RawKeyboard {
  const raw = (on: boolean) => void (keyboard.isTTY && keyboard.setRawMode?.(on));
  let held = true;
  const forget = jobs.onContinue(() => {
    raw(false); // Otherwise Node assumes that raw mode is still set.
    raw(true);
    again();
  });
  raw(true);
  return {
    suspend: () => {
      raw(false);
      jobs.suspend();
      // If no shell can continue the program, the system does not stop it. Then raw mode is set again.
      setTimeout(() => held && raw(true), 0);
    },
    release: () => {
      held = false;
      forget();
      raw(false);
    },
  };
}
