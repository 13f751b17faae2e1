/** The page for token holders in a bucket of a real S3 server, opened by both browsers. Run by `make test-s3`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeBucket } from '../../../fixtures/s3/bucket.ts';
import { baseText, trustJson } from '../../../fixtures/sample-request.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { openStore } from '../../store/open-store.ts';
import { launchChromium } from '../../transfer/courier/tests/browsers/chromium.ts';
import { launchFirefox } from '../../transfer/courier/tests/browsers/firefox.ts';

const { store: name, s3 } = (await makeBucket()).store('holders');
const folder = mkdtempSync(join(tmpdir(), 'countersign-bucket-'));
const config = { store: name, trust: 'trust.json', s3: { ...s3, publicRead: true } };
writeFileSync(join(folder, 'countersign.json'), JSON.stringify(config));
writeFileSync(join(folder, 'trust.json'), JSON.stringify(trustJson));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const store = await openStore(name, config.s3);
const address = `${s3.endpoint}/${name.slice('s3://'.length)}/verify.html`;

test('the page is published as a web page that everyone can read', async () => {
  await store.put('map.json', utf8(baseText), { publicRead: true });
  const words = [resolve('dist/countersign.mjs'), 'verify-page', '--publish', '--json'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const answer = await fetch(address);
  assert.equal([answer.status, answer.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
});

async function verdictInBrowser(browser: Browser): Promise<string | null> {
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForSelector('#verdict:not([data-state="checking"])');
    return await page.getAttribute('#verdict', 'data-state');
  } finally {
    await browser.close();
  }
}

for (const [browser, launch] of [
  ['Chromium', launchChromium],
  ['Firefox', launchFirefox],
] as const) {
  test(`${browser}: the page checks the bucket's mapping, and reports a changed or private one`, async () => {
    await store.put('map.json', utf8(baseText), { publicRead: true });
    assert.is(await verdictInBrowser(await launch()), 'valid');
    await store.put('map.json', utf8(baseText.replace('389.142', '389.143')), { publicRead: true });
    assert.is(await verdictInBrowser(await launch()), 'invalid');
    await store.put('map.json', utf8(baseText));
    assert.is(await verdictInBrowser(await launch()), 'unloaded');
  });
}

test.run();
