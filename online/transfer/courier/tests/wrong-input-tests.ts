/**
 * For `make test-browser`: tests of the courier page with wrong input. The functions of `shared-page-tests.ts` call
 * these functions.
 */
import * as assert from 'uvu/assert';
import { splitFile } from '../../../../shared/qr/file-splitting.ts';
import { FrameReader } from '../../../../shared/qr/frame-reader.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { deflate } from '../../qr/deflate.ts';
import { drawCode } from '../../qr/drawing/matrix.ts';
import { photographCodes, rotatedCorners } from '../../qr/testing/camera-pictures.ts';
import { describeFileContent } from '../../qr/texts/describe-file.ts';
import {
  CAMERA_DENIED,
  DISCARD,
  FOREIGN_CODE,
  FRAMES_DISCARDED,
  framesReadText,
  NO_CAMERA,
  NO_CODE,
  notSavedText,
  START,
} from '../texts.ts';
import type { Open } from './browsers/browser.ts';
import { DARK } from './browsers/file-transfer.ts';
import {
  expectNoFile,
  makeFilmOfTexts,
  OTHER,
  one,
  SERIES,
  some,
  utf8BytesOf,
  waitForText,
  withPage,
  withScan,
} from './test-helpers.ts';
import { test } from './time-limit.ts';

/** Tests that depend on the browser's camera and pixels. */
export function testMistakesInAnyBrowser(open: Open): void {
  test('frames are read although a foreign code comes first and stays beside them', async () => {
    const foreign = drawCode('HTTPS://EXAMPLE.ORG/POSTER', 5);
    const codes = SERIES.frames.map(frame => drawCode(frame, SERIES.version));
    const view = { width: 640, height: 360 };
    const poster = { matrix: foreign, corners: rotatedCorners(140, 180, 200, 0) };
    const alone = photographCodes([poster], view);
    const both = codes.map(matrix =>
      photographCodes([poster, { matrix, corners: rotatedCorners(440, 180, 334, 2) }], view),
    );
    const pictures = [alone, alone, ...both, ...both, ...both, ...both];
    // The film is so slow that a busy machine can read each frame.
    await withPage(open, { film: { pictures, perSecond: 4 } }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])');
      assert.is(await page.textContent('#scan-what'), describeFileContent(utf8BytesOf(some.text)).sentence);
    });
  });

  test('a missing camera and a denied permission each give a sentence', async () => {
    await withPage(open, {}, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await waitForText(page, 'scan-error', NO_CAMERA);
      await expectNoFile(page);
    });
    await withPage(open, { film: DARK, denied: true }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await waitForText(page, 'scan-error', CAMERA_DENIED);
    });
  });
}

/** Tests of the page's own code. It is the same in every browser, so one browser suffices. */
export function testMistakesInOneBrowser(open: Open): void {
  test('a foreign code in the picture is named and skipped, and the file arrives', async () => {
    const texts = SERIES.frames.flatMap((frame, i) =>
      i % 2 ? [frame] : [frame, `HTTPS://EXAMPLE.ORG/${i}`],
    );
    await withScan(open, texts, async page => {
      await waitForText(page, 'scan-error', FOREIGN_CODE);
      await page.waitForSelector('#result:not([hidden])');
    });
  });

  test('mixed frames of two series are refused with the next step, and no file is saved', async () => {
    const last = SERIES.frames.length - 1;
    await withScan(open, [...SERIES.frames.slice(0, last), OTHER.frames[0]!], async page => {
      await waitForText(page, 'scan-error', DISCARD);
      await expectNoFile(page);
      assert.ok(await page.isVisible('#again'));
    });
  });

  test('a complete series mixed from two files gives no file, and the button starts again', async () => {
    const same = splitFile(utf8BytesOf(some.text.replace('3310', '3311')), { deflate, version: 10 });
    assert.is(same.frames.length, SERIES.frames.length);
    const spliced = SERIES.frames.map((frame, i) => (i % 2 ? frame : same.frames[i]!));
    const { page, shoot, close } = await open({ film: makeFilmOfTexts(spliced) });
    try {
      await page.click('#scan-tab');
      await page.click('#start');
      await waitForText(page, 'scan-error', START);
      assert.not.match((await page.textContent('#scan-error'))!, /at most|INTERNAL/);
      await waitForText(page, 'scan-status', FRAMES_DISCARDED);
      assert.is(await page.locator('#grid li').count(), 0);
      await expectNoFile(page);
      await shoot(makeFilmOfTexts(SERIES.frames));
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])');
      assert.is(await page.textContent('#scan-error'), '');
    } finally {
      await close();
    }
  });

  test('one key does not discard a file that is not saved', async () => {
    await withScan(open, splitFile(utf8BytesOf(one.text), { deflate, version: 10 }).frames, async page => {
      await page.waitForSelector('#result:not([hidden])');
      await page.click('#start');
      await waitForText(page, 'scan-error', notSavedText(describeFileContent(utf8BytesOf(one.text)).name));
      assert.ok(await page.isVisible('#save'));
      await page.click('#again');
      assert.ok(await page.isHidden('#save'));
    });
  });

  test('pictures without a code give a hint about the cause after some seconds, and no file', async () => {
    await withPage(open, { film: DARK }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await waitForText(page, 'scan-hint', NO_CODE);
      await expectNoFile(page);
      await page.click('#start');
      assert.is(await page.textContent('#scan-hint'), '');
    });
  });

  test('a wrong count and an incomplete series give the missing numbers and no file', async () => {
    const texts = ['B$2J0300AAAAAAAA', 'B$2J0502AAAAAAAA'];
    const reader = new FrameReader();
    const refusal = failsWith('QR_INVALID', () => {
      for (const text of texts) reader.add(text);
    });
    await withScan(open, texts, async page => {
      await waitForText(page, 'scan-error', refusal.message);
      await expectNoFile(page);
    });
    await withScan(open, SERIES.frames.slice(1), async page => {
      await page.waitForSelector('#missing:text-is("1")');
      const { length } = SERIES.frames;
      assert.match((await page.textContent('#scan-status'))!, framesReadText(length - 1, length));
      await expectNoFile(page);
    });
  });
}
