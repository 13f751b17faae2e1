/**
 * How the courier page guides a person, in a real Chromium and a real Firefox: one step at a time, keys,
 * refused secrets, themes. Needs both browsers and `dist/courier.html`; run by `make test-browser`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { splitFile } from '../../../../shared/qr/file-splitting.ts';
import { deflate } from '../../qr/deflate.ts';
import { refusedFileText } from '../texts.ts';
import { closeBrowsers, folder, type Open } from './browsers/browser.ts';
import { openChromium } from './browsers/chromium.ts';
import { showFile } from './browsers/file-transfer.ts';
import { openFirefox } from './browsers/firefox.ts';
import { sampleSignatures } from './sample-files.ts';
import { makeFilmOfTexts, many, one, utf8BytesOf, waitForText, withPage, withScan } from './test-helpers.ts';
import { test } from './time-limit.ts';

/** TEST DATA in the form of secrets. None of it is a real secret. */
const SECRETS: Record<string, string> = {
  'request.json': '{"type": "countersign/key", "note": "test key"}',
  'head.json': `12 ${'ab'.repeat(32)}\n`,
  'bars.csv': `${'abandon '.repeat(11)}about\n`,
  'notes.txt': '-----BEGIN EC PRIVATE KEY-----\ntest\n',
  'hex.txt': `${'01'.repeat(32)}\n`,
};

const primaryButtonIds = (page: Page) =>
  page.locator('button.primary:visible').evaluateAll(list => list.map(({ id }) => id));
const focusedElementId = (page: Page) => page.evaluate('document.activeElement.id');
const currentStepId = (page: Page) => page.locator('[aria-current="step"]:visible').getAttribute('id');

async function checkWidth(page: Page, place: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  // The page may be narrower than the window, because a scroll bar needs space.
  assert.ok(width <= 390, `${place}: ${width} pixels wide`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

function testInBrowser(name: string, open: Open): void {
  test(`${name}: the page shows one step at a time, from the cards to a played file, on a phone too`, async () => {
    await withPage(open, {}, async page => {
      assert.equal(await primaryButtonIds(page), []);
      assert.is(await page.locator('[role=tab]:visible').count(), 2);
      await checkWidth(page, 'cards');
      await page.click('#show-tab');
      assert.equal([await primaryButtonIds(page), await currentStepId(page)], [['choose'], 'show-1']);
      await checkWidth(page, 'nothing chosen');
      await showFile(page, 'one.json', one.text, 15);
      assert.equal([await primaryButtonIds(page), await currentStepId(page)], [['fill'], 'show-2']);
      assert.match((await page.textContent('#show-1'))!, 'done');
      await checkWidth(page, 'playing');
      await page.click('#scan-tab');
      assert.equal([await primaryButtonIds(page), await currentStepId(page)], [['start'], 'scan-1']);
      await checkWidth(page, 'camera');
      await page.click('#show-tab');
      assert.equal(await primaryButtonIds(page), ['fill']);
    });
  });

  test(`${name}: f fills the screen with the enlarged code, and f and Escape end this`, async () => {
    await withPage(open, {}, async page => {
      await page.setViewportSize({ width: 900, height: 700 });
      await showFile(page, 'many.json', many.text, 10);
      await page.click('#pause');
      const width = async () => (await page.locator('#code').boundingBox())!.width;
      const small = await width();
      for (const leave of ['f', 'Escape']) {
        await page.keyboard.press('f');
        await page.waitForSelector('body.full');
        assert.ok((await width()) > small);
        await page.keyboard.press(leave);
        await page.waitForSelector('body:not(.full)');
        assert.is(await width(), small);
      }
    });
  });

  test(`${name}: keys alone lead from the cards to the camera and back`, async () => {
    await withPage(open, {}, async page => {
      // The wait begins before the keys are pressed, so that it cannot miss the event.
      const asked = page.waitForEvent('filechooser');
      await page.keyboard.press('Tab');
      assert.is(await focusedElementId(page), 'show-tab');
      await page.keyboard.press('ArrowRight');
      assert.is(await focusedElementId(page), 'scan-tab');
      assert.ok(await page.isHidden('#scan'), 'a card that is only looked at is not taken');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      assert.is(await focusedElementId(page), 'choose');
      await page.keyboard.press('Enter');
      const chooser = await asked;
      const path = join(folder, 'keyboard.json');
      writeFileSync(path, one.text);
      await chooser.setFiles(path);
      await waitForText(page, 'show-code', one.reviewCode);
      await page.waitForSelector('#pause:focus');
      await page.keyboard.press('Shift+Tab');
      assert.is(await focusedElementId(page), 'fill');
      const outline = await page.evaluate("getComputedStyle(document.getElementById('fill')).outlineStyle");
      assert.is(outline, 'solid');
      await page.focus('#show-tab');
      await page.keyboard.press('ArrowRight');
      assert.ok(await page.isVisible('#scan'));
    });
  });
}

testInBrowser('Chromium', openChromium);
testInBrowser('Firefox', openFirefox);

// The page's own code judges the content of files, so one browser suffices.
test('secrets are refused by content under any file name, and the next file is shown', async () => {
  await withPage(openChromium, {}, async page => {
    for (const [file, content] of Object.entries(SECRETS)) {
      await showFile(page, 'good.json', one.text, 15);
      await waitForText(page, 'show-code', one.reviewCode);
      await showFile(page, file, content, 15);
      await waitForText(page, 'show-error', refusedFileText('').split('. ')[0] as string);
      assert.ok(await page.isHidden('#code'), file);
      assert.ok(await page.isHidden('#show-code'), file);
      assert.equal(await primaryButtonIds(page), ['choose']);
      assert.is(await page.getAttribute('#show-error', 'role'), 'alert');
      assert.not.match((await page.textContent('body'))!, content.trim().slice(-20));
      await checkWidth(page, 'refused');
    }
  });
});

// The driver of Firefox cannot set the theme.
test('in both themes the code is black on white with dark surroundings', async () => {
  await withPage(openChromium, {}, async page => {
    await showFile(page, 'one.json', one.text, 15);
    const colour = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    const shade = async (selector: string) => Number(/\d+/.exec(await colour(selector))![0]);
    const pixel = (x: number) =>
      page.evaluate<number>(
        `(() => { const c = document.getElementById('code'); const scale = c.width / (77 + 8); return c.getContext('2d').getImageData(${x} * scale, ${x} * scale, 1, 1).data[0]; })()`,
      );
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.is((await shade('body')) > 128, colorScheme === 'light');
      assert.ok((await shade('#stage')) < 40);
      assert.equal([await pixel(1), await pixel(4.5)], [255, 0]);
    }
  });
});

test('a received file is compared and saved, and its command copied, with the focus on each step', async () => {
  const files = [
    [one.text, `signer sign ~/Downloads/request-${one.reviewCode.slice(0, 4)}.json`],
    [
      sampleSignatures(one.digest, 1, 2),
      `countersign submit ~/Downloads/sign-${one.reviewCode.slice(0, 4)}-2.json`,
    ],
  ] as const;
  for (const [text, line] of files) {
    const { frames, version } = splitFile(utf8BytesOf(text), { deflate, version: 15 });
    const { page, problems, save, close } = await openChromium({ film: makeFilmOfTexts(frames, version) });
    try {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.click('#scan-tab');
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])');
      assert.equal(
        [await primaryButtonIds(page), await currentStepId(page), await focusedElementId(page)],
        [['save'], 'scan-3', 'save'],
      );
      assert.is(await page.getAttribute('#ring', 'aria-valuenow'), String(frames.length));
      assert.ok(await page.isHidden('#command'));
      await checkWidth(page, 'whole');
      await save();
      assert.equal(
        [await primaryButtonIds(page), await currentStepId(page), await focusedElementId(page)],
        [['copy'], 'scan-4', 'copy'],
      );
      assert.is(await page.textContent('#command'), line);
      await page.keyboard.press('Enter');
      await waitForText(page, 'copied', 'Copied.');
      assert.is(await page.evaluate('navigator.clipboard.readText()'), line);
      await checkWidth(page, 'saved');
      assert.equal(problems, []);
    } finally {
      await close();
    }
  }
});

test('a file of another kind has no command', async () => {
  const { frames } = splitFile(utf8BytesOf('{"hello": "world"}'), { deflate, version: 10 });
  await withScan(openChromium, frames, async page => {
    await page.waitForSelector('#result:not([hidden])');
    await page.click('#save');
    assert.ok(await page.isHidden('#command'));
    assert.equal(await primaryButtonIds(page), ['again']);
  });
});

test('the page is one file, and its policy permits only its own script and style', () => {
  const page = readFileSync('dist/courier.html', 'utf8');
  const policy = /content="(default-src[^"]*)"/.exec(page)![1]!;
  assert.match(
    policy,
    /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; base-uri 'none'; form-action 'none'$/,
  );
  assert.not.match(page.replace(/<(script|style)>.*?<\/\1>/gs, ''), /\b(src|href|style|on\w+)=/);
  return Promise.resolve();
});

test.after(closeBrowsers);
test.run();
