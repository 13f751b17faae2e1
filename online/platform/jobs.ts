/** Job control of the shell: a program that Ctrl-Z stopped goes on with `fg`, and finds the terminal as the shell has it. */

export interface Jobs {
  /** As Ctrl-Z does where the terminal is not in raw mode. */
  suspend(): void;
  /** @returns what ends it */
  onContinue(listener: () => void): () => void;
}

/** Windows has none. */
const noJobs: Jobs = { suspend: () => undefined, onContinue: () => () => undefined };

export const shellJobs: Jobs =
  process.platform === 'win32'
    ? noJobs
    : {
        // The whole process group: the shell waits until each program of a pipe has stopped.
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

/** Raw mode until it is released, also after the program was stopped. @param again shows what the person was to answer */
export function holdRaw(keyboard: Keyboard, jobs: Jobs = noJobs, again: () => void): RawKeyboard {
  const raw = (on: boolean) => void (keyboard.isTTY && keyboard.setRawMode?.(on));
  let held = true;
  const forget = jobs.onContinue(() => {
    raw(false); // else Node takes it for set already
    raw(true);
    again();
  });
  raw(true);
  return {
    suspend: () => {
      raw(false);
      jobs.suspend();
      // Where no shell could continue it, the system does not stop it either.
      setTimeout(() => held && raw(true), 0);
    },
    release: () => {
      held = false;
      forget();
      raw(false);
    },
  };
}
