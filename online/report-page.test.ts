/** The page of the report: from real issuances, with holes in the history, with hostile names, and as drawn. */
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../shared/bytes.ts';
import { type Mapping, parseMapping } from '../shared/mapping/mapping.ts';
import { signMapping } from '../shared/mapping/signatures.ts';
import { tokenAmount } from '../shared/schedule.ts';
import { MAX_ROWS, reportPage } from './report-page.ts';
import { niceStep, stepChart } from './step-chart.ts';
import { fetchHistory, type History } from './steps/history.ts';
import type { MappedToken, Report } from './steps/report.ts';
import { FileStore } from './store/file.ts';
import { BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from './testing.ts';

const test = suite<{ world: TestWorld; digests: string[] }>('report --html');

/** Three bars in three issuances: 389.142, 405.92 and 400. The middle one in another period than the first. */
test.before(async context => {
  const world = await TestWorld.ready();
  const digests: string[] = [];
  for (const [i, bar] of [BAR_1, BAR_2, BAR_3].entries()) {
    await world.propose(1, HEADER + bar);
    await world.countersign(2);
    digests.push((await world.ok(2, 'finalise', 'mine.json', '--yes')).mapping);
    if (i === 0) await world.generate(600);
  }
  Object.assign(context, { world, digests });
});

test.after(({ world }) => world.stop());

async function page(world: TestWorld): Promise<string> {
  const ran = await world.command(1, 'report', '--html', 'report.html', '--overwrite');
  assert.type(ran.json.agrees, 'boolean', ran.stderr);
  assert.is(ran.status, ran.json.agrees ? 0 : 1);
  return world.read(1, 'report.html');
}

/** What one would read: without tags, entities back to letters. */
function textOf(html: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => entities[name] as string)
    .replace(/\s+/g, ' ');
}

test('three issuances: verdict, amounts, each published mapping, and a history that is whole', async ({
  world,
  digests,
}) => {
  const html = await page(world);
  const { mapped, height } = await world.ok(1, 'report');
  const text = textOf(html);
  assert.match(text, /The chain and the mapping agree\. 3 tokens are mapped, 3 of them as they should be/);
  for (const t of mapped) {
    const { reference, verdict, mass, expectedAtIssue, expectedNow, spendable, difference, token } = t;
    const row = [reference, verdict, mass, expectedAtIssue, expectedNow, spendable, '0.00000000'];
    assert.ok(text.includes([...row, difference, token].join(' ')), reference);
  }
  assert.ok(text.includes(`expected at block ${height}`));
  assert.match(text, /Mass of all assets in the mapping: 1195\.062/);
  assert.match(text, /The history is whole/);
  // Of the history's table: height, time, assets, more, total mass, tokens issued, mapping.
  const rows = [...text.matchAll(/([0-9]+) \S+ \S+ UTC ([0-9]+) ([0-9]+) (\S+) (\S+) ([0-9a-f]{64})/g)];
  assert.equal(
    rows.slice(1).map(([, , ...cells]) => cells),
    [
      ['1', '1', '389.142', '3891.63430770', digests[0]],
      ['2', '1', '795.062', mapped[1].expectedAtIssue, digests[1]],
      ['3', '1', '1195.062', mapped[2].expectedAtIssue, digests[2]],
    ],
  );
  assert.not.equal(mapped[1].expectedAtIssue, '4059.42354766'); // the next period's, not the first's
});

test('the schedule is drawn from period to period, what was issued from issuance to issuance', async ({
  world,
}) => {
  const html = await page(world);
  const line = (style: string) =>
    new RegExp(`class="line ${style}" d="M84 202([^"]*)H544"`).exec(html)?.[1] ?? '';
  const at = (style: string) => [...line(style).matchAll(/H([0-9.]+)V/g)].map(([, x]) => Number(x));
  // Blocks 3286 to 3913 on 460 pixels; periods begin at 3360 and 3840.
  const x = (height: number) => Math.round((84 + ((height - 3286) / (3913 - 3286)) * 460) * 10) / 10;
  assert.equal(at('expected'), [3310, 3360, 3840, 3911, 3912].map(x));
  assert.equal(at('issued'), [3310, 3911, 3912].map(x));
  assert.equal(at('mass'), at('issued'));
});

test('the same store and block give the same bytes; a file is replaced only when told to', async ({
  world,
}) => {
  assert.is(await page(world), await page(world));
  const ran = await world.command(1, 'report', '--html', 'report.html');
  assert.equal([ran.status, ran.json.error.code], [1, 'FILE_EXISTS']);
});

test('it loads nothing and runs nothing: the policy allows its own style alone', async ({ world }) => {
  const html = await page(world);
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

test('a mapping missing in the history is told, and its assets are drawn with the next one', async ({
  world,
  digests,
}) => {
  const key = `history/${digests[1]}.json`;
  const kept = world.object(key);
  rmSync(join(world.root, 'store', key));
  try {
    const text = textOf(await page(world));
    assert.match(text, /The history has gaps\./);
    assert.ok(
      text.includes(
        `The mapping ${digests[2]} of height 3912 has 2 assets more than the one of height 3310 before it, of which its own issuance brought 1: at least one mapping before it is missing in history/. The other 1 is drawn`,
      ),
      text,
    );
  } finally {
    world.putObject(key, kept);
  }
  assert.match(textOf(await page(world)), /The history is whole/);
});

test('without the record of an issuance it is not known whether mappings are missing', async ({
  world,
  digests,
}) => {
  const key = `issuances/${digests[0]}.json`;
  const kept = world.object(key);
  for (const damage of [() => rmSync(join(world.root, 'store', key)), () => world.putObject(key, '{')]) {
    damage();
    const text = textOf(await page(world));
    world.putObject(key, kept);
    assert.match(
      text,
      new RegExp(
        `The mapping ${digests[0]} of height 3310 has 1 asset more than the one of height 0 before it\\. There is no record of its issuance`,
      ),
    );
  }
});

test('objects of the history that are cut, unsigned, misnamed or of another line are told and left out', async ({
  world,
  digests,
}) => {
  const first = parseMapping(utf8(world.object(`history/${digests[0]}.json`)));
  const entry = { reference: '999999-2019-PAMP', mass: '400.0', tokenId: '77'.repeat(32) };
  const other = first.extended([entry], '1795341999.000001', 3311);
  const signed = other.withSignatures(
    new Map(['1', '2'].map((label, i) => [label, signMapping(other, world.keys[i] as Uint8Array)])),
  );
  const objects: [digest: string, text: string, told: RegExp][] = [
    ['11'.repeat(32), '{"n": 2, "m"', new RegExp(`${'11'.repeat(32)}\\.json cannot be used: history/1111`)],
    [
      other.digest,
      other.text,
      new RegExp(`${other.digest}\\.json cannot be used: .*mapping: expected valid signatures of 2`),
    ],
    [
      '22'.repeat(32),
      world.object(`history/${digests[0]}.json`),
      new RegExp(`2222\\.json cannot be used: it is the mapping ${digests[0]}`),
    ],
    [
      signed.digest,
      signed.text,
      new RegExp(`The mapping ${signed.digest} of height 3311 has entries that the published one lacks`),
    ],
  ];
  for (const [digest, content, told] of objects) {
    const key = `history/${digest}.json`;
    world.putObject(key, content);
    try {
      const text = textOf(await page(world));
      assert.match(text, told);
      assert.is(text.match(/ UTC [0-9]+ [0-9]+ /g)?.length, 4, 'rows of the history');
    } finally {
      rmSync(join(world.root, 'store', key));
    }
  }
});

test('a published mapping that another tool put in place', async ({ world, digests }) => {
  const key = `history/${digests[2]}.json`;
  const kept = world.object(key);
  rmSync(join(world.root, 'store', key));
  try {
    assert.match(textOf(await page(world)), /The published mapping is not in history\//);
  } finally {
    world.putObject(key, kept);
  }
});

test('nothing issued yet: no picture', async () => {
  const world = await TestWorld.ready();
  try {
    const html = await page(world);
    assert.match(textOf(html), /No asset was issued yet\./);
    assert.not.match(html, /<svg/);
  } finally {
    await world.stop();
  }
});

// Last of those that share a world: the chain is changed.
test('tokens that are gone: exit 1, the verdict, and the rows marked', async ({ world }) => {
  await world.rpc('dev_reorg', 1, false, 1);
  const ran = await world.command(1, 'report', '--html', 'gone.html');
  assert.equal([ran.status, ran.json.agrees], [1, false]);
  assert.ok(existsSync(join(world.pc(1), 'gone.html')));
  const html = world.read(1, 'gone.html');
  assert.match(textOf(html), /The chain and the mapping DISAGREE/);
  const bad = [...html.matchAll(/<tr class="bad"><td class="name">([^<]*)<\/td><td class="name">([^<]*)</g)];
  assert.equal(
    bad.map(([, ...cells]) => cells),
    [['035696-2019-PAMP', 'missing']],
  );
});

test('each asset counts for the oldest mapping that has it, however the names of the objects sort', async () => {
  const world = new TestWorld();
  const store = new FileStore(join(world.root, 'store'));
  try {
    let mapping = parseMapping(
      utf8('{"n": 2, "m": 3, "assets": {}, "sigs": {}, "time": 1795341900.000001, "height": 0}'),
    );
    const line: Mapping[] = [];
    for (let i = 1; i <= 5; i++) {
      const entry = { reference: `00000${i}-2019-PAMP`, mass: '400.0', tokenId: `${i}${i}`.repeat(32) };
      const next = mapping.extended([entry], `179534190${i}.000001`, 480 * i);
      const signatures = [1, 2].map(
        c => [String(c), signMapping(next, world.keys[c - 1] as Uint8Array)] as const,
      );
      mapping = next.withSignatures(new Map(signatures));
      line.push(mapping);
      await store.put(`history/${mapping.digest}.json`, mapping.bytes());
    }
    const digests = line.map(({ digest }) => digest);
    assert.not.equal([...digests].sort(), digests);
    assert.not.equal([...digests].sort().reverse(), digests);
    const { steps } = await fetchHistory(store, world.trust, {
      mapping,
      bytes: mapping.bytes(),
      signers: [1, 2],
    });
    assert.equal(
      steps.map(({ digest, added, issued }) => [digest, added, issued]),
      line.map(({ digest, height }) => [digest, 1, tokenAmount('400', height)]),
    );
  } finally {
    rmSync(world.root, { recursive: true, force: true });
  }
});

/** A report that no chain made. */
function made(mapped: Partial<MappedToken>[], unmapped: Report['unmapped'] = []): [Report, History] {
  const token: MappedToken = {
    ...{ reference: '031037-2019-PAMP', token: 'aa', mass: '400', verdict: 'ok' as const },
    ...{ expectedAtIssue: '1.00000000', expectedNow: '1.00000000', difference: '0.00000000' },
    ...{ spendable: '1.00000000', frozen: '0.00000000' },
  };
  const mapping = { height: 3310, time: '1795341830.804001', digest: 'bb' };
  const published = { mapping, signers: [1, 3] } as unknown as Report['published'];
  const report = { published, height: 3311, unmapped, agrees: true };
  const step = { ...mapping, assets: 1, totalMass: '400.000', added: 1, issued: 1n };
  return [
    { ...report, mapped: mapped.map(part => ({ ...token, ...part })) },
    { steps: [step], gaps: [] },
  ];
}

test('names that would be markup, or turn the line around, are text', () => {
  const hostile = `<img src=x onerror="alert('1')"></td><script>&amp;\u202e\u0000`;
  const [report, history] = made(
    [{ reference: hostile, mass: hostile, token: hostile }],
    [{ token: hostile, spendable: hostile, frozen: hostile, ours: false, note: hostile }],
  );
  const html = reportPage(report, { ...history, gaps: [hostile] });
  assert.not.match(html, /<img|<script|\u202e|\u0000/);
  assert.is(
    html.match(
      /&lt;img src=x onerror=&quot;alert\(&#39;1&#39;\)&quot;&gt;&lt;\/td&gt;&lt;script&gt;&amp;amp;\\u202e\\u0000/g,
    )?.length,
    8,
  );
});

test('of very many tokens the wrong ones are shown first, and the number left out is told', () => {
  const mapped: Partial<MappedToken>[] = Array.from({ length: MAX_ROWS + 2 }, (_, i) => ({ token: `t${i}` }));
  mapped[MAX_ROWS + 1] = { token: 'last', verdict: 'missing' };
  const html = reportPage(...made(mapped));
  assert.match(html, /<tbody>\n<tr class="bad">.*last/);
  assert.match(textOf(html), / 2 more are left out here/);
  assert.is(html.match(/<tr>|<tr class/g)?.length, MAX_ROWS + 2 + 1); // three heads, a step
});

test('a chart is made of level and upright lines alone, from zero, and ends where it says', () => {
  const points = [
    { x: 10, y: 5, title: 'a & b' },
    { x: 20, y: 10 },
  ];
  const svg = stepChart({
    ...{ title: 'T', xUnit: 'block height', yUnit: 'mass', from: 0, to: 40, end: 30 },
    series: [{ style: 'mass', points }],
    dot: { style: 'chain', y: 5, title: 'now' },
  });
  // 460 wide from 84, 172 high from 202; the top is 10.6.
  assert.match(svg, /<path class="line mass" d="M84 202H199V120\.9H314V39\.7H429"\/>/);
  assert.match(svg, /<circle class="chain" cx="429" cy="120\.9"/);
  assert.match(svg, /<title>a &amp; b<\/title>/);
  const labels = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, label]) => label);
  assert.equal(labels, ['0', '5', '10', '0', '10', '20', '30', '40', 'mass', 'block height']);
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
    steps.map(([range, count, least]) => niceStep(range, count, least)),
    steps.map(step => step[3]),
  );
});

test.run();
