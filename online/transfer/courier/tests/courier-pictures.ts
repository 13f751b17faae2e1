/**
 * Makes the pictures in `docs/pictures/courier/` from the built page, for the README and the handbook. Needs
 * `chromium`. Run `npx tsx online/transfer/courier/tests/courier-pictures.ts`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { Grey } from '../../qr/picture/grey-picture.ts';
import { closeBrowsers } from './browsers/browser.ts';
import { openChromium } from './browsers/chromium.ts';
import { makeFilmPictures, POOR, picturesOfCodes, showFile } from './browsers/file-transfer.ts';
import { readShownFrames } from './browsers/screen-pixels.ts';
import { sampleRequest, sampleSignatures } from './sample-files.ts';

const PLACE = 'docs/pictures/courier';
rmSync(PLACE, { recursive: true, force: true });
mkdirSync(PLACE, { recursive: true });

async function savePicture(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1200, height: 860 });
  await page.evaluate('{ scrollTo(0, 0); document.activeElement.blur(); }');
  await page.mouse.move(1199, 859);
  await page.screenshot({ path: `${PLACE}/${name}.png` });
}

/**
 * Shows a file on one machine, and saves pictures of the page: `all` with all frames, and `some` with the
 * missing frames.
 * @returns the codes of all frames
 */
async function showAndPhotograph(file: string, text: string, names: Record<string, string>): Promise<Grey[]> {
  const { page, close } = await openChromium();
  await showFile(page, file, text, 15);
  await savePicture(page, names['all']!);
  const codes = picturesOfCodes((await readShownFrames(page)).values());
  if (names['some'] !== undefined) {
    await page.fill('#numbers', MISSING);
    await page.press('#numbers', 'Enter');
    await savePicture(page, names['some']);
  }
  await close();
  return codes;
}

/** Scans the codes on the other machine, and saves a picture of the page. */
async function scanCodes(codes: Grey[], name: string, done: string): Promise<void> {
  const view = { ...POOR, degrees: 3, noise: 0, width: 960, height: 720 };
  const { page, save, close } = await openChromium({
    film: { pictures: makeFilmPictures(codes, view), perSecond: 10 },
  });
  await page.click('#scan-tab');
  await page.click('#start');
  await page.waitForSelector(done);
  if (await page.isVisible('#save')) await save();
  // Replaces the names of the cameras, because Chromium names its camera after the film's path.
  await page.evaluate(
    "for (const option of document.querySelectorAll('option')) option.textContent = 'Integrated camera'",
  );
  await savePicture(page, name);
  await close();
}

const MISSING = '2,5-6';
const request = sampleRequest(20);
const codes = await showAndPhotograph('request.json', request.text, { all: 'show', some: 'missing' });
const arrived = codes.filter((_, i) => ![2, 5, 6].includes(i + 1));
await scanCodes(arrived, 'scan', `#missing:text-is("${MISSING}")`);
await scanCodes(codes, 'whole', '#result:not([hidden])');
const back = await showAndPhotograph('sign-1.json', sampleSignatures(request.digest, 20), {
  all: 'signatures',
});
await scanCodes(back, 'back', '#result:not([hidden])');
await closeBrowsers();
