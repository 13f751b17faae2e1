/** The history on the report's page, with missing, damaged and foreign mappings and records. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestWorld } from '../../../fixtures/pcs/testing.ts';
import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import { asciiText, utf8 } from '../../../shared/bytes.ts';
import { type Mapping, parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { tokenAmount } from '../../../shared/token-schedule.ts';
import { FileStore } from '../../store/file/file-store.ts';
import { fetchHistory } from '../history.ts';
import { COMPLETE, HAS_GAPS } from '../texts/page.ts';
import {
  missingObjectText,
  NOT_KEPT,
  notInLedgerText,
  readingHistoryText,
  unexplainedAssetsText,
  unusableObjectText,
} from '../texts/report-gaps.ts';
import { type Issued, reportPageOf, textOfHtml, worldWithThreeIssuances } from './testing.ts';

const test = suite<Issued>('history of the report');

test.before(async context => {
  Object.assign(context, await worldWithThreeIssuances());
});
test.after(({ world }) => world.stop());

test('a mapping that the history lacks is reported, and its assets are drawn with the next one', async ({
  world,
  digests,
}) => {
  const key = `history/${digests[1]}.json`;
  const kept = world.object(key);
  rmSync(join(world.root, 'store', key));
  try {
    const text = textOfHtml(await reportPageOf(world));
    const [first, second, third] = digests as [string, string, string];
    const mapping = { digest: third, height: 3912 };
    const before = { digest: first, height: 3310 };
    for (const expected of [
      HAS_GAPS,
      missingObjectText(second, { height: 3911, issued: 1 }),
      unexplainedAssetsText({ mapping, before, added: 2, issued: 1 }),
    ])
      assert.ok(text.includes(expected), text);
  } finally {
    world.putObject(key, kept);
  }
  assert.ok(textOfHtml(await reportPageOf(world)).includes(COMPLETE));
});

test('without a mapping in the history, amounts are those of the recorded issue', async ({
  world,
  digests,
}) => {
  const { mapped } = await world.ok(1, 'report');
  const atIssue = mapped.map((t: any) => parseAmount(t.expectedAtIssue, 'tokens'));
  const whole = formatAmount(atIssue[0] + atIssue[1] + atIssue[2]);
  const key = `history/${digests[0]}.json`;
  const kept = world.object(key);
  rmSync(join(world.root, 'store', key));
  try {
    const known = textOfHtml(await reportPageOf(world));
    assert.ok(known.includes(`issued: ${whole} on chain`), known);
    assert.ok(known.includes(missingObjectText(digests[0] as string, { height: 3310, issued: 1 })));
  } finally {
    world.putObject(key, kept);
  }
});

test('the oldest available mapping contains all earlier assets', async ({ world, digests }) => {
  const store = join(world.root, 'store');
  const kept = readdirSync(join(store, 'history'))
    .filter(name => name !== `${digests[2]}.json`)
    .map(name => [`history/${name}`, world.object(`history/${name}`)] as const);
  for (const [key] of kept) rmSync(join(store, key));
  try {
    const text = textOfHtml(await reportPageOf(world));
    assert.match(text, /\(height 3912\) has 3.* issued 1.*\..*2 assets/);
  } finally {
    for (const [key, content] of kept) world.putObject(key, content);
  }
});

test('truncated, unsigned, misnamed and foreign objects of the history are reported and skipped', async ({
  world,
  digests,
}) => {
  const first = parseMapping(utf8(world.object(`history/${digests[0]}.json`)));
  const entry = { reference: '999999-2019-PAMP', mass: '400.0', assetId: '77'.repeat(32) };
  const other = first.extended([entry], '1795341999.000001', 3311);
  const signed = other.withSignatures(
    new Map(['1', '2'].map((label, i) => [label, signMapping(other, world.keys[i] as Uint8Array)])),
  );
  /** The sentence about an object that cannot be used, with a pattern for the reason. */
  const unusable = (digest: string, reason: string) => unusableObjectText(`history/${digest}.json`, reason);
  const objects: [digest: string, text: string, told: string | RegExp][] = [
    ['11'.repeat(32), '{"n": 2, "m"', new RegExp(unusable('11'.repeat(32), '(?!history)'))],
    [
      other.digest,
      asciiText(other.bytes()),
      new RegExp(unusable(other.digest, '[^.]*mapping: .* signatures of 2 ')),
    ],
    [
      '22'.repeat(32),
      world.object(`history/${digests[0]}.json`),
      new RegExp(unusable('22'.repeat(32), `[^.]* ${digests[0]}`)),
    ],
    [signed.digest, asciiText(signed.bytes()), notInLedgerText(signed)],
  ];
  for (const [digest, content, told] of objects) {
    const key = `history/${digest}.json`;
    world.putObject(key, content);
    try {
      const text = textOfHtml(await reportPageOf(world));
      assert.ok(typeof told === 'string' ? text.includes(told) : told.test(text), text);
      assert.is(text.match(/ UTC [0-9]+ [0-9]+ /g)?.length, 4, 'rows of the history');
    } finally {
      rmSync(join(world.root, 'store', key));
    }
  }
});

test('a published mapping that another tool wrote is shown', async ({ world, digests }) => {
  const key = `history/${digests[2]}.json`;
  const kept = world.object(key);
  rmSync(join(world.root, 'store', key));
  try {
    assert.ok(textOfHtml(await reportPageOf(world)).includes(NOT_KEPT));
  } finally {
    world.putObject(key, kept);
  }
});

test('each asset counts for the oldest mapping with it, in any order of object names', async () => {
  const world = new TestWorld();
  const store = new FileStore(join(world.root, 'store'));
  try {
    let mapping = parseMapping(
      utf8('{"n": 2, "m": 3, "assets": {}, "sigs": {}, "time": 1795341900.000001, "height": 0}'),
    );
    const line: Mapping[] = [];
    for (let i = 1; i <= 5; i++) {
      const entry = { reference: `00000${i}-2019-PAMP`, mass: '400.0', assetId: `${i}${i}`.repeat(32) };
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
    const published = { mapping, bytes: mapping.bytes(), signers: [1, 2] };
    const reported = { published, line: digests, issuances: new Map() };
    const told: string[] = [];
    const reader = { store, trust: world.trust, progress: (line: string) => told.push(line) };
    const { steps, assumed } = await fetchHistory(reader, reported);
    assert.equal([assumed, told], [5, []]);
    assert.equal(
      steps.map(({ digest, added, issued }) => [digest, added, issued]),
      line.map(({ digest, height }) => [digest, 1, tokenAmount('400', height)]),
    );
    for (let i = 10; i < 56; i++) await store.put(`history/${String(i).repeat(32)}.json`, utf8('{'));
    const { gaps } = await fetchHistory(reader, reported);
    assert.equal(told, [readingHistoryText(50)]);
    assert.is(gaps.filter(gap => /^history\/(\d\d)\1{31}\.json /.test(gap)).length, 46);
  } finally {
    rmSync(world.root, { recursive: true, force: true });
  }
});

test('for an adopted mapping no issuance is recorded, and the page says so', async ({ world }) => {
  const current = parseMapping(utf8(world.object('map.json')));
  const entry = { reference: '888888-2019-PAMP', mass: '400.0', assetId: '88'.repeat(32) };
  const other = current.extended([entry], '1795341999.000001', current.height + 1);
  const signed = other.withSignatures(
    new Map(['1', '2'].map((label, i) => [label, signMapping(other, world.keys[i] as Uint8Array)])),
  );
  world.putObject('map.json', new TextDecoder().decode(signed.bytes()));
  const adopted = await world.ok(1, 'map', 'adopt', '--yes');
  assert.equal([adopted.mapping, adopted.settled, adopted.dropped], [other.digest, [], []]);
  const text = textOfHtml(await reportPageOf(world));
  const unexplained = { mapping: other, before: current, added: 1, issued: null };
  assert.ok(text.includes(unexplainedAssetsText(unexplained)), text);
});

test.run();
