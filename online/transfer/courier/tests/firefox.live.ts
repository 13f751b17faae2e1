/**
 * The courier page in a real Firefox. Needs `firefox-esr` and `dist/courier.html`; run by `make
 * test-browser`. `firefox.ts` describes the camera.
 */
import * as assert from 'uvu/assert';
import { LOOKING, STOP } from '../texts.ts';
import { closeBrowsers, openPage } from './browsers/browser.ts';
import { openChromium } from './browsers/chromium.ts';
import { CLEAR, transferFile } from './browsers/file-transfer.ts';
import { launchFirefox, OWN_CAMERA, openFirefox } from './browsers/firefox.ts';
import { testInAnyBrowser } from './shared-page-tests.ts';
import { expectNoFile, one, utf8BytesOf, waitForText } from './test-helpers.ts';
import { test } from './time-limit.ts';

testInAnyBrowser(openFirefox);

test("Firefox's own camera is opened, read, named and closed through its own getUserMedia", async () => {
  const browser = await launchFirefox(OWN_CAMERA);
  try {
    const { page, problems } = await openPage(browser);
    await page.click('#scan-tab');
    await page.click('#start');
    await waitForText(page, 'scan-status', LOOKING);
    const state = () =>
      page.evaluate(`(() => {
        const { videoWidth, srcObject } = document.getElementById('video');
        return [videoWidth > 0, srcObject?.getVideoTracks()[0].readyState ?? 'none'];
      })()`);
    assert.equal(await state(), [true, 'live']);
    assert.is(await page.textContent('#start'), STOP);
    await page.click('#start');
    assert.equal(((await state()) as unknown[])[1], 'none');
    await expectNoFile(page);
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
    const trip = await transferFile(one.text, 15, CLEAR, { from, to });
    assert.equal(trip.bytes, utf8BytesOf(one.text));
    assert.equal(trip.problems, []);
  }
});

test.after(closeBrowsers);
test.run();
