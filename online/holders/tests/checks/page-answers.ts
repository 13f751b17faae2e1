/**
 * The answers of the page for token holders: look-ups of bars and tokens, and comparison with an older copy.
 */
import * as assert from 'uvu/assert';
import { baseText } from '../../../../fixtures/sample-request.ts';
import { addCheck, answerWithBody, signedMapping, waitForText, withPage } from '../page-world.ts';
import { TOKEN } from '../sample-values.ts';

/** A signed mapping without assets, older than the sample. */
const EMPTY = signedMapping(
  '{"n": 2, "m": 3, "assets": {}, "sigs": {}, "time": 1568000000.000001, "height": 9}',
);

addCheck(
  'looked up: a serial, a token, amounts as a wallet prints them, and what is not there',
  async world => {
    world.serve(answerWithBody(baseText));
    await withPage(world.open('server'), async ({ page, verdict }) => {
      await verdict();
      await page.fill('#asked', `031037\n"${TOKEN}": 1000.00000000,\n999999`);
      await page.click('text=Look up >> nth=-1');
      await page.waitForSelector('#found article');
      assert.is(await page.textContent('#look-up-said'), '3 looked up, 2 found, 1 not found.');
      const cells = await page.locator('#found td').allTextContents();
      assert.equal(cells.slice(0, 3), ['031037-2019-PAMP', TOKEN, '389.1420']);
      assert.equal(cells.slice(4, 6), ['031037-2019-PAMP', '389.1420']);
      assert.ok(Number.parseFloat(cells[7]!) > 99 && Number.parseFloat(cells[7]!) < 100, cells[7]);
      await page.fill('#height', '100 000');
      await page.press('#height', 'Enter');
      await waitForText(page, 'look-up-said', 'height');
      assert.is(await page.locator('#found article').count(), 0);
      await page.fill('#height', '5256000');
      await page.press('#height', 'Enter');
      await page.waitForSelector('#found article');
      const later = await page.locator('#found td').allTextContents();
      assert.ok(Number.parseFloat(later[7]!) < Number.parseFloat(cells[7]!), later[7]);
    });
  },
);

addCheck('compared with a copy that was kept: newer, going back, not valid, no mapping', async world => {
  const old = world.write('old.json', EMPTY);
  const broken = world.write('broken.json', baseText.replace('389.142', '389.143'));
  const html = world.write('page.json', '<html></html>');
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await verdict();
    await page.setInputFiles('#kept', old);
    await page.waitForSelector('#changes article');
    assert.is(await page.locator('#changes tbody tr').count(), 3);
    assert.match((await page.textContent('#changes')) as string, /is newer/);
    await page.setInputFiles('#kept', broken);
    await page.waitForSelector('text=The copy is not valid');
    assert.is(await page.locator('#changes *').count(), 1);
    await page.setInputFiles('#kept', html);
    await page.waitForSelector('#compare-said:has-text("a web page")');
    assert.is(await page.locator('#changes *').count(), 0);
  });
  world.serve(answerWithBody(EMPTY));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    assert.is((await verdict()).state, 'valid');
    await page.setInputFiles('#kept', world.write('newer.json', baseText));
    await page.waitForSelector('text=OLDER than the copy');
  });
});

addCheck('a wrong line is shown first, and the other lines are answered', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await verdict();
    await page.fill('#asked', `031037\n${TOKEN} 1,389.142`);
    await page.press('#height', 'Enter');
    await page.waitForSelector('#found article');
    const [first] = await page.locator('#found > *').allTextContents();
    assert.match(first as string, /Line 2.*comma/);
    assert.is(await page.locator('#found article').count(), 1);
  });
});

addCheck('a wrong file is called by its own name, also as the older copy', async world => {
  const wrong = world.write('holiday.json', '{"photos": 3}');
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await verdict();
    await page.setInputFiles('#kept', wrong);
    await page.waitForSelector('#compare-said:has-text("holiday.json:")');
    await page.setInputFiles('#file', wrong);
    await page.waitForSelector('#sentence:has-text("holiday.json:")');
  });
});

addCheck('an empty mapping is compared with an older copy, which shows that it goes back', async world => {
  world.serve(answerWithBody('{"n":2,"m":3,"assets":{},"sigs":{},"time":1.5,"height":0}'));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    assert.is((await verdict()).state, 'empty');
    await page.setInputFiles('#kept', world.write('valid.json', baseText));
    await page.waitForSelector('text=OLDER than the copy');
  });
});

addCheck('names of bars are text: what looks like markup does nothing', async world => {
  const name = '<img src=x onerror=document.title=1>';
  const bytes = signedMapping(
    JSON.stringify({
      n: 2,
      m: 3,
      assets: { 1: { ref: name, mass: 400.5, tokenid: TOKEN } },
      sigs: {},
      time: 1568906124.000001,
      height: 9,
    }),
  );
  world.serve(answerWithBody(bytes));
  await withPage(world.open('server'), async ({ page, verdict, requests }) => {
    assert.is((await verdict()).state, 'valid');
    await page.fill('#asked', TOKEN);
    await page.press('#height', 'Enter');
    await page.waitForSelector('#found article');
    assert.is((await page.locator('#found td').allTextContents())[0], name);
    assert.is(await page.locator('img').count(), 0);
    assert.equal(
      requests.filter(path => path === '/x'),
      [],
    );
  });
});
