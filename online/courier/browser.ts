/** For the browser tests, pictures and bench only: what the real browsers have in common. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { QUIET } from '../../shared/qr/capacity.ts';
import type { Grey } from '../qr/grey.ts';
import type { Matrix } from '../qr/matrix.ts';
import { readPicture } from '../qr/picture.ts';

/** Where films and downloads of this process go. */
export const folder = mkdtempSync(join(tmpdir(), 'countersign-courier-'));

export interface Film {
  /** All of one size. */
  pictures: Iterable<Grey>;
  perSecond: number;
}

export interface Setting {
  /** What the camera sees, in a loop; no film is no camera. */
  film?: Film;
  /** The person does not allow the camera. */
  denied?: boolean;
}

/** A file as the save button wrote it. */
export interface Saved {
  bytes: Uint8Array;
  name: string;
}

/** The built page, opened from disk as a person does, in a browser of its own. */
export interface Opened {
  page: Page;
  /** What the page logged as an error, and every request that it tried. */
  problems: string[];
  /** Another film, from the next start of the camera on. */
  shoot(film: Film): Promise<void>;
  /** Presses the save button. */
  save(): Promise<Saved>;
  close(): Promise<void>;
}

export type Open = (setting?: Setting) => Promise<Opened>;

export function executable(names: string[], debian: string): string {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = names.flatMap(name => folders.map(path => join(path, name))).find(path => existsSync(path));
  if (!found) throw new Error(`no ${names[0]}: apt-get install -y --no-install-recommends ${debian}`);
  return found;
}

/** @param prepare runs before the page is there */
export async function openPage(
  browser: Browser,
  prepare?: (page: Page) => Promise<void>,
): Promise<{ page: Page; problems: string[] }> {
  try {
    return await preparedPage(browser, prepare);
  } catch (error) {
    await browser.close(); // else a test that failed here would never end
    throw error;
  }
}

async function preparedPage(
  browser: Browser,
  prepare?: (page: Page) => Promise<void>,
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ acceptDownloads: true, viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', request => {
    if (!/^(file|blob|data):/.test(request.url())) problems.push(`a request to ${request.url()}`);
  });
  await prepare?.(page);
  await page.goto(pathToFileURL(resolve('dist/courier.html')).href);
  return { page, problems };
}

/** The code that the page shows now, taken from its canvas. */
export async function codeOn(page: Page): Promise<Matrix> {
  const url: string = await page.evaluate("document.getElementById('code').toDataURL('image/png')");
  const picture = readPicture(new Uint8Array(Buffer.from(url.split(',')[1]!, 'base64')));
  const size = picture.width - 2 * QUIET;
  const data = Uint8Array.from({ length: size * size }, (_, i) => {
    const at = (Math.floor(i / size) + QUIET) * picture.width + QUIET + (i % size);
    return picture.data[at]! < 128 ? 1 : 0;
  });
  return { size, data };
}

/** Puts a file into Show and returns its frames as they are on the screen, in order, with their numbers. */
export async function framesShown(page: Page, frames?: string): Promise<Map<number, Matrix>> {
  if (frames !== undefined) {
    await page.fill('#numbers', frames);
    await page.press('#numbers', 'Enter');
  }
  await page.click('#pause');
  const shown = new Map<number, Matrix>();
  for (;;) {
    const status = (await page.textContent('#show-status')) ?? '';
    const number = Number(/^Frame (\d+) of/.exec(status)?.[1]);
    if (shown.has(number)) break;
    shown.set(number, await codeOn(page));
    await page.click('#next');
  }
  // The first of them comes first, wherever it was paused.
  return new Map([...shown].sort(([a], [b]) => a - b));
}
