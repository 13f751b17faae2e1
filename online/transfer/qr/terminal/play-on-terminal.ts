/** Runs a {@link FramePlayer} on a terminal: draws, waits, reads keys, and always restores the terminal. */
import { holdRawMode, type Jobs, shellJobs } from '../../../platform/job-control.ts';
import type { FramePlayer } from './frame-player.ts';

export interface Keyboard {
  isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface Screen {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/**
 * Code of the character for Ctrl-Z. It is written as a number, so that the bundle has no invisible character.
 */
const CTRL_Z = 26;
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?1049l';

/** The source of signals: `process`, or an emitter in tests. */
export interface Signals {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @returns true if a signal stopped the player. The terminal is restored in the signal's handler, because the
 * program may end right after it.
 */
export async function playOnTerminal(
  player: FramePlayer,
  keyboard: Keyboard,
  screen: Screen,
  signals: Signals = process,
  jobs: Jobs = shellJobs,
): Promise<boolean> {
  let wake = () => {};
  let stopped = false;
  let taken = true;
  const giveBack = () => {
    if (!taken) return;
    taken = false;
    screen.write(LEAVE);
    raw.release();
  };
  const onSignal = () => {
    stopped = true;
    player.quit = true;
    giveBack();
    wake();
  };
  const onKeys = (chunk: Uint8Array | string) => {
    for (const key of splitIntoKeys(
      typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1'),
    )) {
      if (key.charCodeAt(0) === CTRL_Z) {
        screen.write(LEAVE);
        raw.suspend();
      } else player.key(key);
    }
    wake();
  };
  const onResize = () => {
    player.resize(...terminalSize(screen));
    screen.write('\x1b[2J');
    wake();
  };
  const onEnd = () => {
    // If the input is a file, its end is ignored. If a terminal is closed, no person is present, and the
    // player ends.
    if (keyboard.isTTY) player.quit = true;
    wake();
  };
  for (const signal of STOPPING) signals.on(signal, onSignal);
  keyboard.on('data', onKeys);
  keyboard.on('end', onEnd);
  screen.on('resize', onResize);
  const raw = holdRawMode(keyboard, jobs, () => {
    screen.write(ENTER);
    onResize();
  });
  keyboard.resume();
  screen.write(ENTER);
  try {
    while (!player.quit) {
      screen.write(`\x1b[H${player.lines().join('\x1b[K\r\n')}\x1b[K\x1b[J`);
      const woken = await waitForWakeOrDelay(player.paused ? undefined : player.delay, f => {
        wake = f;
      });
      if (!woken) player.next();
    }
  } finally {
    giveBack();
    keyboard.off('data', onKeys);
    keyboard.off('end', onEnd);
    screen.off('resize', onResize);
    for (const signal of STOPPING) signals.off(signal, onSignal);
    keyboard.pause();
  }
  return stopped;
}

/** Some serial terminals and containers report a size of 0 by 0, which counts as 80 by 24. */
export const terminalSize = ({ columns, rows }: Screen): [columns: number, rows: number] => [
  columns || 80,
  rows || 24,
];

/** True if `wake` was called, for example after a key. False after the delay. */
function waitForWakeOrDelay(delay: number | undefined, woken: (wake: () => void) => void): Promise<boolean> {
  return new Promise(resolve => {
    const timer = delay === undefined ? undefined : setTimeout(() => resolve(false), delay);
    woken(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** Several keys can arrive in one read, and an arrow key is three characters. */
const splitIntoKeys = (text: string): string[] => text.match(/\x1b\[[A-D]|[\s\S]/g) ?? [];
