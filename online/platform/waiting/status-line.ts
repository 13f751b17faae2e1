/**
 * The status line at the bottom of a terminal, which shows what a command waits for. Files and programs never
 * receive it.
 */

import { waitingForText } from '../texts.ts';
import type { World } from '../world.ts';

type Streams = Pick<World, 'stdout' | 'stderr'>;

export class StatusLine {
  private readonly stderr: World['stderr'];
  private readonly write: (text: string) => unknown;
  private width = 0;

  constructor({ stdout, stderr }: Streams) {
    this.stderr = stderr;
    this.write = stderr.write.bind(stderr);
    if (this.isShown) for (const stream of [stdout, stderr]) this.clearBeforeWrites(stream);
  }

  /**
   * A result may be printed while the command still waits for a read. The result must not continue the row of
   * the status line.
   */
  private clearBeforeWrites(stream: Streams['stdout' | 'stderr']): void {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = (...given: unknown[]) => {
      this.clear();
      return write(...given);
    };
  }

  get isShown(): boolean {
    return this.stderr.isTTY === true;
  }

  show(text: string): void {
    if (!this.isShown) return;
    // A terminal without a known size has 0 columns.
    const columns = this.stderr.columns || 80;
    this.clear();
    this.write(text.slice(0, columns - 1));
    this.width = Math.min(text.length, columns - 1);
  }

  /** Overwrites the line with spaces, which every terminal supports. */
  clear(): void {
    if (this.width > 0) this.write(`\r${' '.repeat(this.width)}\r`);
    this.width = 0;
  }
}

const SILENT_MS = 500;
const TICK_MS = 1000;

interface Wait {
  what: string;
  since: number;
  /** Seconds until the operation is given up; null for no limit. */
  limit: number | null;
}

/** Shows what the command waits for, if the wait takes more than half a second. */
export class WaitDisplay {
  private readonly world: Pick<World, 'now'>;
  private readonly line: StatusLine;
  private readonly open = new Set<Wait>();
  private timer: NodeJS.Timeout | undefined;

  constructor(world: Pick<World, 'now'>, line: StatusLine) {
    this.world = world;
    this.line = line;
  }

  /**
   * @param limitMs number of milliseconds until the operation is given up
   * @returns a function to call at the end
   */
  begin(what: string, limitMs: number | null = null): () => void {
    if (!this.line.isShown) return () => undefined;
    const limit = limitMs === null ? null : Math.round(limitMs / 1000);
    const wait = { what, since: this.world.now(), limit };
    this.open.add(wait);
    this.timer ??= setTimeout(() => this.tick(), SILENT_MS).unref();
    return () => this.end(wait);
  }

  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const end = this.begin(what);
    try {
      return await work;
    } finally {
      end();
    }
  }

  private end(wait: Wait): void {
    this.open.delete(wait);
    if (this.open.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.line.clear();
  }

  private tick(): void {
    const [oldest] = this.open;
    if (!oldest) return;
    const { what, since, limit } = oldest;
    const seconds = Math.max(0, Math.floor((this.world.now() - since) / 1000));
    this.line.show(waitingForText(what, seconds, limit));
    this.timer = setTimeout(() => this.tick(), TICK_MS).unref();
  }
}
