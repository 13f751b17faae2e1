/** Progress messages while a command waits. */

import { countText } from '../text/words.ts';
import type { World } from '../world.ts';
import { StatusLine } from './status-line.ts';

const TICK_MS = 1000;
/** Prints one line on stderr for each change. On a terminal, it also shows the elapsed time. */
export class ProgressPrinter {
  private readonly world: World;
  private last = '';
  private since: number;
  private readonly line: StatusLine;

  constructor(world: World, line = new StatusLine(world)) {
    this.world = world;
    this.line = line;
    this.since = world.now();
  }

  tell(text: string): void {
    this.line.clear();
    if (text === this.last) return;
    this.last = text;
    this.since = this.world.now();
    this.world.stderr.write(`${text}\n`);
  }

  /** Sleeps. During this time, a terminal shows for how long nothing has changed. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.world.stderr.isTTY || this.last === '') return this.world.sleep(milliseconds);
    this.show();
    const timer = setInterval(() => this.show(), TICK_MS);
    try {
      await this.world.sleep(milliseconds);
    } finally {
      clearInterval(timer);
      this.line.clear();
    }
  }

  private show(): void {
    const seconds = Math.max(0, Math.floor((this.world.now() - this.since) / 1000));
    const since = seconds > 0 ? `, ${minutesAndSecondsText(seconds)} since the last change` : '';
    this.line.show(`  waiting${since}; Ctrl-C stops, and nothing is lost`);
  }
}

/** `0:07`, `12:30`. */
export function minutesAndSecondsText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * A number of blocks, with the estimated time.
 * @param secondsABlock measured seconds between blocks; null if not known, which counts as a minute
 */
export function blocksWithTimeText(blocks: number, secondsABlock: number | null = null): string {
  const minutes = Math.round((blocks * (secondsABlock ?? 60)) / 60);
  const hours = Math.floor(minutes / 60);
  const measured = secondsABlock === null ? '' : ` at ${Math.round(secondsABlock)} s a block`;
  return `${countText(blocks, 'block')} (about ${hours > 0 ? `${hours} h ` : ''}${minutes % 60} min${measured})`;
}
