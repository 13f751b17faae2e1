/** The report's sentences, its output formats, and the look of its page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countsText, meaningTexts } from '../text.ts';
import { PAGE_STYLE } from './style.ts';
import { type Issued, page, textOf, threeIssuances } from './testing.ts';

const test = suite<Issued>('report texts');
test.before(async context => {
  Object.assign(context, await threeIssuances());
});
test.after(({ world }) => world.stop());

const made = (verdicts: string[], ours: boolean[]) =>
  ({
    mapped: verdicts.map(verdict => ({ verdict, difference: '0.00000000' })),
    unmapped: ours.map(own => ({ ours: own })),
    usedUp: 0,
    open: null,
  }) as never;

test('how many are as they should be, in plain sentences', () => {
  const ok = (n: number) => Array<string>(n).fill('ok');
  assert.is(countsText(made(ok(3), [])), 'All 3 tokens of the mapping are on chain as they should be.');
  assert.is(
    countsText(made(ok(1), [false])),
    'The 1 token of the mapping is on chain as it should be. 1 more token on chain is of others.',
  );
  assert.is(countsText(made([], [])), 'The mapping has no token.');
  assert.is(
    countsText(made(['ok', 'missing'], [true, false, false])),
    'Of the 2 tokens of the mapping, 1 is on chain as it should be and 1 is not. 1 token of ours is on chain and not in the mapping. 2 more tokens on chain are of others.',
  );
  assert.is(
    countsText(made(['missing'], [true, true])),
    'The 1 token of the mapping is not on chain as it should be. 2 tokens of ours are on chain and not in the mapping.',
  );
});

test('what verdicts mean is said, on the page too', async ({ world }) => {
  const { mapped } = await world.ok(1, 'report');
  assert.match(mapped[0].difference, /^-/);
  assert.equal([mapped[0].verdict, mapped[0].periodsBehind], ['behind', 2]);
  const [behind, ...others] = meaningTexts({ mapped, usedUp: 0, open: null });
  assert.is(
    behind,
    '1 token is "behind", by 2 periods at most: the amount is that of an earlier period, which is no loss. The schedule grows with each period, the tokens when the federation issues the growth.',
  );
  assert.equal(others, []);
  assert.ok(textOf(await page(world)).includes(behind as string));
  assert.equal(meaningTexts(made(['ok'], [])), []);
  assert.equal(meaningTexts({ ...(made(['frozen', 'less', 'less'], []) as object), usedUp: 2 } as never), [
    '1 token is "frozen", in part or whole: frozen tokens do not grow. That they will be burnt is not certain.',
    '2 tokens have less on chain than is mapped: burnt by whoever held them, and counted for no bar. If a holder takes a bar for them, `countersign prepare --redeem` counts them.',
    '2 tokens of mass 0 with nothing on chain are not listed: redemptions used them up.',
  ]);
});

test('the page says when it was made, keys look like their lines, and no column leaves the window', async ({
  world,
}) => {
  const html = await page(world);
  assert.match(textOf(html), /made on 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  assert.match(html, /<svg class="key"[^>]*><path class="line expected" d="[^"]*"\/><\/svg>/);
  assert.match(html, /<svg class="key"[^>]*><path class="line issued" d="[^"]*"\/><\/svg>/);
  assert.match(textOf(html), /height time assets added total mass/);
  assert.match(PAGE_STYLE, /td\.id \{[^}]*overflow-wrap: anywhere/);
});

test('one file for both is refused, and nothing is written', async ({ world }) => {
  const ran = await world.command(1, 'report', '--csv', 'r.out', '--html', './r.out');
  assert.equal([ran.status, ran.json.error.code], [2, 'USAGE']);
  assert.not.ok(existsSync(join(world.pc(1), 'r.out')));
});

test.run();
