/**
 * For the browser tests and the bench only: transfers a file from the screen of one page to the camera of
 * another page.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { MAX_COUNT } from '../../../../../shared/qr/frame.ts';
import { parseRanges } from '../../../../../shared/qr/frame-ranges.ts';
import type { Matrix } from '../../../qr/drawing/matrix.ts';
import type { Grey } from '../../../qr/picture/grey-picture.ts';
import { photographCodes, rotatedCorners } from '../../../qr/testing/camera-pictures.ts';
import { type Film, folder, type Open, type Saved } from './browser.ts';
import { openChromium } from './chromium.ts';
import { type OnScreen, readShownFrames } from './screen-pixels.ts';

export interface View {
  width?: number;
  height?: number;
  /**
   * `perSecond` is the number of pictures of the film in a second, and `hold` the number of pictures of each
   * code.
   */
  perSecond?: number;
  hold?: number;
  /** Side of the code in the picture, as a fraction of the picture's height. */
  size?: number;
  blur?: number;
  black?: number;
  white?: number;
  noise?: number;
  degrees?: number;
}

/** A film for busy machines: small pictures, each code once, played slowly. */
export const CLEAR: View = { perSecond: 5 };
/** Settings of a cheap webcam that a person holds by hand in a dim room. */
export const POOR: View = {
  ...{ width: 640, height: 480, hold: 3 },
  ...{ blur: 0.8, black: 45, white: 150, noise: 10, degrees: 6, size: 0.86 },
};

/** A film of a covered camera. */
export const DARK: Film = {
  pictures: [{ width: 320, height: 240, data: new Uint8Array(320 * 240).fill(30) }],
  perSecond: 10,
};

/**
 * A film of codes. Codes for which `lost` is true are smeared, as if the screen changed during the exposure.
 */
export function* makeFilmPictures(
  codes: Iterable<Matrix | Grey>,
  view: View,
  lost: (code: Matrix | Grey) => boolean = () => false,
): Generator<Grey> {
  const { width = 400, height = 400, hold = 1, size = 0.95, degrees = 0, ...camera } = view;
  let n = 0;
  for (const matrix of codes) {
    const side = height * size;
    const tilt = degrees * Math.sin(++n);
    const corners = rotatedCorners(width / 2, height / 2, side, tilt);
    const picture = photographCodes([{ matrix, corners }], {
      width,
      height,
      ...camera,
      ...(lost(matrix) ? { blur: 9 } : {}),
    });
    for (let i = 0; i < hold; i++) yield picture;
  }
}

/** Pictures of codes from a real screen, for a film. */
export const picturesOfCodes = (codes: Iterable<OnScreen>): Grey[] =>
  Array.from(codes, ({ picture }) => picture);

/** Writes a file, and opens it on the page. If the page shows the file, sets the slider to this density. */
export async function showFile(
  page: Page,
  name: string,
  content: string | Uint8Array,
  density: number,
): Promise<void> {
  const path = join(folder, name);
  writeFileSync(path, content);
  await page.setInputFiles('#file', path);
  await page.waitForSelector('#player:not([hidden]), #show-error:not(:empty)');
  if (await page.isVisible('#player')) await page.fill('#density', String(density));
}

/** The received file, texts of the page that received it, and figures of the transfer. */
export interface Trip extends Saved {
  says: string;
  next: string;
  reviewCode: string;
  /**
   * `frames` is the number of frames in the series. `shown` is the number of frames shown until the file was
   * complete.
   */
  frames: number;
  shown: number;
  version: number;
  problems: string[];
}

/** Largest number of rounds for missing frames. After them, the transfer fails. */
const MAX_ROUNDS = 12;

/**
 * Shows a file on one page, and scans it on a second page, whose camera films the first. After each pass, the
 * numbers of the missing frames are typed into the first page. Then only these frames are filmed, until the
 * file is complete.
 */
export async function transferFile(
  content: string,
  density: number,
  view: View,
  { loss = 0, from = openChromium, to = openChromium }: { loss?: number; from?: Open; to?: Open } = {},
): Promise<Trip> {
  let state = 1;
  const lost = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < loss;
  };
  /** Numbers of the smeared frames in the last film. */
  let smeared = new Set<number>();
  const filmed = (codes: Map<number, OnScreen>): Film => {
    smeared = new Set([...codes.keys()].filter(lost));
    const numbers = new Map([...codes].map(([number, { picture }]) => [picture, number]));
    const isSmeared = (code: Matrix | Grey) => smeared.has(numbers.get(code as Grey)!);
    return {
      pictures: [...makeFilmPictures(picturesOfCodes(codes.values()), view, isSmeared)],
      perSecond: view.perSecond ?? 10,
    };
  };
  const sender = await from();
  try {
    await showFile(sender.page, 'sent.json', content, density);
    const all = await readShownFrames(sender.page);
    const version = (all.values().next().value!.matrix.size - 17) / 4;
    let codes = all;
    let shown = all.size;
    const { page, save, shoot, problems, close } = await to({ film: filmed(codes) });
    try {
      await page.click('#scan-tab');
      for (let rounds = 0; ; rounds++) {
        if (rounds > MAX_ROUNDS) throw new Error(`not whole: ${await page.textContent('#scan')}`);
        await page.click('#start');
        if (await waitForUnsmearedFrames(page, smeared)) break;
        await page.click('#start');
        codes = await readShownFrames(sender.page, (await page.textContent('#missing')) || undefined);
        shown += codes.size;
        await shoot(filmed(codes));
      }
      const says = (await page.textContent('#scan-what'))!;
      const reviewCode = (await page.textContent('#review-code'))!;
      const saved = await save();
      const next = (await page.textContent('#command'))!;
      const both = [...sender.problems, ...problems];
      return { ...saved, says, next, reviewCode, frames: all.size, shown, version, problems: both };
    } finally {
      await close();
    }
  } finally {
    await sender.close();
  }
}

/** Milliseconds without a new frame after which a pass ends, even if a missing frame is not smeared. */
const STUCK_MS = 40_000;

/**
 * Waits until the scan has every frame, except the frames that are smeared in the film.
 *
 * @returns whether the file is complete
 */
async function waitForUnsmearedFrames(page: Page, smeared: ReadonlySet<number>): Promise<boolean> {
  let last = '';
  let since = performance.now();
  // The loop reads the page repeatedly. A wait inside the page would need `eval`, which the page's policy
  // forbids.
  while (performance.now() - since < STUCK_MS) {
    if (await page.isVisible('#result')) return true;
    const missing = (await page.textContent('#missing')) ?? '';
    // Before the first frame is read, the page names no missing numbers.
    const left = missing === '' ? [] : parseRanges(missing, MAX_COUNT);
    if (left.length > 0 && left.every(number => smeared.has(number))) return false;
    if (missing !== last) {
      last = missing;
      since = performance.now();
    }
    await page.waitForTimeout(50);
  }
  return false;
}
