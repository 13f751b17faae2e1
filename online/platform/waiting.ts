/** What a person is told while a command waits. */
import { counted } from './text/words.ts';
import type { World } from './world.ts';

const TICK_MS = 1000;
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
