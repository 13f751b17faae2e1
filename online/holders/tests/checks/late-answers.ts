/** Answers that arrive late, when the page shows another mapping or another question. */
import type { ServerResponse } from 'node:http';
import * as assert from 'uvu/assert';
import { baseText } from '../../../../fixtures/sample-request.ts';
import { addCheck, signedMapping, withPage } from '../page-world.ts';

addCheck('a slow server answers after a file was opened: the file stays', async world => {
  let slow: ServerResponse | undefined;
  const other = baseText.replace('389.142', '389.143');
  world.serve(response => {
    response.writeHead(200, { 'content-length': other.length }).write(other.slice(0, 300));
    slow = response;
  });
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await page.waitForSelector('#sentence:has-text("Loading")');
    await page.setInputFiles('#file', world.write('chosen.json', baseText));
    const { state, sentence } = await verdict();
    assert.is(state, 'valid');
    const answer = page.waitForEvent('requestfinished');
    slow!.end(other.slice(300));
    await answer;
    // The worker handles orders one after the other. So if the page had sent the late mapping, the worker
    // would verify it before it answers these questions.
    for (const bar of ['031037', '030727']) {
      await page.fill('#asked', bar);
      await page.press('#height', 'Enter');
      await page.waitForSelector(`#found h3:text("${bar}")`);
    }
    assert.equal(await verdict(), { state, sentence });
  });
});

addCheck('a comparison ends after another mapping was opened: it is not shown', async world => {
  const assets = Array.from(
    { length: 60_000 },
    (_, i) =>
      `"${i + 1}": {"ref": "${i}-2019-PAMP", "mass": 400.5, "tokenid": "${i.toString(16).padStart(64, '0')}"}`,
  );
  const large = signedMapping(
    `{"n": 2, "m": 3, "assets": {${assets.join(', ')}}, "sigs": {}, "time": 1568906124.000001, "height": 9}`,
  );
  const [file, kept] = [world.write('chosen.json', baseText), world.write('kept.json', large)];
  await withPage(world.open('disk'), async ({ page, verdict }) => {
    await page.setInputFiles('#file', file);
    await page.waitForSelector('#verdict[data-state="valid"]');
    await page.setInputFiles('#kept', kept);
    await page.setInputFiles('#file', file);
    assert.is((await verdict()).state, 'valid');
    assert.is(await page.textContent('#compare-said'), '');
    assert.is(await page.locator('#changes *').count(), 0);
  });
});
