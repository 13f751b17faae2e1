/** Makes `online/courier/pictures/`, the README's pictures of both pages: `npx tsx online/courier/pictures.ts`. */
import { mkdirSync, rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { folder, framesShown } from './browser.ts';
import { openChromium } from './chromium.ts';
import { sampleRequest } from './samples.ts';
import { film, POOR, show } from './trip.ts';

const PLACE = 'online/courier/pictures';
mkdirSync(PLACE, { recursive: true });

const picture = async (page: Page, name: string) => {
  await page.setViewportSize({ width: 900, height: 780 });
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: `${PLACE}/${name}.png` });
};

const request = sampleRequest(20);
const { page, close } = await openChromium();
await show(page, 'request.json', request.text, 15);
const codes = [...(await framesShown(page)).values()];
await page.click('#pause');
await picture(page, 'show');
await close();

// Half of the frames first, for the picture of a scan under way; then all.
for (const [name, part] of [
  ['scan', codes.slice(0, Math.ceil(codes.length / 2))],
  ['whole', codes],
] as const) {
  const pictures = film(part, { ...POOR, degrees: 3, noise: 0, width: 960, height: 720 });
  const { page: scan, close } = await openChromium({ film: { pictures, perSecond: 10 } });
  await scan.click('#scan-tab');
  await scan.click('#start');
  if (name === 'whole') await scan.waitForSelector('#result:not([hidden])');
  else await scan.waitForSelector(`#grid li.read:nth-child(${part.length})`);
  // The list of cameras would show the film's path.
  await scan.evaluate(
    "for (const option of document.querySelectorAll('option')) option.textContent = 'Integrated camera'",
  );
  await picture(scan, name);
  await close();
}
rmSync(folder, { recursive: true, force: true });
