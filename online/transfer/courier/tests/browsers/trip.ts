/** For the browser tests and the bench only: a file from one page's screen into the other page's camera. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Matrix } from '../../../qr/drawing/matrix.ts';
import type { Grey } from '../../../qr/picture/grey.ts';
import { photograph, turned } from '../../../qr/testing/simulate.ts';
import { type Film, folder, type Open, type Saved } from './browser.ts';
import { openChromium } from './chromium.ts';
import { framesShown, type OnScreen } from './screen.ts';

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

/** A camera with its lid on. */
export const DARK: Film = {
  pictures: [{ width: 640, height: 480, data: new Uint8Array(640 * 480).fill(30) }],
  perSecond: 10,
};

/** A film of codes; those for which `lost` holds come out smeared, as when the screen changes during the exposure. */
export function* film(
  codes: Iterable<Matrix | Grey>,
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

/** What was on a real screen, for a film. */
export const pictures = (codes: Iterable<OnScreen>): Grey[] => Array.from(codes, ({ picture }) => picture);

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

/** The received file with the page's name for it, and figures of the transfer. */
export interface Trip extends Saved {
  says: string;
  next: string;
  reviewCode: string;
  /** Number of frames in the series, and of frames shown until the file was complete. */
  frames: number;
  shown: number;
  version: number;
  problems: string[];
}

/** Limits the rounds for missing frames, in case a camera sees nothing. */
const MAX_ROUNDS = 12;

/**
 * Show in one browser, Scan in another whose camera sees the first one's screen. After a pass over the frames, the
 * numbers that Scan names as missing are typed into Show, and only those are filmed, until it is whole.
 */
export async function travel(
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
  const { perSecond = 10, hold = 3 } = view;
  const filmed = (codes: Map<number, OnScreen>): Film => ({
    pictures: film(pictures(codes.values()), view, lost),
    perSecond,
  });
  const seconds = (codes: Map<number, OnScreen>) => (codes.size * hold) / perSecond;
  const sender = await from();
  try {
    await show(sender.page, 'sent.json', content, density);
    const all = await framesShown(sender.page);
    const version = (all.values().next().value!.matrix.size - 17) / 4;
    let codes = all;
    let shown = all.size;
    const { page, save, shoot, problems, close } = await to({ film: filmed(codes) });
    try {
      await page.click('#scan-tab');
      for (let rounds = 0; ; rounds++) {
        if (rounds > MAX_ROUNDS) throw new Error(`not whole: ${await page.textContent('#scan')}`);
        await page.click('#start');
        if (await passOver(page, seconds(codes))) break;
        await page.click('#start');
        codes = await framesShown(sender.page, (await page.textContent('#missing')) || undefined);
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

/**
 * Waits until the film, which repeats for ever, has given all that it can: nothing new for two rounds and a half. What
 * the camera could not read for another reason than our dropping it is missing like any other.
 *
 * @returns whether the file is whole
 */
async function passOver(page: Page, seconds: number): Promise<boolean> {
  // Asked from here each time: to wait in the page would be an eval in it, which its policy forbids.
  const runs = () => page.evaluate("document.getElementById('video').videoWidth > 0");
  for (const until = Date.now() + 60_000; !(await runs()) && Date.now() < until; )
    await page.waitForTimeout(50);
  let last = '';
  let since = performance.now();
  while (performance.now() - since < Math.max(10, 2.5 * seconds) * 1000) {
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
