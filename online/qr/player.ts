/** What the terminal shows, and what each key does. Without any stream or clock, so that it is tested key by key. */
import { Refusal } from '../../shared/errors.ts';
import { MIN_VERSION } from '../../shared/qr/capacity.ts';
import { parseRanges, ranges } from '../../shared/qr/ranges.ts';
import type { Series } from '../../shared/qr/split.ts';
import { draw } from './matrix.ts';
import { largestVersion, terminalLines } from './terminal.ts';

export const MIN_SPEED = 1;
export const MAX_SPEED = 15;
/** Frames a second. BBQr's own devices are made for four. */
export const DEFAULT_SPEED = 4;

/** A number, so that the bundle holds no invisible character. */
const CTRL_C = 3;

export interface PlayerOptions {
  /** Splits the file for a version. */
  series: (version: number) => Series;
  columns: number;
  rows: number;
  /** Densest version wanted; what fits the terminal if not given. */
  version?: number | undefined;
  /** As a person types them: `3,7`. */
  frames?: string | undefined;
  speed?: number | undefined;
}

export class Player {
  readonly #options: PlayerOptions;
  #limit: number;
  #version: number;
  #series: Series;
  /** Frame numbers that are played. */
  #numbers: number[];
  #at = 0;
  #speed: number;
  #paused = false;
  #note = '';
  /** Frame numbers as they are being typed, after `f`. */
  #typing: string | undefined;
  quit = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#speed = options.speed ?? DEFAULT_SPEED;
    this.#limit = limit(options.columns, options.rows);
    this.#version = Math.min(options.version ?? this.#limit, this.#limit);
    this.#series = options.series(this.#version);
    const count = this.#series.frames.length;
    this.#numbers = options.frames === undefined ? all(count) : parseRanges(options.frames, count);
  }

  get delay(): number {
    return 1000 / this.#speed;
  }

  get paused(): boolean {
    return this.#paused || this.#typing !== undefined;
  }

  get version(): number {
    return this.#series.version;
  }

  /** Numbers that are being played, for tests and for what is printed at the end. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  get count(): number {
    return this.#series.frames.length;
  }

  next(step = 1): void {
    this.#at = (this.#at + step + this.#numbers.length) % this.#numbers.length;
  }

  resize(columns: number, rows: number): void {
    this.#limit = limit(columns, rows);
    this.#options.columns = columns;
    this.#options.rows = rows;
    if (this.#version > this.#limit) this.#setVersion(this.#limit);
  }

  key(key: string): void {
    this.#note = '';
    if (key.charCodeAt(0) === CTRL_C) this.quit = true;
    else if (this.#typing !== undefined) this.#type(key);
    else if (key === 'q' || key === '\x1b') this.quit = true;
    else if (key === ' ') this.#paused = !this.#paused;
    else if (key === 'n' || key === '\x1b[C') this.#step(1);
    else if (key === 'p' || key === '\x1b[D') this.#step(-1);
    else if (key === '+' || key === '=') this.#speed = Math.min(MAX_SPEED, this.#speed + 1);
    else if (key === '-') this.#speed = Math.max(MIN_SPEED, this.#speed - 1);
    else if (key === '>' || key === '.') this.#density(1);
    else if (key === '<' || key === ',') this.#density(-1);
    else if (key === 'f') this.#typing = '';
    else if (key === 'a') this.#play(all(this.count));
  }

  /** Everything that is on the screen, line by line. */
  lines(): string[] {
    const number = this.#numbers[this.#at]!;
    const matrix = draw(this.#series.frames[number - 1]!, this.#series.version);
    return [...terminalLines(matrix), this.#status(number).slice(0, this.#options.columns)];
  }

  #status(number: number): string {
    if (this.#typing !== undefined) return `frames to show, like 3,7-9: ${this.#typing}_`;
    if (this.#note) return this.#note;
    const some = this.#numbers.length < this.count ? ` (only ${ranges(this.#numbers)})` : '';
    const state = this.#paused ? 'paused' : `${this.#speed}/s`;
    return `${number} of ${this.count}${some} ${state} v${this.#series.version} | space n p  +- speed  <> density  f frames  q quit`;
  }

  #step(step: number): void {
    this.#paused = true;
    this.next(step);
  }

  #play(numbers: number[]): void {
    this.#numbers = numbers;
    this.#at = 0;
  }

  #type(key: string): void {
    const typed = this.#typing ?? '';
    if (/^[0-9, -]+$/.test(key)) this.#typing = (typed + key).slice(0, 60);
    else if (key === '\x7f' || key === '\b') this.#typing = typed.slice(0, -1);
    else if (key === '\x1b') this.#typing = undefined;
    else if (key === '\r' || key === '\n') {
      this.#typing = undefined;
      try {
        this.#play(typed.trim() === '' ? all(this.count) : parseRanges(typed, this.count));
        this.#paused = false;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#note = error.message;
      }
    }
  }

  /** To the next density that makes another number of frames, since many versions in between would change nothing. */
  #density(step: 1 | -1): void {
    const count = this.count;
    for (let version = this.#series.version + step; ; version += step) {
      if (version > this.#limit || version < MIN_VERSION) {
        this.#note = step > 0 ? 'denser does not fit this terminal or file' : 'these are the largest squares';
        return;
      }
      if (this.#options.series(version).frames.length === count) continue;
      this.#setVersion(version);
      this.#note = `now ${this.count} frames: start the scan again on the other side`;
      return;
    }
  }

  #setVersion(version: number): void {
    this.#version = version;
    this.#series = this.#options.series(version);
    this.#play(all(this.count));
  }
}

const all = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function limit(columns: number, rows: number): number {
  const version = largestVersion(columns, rows);
  if (version !== undefined) return version;
  throw new Refusal(
    'FIELD_INVALID',
    `terminal: expected at least 45 columns and 24 rows, got ${columns} and ${rows}`,
    'Make the window larger or its letters smaller, or write pictures: --out frames.html.',
  );
}
