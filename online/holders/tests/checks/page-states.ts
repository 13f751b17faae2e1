/** Checks of the page's content policy, of its states, of a narrow window, and of a large mapping. */
import * as assert from 'uvu/assert';
import { baseText } from '../../../../fixtures/sample-request.ts';
import { addCheck, answerWithBody, signedMapping, withPage } from '../page-world.ts';
import { TOKEN } from '../sample-values.ts';

addCheck('the policy of the page: no other server, no other script', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, problems, verdict }) => {
    await verdict();
    const asked = `fetch('http://127.0.0.2:9/').then(() => 'answered', () => 'refused')`;
    const violated = `new Promise(resolve => addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), { once: true }))`;
    assert.is(await page.evaluate(`{ const seen = ${violated}; ${asked}; seen }`), 'connect-src');
    const script = `{ const made = document.createElement('script'); made.textContent = 'document.title = "ran"'; document.body.append(made); document.title }`;
    const title = await page.title();
    assert.is.not(title, 'ran');
    assert.is(await page.evaluate(script), title);
    // Firefox logs an error of the page when the policy refuses a request. This error is expected, so the
    // list of problems is emptied.
    problems.length = 0;
  });
});

addCheck('a mapping that is not valid takes away what was shown of the valid one before', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await verdict();
    await page.fill('#asked', '031037');
    await page.press('#height', 'Enter');
    await page.waitForSelector('#found article');
    await page.setInputFiles('#file', world.write('bad.json', baseText.replace('389.142', '389.143')));
    await page.waitForSelector('#verdict[data-state="invalid"]');
    assert.is(await page.locator('#found article').count(), 0);
    for (const id of ['look-up', 'compare', 'facts', 'print'])
      assert.is(await page.isVisible(`#${id}`), false, id);
  });
});

addCheck('on a phone nothing is wider than the window, in any state, and no answer scrolls', async world => {
  world.serve(answerWithBody(baseText));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const fits = async (state: string) => {
      const wide = await page.evaluate(
        `[document.documentElement, ...document.querySelectorAll('main *:not(input)')].filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth).map(({ tagName, id }) => tagName + id)`,
      );
      assert.equal(wide, [], state);
      assert.is(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, state);
    };
    await verdict();
    await fits('valid');
    const asked = `031037\n${TOKEN} 5\n${TOKEN.replace(/^./, 'f')} 1,5\n${'f'.repeat(64)}\n${'x'.repeat(64)}\n${'y'.repeat(300)}`;
    await page.fill('#asked', asked);
    await page.press('#height', 'Enter');
    await page.waitForSelector('#found article');
    await fits('looked up');
    const old = signedMapping(
      '{"n": 2, "m": 3, "assets": {}, "sigs": {}, "time": 1568000000.000001, "height": 9}',
    );
    await page.setInputFiles('#kept', world.write('old-phone.json', old));
    await page.waitForSelector('#changes article');
    await fits('compared');
    await page.fill('#height', '9'.repeat(200));
    await page.press('#height', 'Enter');
    await page.waitForSelector('#look-up-said:has-text("height:")');
    await fits('a wrong height');
    for (const [name, content, state] of [
      [`${'long-name'.repeat(20)}.json`, baseText.replace('389.142', '389.143'), 'invalid'],
      ['other.json', `{"${'k'.repeat(200)}": 1}`, 'invalid'],
      ['empty.json', '{"n":2,"m":3,"assets":{},"sigs":{},"time":1.5,"height":0}', 'empty'],
      [`${'long-name'.repeat(20)}.json`, baseText, 'valid'],
    ] as const) {
      await page.setInputFiles('#file', world.write(name, content));
      await page.waitForSelector(`#verdict[data-state="${state}"]`);
      await fits(`${state}: ${name}`);
    }
  });
});

addCheck('the page does not stand still while a large mapping is checked', async world => {
  const assets = Array.from(
    { length: 60_000 },
    (_, i) =>
      `"${i + 1}": {"ref": "${i}-2019-PAMP", "mass": 400.5, "tokenid": "${i.toString(16).padStart(64, '0')}"}`,
  );
  const text = `{"n": 2, "m": 3, "assets": {${assets.join(', ')}}, "sigs": {}, "time": 1568906124.000001, "height": 9}`;
  world.serve(answerWithBody(signedMapping(text)));
  await withPage(world.open('server'), async ({ page, verdict }) => {
    await page.evaluate(
      `window.shares = new Set(); new MutationObserver(() => window.shares.add(document.getElementById('sentence').textContent)).observe(document.getElementById('sentence'), { childList: true })`,
    );
    await page.setInputFiles('#file', world.write('large-signed.json', signedMapping(text)));
    await page.waitForSelector('#verdict[data-state="valid"]');
    const seen = (await page.evaluate('[...window.shares]')) as string[];
    assert.ok(
      seen.some(text => text.startsWith('Checking hashes')),
      seen.join('\n'),
    );
    assert.is((await verdict()).state, 'valid');
  });
});
