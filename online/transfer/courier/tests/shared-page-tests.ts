/**
 * For `make test-browser`: tests of what the courier page does. `courier.live.ts` and `firefox.live.ts` run
 * these tests.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinQRs } from 'bbqr';
import * as assert from 'uvu/assert';
import { packFile, splitFile } from '../../../../shared/qr/file-splitting.ts';
import { parseRanges } from '../../../../shared/qr/frame-ranges.ts';
import { FrameReader } from '../../../../shared/qr/frame-reader.ts';
import { incompressibleBytes } from '../../../../shared/qr/sample-files.ts';
import { failsWith } from '../../../../shared/testing.ts';
import { deflate, inflate } from '../../qr/deflate.ts';
import { drawCode, type Matrix } from '../../qr/drawing/matrix.ts';
import { describeFileContent, foreignFileText } from '../../qr/texts/describe-file.ts';
import { FRAMES_CHANGED, unknownFileText } from '../texts.ts';
import { folder, type Open } from './browsers/browser.ts';
import { CLEAR, makeFilmPictures, POOR, showFile, transferFile } from './browsers/file-transfer.ts';
import { codeOnPage, readShownFrames } from './browsers/screen-pixels.ts';
import { sampleSignatures } from './sample-files.ts';
import {
  many,
  one,
  readTextOfMatrix,
  SERIES,
  some,
  utf8BytesOf,
  waitForText,
  withPage,
  withScan,
} from './test-helpers.ts';
import { test } from './time-limit.ts';
import { testMistakesInAnyBrowser, testMistakesInOneBrowser } from './wrong-input-tests.ts';

/** Tests of what depends on the browser: camera, pixels, files, keys and content policy. */
export function testInAnyBrowser(open: Open): void {
  testMistakesInAnyBrowser(open);

  test('played codes give the same bytes with a camera, our reader and the published reader', async () => {
    await withPage(open, {}, async page => {
      await showFile(page, 'played.json', some.text, 10);
      // The codes are played slowly, because a busy machine may handle only one picture a second.
      await page.fill('#speed', '1');
      // While the codes are played, only their modules are stored. Their texts are read afterwards, because a
      // frame is not shown long enough for this.
      const seen = new Map<string, Matrix>();
      while (seen.size < SERIES.frames.length) {
        const { matrix } = await codeOnPage(page);
        seen.set(Buffer.from(matrix.data).toString('hex'), matrix);
      }
      const texts = [...seen.values()].map(readTextOfMatrix);
      const reader = new FrameReader();
      for (const text of texts) reader.add(text);
      assert.is(reader.count, SERIES.frames.length);
      assert.equal(reader.file(inflate), utf8BytesOf(some.text));
      assert.equal(new Uint8Array(joinQRs(texts).raw), utf8BytesOf(some.text));
    });
  });

  test('a request shown on one page arrives on the other page, byte for byte, with its review code', async () => {
    const trip = await transferFile(one.text, 15, CLEAR, { from: open, to: open });
    assert.is(trip.frames, 1);
    assert.equal(trip.bytes, utf8BytesOf(one.text));
    assert.is(trip.reviewCode, one.reviewCode);
    assert.is(trip.name, `request-${one.reviewCode.slice(0, 4)}.json`);
    assert.is(trip.next, `signer sign ~/Downloads/${trip.name}`);
    assert.is(trip.says, describeFileContent(utf8BytesOf(one.text)).sentence);
    assert.match(trip.says, / 1 .* gold_main .* 3310\.$/);
    assert.equal(trip.problems, []);
  });

  test('a poor picture with every third frame lost is completed by showing the missing frames again', async () => {
    const trip = await transferFile(many.text, 12, POOR, { from: open, to: open, loss: 0.3 });
    assert.equal(trip.bytes, utf8BytesOf(many.text));
    assert.ok(trip.frames >= 8, `${trip.frames} frames`);
    assert.ok(trip.shown > trip.frames && trip.shown <= 2 * trip.frames, `${trip.shown} of ${trip.frames}`);
    assert.equal(trip.problems, []);
  });

  test('white codes on black are read in a poor picture, and frames of another program are skipped', async () => {
    const texts = [...SERIES.frames.slice(0, 1), 'B$2P0200AAAAAAAABBBBBBBB', ...SERIES.frames.slice(1)];
    const view = { ...POOR, black: 150, white: 45 };
    const codes = texts.map(text => drawCode(text, 10));
    await withPage(open, { film: { pictures: makeFilmPictures(codes, view), perSecond: 10 } }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await waitForText(page, 'review-code', some.reviewCode);
    });
  });

  test('showing works by keyboard alone: pause, step, speed, density, frames; mistakes give sentences', async () => {
    await withPage(open, {}, async page => {
      await showFile(page, 'keys.json', many.text, 10);
      const status = async () => (await page.textContent('#show-status'))!;
      // The slider has the focus now. Keys that the slider does not use must still control the page.
      await page.keyboard.press(' ');
      assert.match(await status(), /paused/);
      // After a file was chosen, the space key must pause and not open the file chooser again.
      const again = join(folder, 'again.json');
      writeFileSync(again, many.text);
      await page.setInputFiles('#file', again);
      await waitForText(page, 'show-status', 'per second');
      await page.keyboard.press(' ');
      assert.match(await status(), /paused/);
      await page.keyboard.press(' ');
      await page.evaluate('document.activeElement.blur()');
      const count = Number(/of (\d+)/.exec(await status())![1]);
      await page.keyboard.press(' ');
      assert.match(await status(), /paused/);
      for (let i = 0; i < count; i++) await page.keyboard.press('ArrowRight');
      const before = await status();
      await page.keyboard.press('ArrowLeft');
      assert.is.not(await status(), before);
      await page.keyboard.press(' ');
      for (let i = 0; i < 20; i++) await page.keyboard.press('+');
      assert.match(await status(), /15 per second/);
      await page.keyboard.press('>');
      assert.ok(Number(/of (\d+)/.exec(await status())![1]) < count);
      await waitForText(page, 'show-note', FRAMES_CHANGED);
      await page.focus('#numbers');
      await page.keyboard.type('2-3');
      await page.keyboard.press('Enter');
      assert.match(await status(), /\(only 2-3\)/);
      await page.fill('#numbers', '99');
      await page.keyboard.press('Enter');
      const shown = Number(/of (\d+)/.exec(await status())![1]);
      await waitForText(
        page,
        'show-error',
        failsWith('FIELD_INVALID', () => parseRanges('99', shown)).message,
      );
      await page.focus('#show-tab');
      await page.keyboard.press('ArrowRight');
      assert.ok(await page.isVisible('#scan'));
    });
  });

  test('no script in the page can use the network', async () => {
    const { page, close } = await open();
    // The test waits for the event of the content policy. Without the policy, a request would fail later or
    // not at all, depending on the network.
    const violates = (script: string) =>
      page.evaluate(`new Promise(resolve => {
      setTimeout(resolve, 120_000, 'nothing');
      addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), { once: true });
      ${script}
    })`);
    try {
      assert.is(await violates("fetch('https://example.org/').catch(() => {})"), 'connect-src');
      assert.is(await violates("new Image().src = 'https://example.org/x.png'"), 'img-src');
      const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.head.append(script);
      return window.injected === true;
    })()`);
      assert.is(ran, false);
    } finally {
      await close();
    }
  });
}

/** Tests of the page's own code. It is the same in every browser, so one browser suffices. */
export function testInOneBrowser(open: Open): void {
  testMistakesInOneBrowser(open);

  test('signatures return in the other direction, with the same review code', async () => {
    const signatures = sampleSignatures(one.digest, 1, 2);
    const trip = await transferFile(signatures, 15, CLEAR, { from: open, to: open });
    assert.equal(trip.bytes, utf8BytesOf(signatures));
    assert.is(trip.reviewCode, one.reviewCode);
    assert.is(trip.name, `sign-${one.reviewCode.slice(0, 4)}-2.json`);
    assert.is(trip.says, describeFileContent(utf8BytesOf(signatures)).sentence);
    assert.match(trip.says, / 2 .* 1 /);
    assert.equal(trip.problems, []);
  });

  test('a JSON file of another kind is named as such', async () => {
    const file = utf8BytesOf('{"hello": "world"}');
    await withScan(open, splitFile(file, { deflate, version: 10 }).frames, async page => {
      const { message } = failsWith('FORMAT_INVALID', () => describeFileContent(file));
      await waitForText(page, 'scan-what', unknownFileText(foreignFileText(file), message));
      assert.is(await page.textContent('#save'), 'Save unknown-file.bin');
      assert.ok(await page.isHidden('#review'));
    });
  });

  test('an empty file is refused, and any other file is transferred exactly', async () => {
    await withPage(open, {}, async page => {
      await showFile(page, 'empty.json', '', 10);
      await waitForText(
        page,
        'show-error',
        failsWith('FIELD_INVALID', () => packFile(new Uint8Array(0), deflate)).message,
      );
      assert.ok(await page.isHidden('#player'));
      const file = incompressibleBytes(2000);
      await showFile(page, 'any.bin', file, 20);
      const shown = await readShownFrames(page);
      const expected = splitFile(file, { deflate, version: 20 });
      assert.equal(
        Array.from(shown.values(), ({ matrix }) => matrix),
        expected.frames.map(frame => drawCode(frame, expected.version)),
      );
    });
  });
}
