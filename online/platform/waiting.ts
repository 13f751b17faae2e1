/** Waiting with progress: what a person is told meanwhile, how long a node may be away, and how fast blocks come. */
import { Refusal } from '../../shared/errors.ts';
import { counted } from './text/words.ts';
import type { World } from './world.ts';

const TICK_MS = 1000;
/** A node that is away for so long is not just starting again. */
const PATIENCE_SECONDS = 600;
const MAX_TRIES = 200;
/** So many blocks are seen before their times are believed to tell how fast they come. */
const PACE_BLOCKS = 2;

/** Lines on stderr: one a change, and on a terminal the time that passes in between. */
export class Progress {
  private readonly world: World;
  private last = '';
  private since: number;
  private width = 0;

  constructor(world: World) {
    this.world = world;
    this.since = world.now();
  }

  tell(text: string): void {
    this.clear();
    if (text === this.last) return;
    this.last = text;
    this.since = this.world.now();
    this.world.stderr.write(`${text}\n`);
  }

  /** Sleeps; a terminal shows meanwhile for how long nothing has changed. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.world.stderr.isTTY || this.last === '') return this.world.sleep(milliseconds);
    this.show();
    const timer = setInterval(() => this.show(), TICK_MS);
    try {
      await this.world.sleep(milliseconds);
    } finally {
      clearInterval(timer);
      this.clear();
    }
  }

  private show(): void {
    const seconds = Math.max(0, Math.floor((this.world.now() - this.since) / 1000));
    const since = seconds > 0 ? `, ${clockText(seconds)} since the last change` : '';
    const text = `  waiting${since}; Ctrl-C stops, and nothing is lost`;
    const columns = this.world.stderr.columns ?? 80;
    this.clear();
    this.world.stderr.write(text.slice(0, columns - 1));
    this.width = Math.min(text.length, columns - 1);
  }

  /** Overwritten with spaces: every terminal can do that. */
  private clear(): void {
    if (this.width > 0) this.world.stderr.write(`\r${' '.repeat(this.width)}\r`);
    this.width = 0;
  }
}

/** `0:07`, `12:30`. */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Passing troubles of a node do not end a wait that may take an hour; anything else does. */
function isPassing(error: unknown): error is Refusal {
  return error instanceof Refusal && ['NODE_UNREACHABLE', 'NODE_SYNCING'].includes(error.code);
}

/** Repeats a question to a node, and waits while the node is away. */
export class Patience {
  private failures = 0;
  private readonly world: Pick<World, 'sleep'>;
  private readonly tell: (text: string) => void;
  private readonly seconds: number;

  /** @param seconds between two questions */
  constructor(world: Pick<World, 'sleep'>, tell: (text: string) => void, seconds: number) {
    this.world = world;
    this.tell = tell;
    this.seconds = seconds;
  }

  pause(): Promise<void> {
    return this.world.sleep(this.seconds * 1000);
  }

  /** @returns null where the node could not answer, after the time between two questions */
  async ask<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await question();
      this.failures = 0;
      return answer;
    } catch (error) {
      const tries = Math.min(MAX_TRIES, Math.ceil(PATIENCE_SECONDS / Math.max(this.seconds, 1)));
      if (!isPassing(error) || ++this.failures > tries) throw error;
      if (this.failures === 1) this.tell(`${error.message}. Waiting for the node to come back.`);
      await this.pause();
      return null;
    }
  }
}

interface Block {
  height: number;
  /** Seconds since 1970, as the block has it. */
  time: number;
}

/** How fast blocks came since the wait began, by the times that they carry. */
export class Pace {
  private first: Block | null = null;

  /** @returns null while it is not known */
  secondsABlock({ height, time }: Block): number | null {
    this.first ??= { height, time };
    const blocks = height - this.first.height;
    // Also after a reorganisation below the first one, or with clocks that were set back, nothing is known.
    return blocks < PACE_BLOCKS || time <= this.first.time ? null : (time - this.first.time) / blocks;
  }
}

/**
 * `blocks` as people count.
 * @param secondsABlock as measured; a minute each where that is not known
 */
export function blocksText(blocks: number, secondsABlock: number | null = null): string {
  const minutes = Math.round((blocks * (secondsABlock ?? 60)) / 60);
  const hours = Math.floor(minutes / 60);
  const measured = secondsABlock === null ? '' : ` at ${Math.round(secondsABlock)} s a block`;
  return `${counted(blocks, 'block')} (about ${hours > 0 ? `${hours} h ` : ''}${minutes % 60} min${measured})`;
}
