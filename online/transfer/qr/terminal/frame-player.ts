/**
 * The content of the terminal, and the effect of each key. The class has no streams and no clock, so tests
 * can press single keys.
 */
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_VERSION, MIN_VERSION, modulesPerSide, QUIET_ZONE } from '../../../../shared/qr/code-capacity.ts';
import {
  cutIntoFrames,
  frameCountFor,
  type Packed,
  type Series,
} from '../../../../shared/qr/file-splitting.ts';
import { MAX_COUNT } from '../../../../shared/qr/frame.ts';
import { parseCount, parseRanges, rangesText } from '../../../../shared/qr/frame-ranges.ts';
import { versionForFrames } from '../density.ts';
import { drawCode } from '../drawing/matrix.ts';
import { smallWindowRefusal } from '../texts/messages.ts';
import { largestVersionForWindow, linesOfCode } from './code-lines.ts';
import {
  framesQuestion,
  HIGHEST,
  KEYS,
  LOWEST,
  needsWindowText,
  otherFramesText,
  SHORT_KEYS,
  smallWindowLines,
} from './texts.ts';

export const MIN_SPEED = 1;
export const MAX_SPEED = 15;
/** Number of frames a second. The devices for which BBQr was made show four. */
const DEFAULT_SPEED = 4;

/**
 * Code of the character for Ctrl-C. It is written as a number, so that the bundle has no invisible character.
 */
const CTRL_C = 3;

export interface PlayerOptions {
  packed: Packed;
  columns: number;
  rows: number;
  /** Largest version that a person asked for. By default, the largest version that fits in the terminal. */
  version?: number | undefined;
  /** Numbers of the frames to play, as typed: `3,7`, or `3,7/12`. */
  frames?: string | undefined;
  speed?: number | undefined;
}

export class FramePlayer {
  readonly #options: PlayerOptions;
  /** Largest version that fits in the window; undefined if none does. */
  #limit: number | undefined;
  #series: Series;
  /** Numbers of the frames that are played. */
  #numbers: number[];
  #at = 0;
  #speed: number;
  #paused = false;
  #note = '';
  /** The frame numbers that a person has typed after `f` so far; undefined if `f` was not pressed. */
  #typing: string | undefined;
  quit = false;

  /** @throws {Refusal} FIELD_INVALID, TOO_LARGE */
  constructor(options: PlayerOptions) {
    this.#options = options;
    const { packed, columns, rows, frames, version } = options;
    this.#speed = options.speed ?? DEFAULT_SPEED;
    this.#limit = largestVersionForWindow(columns, rows);
    if (this.#limit === undefined) {
      throw smallWindowRefusal(windowForVersion(MIN_VERSION), columns, rows);
    }
    const wanted = frames === undefined ? version : versionForFrames(packed, frames, version);
    this.#series = cutIntoFrames(packed, wanted ?? this.#limit);
    // The version is not reduced without an error, because the requested numbers would then be frames of
    // another series.
    if (this.#series.version > this.#limit) {
      throw smallWindowRefusal(windowForVersion(this.#series.version), columns, rows, this.#series.version);
    }
    this.#numbers = frames === undefined ? numbersFromOne(this.count) : parseRanges(frames, this.count);
  }

  get delay(): number {
    return 1000 / this.#speed;
  }

  get paused(): boolean {
    return this.#paused || this.#typing !== undefined || this.#small;
  }

  /** True if the code does not fit in the window. The player then waits for a larger window. */
  get #small(): boolean {
    return this.#limit === undefined || this.#series.version > this.#limit;
  }

  get version(): number {
    return this.#series.version;
  }

  /** Numbers of the frames that are played, for tests. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  get count(): number {
    return this.#series.frames.length;
  }

  next(step = 1): void {
    this.#at = (this.#at + step + this.#numbers.length) % this.#numbers.length;
  }

  /**
   * Keeps the series when the window changes. With a new series, the scan on the other machine would have to
   * start again.
   */
  resize(columns: number, rows: number): void {
    this.#limit = largestVersionForWindow(columns, rows);
    this.#options.columns = columns;
    this.#options.rows = rows;
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
    else if (key === 'a') this.#play(numbersFromOne(this.count));
  }

  /** All lines of the screen. */
  lines(): string[] {
    const { columns, rows } = this.#options;
    if (this.#small)
      return this.#waiting()
        .map(line => line.slice(0, columns))
        .slice(0, rows);
    const number = this.#numbers[this.#at]!;
    const matrix = drawCode(this.#series.frames[number - 1]!, this.#series.version);
    return [...linesOfCode(matrix), this.#status(number).slice(0, columns)];
  }

  #waiting(): string[] {
    const { columns, rows } = this.#options;
    return smallWindowLines(windowForVersion(this.#series.version), columns, rows, this.#limit !== undefined);
  }

  #status(number: number): string {
    if (this.#typing !== undefined) return framesQuestion(this.#typing);
    if (this.#note) return this.#note;
    const { columns } = this.#options;
    const state = this.#paused ? 'paused' : `${this.#speed}/s`;
    const left = (some: string) =>
      `${number} of ${this.count}${some} ${state} density ${this.#series.version}`;
    let line = left('');
    if (this.#numbers.length < this.count) {
      line = left(` (only ${rangesText(this.#numbers)})`);
      if (line.length + SHORT_KEYS.length > columns) line = left(` (only ${this.#numbers.length} frames)`);
    }
    return line + (line.length + KEYS.length > columns ? SHORT_KEYS : KEYS);
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
    if (/^[0-9, /-]+$/.test(key)) this.#typing = (typed + key).slice(0, 60);
    else if (key === '\x7f' || key === '\b') this.#typing = typed.slice(0, -1);
    else if (key === '\x1b') this.#typing = undefined;
    else if (key === '\r' || key === '\n') {
      this.#typing = undefined;
      try {
        this.#choose(typed.trim());
        this.#paused = false;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#note = error.message;
      }
    }
  }

  #choose(typed: string): void {
    const { packed } = this.#options;
    const count = parseCount(typed);
    if (count !== undefined && count !== this.count) {
      const series = cutIntoFrames(packed, versionForFrames(packed, typed));
      if (series.version > (this.#limit ?? 0)) {
        const { columns, rows } = windowForVersion(series.version);
        this.#note = needsWindowText(count, series.version, columns, rows);
        return;
      }
      this.#series = series;
    }
    this.#play(typed === '' ? numbersFromOne(this.count) : parseRanges(typed, this.count));
  }

  /**
   * Changes to the nearest version that gives another number of frames. Versions with equal numbers of frames
   * give the same frames.
   */
  #density(step: 1 | -1): void {
    const { packed } = this.#options;
    const limit = this.#limit ?? 0;
    const count = this.count;
    for (
      let version = this.#series.version + step;
      version >= MIN_VERSION && version <= MAX_VERSION;
      version += step
    ) {
      if (step > 0 && version > limit) break;
      // If the window became too small, the next lower version that fits is chosen.
      if (step < 0 && version > limit) continue;
      if (frameCountFor(packed, version) === count) continue;
      if (frameCountFor(packed, version) > MAX_COUNT) break;
      this.#series = cutIntoFrames(packed, version);
      this.#play(numbersFromOne(this.count));
      this.#note = otherFramesText(this.count);
      return;
    }
    this.#note = step > 0 ? HIGHEST : LOWEST;
  }
}

const numbersFromOne = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** The window size that this version needs, with the status line. */
function windowForVersion(version: number): { columns: number; rows: number } {
  const columns = modulesPerSide(version) + 2 * QUIET_ZONE;
  return { columns, rows: Math.ceil(columns / 2) + 1 };
}
