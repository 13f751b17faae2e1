/** Shows a file as QR codes, one after the other, on this screen. */
import { Refusal, valueText } from '../../../../shared/errors.ts';
import { MAX_VERSION, MIN_VERSION } from '../../../../shared/qr/code-capacity.ts';
import {
  cutIntoFrames,
  frameCountFor,
  type Packed,
  packFile,
  type Series,
  versionForCount,
} from '../../../../shared/qr/file-splitting.ts';
import { MAX_COUNT } from '../../../../shared/qr/frame.ts';
import { parseRanges, rangesText } from '../../../../shared/qr/frame-ranges.ts';
import { MAX_FILE } from '../../../../shared/qr/frame-reader.ts';
import { versionForFrames } from '../../qr/density.ts';
import { drawCode } from '../../qr/drawing/matrix.ts';
import { refuseSecret } from '../../qr/secret-files.ts';
import { type Description, describeFileContent, foreignFileText } from '../../qr/texts/describe-file.ts';
import { deflate } from '../deflate.ts';
import {
  errorSentenceOf,
  findElement,
  highlightButton,
  markCurrentStep,
  setHidden,
  setText,
} from '../page-elements.ts';
import * as texts from '../texts.ts';
import { callOnFullScreenChange, leaveFullScreen, toggleFullScreen } from './full-screen.ts';
import { callOnResize, paintCode } from './paint-code.ts';

const canvas = findElement('code', HTMLCanvasElement);
const speed = findElement('speed', HTMLInputElement);
const density = findElement('density', HTMLInputElement);
const typed = findElement('numbers', HTMLInputElement);

let packed: Packed | undefined;
let series: Series | undefined;
let numbers: number[] = [];
let at = 0;
let paused = false;
let timer = 0;

/** Opens a file that was chosen or dropped. */
export async function openFile(chosen: File): Promise<void> {
  setText('show-error', '');
  setText('show-note', '');
  setText('show-what', '');
  clearTimeout(timer);
  series = undefined;
  highlightShowStep();
  try {
    if (chosen.size > MAX_FILE) {
      throw new Refusal(
        'TOO_LARGE',
        `file: expected at most ${MAX_FILE} bytes, got ${chosen.size}`,
        texts.TOO_LARGE_HINT,
      );
    }
    const file = await readFileBytes(chosen);
    refuseSecret(file);
    typed.value = '';
    packed = packFile(file, deflate);
    cutFileForDensity();
    showDescription(file);
    paused = false;
    highlightShowStep();
    playFrame();
    // The file chooser must lose the focus, because the space key would open it again. The new focus must not
    // make the browser scroll the code out of view.
    findElement('pause', HTMLElement).focus({ preventScroll: true });
    canvas.scrollIntoView({ block: 'nearest' });
  } catch (error) {
    series = undefined;
    highlightShowStep();
    setText('show-error', texts.refusedFileText(errorSentenceOf(error)));
    findElement('choose', HTMLElement).focus();
  }
}

/** Marks the current step, and highlights the button for the next action. */
export function highlightShowStep(): void {
  findElement('show', HTMLElement).classList.toggle('playing', series !== undefined);
  setHidden('player', !series);
  if (!series) {
    setHidden('show-review', true);
    leaveFullScreen();
  }
  markCurrentStep('show', series ? 2 : 1);
  setText('choose', series ? texts.CHOOSE_OTHER : texts.CHOOSE);
  highlightButton(series ? 'fill' : 'choose');
}

async function readFileBytes(chosen: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await chosen.arrayBuffer());
  } catch {
    throw new Refusal(
      'FILE_UNUSABLE',
      texts.unreadableFileText(valueText(chosen.name)),
      texts.UNREADABLE_HINT,
    );
  }
}

/** Shows the error for a drop of no file or of several files. */
export function refuseDrop(count: number): void {
  setText('show-error', texts.notOneFileText(count));
}

function showDescription(bytes: Uint8Array): void {
  let description: Description | undefined;
  try {
    description = describeFileContent(bytes);
  } catch {
    // A file of an unknown kind is shown too, because the receiver checks every file.
  }
  setText('show-what', description?.sentence ?? texts.unknownFileShownText(foreignFileText(bytes)));
  setText('show-code', description?.reviewCode ?? '');
  setHidden('show-review', !description);
}

/**
 * Cuts the file into frames for the density on the slider. If this density is too low for the file, uses the
 * lowest sufficient density.
 * @throws {Refusal} TOO_LARGE if no density is sufficient
 */
function cutFileForDensity(): void {
  if (!packed) return;
  const before = series?.frames.length;
  let version = Number(density.value);
  const least = versionForCount(packed, MAX_COUNT);
  setText('show-note', '');
  if (least !== undefined && least > version) {
    version = least;
    density.value = String(least);
    setText('show-note', texts.needsDensityText(least));
  }
  // With the same number of frames, the frames are the same. Then the frames that the person chose stay
  // valid.
  if (before === frameCountFor(packed, version)) return;
  series = cutIntoFrames(packed, version);
  chooseAllFrames();
  if (before !== undefined) {
    setText('show-note', texts.FRAMES_CHANGED);
  }
}

function chooseAllFrames(): void {
  numbers = series ? series.frames.map((_, i) => i + 1) : [];
  at = 0;
}

function moveByFrames(by: number): void {
  at = (at + by + numbers.length) % numbers.length;
}

/** If a side of a module has fewer screen pixels, a camera has difficulty reading the code. */
const SMALL = 3;

/** Paints the code of the current frame, as large as the window permits. */
function paintFrame(): void {
  if (!series) return;
  const scale = paintCode(canvas, drawCode(series.frames[numbers[at]! - 1]!, series.version));
  setHidden('small', scale >= SMALL);
}

/** Paints the current frame and, unless paused, starts the timer for the next one. */
function playFrame(): void {
  clearTimeout(timer);
  if (!series) return;
  paintFrame();
  const only = numbers.length < series.frames.length ? rangesText(numbers) : '';
  const state = paused ? texts.PAUSED : texts.speedText(speed.value);
  const line = texts.frameLine(numbers[at]!, series.frames.length, only, state, series.version);
  setText('show-status', line);
  setText('pause', paused ? 'Play' : 'Pause');
  if (paused || numbers.length === 1) return;
  timer = window.setTimeout(() => {
    moveByFrames(1);
    playFrame();
  }, 1000 / Number(speed.value));
}

function pauseAndStep(by: number): void {
  paused = true;
  moveByFrames(by);
  playFrame();
}

function togglePause(): void {
  paused = !paused;
  playFrame();
}

/**
 * Changes to the nearest density that gives another number of frames. Densities with equal numbers of frames
 * give the same codes.
 */
function stepDensity(by: 1 | -1): void {
  if (!packed || !series) return;
  const count = series.frames.length;
  for (
    let version = Number(density.value) + by;
    version >= MIN_VERSION && version <= MAX_VERSION;
    version += by
  ) {
    density.value = String(version);
    if (frameCountFor(packed, version) !== count) break;
  }
  applyDensity();
}

function applyDensity(): void {
  setText('show-error', '');
  try {
    cutFileForDensity();
  } catch (error) {
    setText('show-error', errorSentenceOf(error));
  }
  playFrame();
}

function changeSpeed(by: number): void {
  speed.value = String(Number(speed.value) + by);
  playFrame();
}

function showChosenFrames(): void {
  if (!packed || !series) return;
  setText('show-error', '');
  try {
    // Numbers with a count, such as `2,3/4`, are frames of a series of 4. The page changes to a density that
    // gives 4 frames.
    const version = versionForFrames(packed, typed.value);
    if (version !== undefined && frameCountFor(packed, version) !== series.frames.length) {
      density.value = String(version);
      cutFileForDensity();
    }
    numbers = parseRanges(typed.value, series.frames.length);
    at = 0;
    paused = false;
  } catch (error) {
    setText('show-error', errorSentenceOf(error));
  }
  playFrame();
}

/** @returns true if the key controls the player */
export function handleKey(key: string): boolean {
  if (!series) return false;
  if (key === ' ') togglePause();
  else if (key === 'ArrowRight') pauseAndStep(1);
  else if (key === 'ArrowLeft') pauseAndStep(-1);
  else if (key === 'f' || key === 'F') toggleFullScreen();
  else if (key === 'Escape') leaveFullScreen();
  else if (key === '+' || key === '=') changeSpeed(1);
  else if (key === '-') changeSpeed(-1);
  else if (key === '>' || key === '.') stepDensity(1);
  else if (key === '<' || key === ',') stepDensity(-1);
  else return false;
  return true;
}

/** @param select function that selects the card for showing a file */
export function wireShowControls(select: () => void): void {
  const chooser = findElement('file', HTMLInputElement);
  findElement('choose', HTMLElement).addEventListener('click', () => chooser.click());
  findElement('fill', HTMLElement).addEventListener('click', toggleFullScreen);
  // The value is emptied, so that the browser also reports the same file as a new choice. The file's content
  // may have changed.
  chooser.addEventListener('click', () => {
    chooser.value = '';
  });
  chooser.addEventListener('change', () => {
    if (!chooser.files?.[0]) return;
    select();
    void openFile(chooser.files[0]);
  });
  findElement('pause', HTMLElement).addEventListener('click', togglePause);
  findElement('previous', HTMLElement).addEventListener('click', () => pauseAndStep(-1));
  findElement('next', HTMLElement).addEventListener('click', () => pauseAndStep(1));
  speed.addEventListener('input', playFrame);
  density.addEventListener('input', applyDensity);
  findElement('replay', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    showChosenFrames();
  });
  findElement('all', HTMLElement).addEventListener('click', () => {
    typed.value = '';
    setText('show-error', '');
    chooseAllFrames();
    playFrame();
  });
  callOnFullScreenChange(paintFrame);
  callOnResize(paintFrame);
}
