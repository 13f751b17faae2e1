/**
 * For the browser tests only: a real Firefox, over WebDriver BiDi.
 *
 * Firefox has no camera that plays a film. Its own fake camera (`media.navigator.streams.fake`) shows colours, which
 * suffices for tests without a code. For the others `getUserMedia` is replaced, before the page's scripts run, by a
 * canvas that plays the film. All after that is Firefox's: the stream, the video element, the pixels.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { firefox, type Page } from 'playwright-core';
import {
  executable,
  type Film,
  folder,
  type Open,
  type Opened,
  openPage,
  type Saved,
  shared,
} from './browser.ts';

/** Runs in the page, as text: the repository's types for Node know nothing of a page. */
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
    /** A picture that stays for several moments is there once. */
    order: number[];
    perSecond: number;
  }): void;
}

/** @param prefs as in about:config */
export async function launchFirefox(prefs: Record<string, boolean | number> = {}, downloadsPath = folder) {
  return firefox.launch({
    // Firefox as it is, not a build of Playwright's own. Playwright 1.65 and later need a command of BiDi that Firefox
    // 153 (ESR) does not have: 1.64.1 is the newest that drives it.
    channel: 'moz-firefox',
    executablePath: executable(['firefox-esr', 'firefox'], 'firefox-esr'),
    downloadsPath,
    firefoxUserPrefs: prefs,
  });
}

/** Firefox's own camera of colours, allowed without a question. */
export const OWN_CAMERA = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
};
/** The same, as if a person had denied it permanently. */
export const DENIED = { 'media.navigator.streams.fake': true, 'permissions.default.camera': 2 };

const downloads = mkdtempSync(join(folder, 'downloads-'));

export const openFirefox: Open = async ({ film, denied } = {}) => {
  // A permanent answer is a preference of the whole browser.
  const browser = await (denied
    ? shared('firefox that allows no camera', () => launchFirefox(DENIED))
    : shared('firefox', () => launchFirefox({}, downloads)));
  const replaced = film !== undefined && !denied;
  const { page, problems, close } = await openPage(browser, async page => {
    if (replaced) await page.addInitScript({ content: CAMERA });
  });
  const opened: Opened = {
    page,
    problems,
    shoot: next => shoot(page, next),
    save: async () => {
      for (const name of readdirSync(downloads)) rmSync(join(downloads, name), { recursive: true });
      await page.click('#save');
      return arrived(page, downloads);
    },
    close,
  };
  if (replaced) await opened.shoot(film);
  return opened;
};

async function shoot(page: Page, { pictures, perSecond }: Film): Promise<void> {
  const all = [...pictures];
  const { width, height } = all[0]!;
  const distinct = [...new Set(all)];
  const texts = distinct.map(({ data }) => Buffer.from(data).toString('base64'));
  const order = all.map(picture => distinct.indexOf(picture));
  const film = { width, height, pictures: texts, order, perSecond };
  // A function, since what is given as text gets no arguments; `globalThis`, since Node's types know no page.
  await page.evaluate(film => (globalThis as unknown as WithCamera).countersignFilm(film), film);
}

/**
 * What Firefox wrote into its folder of downloads, once its temporary files are gone; the first of these is an empty
 * one.
 */
async function arrived(page: Page, downloads: string): Promise<Saved> {
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
