/** For the browser tests, pictures and bench only: functions for Chromium and Firefox alike. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Grey } from '../../../qr/picture/grey-picture.ts';

/** Folder of this process for films and downloads. */
export const folder = mkdtempSync(join(tmpdir(), 'countersign-courier-'));

export interface Film {
  /** The pictures, all of one size. */
  pictures: Iterable<Grey>;
  perSecond: number;
}

export interface Setting {
  /** The film that the camera plays repeatedly. Without a film there is no camera. */
  film?: Film;
  /** True if the person denies the camera. */
  denied?: boolean;
}

/** A file that the save button wrote. */
export interface Saved {
  bytes: Uint8Array;
  name: string;
}

/**
 * The built page, opened from disk as a person opens it. The page has a browser context of its own, without
 * data of other tests.
 */
export interface Opened {
  page: Page;
  /** Errors that the page logged, and requests that it tried to send to the network. */
  problems: string[];
  /** Changes the film for the next start of the camera. */
  shoot(film: Film): Promise<void>;
  /** Presses the save button, and returns the saved file. */
  save(): Promise<Saved>;
  close(): Promise<void>;
}

const launched = new Map<string, Promise<Browser>>();

/** Starts one browser of each kind for all tests of a file, because a start takes seconds. */
export function sharedBrowser(kind: string, launch: () => Promise<Browser>): Promise<Browser> {
  const running = launched.get(kind) ?? launch();
  launched.set(kind, running);
  return running;
}

/** Closes all pages. A test that fails at its time limit leaves its pages open. */
export async function closePages(): Promise<void> {
  for (const running of launched.values()) {
    const browser = await running.catch(() => undefined);
    for (const context of browser?.contexts() ?? []) await context.close().catch(() => {});
  }
}

/**
 * Closes the browsers. A test file calls this after its last test, because the process does not end while a
 * browser runs.
 */
export async function closeBrowsers(): Promise<void> {
  for (const running of launched.values()) await (await running.catch(() => undefined))?.close();
  launched.clear();
  rmSync(folder, { recursive: true, force: true });
}

export type Open = (setting?: Setting) => Promise<Opened>;

export function findExecutable(names: string[], debian: string): string {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = names.flatMap(name => folders.map(path => join(path, name))).find(path => existsSync(path));
  if (!found) throw new Error(`no ${names[0]}: apt-get install -y --no-install-recommends ${debian}`);
  return found;
}

/**
 * Hash of `body {}`. playwright-core adds this style to a page in Firefox for each screenshot. The page's
 * policy refuses it, and the tests ignore this error.
 */
const DRIVERS_STYLE = 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=';

/** Time limit of one wait. It is shorter than the time limit of a test, so that the error names the wait. */
const WAIT_MS = 120_000;

/** @param prepare function that runs before the page is opened */
export async function openPage(
  browser: Browser,
  prepare?: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ acceptDownloads: true, viewport });
  const page = await context.newPage();
  // The driver's own time limit is too short for a busy machine.
  page.setDefaultTimeout(WAIT_MS);
  const problems: string[] = [];
  const note = (problem: string) => {
    if (!problem.includes(DRIVERS_STYLE)) problems.push(problem);
  };
  page.on('pageerror', error => note(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') note(message.text());
  });
  page.on('request', request => {
    if (!/^(file|blob|data):/.test(request.url())) problems.push(`a request to ${request.url()}`);
  });
  await prepare?.(page, context);
  await page.goto(pathToFileURL(resolve('dist/courier.html')).href);
  return { page, problems, close: () => context.close() };
}
