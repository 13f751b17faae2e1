/** For the browser tests, pictures and bench only: what the real browsers have in common. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Grey } from '../../../qr/picture/grey.ts';

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

/** The built page, opened from disk as a person does, in a context of its own: nothing of another test is in it. */
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

const launched = new Map<string, Promise<Browser>>();

/** A browser takes seconds to start, so a file of tests has one of a kind. */
export function shared(kind: string, launch: () => Promise<Browser>): Promise<Browser> {
  const running = launched.get(kind) ?? launch();
  launched.set(kind, running);
  return running;
}

/** Pages left by a test that failed at its limit. */
export async function closePages(): Promise<void> {
  for (const running of launched.values()) {
    const browser = await running.catch(() => undefined);
    for (const context of browser?.contexts() ?? []) await context.close().catch(() => {});
  }
}

/** After the last test of a file: else its process would not end. */
export async function cleanUp(): Promise<void> {
  for (const running of launched.values()) await (await running.catch(() => undefined))?.close();
  launched.clear();
  rmSync(folder, { recursive: true, force: true });
}

export type Open = (setting?: Setting) => Promise<Opened>;

export function executable(names: string[], debian: string): string {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = names.flatMap(name => folders.map(path => join(path, name))).find(path => existsSync(path));
  if (!found) throw new Error(`no ${names[0]}: apt-get install -y --no-install-recommends ${debian}`);
  return found;
}

/** Of `body {}`, which playwright-core puts into Firefox's pages for each screenshot, and which the page's policy refuses. */
const DRIVERS_STYLE = 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=';

/** Less than the limit of a test, so that the error names the wait. */
const WAIT_MS = 120_000;

/** @param prepare runs before the page is there */
export async function openPage(
  browser: Browser,
  prepare?: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ acceptDownloads: true, viewport });
  const page = await context.newPage();
  // Each test has its own limit; a wait of the driver's would end earlier on a busy machine.
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
