/** The page for token holders gives the same verdict as the command line for every file. */
import { readFileSync, truncateSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { amap, baseText, trust, trustJson } from '../../../../fixtures/sample-request.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_MAPPING_BYTES } from '../../../../shared/mapping/mapping.ts';
import { verifyMapping } from '../../../../shared/mapping/verify.ts';
import { readTrust } from '../../../../shared/trust.ts';
import { verdictText } from '../../../report/views/verification-view.ts';
import {
  addCheck,
  answerWithBody,
  type Opened,
  type PageWorld,
  waitForText,
  withPage,
} from '../page-world.ts';

const PROFILE = utf8(JSON.stringify(trustJson));

/** The verdict of the command line, which the page must show. */
function expectedVerdict(bytes: Uint8Array): { state: string; text: string } {
  try {
    const found = verifyMapping(bytes, PROFILE);
    const state = found.valid ? 'valid' : found.begins ? 'empty' : 'invalid';
    return { state, text: verdictText(found.mapping, found.trust, found) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isOther = error.code === 'FORMAT_INVALID';
    return { state: 'invalid', text: `${isOther ? 'This file is not a mapping: ' : ''}${error.message}` };
  }
}

const DAMAGED: [string, Uint8Array][] = [
  ...amap.maps.map(({ name, text }: { name: string; text: string }) => [name, utf8(text)]),
  ...amap.attacks.map(({ name, text }: { name: string; text: string }) => [name, utf8(text)]),
  ['another mass', utf8(baseText.replace('389.142', '389.143'))],
  ['another bar', utf8(baseText.replace('031037', '031038'))],
  ['a height that is older', utf8(baseText.replace('"height": 3303', '"height": 3302'))],
  ['cut', utf8(baseText.slice(0, 200))],
  ['nothing', new Uint8Array()],
  ['not UTF-8', Uint8Array.of(...utf8(baseText.slice(0, 60)), 0xff, 0xfe)],
  ['an entry twice', utf8(baseText.replace('"2": {', '"1": {'))],
  ['HTML', utf8('<!doctype html><title>Sign in</title>')],
  ['a trust profile', PROFILE],
  ['empty, of another policy', utf8('{"n":1,"m":1,"assets":{},"sigs":{},"time":1.5,"height":0}')],
  ['empty, of this policy', utf8('{"n":2,"m":3,"assets":{},"sigs":{},"time":1.5,"height":0}')],
];

const factText = ({ page }: Opened, name: string) =>
  page.textContent(`xpath=//dt[text()="${name}"]/following-sibling::dd[1]`);

addCheck('beside map.json: it is loaded and valid, and nothing else is asked for', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async opened => {
    assert.is((await opened.verdict()).state, 'valid');
    assert.is(await factText(opened, 'Bars'), '3');
    assert.match((await factText(opened, 'Total mass')) as string, /^1195\.062\b/);
    assert.match((await factText(opened, 'Height')) as string, /^3303\b/);
    assert.is(await opened.page.textContent('#profile-digest'), trust.digest);
    assert.is(await opened.page.textContent('#profile-code'), trust.reviewCode);
    const beside = opened.requests.filter(
      path => !path.startsWith('/verify.html') && path !== '/favicon.ico',
    );
    assert.equal(
      beside.filter(path => !/^\/?[0-9a-f-]{36}$|^null\//.test(path)),
      ['/map.json'],
    );
  });
});

addCheck('from disk: nothing is loaded, a file is chosen', async world => {
  const file = world.write('map.json', baseText);
  await withPage(world.open('disk'), async opened => {
    assert.is((await opened.verdict()).state, 'none');
    await opened.page.setInputFiles('#file', file);
    await opened.page.waitForSelector('#verdict[data-state="valid"]');
    assert.is(await factText(opened, 'File'), 'map.json');
  });
});

addCheck('what is damaged or deceitful: as the command line waitForText', async world => {
  await withPage(world.open('disk'), async ({ page }) => {
    for (const [name, bytes] of DAMAGED) {
      const { state, text } = expectedVerdict(bytes);
      await page.setInputFiles('#file', {
        name: 'map.json',
        mimeType: 'application/json',
        buffer: Buffer.from(bytes),
      });
      // Waits until the sentence has this beginning, or fails after the time limit.
      await waitForText(page, 'sentence', text);
      assert.is(await page.getAttribute('#verdict', 'data-state'), state, name);
      assert.is(await page.isVisible('#look-up'), state === 'valid', name);
      assert.is(await page.isVisible('#facts'), state !== 'invalid', name);
    }
  });
});

addCheck('an answer that is no mapping: absent, a failure of the server, broken off', async world => {
  for (const [answer, part] of [
    [response => response.writeHead(404).end('none'), 'HTTP 404'],
    [response => response.writeHead(403).end('denied'), 'HTTP 403'],
    [response => response.writeHead(503).end('busy'), 'HTTP 503'],
    [
      response =>
        response.writeHead(200, { 'content-length': 5000 }).write('{"n": 2', () => response.destroy()),
      'map.json',
    ],
  ] as [Parameters<PageWorld['serve']>[0], string][]) {
    world.serve(answer);
    await withPage(world.open('server'), async ({ verdict }) => {
      const { state, sentence } = await verdict();
      assert.is(state, 'unloaded', sentence);
      assert.ok(sentence.includes(part), sentence);
    });
  }
});

addCheck('2 GB are refused by their size, of a file and of an answer', async world => {
  const file = world.write('large.json', '');
  truncateSync(file, 2 ** 31);
  world.serve(response => void response.writeHead(200, { 'content-length': 2 ** 31 }).write('{'));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    const sizes = new RegExp(`: ${2 ** 31} .* ${MAX_MAPPING_BYTES}\\b`);
    assert.match((await verdict()).sentence, sizes);
    await page.setInputFiles('#file', file);
    await waitForText(page, 'sentence', 'large.json');
    assert.match((await verdict()).sentence, sizes);
  });
});

addCheck(
  'a profile that was changed in the page: another digest is shown, and the mapping is not valid',
  async world => {
    const page = readFileSync(`${world.folder}/verify.html`, 'utf8');
    const other = JSON.stringify({
      ...trustJson,
      controllers: { n: 3, m: 3, pubkeys: trustJson.controllers.pubkeys },
    });
    world.write('changed.html', page.replace(trust.text, other));
    world.write('damaged.html', page.replace(trust.text, trust.text.replace('"n":2', '"n":4')));
    world.serve(answerWithBody(baseText));
    await withPage(world.open('server', 'changed.html'), async ({ page, verdict }) => {
      assert.is((await verdict()).state, 'invalid');
      assert.is(await page.textContent('#profile-digest'), readTrust(utf8(other)).digest);
    });
    await withPage(world.open('server', 'damaged.html'), async ({ page, verdict }) => {
      assert.is((await verdict()).state, 'invalid');
      assert.match((await page.textContent('#profile-digest')) as string, /damaged.*controllers\.n/);
      assert.is(await page.isDisabled('#file'), true);
    });
  },
);
