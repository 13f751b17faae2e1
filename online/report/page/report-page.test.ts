/** The report's page with real issuances and with hostile names, and its charts. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { trust } from '../../../fixtures/sample-request.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { History } from '../history.ts';
import type { Report } from '../report.ts';
import { COMPLETE, expectedAtText, NO_ASSET, rowsLeftOutHtml } from '../texts/page.ts';
import { tokenAgreementText, VERDICTS } from '../texts/report.ts';
import type { MappedToken } from '../token-verdicts.ts';
import { MAX_ROWS, reportPageHtml } from './report-page.ts';
import { stepChartSvg, tickDistance } from './step-chart.ts';
import { type Issued, reportPageOf, textOfHtml, worldWithThreeIssuances } from './testing.ts';

const test = suite<Issued>('report --html');

test.before(async context => {
  Object.assign(context, await worldWithThreeIssuances());
});
test.after(({ world }) => world.stop());

test('three issuances: verdict, amounts, each published mapping, and a complete history', async ({
  world,
  digests,
}) => {
  const html = await reportPageOf(world);
  const { mapped, unmapped, height } = await world.ok(1, 'report');
  const text = textOfHtml(html);
  assert.is(mapped.length, 3);
  const counts = tokenAgreementText({ mapped, unmapped } as Report);
  assert.ok(text.includes(`${VERDICTS.agree} ${counts}`), text);
  for (const t of mapped) {
    const { reference, verdict, mass, expectedAtIssue, expectedNow, spendable, difference, token } = t;
    const row = [reference, verdict, mass, expectedAtIssue, expectedNow, spendable, '0.00000000'];
    assert.ok(text.includes([...row, difference, token].join(' ')), reference);
  }
  assert.ok(text.includes(expectedAtText(height)));
  assert.ok(text.includes(`network gold_main profile ${world.trust.reviewCode}`));
  assert.match(text, /: 1195\.062 /);
  assert.ok(text.includes(COMPLETE));
  // Rows of the history: height, time, assets, added, total mass, tokens issued, mapping.
  const rows = [...text.matchAll(/([0-9]+) \S+ \S+ UTC ([0-9]+) ([0-9]+) (\S+) (\S+) ([0-9a-f]{64})/g)];
  assert.equal(
    rows.slice(1).map(([, , ...cells]) => cells),
    [
      ['1', '1', '389.142', '3891.63430770', digests[0]],
      ['2', '1', '795.062', mapped[1].expectedAtIssue, digests[1]],
      ['3', '1', '1195.062', mapped[2].expectedAtIssue, digests[2]],
    ],
  );
  // 4059.42354766 is the amount in the first period. The second bar was issued in a later period.
  assert.not.equal(mapped[1].expectedAtIssue, '4059.42354766');
});

test('the schedule is drawn by periods, and issued tokens by issuances', async ({ world }) => {
  const html = await reportPageOf(world);
  const line = (style: string) =>
    new RegExp(`class="line ${style}" d="M104 212([^"]*)H724"`).exec(html)?.[1] ?? '';
  const at = (style: string) => [...line(style).matchAll(/H([0-9.]+)V/g)].map(([, x]) => Number(x));
  // The blocks 3286 to 3913 are drawn on a width of 620 units. Periods begin at the blocks 3360 and 3840.
  const x = (height: number) => Math.round((104 + ((height - 3286) / (3913 - 3286)) * 620) * 10) / 10;
  assert.equal(at('expected'), [3310, 3360, 3840, 3911, 3912].map(x));
  assert.equal(at('issued'), [3310, 3911, 3912].map(x));
  assert.equal(at('mass'), at('issued'));
});

test('the same store and block give the same page except for the time, and only a flag replaces a file', async ({
  world,
}) => {
  // The page without its time and the age of the best block, which differ between two pages.
  const timeless = async () =>
    (await reportPageOf(world))
      .replace(/<dd>[0-9: -]+ UTC<\/dd>/, '<dd>some day</dd>')
      .replace(/block 3913, [^;]*;/, 'block 3913;');
  const first = await timeless();
  assert.match(first, /<dt>made on<\/dt><dd>some day</);
  assert.is(await timeless(), first);
  const ran = await world.command(1, 'report', '--html', 'report.html');
  assert.equal([ran.status, ran.json.error.code], [1, 'FILE_EXISTS']);
});

test('the page loads and runs nothing, and its policy permits only its own style', async ({ world }) => {
  const html = await reportPageOf(world);
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(
    html.includes(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">`,
    ),
  );
  assert.not.match(
    html,
    /<(script|link|img|iframe|object|base|form)|\s(src|href|style|on[a-z]+)=|https?:|url\(/i,
  );
});

test('without issuances the page has no chart', async () => {
  const world = await TestWorld.ready();
  try {
    const html = await reportPageOf(world);
    assert.ok(textOfHtml(html).includes(NO_ASSET));
    assert.not.match(html, /<svg/);
  } finally {
    await world.stop();
  }
});

// This test changes the chain, so no later test can use this world.
test('missing tokens give exit 1, the verdict, and marked rows', async ({ world }) => {
  await world.rpc('dev_reorg', 1, false, 1);
  const ran = await world.command(1, 'report', '--html', 'gone.html');
  assert.equal([ran.status, ran.json.agrees], [1, false]);
  assert.ok(existsSync(join(world.pc(1), 'gone.html')));
  const html = world.read(1, 'gone.html');
  assert.ok(textOfHtml(html).includes(textOfHtml(VERDICTS.disagree)));
  const bad = [
    ...html.matchAll(/<tr class="bad"><td class="name">([^<]*)<\/td><td class="name"><span [^>]*>([^<]*)</g),
  ];
  assert.equal(
    bad.map(([, ...cells]) => cells),
    [['035696-2019-PAMP', 'missing']],
  );
});

/** A report made from given tokens. */
function makeReportFrom(
  mapped: Partial<MappedToken>[],
  unmapped: Report['unmapped'] = [],
): [Report, History, Trust] {
  const token: MappedToken = {
    ...{ reference: '031037-2019-PAMP', token: 'aa', mass: '400', verdict: 'ok' as const },
    ...{ expectedAtIssue: '1.00000000', expectedNow: '1.00000000', difference: '0.00000000', rounding: null },
    ...{
      spendable: '1.00000000',
      frozen: '0.00000000',
      bars: [],
      burnt: '0.00000000',
      burntOpen: '0.00000000',
      isOpen: false,
      remapped: false,
      periodsBehind: 0,
    },
  };
  const mapping = { height: 3310, time: '1795341830.804001', digest: 'bb' };
  const published = { mapping, signers: [1, 3] } as unknown as Report['published'];
  const tip = { height: 3311, time: 1795341890, peers: 2 } as Report['tip'];
  const found = { unmapped, issuances: new Map(), watch: 'watched', gaps: [], verdict: 'agree' } as const;
  const report = { published, line: [], tip, asked: 1795341900_000, usedUp: 0, open: null, ...found };
  const counts = { assets: 1, totalMass: '400.000', added: 1, issued: 1n };
  const step = { ...mapping, ...counts, removedMass: '0.000', removed: 0n, redeemed: [] };
  return [
    { ...report, mapped: mapped.map(part => ({ ...token, ...part })) },
    { steps: [step], gaps: [], assumed: 0 },
    trust,
  ];
}

test('names with markup or with characters that reverse text are shown as text', () => {
  const hostile = `<img src=x onerror="alert('1')"></td><script>&amp;\u202e\u0000`;
  const [report, history, profile] = makeReportFrom(
    [{ reference: hostile, mass: hostile, token: hostile }],
    [{ token: hostile, spendable: hostile, frozen: hostile, ours: false, note: hostile }],
  );
  const html = reportPageHtml(
    report,
    { ...history, gaps: [hostile] },
    { ...profile, network: { ...profile.network, name: hostile } },
    0,
  );
  assert.not.match(html, /<img|<script|\u202e|\u0000/);
  assert.is(
    html.match(
      /&lt;img src=x onerror=&quot;alert\(&#39;1&#39;\)&quot;&gt;&lt;\/td&gt;&lt;script&gt;&amp;amp;\\u202e\\u0000/g,
    )?.length,
    9,
  );
});

test('with very many tokens the wrong ones are shown first, and the others are counted', () => {
  const mapped: Partial<MappedToken>[] = Array.from({ length: MAX_ROWS + 2 }, (_, i) => ({ token: `t${i}` }));
  mapped[MAX_ROWS + 1] = { token: 'last', verdict: 'missing' };
  const [report, history, profile] = makeReportFrom(mapped);
  const html = reportPageHtml(report, history, profile, 0);
  assert.match(html, /<tbody>\n<tr class="bad">.*last/);
  assert.ok(textOfHtml(html).includes(textOfHtml(rowsLeftOutHtml(2))));
  assert.is(html.match(/<tr>|<tr class/g)?.length, MAX_ROWS + 2 + 1 + 1 + profile.m); // Table heads, a step, and a signature row for each controller.
});

test('a chart has only horizontal and vertical lines, begins at zero, and ends at the given block', () => {
  const points = [
    { x: 10, y: 5, title: 'a & b' },
    { x: 20, y: 10 },
  ];
  const svg = stepChartSvg({
    ...{ title: 'T', xUnit: 'block height', yUnit: 'mass', from: 0, to: 40, end: 30 },
    series: [{ style: 'mass', points }],
    dot: { style: 'chain', y: 5, title: 'now' },
  });
  // The left edge of the chart is at x = 104, and its width is 620. The lower edge is at y = 212, and the
  // height is 182. At the upper edge, the mass is 10.6.
  assert.match(svg, /<path class="line mass" d="M104 212H259V126\.2H414V40\.3H569"\/>/);
  assert.match(svg, /<circle class="chain" cx="569" cy="126\.2"/);
  assert.match(svg, /<title>a &amp; b<\/title>/);
  const labels = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, label]) => label);
  assert.equal(labels, ['0', '5', '10', '0', '10', '20', '30', '40', 'mass', 'block height']);
});

test('large amounts are labelled in millions, so that labels fit', () => {
  const labels = (y: number) => {
    const points = [{ x: 0, y }];
    const axes = { title: 'T', xUnit: 'block height', yUnit: 'tokens', from: 0, to: 40, end: 40 };
    const svg = stepChartSvg({ ...axes, series: [{ style: 'issued', points }] });
    return [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, label]) => label);
  };
  const below = ['0', '10', '20', '30', '40', 'tokens', 'block height'];
  assert.equal(labels(9_000_000), ['0', '5000000', ...below]);
  assert.equal(
    labels(31_228_818_204.5),
    ['0', '10000', '20000', '30000', ...below].map(l => (l === 'tokens' ? 'tokens, millions' : l)),
  );
});

test('ticks are round numbers', () => {
  const steps = [
    [10.6, 4, 1e-9, 5],
    [11, 4, 1, 5],
    [3, 4, 1, 1],
    [255800, 4, 1, 100000],
    [0.9, 4, 1e-9, 0.5],
  ] as const;
  assert.equal(
    steps.map(([range, count, least]) => tickDistance(range, count, least)),
    steps.map(step => step[3]),
  );
});

test.run();
