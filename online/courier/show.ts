/** Show: a file as codes that play on this screen. */
import { Refusal, shown } from '../../shared/errors.ts';
import { MAX_VERSION, MIN_VERSION, QUIET } from '../../shared/qr/capacity.ts';
import { parseRanges, ranges } from '../../shared/qr/ranges.ts';
import { MAX_FILE } from '../../shared/qr/reader.ts';
import { type Series, split } from '../../shared/qr/split.ts';
import { type Description, describe } from '../qr/describe.ts';
import { draw, isDark } from '../qr/matrix.ts';
import { deflate } from './deflate.ts';
import { find, hide, sentence, text } from './dom.ts';

const canvas = find('code', HTMLCanvasElement);
const speed = find('speed', HTMLInputElement);
const density = find('density', HTMLInputElement);
const typed = find('numbers', HTMLInputElement);

let file: Uint8Array | undefined;
let series: Series | undefined;
let numbers: number[] = [];
let at = 0;
let paused = false;
let timer = 0;

/** Takes a file that was chosen or dropped. */
export async function open(chosen: File): Promise<void> {
  text('show-error', '');
  text('show-note', '');
  hide('player', true);
  clearTimeout(timer);
  series = undefined;
  try {
    if (chosen.size > MAX_FILE) {
      const hint = 'Choose the file that countersign or signer wrote.';
      throw new Refusal('TOO_LARGE', `expected at most ${MAX_FILE} bytes, got ${chosen.size}`, hint);
    }
    file = await bytesOf(chosen);
    typed.value = '';
    resplit();
    report(file);
    paused = false;
    hide('player', false);
    play();
    // On the chooser, a space would open it again.
    find('pause', HTMLElement).focus();
  } catch (error) {
    text('show-error', sentence(error));
  }
}

async function bytesOf(chosen: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await chosen.arrayBuffer());
  } catch {
    const found = `expected a file, got a folder or what cannot be read: ${shown(chosen.name)}`;
    throw new Refusal('FILE_UNUSABLE', found, 'choose another, or copy it to this disk first');
  }
}

/** What was dropped, when it is not one file. */
export function refuseDrop(count: number): void {
  text(
    'show-error',
    `Expected one file to be dropped, got ${count === 0 ? 'none' : count}. Drop the file itself.`,
  );
}

function report(bytes: Uint8Array): void {
  let description: Description | undefined;
  try {
    description = describe(bytes);
  } catch {
    // Any file may travel; what it is worth is found where it arrives.
  }
  const other =
    'This is not a request, signatures or trust profile of Countersign; it is shown all the same.';
  text('show-what', description?.sentence ?? other);
  text('show-code', description?.reviewCode ?? '');
  hide('show-review', !description);
}

function resplit(): void {
  if (!file) return;
  series = split(file, { deflate, version: Number(density.value) });
  showAll();
}

function showAll(): void {
  numbers = series ? series.frames.map((_, i) => i + 1) : [];
  at = 0;
}

function step(by: number): void {
  at = (at + by + numbers.length) % numbers.length;
}

/** Draws the current frame and, unless paused, sets the clock for the next. */
function play(): void {
  clearTimeout(timer);
  if (!series) return;
  const number = numbers[at]!;
  paint(series.frames[number - 1]!, series.version);
  const only = numbers.length < series.frames.length ? ` (only ${ranges(numbers)})` : '';
  const state = paused ? 'paused' : `${speed.value} a second`;
  text(
    'show-status',
    `Frame ${number} of ${series.frames.length}${only}, ${state}, QR version ${series.version}`,
  );
  text('pause', paused ? 'Play' : 'Pause');
  if (paused || numbers.length === 1) return;
  timer = window.setTimeout(() => {
    step(1);
    play();
  }, 1000 / Number(speed.value));
}

/** One pixel a module; the style sheet enlarges it without smoothing. */
function paint(frame: string, version: number): void {
  const matrix = draw(frame, version);
  const side = matrix.size + 2 * QUIET;
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, side, side);
  pen.fillStyle = '#000';
  for (let y = 0; y < matrix.size; y++) {
    for (let x = 0; x < matrix.size; x++) if (isDark(matrix, x, y)) pen.fillRect(x + QUIET, y + QUIET, 1, 1);
  }
}

function pauseAndStep(by: number): void {
  paused = true;
  step(by);
  play();
}

function togglePause(): void {
  paused = !paused;
  play();
}

/** To the next density that changes the number of frames: in between the codes would stay as they are. */
function denser(by: 1 | -1): void {
  if (!file || !series) return;
  const count = series.frames.length;
  for (
    let version = Number(density.value) + by;
    version >= MIN_VERSION && version <= MAX_VERSION;
    version += by
  ) {
    density.value = String(version);
    if (split(file, { deflate, version }).frames.length !== count) break;
  }
  changeDensity();
}

function changeDensity(): void {
  const before = series?.frames.length;
  try {
    resplit();
    text('show-error', '');
    const changed = before !== series?.frames.length;
    text('show-note', changed ? 'The frames have changed: start the scan again on the other screen.' : '');
  } catch (error) {
    text('show-error', sentence(error));
  }
  play();
}

function changeSpeed(by: number): void {
  speed.value = String(Number(speed.value) + by);
  play();
}

function replay(): void {
  if (!series) return;
  try {
    numbers = parseRanges(typed.value, series.frames.length);
    at = 0;
    paused = false;
    text('show-error', '');
  } catch (error) {
    text('show-error', sentence(error));
  }
  play();
}

/** @returns whether the key meant something here */
export function onKey(key: string): boolean {
  if (!series) return false;
  if (key === ' ') togglePause();
  else if (key === 'ArrowRight') pauseAndStep(1);
  else if (key === 'ArrowLeft') pauseAndStep(-1);
  else if (key === '+' || key === '=') changeSpeed(1);
  else if (key === '-') changeSpeed(-1);
  else if (key === '>' || key === '.') denser(1);
  else if (key === '<' || key === ',') denser(-1);
  else return false;
  return true;
}

export function wireShow(): void {
  const chooser = find('file', HTMLInputElement);
  // So that the same name, written again, counts as chosen.
  chooser.addEventListener('click', () => {
    chooser.value = '';
  });
  chooser.addEventListener('change', () => chooser.files?.[0] && open(chooser.files[0]));
  find('pause', HTMLElement).addEventListener('click', togglePause);
  find('previous', HTMLElement).addEventListener('click', () => pauseAndStep(-1));
  find('next', HTMLElement).addEventListener('click', () => pauseAndStep(1));
  speed.addEventListener('input', play);
  density.addEventListener('input', changeDensity);
  find('replay', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    replay();
  });
  find('all', HTMLElement).addEventListener('click', () => {
    typed.value = '';
    showAll();
    play();
  });
}
