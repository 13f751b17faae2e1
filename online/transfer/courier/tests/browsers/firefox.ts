/**
 * For the browser tests only: a real Firefox, controlled by WebDriver BiDi.
 *
 * Firefox has no camera that plays a film. Its own fake camera (`media.navigator.streams.fake`) shows
 * colours, which suffices for tests without a code. For other tests, `getUserMedia` is replaced before the
 * page's scripts run. The new function returns the stream of a canvas that plays the film. The stream, the
 * video element and the pixels are Firefox's.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { firefox, type Page } from 'playwright-core';
import {
  type Film,
  findExecutable,
  folder,
  type Open,
  type Opened,
  openPage,
  type Saved,
  sharedBrowser,
} from './browser.ts';

/**
 * A script that runs in the page. It is a string, because the repository has the types of Node, and not those
 * of a page.
 */
const CAMERA = `(() => {
  if (!globalThis.MediaDevices) return;
  let film;
  globalThis.countersignFilm = ({ width, height, pictures, order, perSecond }) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const images = pictures.map(text => {
      const image = new ImageData(width, height);
      const grey = atob(text);
      const pixels = new Uint32Array(image.data.buffer);
      for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 + 0x010101 * grey.charCodeAt(i);
      return image;
    });
    film = { canvas, images: order.map(n => images[n]), perSecond };
  };
  MediaDevices.prototype.getUserMedia = async () => {
    const { canvas, images, perSecond } = film;
    const pen = canvas.getContext('2d');
    const stream = canvas.captureStream();
    let n = 0;
    const clock = setInterval(() => {
      if (stream.getVideoTracks()[0].readyState === 'ended') clearInterval(clock);
      pen.putImageData(images[n++ % images.length], 0, 0);
    }, 1000 / perSecond);
    return stream;
  };
})()`;

interface WithCamera {
  countersignFilm(film: {
    width: number;
    height: number;
    pictures: string[];
    /**
     * For each shown picture: its index in `pictures`. A picture that is shown several times is stored once.
     */
    order: number[];
    perSecond: number;
  }): void;
}

/** @param prefs Firefox's settings, as in about:config */
export async function launchFirefox(prefs: Record<string, boolean | number> = {}, downloadsPath = folder) {
  return firefox.launch({
    // Uses the installed Firefox, not Playwright's own build. Playwright 1.65 and later need a BiDi command
    // that Firefox 153 (ESR) lacks. Playwright 1.64.1 is the newest version that works.
    channel: 'moz-firefox',
    executablePath: findExecutable(['firefox-esr', 'firefox'], 'firefox-esr'),
    downloadsPath,
    firefoxUserPrefs: prefs,
  });
}

/** Settings for Firefox's fake camera, which shows colours and is allowed without a question. */
export const OWN_CAMERA = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
};
/** Settings of a Firefox in which a person denied the camera permanently. */
export const DENIED = { 'media.navigator.streams.fake': true, 'permissions.default.camera': 2 };

const downloads = mkdtempSync(join(folder, 'downloads-'));

export const openFirefox: Open = async ({ film, denied } = {}) => {
  // A permanent denial is a setting of the whole browser, so it needs a second browser.
  const browser = await (denied
    ? sharedBrowser('firefox that allows no camera', () => launchFirefox(DENIED))
    : sharedBrowser('firefox', () => launchFirefox({}, downloads)));
  const replaced = film !== undefined && !denied;
  const { page, problems, close } = await openPage(browser, async page => {
    if (replaced) await page.addInitScript({ content: CAMERA });
  });
  const opened: Opened = {
    page,
    problems,
    shoot: next => setFilm(page, next),
    save: async () => {
      for (const name of readdirSync(downloads)) rmSync(join(downloads, name), { recursive: true });
      await page.click('#save');
      return downloadedFile(page, downloads);
    },
    close,
  };
  if (replaced) await opened.shoot(film);
  return opened;
};

async function setFilm(page: Page, { pictures, perSecond }: Film): Promise<void> {
  const all = [...pictures];
  const { width, height } = all[0]!;
  const distinct = [...new Set(all)];
  const texts = distinct.map(({ data }) => Buffer.from(data).toString('base64'));
  const order = all.map(picture => distinct.indexOf(picture));
  const film = { width, height, pictures: texts, order, perSecond };
  // `evaluate` gets a function and not a string, because the function needs an argument. It uses
  // `globalThis`, because Node's types do not include a page.
  await page.evaluate(film => (globalThis as unknown as WithCamera).countersignFilm(film), film);
}

/** Waits until Firefox's download folder has the file and no temporary files. The file is empty at first. */
async function downloadedFile(page: Page, downloads: string): Promise<Saved> {
  for (let tries = 0; tries < 600; tries++) {
    const [name = '', ...others] = readdirSync(downloads);
    const size = name === '' ? 0 : (statSync(join(downloads, name), { throwIfNoEntry: false })?.size ?? 0);
    if (size > 0 && others.length === 0 && !name.endsWith('.part')) {
      return { name, bytes: new Uint8Array(readFileSync(join(downloads, name))) };
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no file in ${downloads}, which ${existsSync(downloads) ? 'is there' : 'is gone'}`);
}
