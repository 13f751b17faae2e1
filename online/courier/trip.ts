/** For the browser tests and the bench only: a file from one page's screen into the other page's camera. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Grey } from '../qr/grey.ts';
import type { Matrix } from '../qr/matrix.ts';
import { photograph, turned } from '../qr/simulate.ts';
import { folder, framesShown, launch, makeFilm, openCourier } from './browser.ts';

export interface View {
  width?: number;
  height?: number;
  /** Frames of the film a second, and how many of them each code stays. */
  perSecond?: number;
  hold?: number;
  /** Side of the code in the picture, as a share of its height. */
  size?: number;
  blur?: number;
  black?: number;
  white?: number;
  noise?: number;
  degrees?: number;
}

export const CLEAR: View = {};
/** A cheap webcam, held by hand in a dim room. */
export const POOR: View = { blur: 0.8, black: 45, white: 150, noise: 10, degrees: 6, size: 0.86 };

/** A film of codes; those for which `lost` holds come out smeared, as when the screen changes during the exposure. */
export function* film(
  codes: Iterable<Matrix>,
  view: View,
  lost: () => boolean = () => false,
): Generator<Grey> {
  const { width = 640, height = 480, hold = 3, size = 0.95, degrees = 0, ...camera } = view;
  let n = 0;
  for (const matrix of codes) {
    const side = height * size;
    const tilt = degrees * Math.sin(++n);
    const corners = turned(width / 2, height / 2, side, tilt);
    const picture = photograph([{ matrix, corners }], {
      width,
      height,
      ...camera,
      ...(lost() ? { blur: 9 } : {}),
    });
    for (let i = 0; i < hold; i++) yield picture;
  }
}

/** Puts a file into Show of a fresh page; `density` as on its slider. */
export async function show(
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

export interface Trip {
  /** The file that came out, and the name that the page gave it. */
  bytes: Uint8Array;
  name: string;
  says: string;
  reviewCode: string;
  /** Frames in the series; frames that were shown until it was whole. */
  frames: number;
  shown: number;
  version: number;
  problems: string[];
}

/**
 * Show in one browser, Scan in another whose camera sees the first one's screen. After a pass over the frames, the
 * numbers that Scan names as missing are typed into Show, and only those are filmed, until it is whole.
 */
export async function travel(
  content: string,
  density: number,
  view: View,
  loss = 0,
  seed = 1,
): Promise<Trip> {
  const sender = await launch();
  const { page, problems } = await openCourier(sender);
  let state = seed;
  const lost = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < loss;
  };
  const path = join(folder, 'camera.y4m');
  try {
    await show(page, 'sent.json', content, density);
    const all = await framesShown(page);
    const version = (all.values().next().value!.size - 17) / 4;
    let seconds = 0;
    const { perSecond = 10, hold = 3 } = view;
    const shoot = (codes: Map<number, Matrix>) => {
      makeFilm('camera.y4m', film(codes.values(), view, lost), perSecond);
      seconds = (codes.size * hold) / perSecond;
      return codes.size;
    };
    let shown = shoot(all);
    const receiver = await launch({ film: path });
    try {
      const { page: scan, problems: others } = await openCourier(receiver);
      await scan.click('#scan-tab');
      for (;;) {
        await scan.click('#start');
        if (await passOver(scan, seconds)) break;
        await scan.click('#start');
        shown += shoot(await framesShown(page, (await scan.textContent('#missing'))!));
      }
      const got = await saved(scan);
      const says = (await scan.textContent('#scan-what'))!;
      const reviewCode = (await scan.textContent('#review-code'))!;
      return {
        ...got,
        says,
        reviewCode,
        frames: all.size,
        shown,
        version,
        problems: [...problems, ...others],
      };
    } finally {
      await receiver.close();
    }
  } finally {
    await sender.close();
  }
}

/**
 * Waits until the film, which repeats for ever, has given all that it can: nothing new for two rounds and a half. What
 * the camera could not read for another reason than our dropping it is missing like any other.
 *
 * @returns whether the file is whole
 */
async function passOver(page: Page, seconds: number): Promise<boolean> {
  let last = '';
  let since = performance.now();
  while (performance.now() - since < Math.max(3, 2.5 * seconds) * 1000) {
    if (await page.isVisible('#result')) return true;
    const missing = (await page.textContent('#missing')) ?? '';
    if (missing !== last) {
      last = missing;
      since = performance.now();
    }
    await page.waitForTimeout(100);
  }
  return false;
}

/** What the save button gives. */
export async function saved(page: Page): Promise<{ bytes: Uint8Array; name: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  return { bytes: new Uint8Array(readFileSync(await download.path())), name: download.suggestedFilename() };
}
