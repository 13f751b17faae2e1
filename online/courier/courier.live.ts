/**
 * The courier page in a real Chromium, with a film as its camera. Needs `chromium` and `dist/courier.html`; run by
 * `make test-browser`.
 */
import { rmSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBase32 } from '../../shared/qr/base32.ts';
import { writeFrame } from '../../shared/qr/frame.ts';
import { random } from '../../shared/qr/samples.ts';
import { split } from '../../shared/qr/split.ts';
import { deflate } from '../qr/deflate.ts';
import { draw } from '../qr/matrix.ts';
import { folder, framesShown, launch, makeFilm, openCourier } from './browser.ts';
import { sampleRequest, sampleSignatures } from './samples.ts';
import { CLEAR, film, POOR, show, travel } from './trip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const one = sampleRequest(1);
const many = sampleRequest(30);

/** Scans a film of these texts and hands the page over. */
async function scanning(
  texts: string[],
  check: (page: Page, problems: string[]) => Promise<void>,
  version = 10,
) {
  const codes = texts.map(text => draw(text, version));
  const browser = await launch({ film: makeFilm('bad.y4m', film(codes, { hold: 3 }), 10) });
  try {
    const { page, problems } = await openCourier(browser);
    await page.click('#scan-tab');
    await page.click('#start');
    await check(page, problems);
  } finally {
    await browser.close();
  }
}

const says = async (page: Page, id: string, part: string) => {
  try {
    await page.waitForSelector(`#${id}:has-text(${JSON.stringify(part)})`, { timeout: 30_000 });
  } catch {
    assert.match((await page.textContent(`#${id}`)) ?? '', part);
  }
};

const noFile = async (page: Page) => assert.ok(await page.isHidden('#result'), 'no file is offered');

async function withPage(
  setting: Parameters<typeof launch>[0],
  check: (page: Page, browser: Browser) => Promise<void>,
) {
  const browser = await launch(setting);
  try {
    const { page, problems } = await openCourier(browser);
    await check(page, browser);
    assert.equal(problems, []);
  } finally {
    await browser.close();
  }
}

test('a request goes in on one page and comes out on the other, byte for byte, with its review code', async () => {
  const trip = await travel(one.text, 15, CLEAR);
  assert.is(trip.frames, 1);
  assert.equal(trip.bytes, bytes(one.text));
  assert.is(trip.reviewCode, one.reviewCode);
  assert.is(trip.name, `request-${one.reviewCode.slice(0, 4)}.json`);
  assert.is(trip.says, 'A request to issue tokens for 1 asset on gold_main at height 3310.');
  assert.equal(trip.problems, []);
});

test('the signatures come back the other way, under the same review code', async () => {
  const signatures = sampleSignatures(one.digest, 1, 2);
  const trip = await travel(signatures, 15, CLEAR);
  assert.equal(trip.bytes, bytes(signatures));
  assert.is(trip.reviewCode, one.reviewCode);
  assert.is(trip.name, `sign-${one.reviewCode.slice(0, 4)}-2.json`);
  assert.match(trip.says, /^Signatures of controller 2 for the mapping and 1 issuance /);
  assert.equal(trip.problems, []);
});

test('scaled, blurred, turned, dim, with noise and every third frame lost: replaying the missing brings it home', async () => {
  const trip = await travel(many.text, 12, POOR, 0.3);
  assert.equal(trip.bytes, bytes(many.text));
  assert.ok(trip.frames >= 8, `${trip.frames} frames`);
  assert.ok(trip.shown > trip.frames && trip.shown <= 2 * trip.frames, `${trip.shown} of ${trip.frames}`);
  assert.equal(trip.problems, []);
});

const SERIES = split(bytes(many.text), { deflate, version: 10 });
const OTHER = split(bytes(sampleRequest(31).text), { deflate, version: 10 });

test('a foreign code in view is named and left aside; the file arrives all the same', async () => {
  const texts = SERIES.frames.flatMap((frame, i) => (i % 2 ? [frame] : [frame, `HTTPS://EXAMPLE.ORG/${i}`]));
  await scanning(texts, async (page, problems) => {
    await says(page, 'scan-error', 'is not a frame of a file');
    await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
    assert.equal(problems, []);
  });
});

test('two series mixed: refused with what to do, and no file', async () => {
  const last = SERIES.frames.length - 1;
  await scanning([...SERIES.frames.slice(0, last), OTHER.frames[0]!], async page => {
    await says(page, 'scan-error', 'Show one file only, and start the scan again.');
    await noFile(page);
    assert.ok(await page.isVisible('#again'));
  });
});

test('two different frames with one number, spliced so that every number is there: no file', async () => {
  const same = split(bytes(many.text.replace('3310', '3311')), { deflate, version: 10 });
  const spliced = SERIES.frames.map((frame, i) => (i % 2 ? frame : same.frames[i]!));
  assert.is(same.frames.length, SERIES.frames.length);
  await scanning(spliced, async page => {
    await says(page, 'scan-error', 'series:');
    await noFile(page);
  });
});

test('a count that lies, and a cut series: what is missing is named, and no file', async () => {
  await scanning(['B$2J0300AAAAAAAA', 'B$2J0502AAAAAAAA'], async page => {
    await says(page, 'scan-error', 'expected a series of');
    await noFile(page);
  });
  await scanning(SERIES.frames.slice(1), async page => {
    await page.waitForSelector('#missing:text-is("1")', { timeout: 30_000 });
    assert.match(
      (await page.textContent('#scan-status'))!,
      new RegExp(`${SERIES.frames.length - 1} of ${SERIES.frames.length} frames read`),
    );
    await noFile(page);
  });
});

test('a bomb: refused, and no file', async () => {
  const payload = toBase32(deflateRawSync(new Uint8Array(30_000_000), { level: 9 }));
  const count = Math.ceil(payload.length / 2120);
  const frames = Array.from({ length: count }, (_, index) =>
    writeFrame({ encoding: 'Z', count, index, payload: payload.slice(index * 2120, (index + 1) * 2120) }),
  );
  const browser = await launch({
    film: makeFilm(
      'bomb.y4m',
      film(
        frames.map(f => draw(f, 27)),
        { width: 720, height: 720 },
      ),
      10,
    ),
  });
  try {
    const { page } = await openCourier(browser);
    await page.click('#scan-tab');
    await page.click('#start');
    await says(page, 'scan-error', 'a compressed file of at most 16777216 bytes');
    await noFile(page);
  } finally {
    await browser.close();
  }
});

test('a file of JSON that is none of ours says so', async () => {
  await scanning(split(bytes('{"hello": "world"}'), { deflate, version: 10 }).frames, async page => {
    await says(page, 'scan-what', "It is none of Countersign's files");
    assert.ok(await page.isHidden('#review'));
  });
});

test('no camera, and permission denied: a sentence each', async () => {
  await withPage({}, async page => {
    await page.click('#scan-tab');
    await page.click('#start');
    await says(page, 'scan-error', 'No camera was found: plug one in');
    await noFile(page);
  });
  await withPage({ film: makeFilm('dark.y4m', film([draw('A', 10)], {}), 10), allow: false }, async page => {
    await page.click('#scan-tab');
    await page.click('#start');
    await says(page, 'scan-error', 'The camera is not allowed on this page');
  });
});

test('Show by keyboard alone: pause, step, speed, density, frames; mistakes are sentences', async () => {
  await withPage({}, async page => {
    await show(page, 'keys.json', many.text, 10);
    await page.evaluate('document.activeElement.blur()');
    const status = async () => (await page.textContent('#show-status'))!;
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
  await withPage({}, async page => {
    await show(page, 'empty.json', '', 10);
    await says(page, 'show-error', 'expected at least 1 byte, got 0');
    assert.ok(await page.isHidden('#player'));
    const file = random(2000);
    await show(page, 'any.bin', file, 20);
    const shown = await framesShown(page);
    const expected = split(file, { deflate, version: 20 });
    assert.equal(
      [...shown.values()],
      expected.frames.map(frame => draw(frame, expected.version)),
    );
  });
});

test('the page can reach no network, whatever runs in it', async () => {
  const browser = await launch();
  try {
    const { page } = await openCourier(browser);
    // Refused at once by the policy: without it, it would fail later or not at all, depending on the network.
    const outcome = await page.evaluate(`Promise.race([
      fetch('https://example.org/').then(() => 'reached', String),
      new Promise(resolve => setTimeout(resolve, 3000, 'tried')),
    ])`);
    assert.match(String(outcome), /TypeError: Failed to fetch/);
    const violated = await page.evaluate(`new Promise(resolve => {
      setTimeout(resolve, 3000, 'nothing');
      addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
      new Image().src = 'https://example.org/x.png';
    })`);
    assert.is(violated, 'img-src');
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.head.append(script);
      return window.injected === true;
    })()`);
    assert.is(ran, false);
  } finally {
    await browser.close();
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
