/**
 * The codes on the screen of a real Chromium, pixel by pixel, in windows and on screens of several sizes.
 * Needs `chromium` and `dist/courier.html`; run by `make test-browser`.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { splitFile } from '../../../../shared/qr/file-splitting.ts';
import { parseRanges } from '../../../../shared/qr/frame-ranges.ts';
import { incompressibleBytes, sampleJsonBytes } from '../../../../shared/qr/sample-files.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { deflate } from '../../qr/deflate.ts';
import { framesPageHtml } from '../../qr/drawing/html.ts';
import { drawCode, type Matrix } from '../../qr/drawing/matrix.ts';
import { findCodes, readCode } from '../../qr/picture/find-codes.ts';
import { photographCodes, rotatedCorners } from '../../qr/testing/camera-pictures.ts';
import { otherSeriesRefusal } from '../../qr/texts/messages.ts';
import { needsDensityText } from '../texts.ts';
import { closeBrowsers, folder } from './browsers/browser.ts';
import { launchChromium, openChromium } from './browsers/chromium.ts';
import { showFile } from './browsers/file-transfer.ts';
import { codeOnPage, type OnScreen } from './browsers/screen-pixels.ts';
import { many, utf8BytesOf, waitForState, waitForText, withPage } from './test-helpers.ts';
import { test } from './time-limit.ts';

const FILE = incompressibleBytes(9000);
const DENSITIES = [15, 25, 30, 40];
const WINDOWS = [
  [400, 700],
  [340, 700],
  [390, 844],
  [500, 700],
  [640, 900],
  [700, 900],
  [1280, 800],
  [1440, 900],
] as const;

let browser: Browser;
test.before(async () => {
  browser = await launchChromium();
});

/** Runs `check` on a screen with `density` device pixels for each CSS pixel. */
async function withScreen(density: number, check: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    deviceScaleFactor: density,
    viewport: { width: 800, height: 600 },
  });
  try {
    await check(await context.newPage());
  } finally {
    await context.close();
  }
}

/**
 * The text of a code on the screen. Codes with large modules are read with jsQR alone, and codes with small
 * modules with the search of `qr read`.
 */
function readScreenCode({ picture, scale }: OnScreen): string | undefined {
  // The same pixels give the same text, so equal codes in two windows are read once.
  const pixels = createHash('sha256').update(`${picture.width} ${scale} `).update(picture.data).digest('hex');
  if (!texts.has(pixels)) {
    texts.set(pixels, scale >= 2 ? readCode(picture)?.text : findCodes(picture).next().value || undefined);
  }
  return texts.get(pixels);
}
const texts = new Map<string, string | undefined>();

/**
 * True if the screen shows this matrix. If an assertion compared the matrices, its failure would print
 * thousands of modules.
 */
const isMatrixShown = (seen: OnScreen, { data }: Matrix) => Buffer.compare(seen.matrix.data, data) === 0;

/**
 * Asserts that the code is as large as whole pixels permit. With one more pixel for each module, the code or
 * the line below it would not fit.
 */
async function assertLarge(page: Page, factor: number, { scale, matrix }: OnScreen, place: string) {
  const stage = (await page.locator('#stage').boundingBox())!;
  const line = (await page.locator('#show-status').boundingBox())!;
  const { width, height } = page.viewportSize()!;
  // The stage's position is relative to the window, so the scrolled distance is added.
  const above = width < 768 ? 0 : stage.y + (await page.evaluate<number>('scrollY')) + 16;
  const room = Math.min(stage.width, Math.max(height - above - 40, height / 2)) * factor;
  assert.is(scale, Math.max(1, Math.floor(room / (matrix.size + 8))), place);
  if (height - above - 40 >= height / 2 && scale > 1)
    assert.ok(line.y + line.height - stage.y + Math.max(0, above - 16) <= height, place);
}

for (const [factor, windows] of [
  [1, WINDOWS],
  [1.1, WINDOWS.slice(0, 2)],
  [1.25, WINDOWS.slice(4, 7)],
  [1.5, WINDOWS.slice(1, 4)],
  [2, WINDOWS.slice(0, 3)],
] as const) {
  test(`all modules have equal widths and every code is readable with ${factor} screen pixels to one`, async () => {
    await withScreen(factor, async page => {
      await page.goto(pathToFileURL('dist/courier.html').href);
      await showFile(page, 'even.bin', FILE, 15);
      await page.click('#pause');
      for (const [width, height] of windows) {
        await page.setViewportSize({ width, height });
        for (const density of DENSITIES) {
          await page.fill('#density', String(density));
          const seen = await codeOnPage(page);
          const { frames, version } = splitFile(FILE, { deflate, version: density });
          const place = `density ${density} in ${width} x ${height}`;
          // The page may have paused at any frame.
          const number = Number(/^Frame (\d+)/.exec((await page.textContent('#show-status'))!)![1]);
          assert.ok(isMatrixShown(seen, drawCode(frames[number - 1]!, version)), place);
          assert.is(readScreenCode(seen), frames[number - 1], place);
          await assertLarge(page, factor, seen, place);
          assert.is(await page.isVisible('#small'), seen.scale < 3, place);
        }
      }
    });
  });
}

test('a change of window or zoom paints the paused code again', async () => {
  await withPage(openChromium, {}, async page => {
    await showFile(page, 'paused.bin', FILE, 25);
    await page.click('#pause');
    const scales: number[] = [];
    for (const [width, height] of [WINDOWS[7], WINDOWS[1], WINDOWS[5]] as const) {
      await page.setViewportSize({ width, height });
      scales.push((await codeOnPage(page)).scale);
    }
    assert.ok(scales[0]! > scales[2]! && scales[2]! > scales[1]!, `${scales}`);
    // This is like a zoom to 150 %: the window has fewer CSS pixels, and each has more screen pixels.
    const devtools = await page.context().newCDPSession(page);
    const zoomed = { width: 467, height: 600, deviceScaleFactor: 1.5, mobile: false };
    await devtools.send('Emulation.setDeviceMetricsOverride', zoomed);
    const fits = async () => {
      const { width, height } = (await page.locator('#code').boundingBox())!;
      const canvas = (await page.evaluate("document.getElementById('code').width")) as number;
      return Math.abs(width * 1.5 - canvas) < 0.1 && width === height;
    };
    await waitForState(page, fits);
  });
});

test('a camera of 1280 x 720 reads the densest codes that fit in a window', async () => {
  await withPage(openChromium, {}, async page => {
    for (const density of [15, 25]) {
      await showFile(page, 'seen.bin', FILE, density);
      const { picture, matrix } = await codeOnPage(page);
      for (const degrees of [0, 2, 5]) {
        const corners = rotatedCorners(640, 360, 690, degrees);
        const seen = photographCodes([{ matrix: picture, corners }], {
          width: 1280,
          height: 720,
          blur: 0.5,
          noise: 6,
        });
        const [found] = findCodes(seen);
        const meant = photographCodes([{ matrix, corners: rotatedCorners(640, 360, 690, 0) }], {
          width: 1280,
          height: 720,
        });
        assert.is(found, readCode(meant)!.text, `density ${density}, ${degrees} degrees`);
      }
    }
  });
});

test('the page of qr show draws the same squares', async () => {
  for (const factor of [1, 1.25, 2]) {
    await withScreen(factor, async page => {
      for (const density of [15, 40]) {
        const { frames, version } = splitFile(FILE, { deflate, version: density });
        const matrix = drawCode(frames[0]!, version);
        const path = join(folder, `frames-${density}.html`);
        writeFileSync(
          path,
          framesPageHtml({
            matrices: [matrix],
            numbers: [1],
            count: frames.length,
            description: null,
            warning: null,
          }),
        );
        await page.goto(pathToFileURL(path).href);
        for (const [width, height] of [WINDOWS[0], WINDOWS[4], WINDOWS[7]] as const) {
          await page.setViewportSize({ width, height });
          const seen = await codeOnPage(page, 'canvas');
          assert.ok(isMatrixShown(seen, matrix));
          assert.is(readScreenCode(seen), frames[0], `density ${density} in ${width} x ${height}`);
          assert.is(seen.scale, Math.floor((Math.min(width, 0.92 * height) * factor) / (matrix.size + 8)));
        }
      }
    });
  }
});

test("in a narrow window nothing is cut off, and a chosen file's code is in view", async () => {
  for (const [width, height] of [
    [400, 700],
    [340, 700],
  ] as const) {
    await withScreen(1, async page => {
      await page.setViewportSize({ width, height });
      await page.goto(pathToFileURL('dist/courier.html').href);
      const path = join(folder, 'narrow.json');
      writeFileSync(path, many.text);
      await page.setInputFiles('#file', path);
      await page.waitForSelector('#player:not([hidden])');
      const box = (await page.locator('#code').boundingBox())!;
      assert.ok(box.y >= 0 && box.y + box.height <= height, `the code is at ${box.y} of ${height}`);
      await page.click('#scan-tab');
      await page.evaluate(
        "document.getElementById('cameras').replaceChildren(new Option('Integrated camera of a very long name: a very long name (0bda:5689)'))",
      );
      assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width);
    });
  }
});

test('texts for screen readers and colours of high contrast are present', async () => {
  await withPage(openChromium, {}, async page => {
    assert.is(await page.locator('main').count(), 1);
    assert.is(await page.locator('main > [role=tabpanel]').count(), 2);
    await page.click('#show-tab');
    await page.emulateMedia({ forcedColors: 'active' });
    const looks = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    assert.is.not(await looks('#show-tab'), await looks('#scan-tab'));
    await page.click('#scan-tab');
    await page.evaluate("document.getElementById('grid').innerHTML = '<li class=\"read\">1</li><li>2</li>'");
    assert.is.not(await looks('#grid li:first-child'), await looks('#grid li:last-child'));
    // These texts change often, so they are not announced.
    for (const id of ['scan-status', 'show-status', 'missing-line']) {
      assert.is(await page.getAttribute(`#${id}`, 'aria-live'), null);
      assert.is(await page.getAttribute(`#${id}`, 'role'), null);
    }
  });
});

test('a file too large for the chosen density is shown with the lowest sufficient one', async () => {
  await withPage(openChromium, {}, async page => {
    await showFile(page, 'large.bin', incompressibleBytes(600_000), 5);
    await waitForText(page, 'show-note', needsDensityText(0).split('0')[0]!);
    const note = (await page.textContent('#show-note'))!;
    const least = Number(/\d+/.exec(note)![0]);
    assert.is(note, needsDensityText(least));
    assert.is(await page.inputValue('#density'), String(least));
    assert.is(await page.textContent('#show-error'), '');
    assert.match((await page.textContent('#show-status'))!, /Frame \d+ of 1[12]\d\d,/);
    await page.fill('#density', '5');
    assert.is(await page.inputValue('#density'), String(least), 'and never less');
    await showFile(page, 'larger.bin', incompressibleBytes(3_600_000), 40);
    await waitForText(page, 'show-error', 'on a USB stick');
  });
});

test('the choice of frames stays with equal frames, and a typed count selects its density', async () => {
  await withPage(openChromium, {}, async page => {
    const file = utf8BytesOf(many.text);
    const count = (version: number) => splitFile(file, { deflate, version }).frames.length;
    const base = [12, 13, 14, 15, 16, 17, 18].find(version => count(version) === count(version + 1))!;
    await showFile(page, 'chosen.json', many.text, base);
    const status = async () => (await page.textContent('#show-status'))!;
    await page.fill('#numbers', '1-2');
    await page.press('#numbers', 'Enter');
    await page.fill('#density', String(base + 1));
    assert.match(await status(), /\(only 1-2\)/);
    assert.is(await page.textContent('#show-note'), '');
    await page.fill('#numbers', `2/${count(10)}`);
    await page.press('#numbers', 'Enter');
    assert.match(await status(), new RegExp(`^Frame 2 of ${count(10)} \\(only 2\\)`));
    await page.fill('#numbers', '99');
    await page.press('#numbers', 'Enter');
    await waitForText(
      page,
      'show-error',
      failsWith('FIELD_INVALID', () => parseRanges('99', count(10))).message,
    );
    await page.click('#all');
    assert.is(await page.textContent('#show-error'), '');
    assert.not.match(await status(), /only/);
    await page.fill('#numbers', '1/1000');
    await page.press('#numbers', 'Enter');
    await waitForText(page, 'show-error', otherSeriesRefusal(1000).hint);
  });
});

test('a file is compressed once, also if its density changes often', async () => {
  await withPage(openChromium, {}, async page => {
    // Each compression makes one hash table of this size, and no other code of the page makes one.
    await page.evaluate(`{
      window.compressions = 0;
      window.Uint16Array = new Proxy(Uint16Array, {
        construct(made, given, target) {
          if (given[0] === 65536) window.compressions++;
          return Reflect.construct(made, given, target);
        },
      });
    }`);
    const compressions = () => page.evaluate('window.compressions');
    await showFile(page, 'once.json', sampleJsonBytes(200_000), 40);
    assert.is(await compressions(), 1);
    for (let version = 20; version < 40; version += 4) await page.fill('#density', String(version));
    assert.match((await page.textContent('#show-status'))!, /density 36$/);
    assert.is(await compressions(), 1);
  });
});

test.after(async () => {
  await browser?.close();
  await closeBrowsers();
});
test.run();
