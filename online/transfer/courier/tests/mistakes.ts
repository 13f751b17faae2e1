/**
 * For `make test-browser`: what the courier page does where something is wrong, as tests. The file that calls these runs
 * them.
 */
import * as assert from 'uvu/assert';
import { split } from '../../../../shared/qr/split.ts';
import { deflate } from '../../qr/deflate.ts';
import { draw } from '../../qr/drawing/matrix.ts';
import { photograph, turned } from '../../qr/testing/simulate.ts';
import type { Open } from './browsers/browser.ts';
import { DARK } from './browsers/trip.ts';
import { bytes, filmOf, noFile, OTHER, one, SERIES, says, scanning, some, withPage } from './checks.ts';
import { test } from './limited.ts';

/** What depends on the browser's camera and pixels. */
export function mistakesInAnyBrowser(open: Open): void {
  test('a foreign code that came first, and then beside the frames: the frames are read all the same', async () => {
    const foreign = draw('HTTPS://EXAMPLE.ORG/POSTER', 5);
    const codes = SERIES.frames.map(frame => draw(frame, SERIES.version));
    const view = { width: 640, height: 360 };
    const poster = { matrix: foreign, corners: turned(140, 180, 200, 0) };
    const alone = photograph([poster], view);
    const both = codes.map(matrix =>
      photograph([poster, { matrix, corners: turned(440, 180, 334, 2) }], view),
    );
    const pictures = [alone, alone, ...both, ...both, ...both, ...both];
    // Slow enough for a busy machine to follow the frames once it has found one.
    await withPage(open, { film: { pictures, perSecond: 4 } }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])');
      assert.match((await page.textContent('#scan-what'))!, 'A request to issue tokens for 8 assets');
    });
  });

  test('no camera, and permission denied: a sentence each', async () => {
    await withPage(open, {}, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', 'No camera was found');
      await noFile(page);
    });
    await withPage(open, { film: DARK, denied: true }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', 'does not allow this page to use the camera');
    });
  });
}

/** What the page's own code decides, the same in every browser: one browser is enough. */
export function mistakesInOneBrowser(open: Open): void {
  test('a foreign code in view is named and left aside; the file arrives all the same', async () => {
    const texts = SERIES.frames.flatMap((frame, i) =>
      i % 2 ? [frame] : [frame, `HTTPS://EXAMPLE.ORG/${i}`],
    );
    await scanning(open, texts, async page => {
      await says(page, 'scan-error', 'is not a frame of a file');
      await page.waitForSelector('#result:not([hidden])');
    });
  });

  test('two series mixed: refused with what to do, and no file', async () => {
    const last = SERIES.frames.length - 1;
    await scanning(open, [...SERIES.frames.slice(0, last), OTHER.frames[0]!], async page => {
      await says(page, 'scan-error', "press 'Discard these frames and start again'");
      await noFile(page);
      assert.ok(await page.isVisible('#again'));
    });
  });

  test('frames of two files spliced so that every number is there: no file, and the button starts anew', async () => {
    const same = split(bytes(some.text.replace('3310', '3311')), { deflate, version: 10 });
    assert.is(same.frames.length, SERIES.frames.length);
    const spliced = SERIES.frames.map((frame, i) => (i % 2 ? frame : same.frames[i]!));
    const { page, shoot, close } = await open({ film: filmOf(spliced) });
    try {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', "then press 'Start the camera'");
      assert.not.match((await page.textContent('#scan-error'))!, /at most|INTERNAL/);
      await says(page, 'scan-status', 'The frames gave no file');
      assert.is(await page.locator('#grid li').count(), 0);
      await noFile(page);
      await shoot(filmOf(SERIES.frames));
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])');
      assert.is(await page.textContent('#scan-error'), '');
    } finally {
      await close();
    }
  });

  test('a file that was not saved is not thrown away by one press', async () => {
    await scanning(open, split(bytes(one.text), { deflate, version: 10 }).frames, async page => {
      await page.waitForSelector('#result:not([hidden])');
      await page.click('#start');
      await says(page, 'scan-error', 'is not saved yet');
      assert.ok(await page.isVisible('#save'));
      await page.click('#again');
      assert.ok(await page.isHidden('#save'));
    });
  });

  test('a picture without a code: after a while it says what may be in the way, and no file', async () => {
    await withPage(open, { film: DARK }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-hint', 'No code was read for a while');
      await noFile(page);
      await page.click('#start');
      assert.is(await page.textContent('#scan-hint'), '');
    });
  });

  test('a count that lies, and a cut series: what is missing is named, and no file', async () => {
    await scanning(open, ['B$2J0300AAAAAAAA', 'B$2J0502AAAAAAAA'], async page => {
      await says(page, 'scan-error', 'expected a series of');
      await noFile(page);
    });
    await scanning(open, SERIES.frames.slice(1), async page => {
      await page.waitForSelector('#missing:text-is("1")');
      assert.match(
        (await page.textContent('#scan-status'))!,
        new RegExp(`${SERIES.frames.length - 1} of ${SERIES.frames.length} frames read`),
      );
      await noFile(page);
    });
  });
}
