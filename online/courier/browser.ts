/** For the browser tests, pictures and bench only: a real Chromium, whose camera is a film that we made. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { QUIET } from '../../shared/qr/capacity.ts';
import type { Grey } from '../qr/grey.ts';
import type { Matrix } from '../qr/matrix.ts';
import { readPicture } from '../qr/picture.ts';

/** Where films and downloads of this process go. */
export const folder = mkdtempSync(join(tmpdir(), 'countersign-courier-'));

function executable(): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map(path => join(path, 'chromium'));
  const found = ['/usr/bin/chromium', ...places].find(path => existsSync(path));
  if (!found) throw new Error('no chromium: apt-get install -y --no-install-recommends chromium');
  return found;
}

export interface Setting {
  /** A Y4M file as the camera; none for no camera at all. */
  film?: string;
  /** Whether the person allows the camera. */
  allow?: boolean;
}

export async function launch({ film, allow = true }: Setting = {}): Promise<Browser> {
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-sync', ...quiet];
  if (film) args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`);
  if (allow) args.push('--use-fake-ui-for-media-stream');
  return chromium.launch({ executablePath: executable(), args });
}

/** The built page, opened from disk as a person does. Anything it logs as an error fails the test that looks. */
export async function openCourier(browser: Browser): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ acceptDownloads: true, viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', request => {
    if (!/^(file|blob|data):/.test(request.url())) problems.push(`a request to ${request.url()}`);
  });
  await page.goto(pathToFileURL(resolve('dist/courier.html')).href);
  return { page, problems };
}

/** Writes pictures of one size as a film that Chromium plays in a loop. */
export function makeFilm(name: string, pictures: Iterable<Grey>, perSecond: number): string {
  const parts: Uint8Array[] = [];
  for (const { width, height, data } of pictures) {
    if (parts.length === 0) {
      parts.push(Buffer.from(`YUV4MPEG2 W${width} H${height} F${perSecond}:1 Ip A1:1 C420\n`));
    }
    parts.push(Buffer.from('FRAME\n'), data, Buffer.alloc((width * height) / 2, 128));
  }
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
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
