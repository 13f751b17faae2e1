/** For the browser tests, pictures and bench only: reads the pixels of the screen. */
import type { Page } from 'playwright-core';
import { QUIET_ZONE } from '../../../../../shared/qr/code-capacity.ts';
import type { Matrix } from '../../../qr/drawing/matrix.ts';
import type { Grey } from '../../../qr/picture/grey-picture.ts';
import { pictureOnWhite, readPicture } from '../../../qr/picture/read-picture.ts';

/** A code on the screen. */
export interface OnScreen {
  /** Picture of the code with its quiet zone. */
  picture: Grey;
  matrix: Matrix;
  /** Number of pixels along one side of a module; the same for all modules. */
  scale: number;
}

/**
 * Picture of an element, in pixels of the screen. The text cursor is not hidden, because this would add a
 * style to the page.
 */
export const screenshot = async (page: Page, selector: string): Promise<Grey> =>
  pictureOnWhite(
    await readPicture(new Uint8Array(await page.locator(selector).screenshot({ caret: 'initial' }))),
  );

/** The code that the page shows now. @throws Error unless all modules have one size and are black or white */
export const codeOnPage = async (page: Page, selector = '#code'): Promise<OnScreen> =>
  codeInPicture(await screenshot(page, selector));

export function codeInPicture(shot: Grey): OnScreen {
  const { width, data } = shot;
  const isBlack = (x: number, y: number) => data[y * width + x] === 0;
  // The outermost black pixels mark the code's edges, because three corners of a code are black.
  let [left, top, right, bottom] = [width, shot.height, 0, 0];
  for (let y = 0; y < shot.height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isBlack(x, y)) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  let run = 0;
  while (left + run < width && isBlack(left + run, top)) run++;
  const scale = run / 7;
  const size = (right - left) / scale;
  if (!Number.isInteger(scale) || size % 4 !== 1 || bottom - top !== right - left) {
    throw new Error(`a corner of ${run} pixels in a code of ${right - left} x ${bottom - top}`);
  }
  const matrix: Matrix = { size, data: new Uint8Array(size * size) };
  for (let y = 0; y < size * scale; y++) {
    for (let x = 0; x < size * scale; x++) {
      const seen = data[(top + y) * width + left + x]!;
      const at = Math.floor(y / scale) * size + Math.floor(x / scale);
      if (x % scale === 0 && y % scale === 0) matrix.data[at] = seen === 0 ? 1 : 0;
      if (seen !== (matrix.data[at] ? 0 : 255)) throw new Error(`a module of two shades at ${x}, ${y}`);
    }
  }
  return { matrix, scale, picture: cropSquare(shot, left, top, size * scale, QUIET_ZONE * scale) };
}

/**
 * A square part of a picture, with a margin. Pixels of the margin that are outside of the picture are white.
 */
function cropSquare(
  { width, height, data }: Grey,
  left: number,
  top: number,
  side: number,
  margin: number,
): Grey {
  const full = side + 2 * margin;
  const part = new Uint8Array(full * full).fill(255);
  for (let y = 0; y < full; y++) {
    for (let x = 0; x < full; x++) {
      const [u, v] = [left - margin + x, top - margin + y];
      if (u >= 0 && v >= 0 && u < width && v < height) part[y * full + x] = data[v * width + u]!;
    }
  }
  return { width: full, height: full, data: part };
}

/**
 * Pauses the page, and steps through the frames that it plays.
 * @param frames numbers of the frames to play, such as `2,5-6`; if absent, the choice on the page stays
 * @returns the code of each frame, in the order of the frame numbers
 */
export async function readShownFrames(page: Page, frames?: string): Promise<Map<number, OnScreen>> {
  if (frames !== undefined) {
    await page.fill('#numbers', frames);
    await page.press('#numbers', 'Enter');
  }
  await page.click('#pause');
  const shown = new Map<number, OnScreen>();
  for (;;) {
    const status = (await page.textContent('#show-status')) ?? '';
    const number = Number(/^Frame (\d+) of/.exec(status)?.[1]);
    if (shown.has(number)) break;
    shown.set(number, await codeOnPage(page));
    await page.click('#next');
  }
  // The page may have been paused at any frame, so the frames are sorted by number.
  return new Map([...shown].sort(([a], [b]) => a - b));
}
