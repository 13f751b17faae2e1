/**
 * For `make test-browser`: what the courier page does in any browser, as tests. The file that calls this runs them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinQRs } from 'bbqr';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader } from '../../shared/qr/reader.ts';
import { random } from '../../shared/qr/samples.ts';
import { split } from '../../shared/qr/split.ts';
import { deflate, inflate } from '../qr/deflate.ts';
import { findCodes } from '../qr/find.ts';
import { draw, type Matrix } from '../qr/matrix.ts';
import { photograph, turned } from '../qr/simulate.ts';
import { folder, type Open, type Setting } from './browser.ts';
import { sampleRequest, sampleSignatures } from './samples.ts';
import { codeOn, framesShown } from './screen.ts';
import { CLEAR, DARK, film, POOR, show, travel } from './trip.ts';

export const bytes = (text: string) => new TextEncoder().encode(text);
export const one = sampleRequest(1);
export const many = sampleRequest(30);

/** The element comes to hold this text; if not, the test fails with what it holds. */
export async function says(page: Page, id: string, part: string): Promise<void> {
  try {
    await page.waitForSelector(`#${id}:has-text(${JSON.stringify(part)})`, { timeout: 30_000 });
  } catch {
    assert.match((await page.textContent(`#${id}`)) ?? '', part);
  }
}

export const noFile = async (page: Page) => assert.ok(await page.isHidden('#result'), 'no file is offered');

/** The page in a browser of its own; it must log no error and try no request. */
export async function withPage(open: Open, setting: Setting, check: (page: Page) => Promise<void>) {
  const { page, problems, close } = await open(setting);
  try {
    await check(page);
    assert.equal(problems, []);
  } finally {
    await close();
  }
}

/** Scans a film of these texts. */
export async function scanning(open: Open, texts: string[], check: (page: Page) => Promise<void>) {
  const codes = texts.map(text => draw(text, 10));
  const setting = { film: { pictures: film(codes, { hold: 3 }), perSecond: 10 } };
  await withPage(open, setting, async page => {
    await page.click('#scan-tab');
    await page.click('#start');
    await check(page);
  });
}

/** What a camera that sees it without a fault reads. */
function textOf(matrix: Matrix): string {
  const corners = turned(400, 400, 780, 0);
  const [text] = findCodes(photograph([{ matrix, corners }], { width: 800, height: 800 }));
  return text ?? '';
}

export const SERIES = split(bytes(many.text), { deflate, version: 10 });
const OTHER = split(bytes(sampleRequest(31).text), { deflate, version: 10 });

export function inAnyBrowser(open: Open): void {
  test('what Show plays is read by a camera, by our reader and by the published one, as the same bytes', async () => {
    await withPage(open, {}, async page => {
      await show(page, 'played.json', many.text, 10);
      // Only looked at while it plays, and read afterwards: reading takes longer than a frame stays.
      const seen = new Map<string, Matrix>();
      for (const until = Date.now() + 60_000; seen.size < SERIES.frames.length && Date.now() < until; ) {
        const { matrix } = await codeOn(page);
        seen.set(Buffer.from(matrix.data).toString('hex'), matrix);
      }
      const texts = [...seen.values()].map(textOf);
      const reader = new FrameReader();
      for (const text of texts) reader.add(text);
      assert.is(reader.count, SERIES.frames.length);
      assert.equal(reader.file(inflate), bytes(many.text));
      assert.equal(new Uint8Array(joinQRs(texts).raw), bytes(many.text));
    });
  });

  test('a request goes in on one page and comes out on the other, byte for byte, with its review code', async () => {
    const trip = await travel(one.text, 15, CLEAR, { from: open, to: open });
    assert.is(trip.frames, 1);
    assert.equal(trip.bytes, bytes(one.text));
    assert.is(trip.reviewCode, one.reviewCode);
    assert.is(trip.name, `request-${one.reviewCode.slice(0, 4)}.json`);
    assert.is(
      trip.next,
      `Then: signer sign Downloads/${trip.name} --out Downloads/${trip.name.replace('request', 'sign')} (If your browser saves to another folder than Downloads, name that one.)`,
    );
    assert.is(trip.says, 'A request to issue tokens for 1 asset on gold_main at height 3310.');
    assert.equal(trip.problems, []);
  });

  test('the signatures come back the other way, under the same review code', async () => {
    const signatures = sampleSignatures(one.digest, 1, 2);
    const trip = await travel(signatures, 15, CLEAR, { from: open, to: open });
    assert.equal(trip.bytes, bytes(signatures));
    assert.is(trip.reviewCode, one.reviewCode);
    assert.is(trip.name, `sign-${one.reviewCode.slice(0, 4)}-2.json`);
    assert.match(trip.says, /^Signatures of controller 2 for the mapping and 1 issuance /);
    assert.equal(trip.problems, []);
  });

  test('scaled, blurred, turned, dim, with noise and every third frame lost: replaying the missing brings it home', async () => {
    const trip = await travel(many.text, 12, POOR, { from: open, to: open, loss: 0.3 });
    assert.equal(trip.bytes, bytes(many.text));
    assert.ok(trip.frames >= 8, `${trip.frames} frames`);
    assert.ok(trip.shown > trip.frames && trip.shown <= 2 * trip.frames, `${trip.shown} of ${trip.frames}`);
    assert.equal(trip.problems, []);
  });

  test('a foreign code in view is named and left aside; the file arrives all the same', async () => {
    const texts = SERIES.frames.flatMap((frame, i) =>
      i % 2 ? [frame] : [frame, `HTTPS://EXAMPLE.ORG/${i}`],
    );
    await scanning(open, texts, async page => {
      await says(page, 'scan-error', 'is not a frame of a file');
      await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
    });
  });

  test('two series mixed: refused with what to do, and no file', async () => {
    const last = SERIES.frames.length - 1;
    await scanning(open, [...SERIES.frames.slice(0, last), OTHER.frames[0]!], async page => {
      await says(page, 'scan-error', "press 'Forget these frames and start again'");
      await noFile(page);
      assert.ok(await page.isVisible('#again'));
    });
  });

  test('frames of two files spliced so that every number is there: no file, and the button starts anew', async () => {
    const same = split(bytes(many.text.replace('3310', '3311')), { deflate, version: 10 });
    assert.is(same.frames.length, SERIES.frames.length);
    const spliced = SERIES.frames.map((frame, i) => (i % 2 ? frame : same.frames[i]!));
    const seen = (frames: string[]) => {
      const codes = frames.map(frame => draw(frame, 10));
      return { pictures: film(codes, { hold: 3 }), perSecond: 10 };
    };
    const { page, shoot, close } = await open({ film: seen(spliced) });
    try {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', "then press 'Start the camera': all frames are read anew");
      assert.not.match((await page.textContent('#scan-error'))!, /at most|INTERNAL/);
      await says(page, 'scan-status', 'The frames made no file and are forgotten.');
      assert.is(await page.locator('#grid li').count(), 0);
      await noFile(page);
      await shoot(seen(SERIES.frames));
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
      assert.is(await page.textContent('#scan-error'), '');
    } finally {
      await close();
    }
  });

  test('a foreign code that came first, and then beside the frames: the frames are read all the same', async () => {
    const foreign = draw('HTTPS://EXAMPLE.ORG/POSTER', 5);
    const codes = SERIES.frames.map(frame => draw(frame, SERIES.version));
    const view = { width: 960, height: 540 };
    const poster = { matrix: foreign, corners: turned(210, 270, 300, 0) };
    const alone = photograph([poster], view);
    const both = codes.map(matrix =>
      photograph([poster, { matrix, corners: turned(660, 270, 500, 2) }], view),
    );
    const pictures = [...Array(5).fill(alone), ...both.flatMap(picture => [picture, picture, picture])];
    await withPage(open, { film: { pictures, perSecond: 10 } }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
      assert.match((await page.textContent('#scan-what'))!, 'A request to issue tokens for 30 assets');
    });
  });

  test('a file that was not saved is not thrown away by one press', async () => {
    await scanning(open, split(bytes(one.text), { deflate, version: 10 }).frames, async page => {
      await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
      await page.click('#start');
      await says(page, 'scan-error', 'is not saved yet: save it, or press the button again to leave it.');
      assert.ok(await page.isVisible('#save'));
      await page.click('#again');
      assert.ok(await page.isHidden('#save'));
    });
  });

  test('a picture without a code: after a while it says what may be in the way, and no file', async () => {
    await withPage(open, { film: DARK }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-hint', 'No code has been read for a while: let it fill the picture');
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
      await page.waitForSelector('#missing:text-is("1")', { timeout: 30_000 });
      assert.match(
        (await page.textContent('#scan-status'))!,
        new RegExp(`${SERIES.frames.length - 1} of ${SERIES.frames.length} frames read`),
      );
      await noFile(page);
    });
  });

  test('a file of JSON that is none of ours says so', async () => {
    await scanning(open, split(bytes('{"hello": "world"}'), { deflate, version: 10 }).frames, async page => {
      await says(page, 'scan-what', 'This is not a request, signatures or trust profile of Countersign.');
      assert.match((await page.textContent('#scan-what'))!, 'Save it only if you know what it is.');
      assert.is(await page.textContent('#save'), 'Save unknown-file.bin');
      assert.ok(await page.isHidden('#review'));
    });
  });

  test('no camera, and permission denied: a sentence each', async () => {
    await withPage(open, {}, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', 'No camera was found: plug one in');
      await noFile(page);
    });
    await withPage(open, { film: DARK, denied: true }, async page => {
      await page.click('#scan-tab');
      await page.click('#start');
      await says(page, 'scan-error', 'The camera is not allowed on this page');
    });
  });

  test('Show by keyboard alone: pause, step, speed, density, frames; mistakes are sentences', async () => {
    await withPage(open, {}, async page => {
      await show(page, 'keys.json', many.text, 10);
      const status = async () => (await page.textContent('#show-status'))!;
      // The slider, which has the focus now, leaves the keys that it does not need to the page.
      await page.keyboard.press(' ');
      assert.match(await status(), /paused/);
      // A file that was just chosen: the space pauses, and does not open the chooser again.
      const again = join(folder, 'again.json');
      writeFileSync(again, many.text);
      await page.setInputFiles('#file', again);
      await says(page, 'show-status', 'a second');
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
      assert.match(await status(), /15 a second/);
      await page.keyboard.press('>');
      assert.ok(Number(/of (\d+)/.exec(await status())![1]) < count);
      await says(page, 'show-note', 'start the scan again on the other screen');
      await page.focus('#numbers');
      await page.keyboard.type('2-3');
      await page.keyboard.press('Enter');
      assert.match(await status(), /\(only 2-3\)/);
      await page.fill('#numbers', '99');
      await page.keyboard.press('Enter');
      await says(page, 'show-error', 'expected numbers of 1 to');
      await page.focus('#show-tab');
      await page.keyboard.press('ArrowRight');
      assert.ok(await page.isVisible('#scan'));
    });
  });

  test('Show refuses an empty file, and shows any other exactly', async () => {
    await withPage(open, {}, async page => {
      await show(page, 'empty.json', '', 10);
      await says(page, 'show-error', 'expected at least 1 byte, got 0');
      assert.ok(await page.isHidden('#player'));
      const file = random(2000);
      await show(page, 'any.bin', file, 20);
      const shown = await framesShown(page);
      const expected = split(file, { deflate, version: 20 });
      assert.equal(
        Array.from(shown.values(), ({ matrix }) => matrix),
        expected.frames.map(frame => draw(frame, expected.version)),
      );
    });
  });

  test('the page can reach no network, whatever runs in it', async () => {
    const { page, close } = await open();
    // The policy's own word: without it, a request would fail later or not at all, depending on the network.
    const violates = (script: string) =>
      page.evaluate(`new Promise(resolve => {
      setTimeout(resolve, 30_000, 'nothing');
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
