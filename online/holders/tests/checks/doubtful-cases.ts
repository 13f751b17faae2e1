/**
 * Cases in which the page cannot know the answer: a mapping without signatures, too little memory, several
 * files, deceptive names.
 */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { baseText } from '../../../../fixtures/sample-request.ts';
import { addCheck, answerWithBody, signedMapping, withPage } from '../page-world.ts';
import { TOKEN } from '../sample-values.ts';

const chooseFile = (page: Page, text: string | Uint8Array) =>
  page.setInputFiles('#file', {
    name: 'map.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });

/** @param what names of dropped files, or a dropped text */
const dropOnPage = (page: Page, place: string, what: string[] | string) =>
  page.evaluate(`{
    const data = new DataTransfer();
    const what = ${JSON.stringify(what)};
    if (typeof what === 'string') data.setData('text/plain', what);
    else for (const name of what) data.items.add(new File([${JSON.stringify(baseText)}], name));
    document.querySelector('${place}').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
  }`);

addCheck('the empty mapping has no signature, whatever its height: the page cautions', async world => {
  await withPage(world.open('disk'), async ({ page, verdict }) => {
    await chooseFile(page, '{"n":2,"m":3,"assets":{},"sigs":{},"time":1700000000.000001,"height":500000}');
    await page.waitForSelector('#verdict[data-state="empty"]');
    assert.is(await page.isVisible('#caution'), true);
    await chooseFile(page, baseText);
    await page.waitForSelector('#verdict[data-state="valid"]');
    assert.is(await page.isVisible('#caution'), true, 'the mapping is old');
    const now = `${Math.floor(Date.now() / 1000) - 60}.000001`;
    await chooseFile(
      page,
      new TextDecoder().decode(signedMapping(baseText.replace(/"time": [0-9.]+/, `"time": ${now}`))),
    );
    await page.waitForSelector('#caution', { state: 'hidden' });
    assert.is((await verdict()).state, 'valid');
  });
});

addCheck(
  'a device that cannot check, such as for lack of memory: not checked, and neither valid nor not',
  async world => {
    await withPage(world.open('disk'), async ({ page, verdict }) => {
      await page.evaluate(
        `Worker.prototype.postMessage = () => { throw new RangeError('Array buffer allocation failed'); }`,
      );
      await chooseFile(page, baseText);
      await page.waitForSelector('#sentence:has-text("allocation failed")');
      assert.is((await verdict()).state, 'unchecked');
      for (const id of ['look-up', 'compare', 'facts', 'print'])
        assert.is(await page.isVisible(`#${id}`), false, id);
    });
  },
);

addCheck('several files dropped at once: none is taken, and what was open is closed', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await verdict();
    await dropOnPage(page, '#compare', ['old.json', 'older.json']);
    await page.waitForSelector('#compare-said:has-text("got 2")');
    assert.is((await verdict()).state, 'valid');
    await dropOnPage(page, '#compare', ['old.json']);
    await page.waitForSelector('#compare-said:has-text("old.json")');
    await dropOnPage(page, '#asked', 'a text that is dropped into the question');
    assert.is((await verdict()).state, 'valid');
    await dropOnPage(page, 'header', ['a.json', 'b.json']);
    await page.waitForSelector('#verdict[data-state="unloaded"]');
    assert.is(await page.isVisible('#look-up'), false);
    await dropOnPage(page, 'header', ['a.json']);
    await page.waitForSelector('#verdict[data-state="valid"]');
  });
});

addCheck(
  'characters of a name that cannot be seen, or turn its letters round, are written as numbers',
  async world => {
    const text = JSON.stringify({
      n: 2,
      m: 3,
      assets: { 1: { ref: '031037\u202e-9102-\u200bPAMP', mass: 400.5, tokenid: TOKEN } },
      sigs: {},
      time: 1568906124.000001,
      height: 9,
    });
    await withPage(world.open('disk'), async ({ page, verdict }) => {
      await chooseFile(page, signedMapping(text));
      await page.waitForSelector('#verdict[data-state="valid"]');
      assert.is((await verdict()).state, 'valid');
      await page.fill('#asked', TOKEN);
      await page.press('#height', 'Enter');
      await page.waitForSelector('#found article');
      assert.is((await page.locator('#found td').allTextContents())[0], '031037\\u{202e}-9102-\\u{200b}PAMP');
    });
  },
);
