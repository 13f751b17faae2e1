/** The report's sentences, its output formats, and the layout of its page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verdictMeaningTexts } from '../texts/report.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type Issued, makeReportFrom, reportPageOf, textOfHtml, worldWithThreeIssuances } from './testing.ts';

const test = suite<Issued>('report texts');
test.before(async context => {
  Object.assign(context, await worldWithThreeIssuances());
});
test.after(({ world }) => world.stop());

test('the meaning of the verdicts is explained, also on the page', async ({ world }) => {
  const { mapped } = await world.ok(1, 'report');
  assert.match(mapped[0].difference, /^-/);
  assert.equal([mapped[0].verdict, mapped[0].periodsBehind], ['behind', 2]);
  const [behind, ...others] = verdictMeaningTexts({ mapped, usedUp: 0, open: null });
  assert.match(behind as string, /^1.*"behind".*2 periods\./);
  assert.equal(others, []);
  assert.ok(textOfHtml(await reportPageOf(world)).includes(behind as string));
  assert.equal(verdictMeaningTexts(makeReportFrom(['ok'], [])), []);
  const said = verdictMeaningTexts({
    ...(makeReportFrom(['frozen', 'less', 'less'], []) as object),
    usedUp: 2,
  } as never);
  assert.is(said.length, 3);
  assert.match(said[0] as string, /^1 token is "frozen"/);
  assert.match(said[1] as string, /^2 .*`countersign prepare --redeem`/);
  assert.match(said[2] as string, /^2 .*mass 0 /);
});

test('the page has its time, chart keys match their lines, and no column leaves the window', async ({
  world,
}) => {
  const html = await reportPageOf(world);
  assert.match(textOfHtml(html), /made on 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  assert.match(html, /<svg class="key"[^>]*><path class="line expected" d="[^"]*"\/><\/svg>/);
  assert.match(html, /<svg class="key"[^>]*><path class="line issued" d="[^"]*"\/><\/svg>/);
  assert.match(textOfHtml(html), /height time assets added total mass/);
  assert.match(PAGE_STYLE, /td\.id \{[^}]*overflow-wrap: anywhere/);
});

test('one file for both outputs is refused, and nothing is written', async ({ world }) => {
  const ran = await world.command(1, 'report', '--csv', 'r.out', '--html', './r.out');
  assert.equal([ran.status, ran.json.error.code], [2, 'USAGE']);
  assert.not.ok(existsSync(join(world.pc(1), 'r.out')));
});

test.run();
