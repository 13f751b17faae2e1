/**
 * The courier page in a real Chromium whose camera plays a film. Needs `chromium` and `dist/courier.html`;
 * run by `make test-browser`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { toBase32 } from '../../../../shared/qr/base32.ts';
import { writeFrame } from '../../../../shared/qr/frame.ts';
import { MAX_FILE } from '../../../../shared/qr/frame-reader.ts';
import { drawCode } from '../../qr/drawing/matrix.ts';
import { CAMERA_BUSY, cameraGoneText, LOOKING, NO_CODE, OTHER_CAMERA, START, STOP } from '../texts.ts';
import { closeBrowsers, folder, openPage } from './browsers/browser.ts';
import { ALLOW, launchChromium, openChromium } from './browsers/chromium.ts';
import { DARK, makeFilmPictures, showFile } from './browsers/file-transfer.ts';
import { testInAnyBrowser, testInOneBrowser } from './shared-page-tests.ts';
import {
  expectNoFile,
  makeFilmOfTexts,
  many,
  one,
  SERIES,
  utf8BytesOf,
  waitForState,
  waitForText,
  withPage,
} from './test-helpers.ts';
import { test } from './time-limit.ts';

testInAnyBrowser(openChromium);
testInOneBrowser(openChromium);

test('frames that inflate to a huge file are refused, and no file is saved', async () => {
  const payload = toBase32(deflateRawSync(new Uint8Array(17_000_000), { level: 9 }));
  const count = Math.ceil(payload.length / 2120);
  const codes = Array.from({ length: count }, (_, index) => {
    const part = payload.slice(index * 2120, (index + 1) * 2120);
    return drawCode(writeFrame({ encoding: 'Z', count, index, payload: part }), 27);
  });
  const pictures = makeFilmPictures(codes, { width: 600, height: 600 });
  await withPage(openChromium, { film: { pictures, perSecond: 5 } }, async page => {
    await startCamera(page);
    await waitForText(page, 'scan-error', ` ${MAX_FILE} bytes`);
    await expectNoFile(page);
  });
});

/** Selects the card for scanning, and starts the camera. */
async function startCamera(page: Page): Promise<void> {
  await page.click('#scan-tab');
  await page.click('#start');
}

test('a camera in use by another program gives a sentence, and starts once it is free', async () => {
  await withPage(openChromium, { film: DARK }, async page => {
    // A film is never in use by another program. So the first call of `getUserMedia` gives the error that
    // Chromium would give, and the second call opens the film.
    await page.evaluate(`{
      const open = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = async () => {
        MediaDevices.prototype.getUserMedia = open;
        throw new DOMException('Could not start video source', 'NotReadableError');
      };
    }`);
    await startCamera(page);
    await waitForText(page, 'scan-error', CAMERA_BUSY);
    assert.is(await page.textContent('#start'), START);
    await page.click('#start');
    await waitForText(page, 'scan-status', LOOKING);
    assert.is(await page.textContent('#scan-error'), '');
  });
});

test('a camera that is unplugged during the scan gives a sentence, and the frames are kept', async () => {
  const frames = SERIES.frames.slice(0, -1);
  const setting = { film: makeFilmOfTexts(frames) };
  const { page, shoot, close } = await openChromium(setting);
  try {
    await startCamera(page);
    await waitForText(page, 'scan-status', `${frames.length} of ${frames.length + 1} frames read.`);
    rmSync(join(folder, 'camera.y4m'));
    // Chromium notices the change when it next lists its cameras.
    await page.evaluate('navigator.mediaDevices.enumerateDevices()');
    await waitForText(page, 'scan-error', cameraGoneText(false));
    assert.is(await page.textContent('#start'), START);
    await shoot(setting.film);
    await page.click('#start');
    await page.waitForSelector('#video:not([hidden])');
    assert.is(await page.textContent('#scan-error'), '');
    assert.is(await page.textContent('#missing'), String(SERIES.frames.length));
  } finally {
    await close();
  }
});

test('an unplugged camera is reported without frames too, and so is one that stops silently', async () => {
  const frames = SERIES.frames.slice(0, -1);
  const { page, close } = await openChromium({ film: makeFilmOfTexts(frames) });
  try {
    await startCamera(page);
    await waitForText(page, 'scan-status', `${frames.length} of ${frames.length + 1} frames read.`);
    // Each cell of the grid has a text for screen readers, with the state of its frame.
    assert.is(await page.getAttribute('#grid li:first-child', 'aria-label'), '1, read');
    assert.is(await page.getAttribute('#grid li:last-child', 'aria-label'), `${frames.length + 1}, missing`);
    await page.click('#again');
    await waitForText(page, 'scan-status', `${frames.length} of ${frames.length + 1} frames read.`);
    // The paused video gives no more pictures, so only the page's timer can cause the hint.
    await page.evaluate("document.getElementById('video').pause()");
    await waitForText(page, 'scan-hint', NO_CODE);
    rmSync(join(folder, 'camera.y4m'));
    await page.evaluate('navigator.mediaDevices.enumerateDevices()');
    await waitForText(page, 'scan-error', cameraGoneText(false));
    assert.is(await page.textContent('#start'), START);
  } finally {
    await close();
  }
});

test('two cameras with one label get different names, and an unplugged chosen one is replaced', async () => {
  const browser = await launchChromium('--use-fake-device-for-media-stream=device-count=3', ALLOW);
  try {
    const { page, problems } = await openPage(browser);
    await page.evaluate(`{
      const list = MediaDevices.prototype.enumerateDevices;
      window.unplugged = 0;
      MediaDevices.prototype.enumerateDevices = async function () {
        const found = (await list.call(this)).filter(device => device.kind === 'videoinput');
        return found.slice(window.unplugged).map(({ deviceId, kind }) => ({ deviceId, kind, label: 'Integrated camera' }));
      };
    }`);
    await startCamera(page);
    await page.waitForSelector('#cameras option:nth-child(3)', { state: 'attached' });
    const labels = () => page.locator('#cameras option').allTextContents();
    assert.equal(await labels(), ['Integrated camera', 'Integrated camera (2)', 'Integrated camera (3)']);
    await page.selectOption('#cameras', { label: 'Integrated camera (2)' });
    await waitForCamera(page, 'fake_device_1');
    await page.click('#start');
    // Two cameras are unplugged, and the page updates its list at once.
    await page.evaluate(
      `{ window.unplugged = 2; navigator.mediaDevices.dispatchEvent(new Event('devicechange')); }`,
    );
    await page.waitForSelector('#cameras option:nth-child(3)', { state: 'detached' });
    // The chosen camera is unplugged after the page listed the cameras, and before the page opens it.
    await page.evaluate(`{
      window.unplugged = 0;
      const open = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = async function (wanted) {
        if (wanted.video.deviceId) throw new DOMException('', 'OverconstrainedError');
        return open.call(this, wanted);
      };
    }`);
    await page.click('#start');
    await waitForText(page, 'scan-error', OTHER_CAMERA);
    assert.is(await page.textContent('#start'), STOP);
    assert.equal(problems, []);
  } finally {
    await browser.close();
  }
});

/** Waits until the picture comes from this camera. */
async function waitForCamera(page: Page, label: string): Promise<void> {
  const now = () =>
    page.evaluate("document.getElementById('video').srcObject?.getVideoTracks()[0]?.label ?? 'none'");
  await waitForState(page, async () => (await now()) === label);
}

test('the chosen camera is used again when the page is opened again', async () => {
  const browser = await launchChromium('--use-fake-device-for-media-stream=device-count=3', ALLOW);
  try {
    const { page, problems } = await openPage(browser);
    await startCamera(page);
    await page.waitForSelector('#cameras option:nth-child(3)', { state: 'attached' });
    const labels = await page.locator('#cameras option').allTextContents();
    assert.is(labels.length, 3);
    const [first, , third] = labels as [string, string, string];
    await waitForCamera(page, first);
    await page.selectOption('#cameras', { label: third });
    await waitForCamera(page, third);
    await page.reload();
    await startCamera(page);
    await waitForCamera(page, third);
    assert.is(await page.locator('#cameras option:checked').textContent(), third);
    // If the stored camera is disconnected, the page uses the first one.
    await page.evaluate("localStorage.setItem('countersign-camera', 'a camera that is gone')");
    await page.reload();
    await startCamera(page);
    await waitForCamera(page, first);
    assert.equal(problems, []);
  } finally {
    await browser.close();
  }
});

/** Returns a function that sends Chromium one event of a drag from the file manager. */
async function makeFileDrag(page: Page, ...files: string[]) {
  const devtools = await page.context().newCDPSession(page);
  return (type: 'dragEnter' | 'dragOver' | 'drop') =>
    devtools.send('Input.dispatchDragEvent', {
      ...{ type, x: 600, y: 500 },
      data: { items: [], files, dragOperationsMask: 1 },
    });
}

test('a file dropped anywhere on the page is shown, also from the other tab', async () => {
  await withPage(openChromium, {}, async page => {
    const path = join(folder, 'dropped.json');
    writeFileSync(path, one.text);
    const drag = await makeFileDrag(page, path);
    await page.click('#scan-tab');
    await drag('dragEnter');
    await drag('dragOver');
    assert.is(await page.getAttribute('body', 'class'), 'over');
    await drag('drop');
    await waitForText(page, 'show-code', one.reviewCode);
    assert.ok((await page.isVisible('#code')) && (await page.isHidden('#scan')));
    assert.is(await page.getAttribute('body', 'class'), '');
    // The status line is the same if the file is chosen and not dropped.
    const dropped = await page.textContent('#show-status');
    await showFile(page, 'chosen.json', utf8BytesOf(one.text), 15);
    assert.is(await page.textContent('#show-status'), dropped);
  });
});

test('a file that was written again under its name is shown with its new content', async () => {
  await withPage(openChromium, {}, async page => {
    const path = join(folder, 'request.json');
    await page.click('#show-tab');
    for (const { text, reviewCode } of [one, many]) {
      writeFileSync(path, text);
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#choose')]);
      await chooser.setFiles(path);
      await waitForText(page, 'show-code', reviewCode);
    }
  });
});

test('two dropped files or a folder give a sentence', async () => {
  await withPage(openChromium, {}, async page => {
    const path = join(folder, 'dropped.json');
    for (const [files, sentence] of [
      [[path, path], 'Expected one file, got 2'],
      [[folder], 'expected a file, got a folder'],
    ] as const) {
      const drag = await makeFileDrag(page, ...files);
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await drag(type);
      await waitForText(page, 'show-error', sentence);
      assert.ok(await page.isHidden('#player'));
    }
  });
});

test.after(closeBrowsers);
test.run();
