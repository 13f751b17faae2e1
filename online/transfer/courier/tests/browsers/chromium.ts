/**
 * For the browser tests, pictures and bench only: a real Chromium. Its camera plays a film made by the tests.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type Film, findExecutable, folder, type Open, openPage, sharedBrowser } from './browser.ts';

/** @param cameras flags of Chromium that select and permit its cameras */
export async function launchChromium(...cameras: string[]): Promise<Browser> {
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-sync', ...quiet, ...cameras];
  return chromium.launch({ executablePath: findExecutable(['chromium'], 'chromium'), args });
}

/** Flag with which Chromium permits each camera without a question. */
export const ALLOW = '--use-fake-ui-for-media-stream';

/**
 * Path of the film that Chromium plays as its camera, in all pages of a test file. Without this film there is
 * no camera.
 */
const path = join(folder, 'camera.y4m');
const FILMED = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${path}`];

export const openChromium: Open = async ({ film, denied } = {}) => {
  rmSync(path, { force: true });
  if (film) writeFilm(path, film);
  const kind = denied ? 'chromium that allows no camera' : 'chromium';
  const browser = await sharedBrowser(kind, () => launchChromium(...FILMED, ...(denied ? [] : [ALLOW])));
  const { page, problems, close } = await openPage(browser);
  return {
    page,
    problems,
    shoot: async next => writeFilm(path, next),
    save: async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
      return {
        bytes: new Uint8Array(readFileSync(await download.path())),
        name: download.suggestedFilename(),
      };
    },
    close,
  };
};

/** Writes a film in the Y4M format. Chromium plays it repeatedly. */
function writeFilm(path: string, { pictures, perSecond }: Film): void {
  const parts: Uint8Array[] = [];
  for (const { width, height, data } of pictures) {
    if (parts.length === 0) {
      parts.push(Buffer.from(`YUV4MPEG2 W${width} H${height} F${perSecond}:1 Ip A1:1 C420\n`));
    }
    parts.push(Buffer.from('FRAME\n'), data, Buffer.alloc((width * height) / 2, 128));
  }
  writeFileSync(path, Buffer.concat(parts));
}
