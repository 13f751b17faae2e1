/**
 * Shows long output in pages: space for the next page, b for the previous one, Enter for a line, q to quit.
 * Uses no escape codes, so it works on every terminal.
 */
import { holdRawMode } from '../../platform/job-control.ts';
import { StoppedError } from '../../platform/stop-signals.ts';
import { wrapText } from '../../platform/text/wrap-text.ts';
import type { World } from '../../platform/world.ts';
import { pagerKeysText } from './texts.ts';

class Pager {
  private at = 0;
  /** Index of the first line of each page, up to the page that is shown now. */
  private readonly starts: number[] = [];
  private shown = '';
  private readonly lines: readonly string[];
  private readonly stdout: World['stdout'];

  constructor(stdout: World['stdout'], text: string) {
    this.stdout = stdout;
    const wrapped = stdout.isTTY ? wrapText(text, stdout.columns || 80) : text;
    this.lines = wrapped.replace(/\n$/, '').split('\n');
  }

  /** Rows of the window. The number is read each time, because the person may change the window. */
  private get rows(): number {
    return Math.max(2, this.stdout.rows || 24);
  }

  private get columns(): number {
    return Math.max(1, this.stdout.columns || 80);
  }

  /** Rows of the window that a line takes. */
  private height(line: string): number {
    return Math.max(1, Math.ceil(line.length / this.columns));
  }

  get fits(): boolean {
    let room = this.rows - 1;
    for (const line of this.lines) {
      room -= this.height(line);
      if (room < 0) return false;
    }
    return true;
  }

  get isAtEnd(): boolean {
    return this.at >= this.lines.length;
  }

  /** Writes as many lines as fit into these rows, but at least one. */
  write(rows: number): void {
    const first = this.at;
    for (let room = rows; !this.isAtEnd; this.at++) {
      const line = this.lines[this.at] as string;
      room -= this.height(line);
      if (room < 0 && this.at > first) break;
      this.stdout.write(`${line}\n`);
    }
  }

  page(): void {
    this.starts.push(this.at);
    this.write(this.rows - 1);
  }

  /** Shows the previous page. On the first page, shows the first page again. */
  back(): void {
    this.starts.pop();
    this.at = this.starts.pop() ?? 0;
    this.page();
  }

  prompt(): void {
    const words = pagerKeysText(this.at, this.lines.length);
    this.shown = words.slice(0, this.columns - 1);
    this.stdout.write(this.shown);
  }

  clear(): void {
    this.stdout.write(`\r${' '.repeat(this.shown.length)}\r`);
  }
}

/**
 * Shows `text` in pages. Writes the whole text at once if input or output is not a terminal, or if the text
 * fits in the window.
 * @throws StoppedError at Ctrl-C
 */
export async function showInPages(
  { stdin, stdout, jobs }: Pick<World, 'stdin' | 'stdout' | 'jobs'>,
  text: string,
): Promise<void> {
  const pager = new Pager(stdout, text);
  if (!stdin.isTTY || !stdout.isTTY || pager.fits) {
    stdout.write(text);
    return;
  }
  pager.page();
  await new Promise<void>((resolve, reject) => {
    const close = () => {
      stdin.off('data', pressed);
      stdin.off('end', left);
      raw.release();
      stdin.pause();
    };
    const left = () => {
      close();
      resolve();
    };
    const pressed = (chunk: Uint8Array | string) => {
      for (const key of typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')) {
        if (!/[ bB\r\nqQ\x03\x04\x1a]/.test(key)) continue;
        pager.clear();
        if (key === '\x1a') return raw.suspend();
        if (key === ' ') pager.page();
        else if (/[bB]/.test(key)) pager.back();
        else if (/[\r\n]/.test(key)) pager.write(1);
        else if (key !== '\x03') return left();
        else {
          close();
          return reject(new StoppedError('stopped'));
        }
        if (pager.isAtEnd) return left();
        pager.prompt();
      }
    };
    const raw = holdRawMode(stdin, jobs, () => {
      stdin.resume();
      pager.prompt();
    });
    stdin.on('data', pressed);
    stdin.on('end', left);
    stdin.resume();
    pager.prompt();
  });
}
