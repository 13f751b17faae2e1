/**
 * The courier page in a real Firefox. Needs `firefox-esr` and `dist/courier.html`; run by `make
 * test-browser`. `firefox.ts` describes the camera.
 */
import * as assert from 'uvu/assert';
import { inAnyBrowser } from './behaviour.ts';
import { cleanUp, openPage } from './browsers/browser.ts';
import { openChromium } from './browsers/chromium.ts';
import { launchFirefox, OWN_CAMERA, openFirefox } from './browsers/firefox.ts';
import { CLEAR, travel } from './browsers/trip.ts';
import { bytes, noFile, one, says } from './checks.ts';
import { test } from './limited.ts';

inAnyBrowser(openFirefox);

test("Firefox's own camera is opened, read, named and closed through its own getUserMedia", async () => {
  const browser = await launchFirefox(OWN_CAMERA);
  try {
    const { page, problems } = await openPage(browser);
    await page.click('#scan-tab');
    await page.click('#start');
    await says(page, 'scan-status', 'Looking for a code.');
    const state = () =>
      page.evaluate(`(() => {
        const { videoWidth, srcObject } = document.getElementById('video');
        return [videoWidth > 0, srcObject?.getVideoTracks()[0].readyState ?? 'none'];
      })()`);
    assert.equal(await state(), [true, 'live']);
    assert.is(await page.textContent('#start'), 'Stop the camera');
    await page.click('#start');
    assert.equal(((await state()) as unknown[])[1], 'none');
    await noFile(page);
    assert.equal(problems, []);
  } finally {
    await browser.close();
  }
});

test('a request is transferred from Firefox to Chromium and back', async () => {
  for (const [from, to] of [
    [openFirefox, openChromium],
    [openChromium, openFirefox],
  ] as const) {
    const trip = await travel(one.text, 15, CLEAR, { from, to });
    assert.equal(trip.bytes, bytes(one.text));
    assert.equal(trip.problems, []);
  }
});

test.after(cleanUp);
test.run();
