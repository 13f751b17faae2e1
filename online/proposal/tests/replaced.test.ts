/** Mappings that were published and are replaced by ones that lack them: no bar of them gets a second token. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR_1,
  BAR_2,
  BAR_3,
  HEADER,
  PREPARE,
  type Ran,
  refused,
  TestWorld,
} from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { derive } from '../../../shared/derive.ts';
import { assetsOf } from '../../../shared/mapping/listing.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { readRequest } from '../../../shared/request.ts';
import { readSignatures, signedTransaction } from '../../../shared/signatures.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { transactionHex } from '../../../shared/transaction.ts';
import { finalise } from '../finalise.ts';
import { finalising, stepping } from './stepping.ts';

const test = suite<{ world: TestWorld }>('replaced');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];
const NAME_3 = '035696-2019-PAMP';

const digestOf = (text: string) => parseMapping(utf8(text)).digest;

interface Entry {
  reference: string;
  mass: string;
  assetId: string;
}

/** As an older tool would make it of a mapping, signed by two. */
function olderMapping(world: TestWorld, base: string, entries: Entry[]): string {
  const time = `${Math.floor(Date.now() / 1000) + 3600}.000001`;
  const made = parseMapping(utf8(base)).extended(entries, time, 3311);
  const signatures = [1, 2].map(
    i => [String(i), signMapping(made, world.keys[i - 1] as Uint8Array)] as const,
  );
  return new TextDecoder().decode(made.withSignatures(new Map(signatures)).bytes());
}

const bar3 = (assetId = 'ab'.repeat(32)): Entry => ({ reference: NAME_3, mass: '400.0', assetId });

async function issue(world: TestWorld, coordinator: number, confirmer: number, bars: string): Promise<any> {
  await world.propose(coordinator, HEADER + bars);
  await world.countersign(confirmer);
  return world.ok(confirmer, ...FINALISE);
}

function prepare(world: TestWorld, i: number, bars: string): Promise<Ran> {
  world.write(i, 'bars.csv', HEADER + bars);
  return world.command(i, ...PREPARE, '--overwrite');
}

/** The transaction of an issuance that was never submitted, as two signed it. */
function draftTransaction(world: TestWorld, i: number, at: number, files: string[]) {
  const request = readRequest(utf8(world.read(i, 'request.json')));
  const derivation = derive(request, parseMapping(utf8(world.object('map.json'))), world.trust);
  const signatures = files.map(file => readSignatures(utf8(world.read(i, file)), file));
  const issuance = derivation.issuances[at] as (typeof derivation.issuances)[number];
  return {
    token: issuance.assetId,
    hex: transactionHex(signedTransaction(issuance, at, signatures, world.trust)),
  };
}

test('an older tool that began before an issuance puts its mapping over it: every step stops, on every PC', async ({
  world,
}) => {
  const m0 = world.object('map.json');
  await issue(world, 1, 2, BAR_1);
  const m1 = world.object('map.json');
  const other = olderMapping(world, m0, [bar3()]);
  world.putObject('map.json', other);
  const what = new RegExp(
    `^map\\.json is now the mapping ${digestOf(other)} of height 3311; it lacks 031037-2019-PAMP of ${digestOf(m1)}, published before, whose token is on chain`,
  );
  const way = new RegExp(
    `copy history/${digestOf(m1)}\\.json over map\\.json.* Then issue ${NAME_3} of the mapping found anew`,
  );
  for (const i of [1, 2, 3]) {
    const { state, next } = await world.ok(i, 'status');
    assert.equal([state, what.test(next), way.test(next)], ['none', true, true], next);
    for (const bars of [BAR_1, BAR_2]) refused(await prepare(world, i, bars), 'MAPPING_INVALID', what, way);
  }
  // As it says.
  world.putObject('map.json', m1);
  for (const i of [1, 2, 3]) assert.match((await world.ok(i, 'status')).next, /^A coordinator can prepare/);
  assert.is((await prepare(world, 3, BAR_2)).status, 0);
  refused(await prepare(world, 3, BAR_1), 'DUPLICATE_ASSET', /stands in the mapping already/);
});

test('a request that was made on the mapping that replaced it is neither reviewed, submitted nor finalised', async ({
  world,
}) => {
  const m0 = world.object('map.json');
  // Prepared and signed where nobody saw what was published meanwhile.
  await issue(world, 1, 2, BAR_1);
  const other = olderMapping(world, m0, [bar3()]);
  const [history, issuances] = ['history', 'issuances'].map(name => join(world.root, 'store', name));
  const m1 = world.object('map.json');
  const record = world.object(`issuances/${digestOf(m1)}.json`);
  const mark = readdirSync(join(world.root, 'store', 'proposals'))[0];
  const text = world.object(`proposals/${mark}/published.json`);
  rmSync(join(history as string, `${digestOf(m1)}.json`));
  rmSync(join(issuances as string, `${digestOf(m1)}.json`));
  rmSync(join(world.root, 'store', 'proposals', mark as string, 'published.json'));
  const request = world.object(`proposals/${mark}/request.json`);
  rmSync(join(world.root, 'store', 'proposals', mark as string, 'request.json'));
  world.putObject('map.json', other);
  for (const i of [1, 2, 3]) rmSync(join(world.pc(i), '.countersign'), { recursive: true, force: true });
  assert.is((await prepare(world, 3, BAR_2)).status, 0);
  world.sign(3, 'request.json', 'mine.json');
  world.sign(3, 'request.json', 'two.json', 1);
  // It all comes back.
  world.putObject(`history/${digestOf(m1)}.json`, m1);
  world.putObject(`issuances/${digestOf(m1)}.json`, record);
  world.putObject(`proposals/${mark}/request.json`, request);
  world.putObject(`proposals/${mark}/published.json`, text);
  const what = /it lacks 031037-2019-PAMP of /;
  refused(await world.command(3, 'submit', 'mine.json'), 'MAPPING_INVALID', what);
  refused(await world.command(3, 'finalise', 'mine.json', 'two.json', '--yes'), 'MAPPING_INVALID', what);
  assert.equal(await world.rpc('getrawmempool'), []);
});

test('without marks, records or requests the mapping in history/ says it alone', async ({ world }) => {
  const m0 = world.object('map.json');
  await issue(world, 1, 2, BAR_1);
  world.putObject('map.json', olderMapping(world, m0, [bar3()]));
  for (const name of ['issuances', 'proposals', 'successors'])
    rmSync(join(world.root, 'store', name), { recursive: true });
  refused(
    await prepare(world, 3, BAR_1),
    'DUPLICATE_ASSET',
    /^031037-2019-PAMP has its token on chain already, by/,
  );
  const other = await prepare(world, 3, BAR_2);
  assert.is(other.status, 0, other.stderr);
  assert.match(
    other.stderr,
    /^031037-2019-PAMP of the mapping .* in history\/ has its token on chain, in no entry/m,
  );
  assert.match(
    (await world.ok(2, 'status')).next,
    /031037-2019-PAMP of the mapping .* never issue this bar again/,
  );
});

test('the bar of a displaced mapping whose token is on chain is never prepared again', async ({ world }) => {
  // What the older tool will send: the third bar on the third coin.
  const names = ['031091', '031092'].map(serial => BAR_1.replace('031037', serial));
  await prepare(world, 3, names.join('') + BAR_3);
  world.sign(3, 'request.json', 's3.json');
  world.sign(3, 'request.json', 's1.json', 1);
  const { token, hex } = draftTransaction(world, 3, 2, ['s1.json', 's3.json']);
  rmSync(join(world.pc(3), '.countersign'), { recursive: true });
  const m0 = world.object('map.json');
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  world.onSleep = async () => {
    await world.rpc('sendrawtransaction', hex).catch(() => undefined);
    world.putObject('map.json', olderMapping(world, m0, [bar3(token)]));
    await world.generate();
  };
  refused(
    await world.command(2, ...FINALISE),
    'MAPPING_INVALID',
    /are in no mapping/,
    /never issue it again/,
  );
  world.onSleep = () => world.generate();
  world.putObject('map.json', m0);
  await world.ok(2, ...FINALISE);
  for (const i of [1, 3])
    assert.match(
      (await world.ok(i, 'status')).next,
      new RegExp(`${NAME_3} of the mapping .* never issue this bar again`),
    );
  await world.ok(1, 'coins', 'scan');
  for (const i of [1, 2, 3])
    refused(
      await prepare(world, i, BAR_3),
      'DUPLICATE_ASSET',
      new RegExp(`^${NAME_3} has its token on chain already`),
    );
});

test('the bar of a displaced mapping whose coin is unspent goes on that coin', async ({ world }) => {
  const m0 = world.object('map.json');
  await prepare(world, 3, BAR_1.replace('031037', '031091') + BAR_3);
  world.sign(3, 'request.json', 's3.json');
  world.sign(3, 'request.json', 's1.json', 1);
  const { token } = draftTransaction(world, 3, 1, ['s1.json', 's3.json']);
  const coin = JSON.parse(world.read(3, 'request.json')).issuances[1].coin;
  rmSync(join(world.pc(3), '.countersign'), { recursive: true });
  const other = olderMapping(world, m0, [bar3(token)]);
  mkdirSync(join(world.root, 'store', 'history'));
  world.putObject(`history/${digestOf(m0)}.json`, m0);
  world.putObject(`history/${digestOf(other)}.json`, other);
  const ran = await prepare(world, 2, BAR_3);
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(ran.json.issuances[0].coin, coin);
});

test('what was redeemed by an older tool, and its token destroyed, is no hindrance', async ({ world }) => {
  const { assets } = await issue(world, 1, 2, BAR_1 + BAR_2);
  const signed = parseMapping(utf8(world.object('map.json')));
  // Without the first bar: redeeming takes an entry out.
  const rest = [...assetsOf(signed)].filter(({ reference }) => !reference.startsWith('031037'));
  const empty = parseMapping(utf8(world.object(`history/${digestOf(firstOf(world))}.json`)));
  const text = olderMapping(
    world,
    new TextDecoder().decode(empty.bytes()),
    rest.map(({ reference, mass, assetId }) => ({ reference, mass, assetId })),
  );
  world.putObject('map.json', text);
  const info: any[] = await world.rpc('getutxoassetinfo');
  const result = info.filter(one => one.asset !== assets[0].assetId);
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 99, result });
  assert.match((await world.ok(3, 'status')).next, /^A coordinator can prepare/);
  const ran = await prepare(world, 3, BAR_1);
  assert.is(ran.status, 0, ran.stderr);
});

/** The empty mapping, which the store began with. */
function firstOf(world: TestWorld): string {
  const names = readdirSync(join(world.root, 'store', 'history'));
  const texts = names.map(name => world.object(`history/${name}`));
  return texts.find(text => parseMapping(utf8(text)).size === 0) as string;
}

test('what this PC knows is not read again, and a new mapping with all of it neither', async ({ world }) => {
  await issue(world, 1, 2, BAR_1);
  await world.ok(1, 'status');
  const before = JSON.parse(world.read(1, '.countersign/held.json'));
  assert.is(before.mapping, digestOf(world.object('map.json')));
  await issue(world, 3, 2, BAR_2);
  await world.ok(1, 'status');
  const after = JSON.parse(world.read(1, '.countersign/held.json'));
  assert.ok([before.mapping, ...before.holds].every(one => after.holds.includes(one)));
  // Damaged, it costs only that all is read again.
  world.write(1, '.countersign/held.json', '{"mapping"');
  await world.ok(1, 'status');
  assert.equal(JSON.parse(world.read(1, '.countersign/held.json')), after);
});

test('a mapping that comes while finalise publishes is not overwritten, and kept', async ({ world }) => {
  const m0 = world.object('map.json');
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const other = olderMapping(world, m0, [bar3()]);
  const services = stepping(world, 2, {
    // The last thing that is written before map.json.
    written: key => (key.startsWith('issuances/') ? world.putObject('map.json', other) : undefined),
  });
  await rejectsWith(
    'MAPPING_INVALID',
    () => finalise(services, finalising(['mine.json'])),
    /are in no mapping$/,
  );
  assert.is(world.object('map.json'), other);
  assert.is(world.object(`history/${digestOf(other)}.json`), other);
});

test('finalise that ended between history/ and map.json is gone on with, and nothing else is said', async ({
  world,
}) => {
  const m0 = world.object('map.json');
  await issue(world, 1, 2, BAR_1);
  const m1 = world.object('map.json');
  const [mark] = readdirSync(join(world.root, 'store', 'proposals'));
  rmSync(join(world.root, 'store', 'issuances'), { recursive: true });
  rmSync(join(world.root, 'store', 'proposals', mark as string, 'published.json'));
  world.putObject('map.json', m0);
  for (const i of [1, 2, 3]) rmSync(join(world.pc(i), '.countersign'), { recursive: true, force: true });
  const { state, next } = await world.ok(3, 'status');
  assert.is(state, 'confirmed');
  assert.match(next, /Confirmed but not published: run `countersign finalise` again\.$/);
  await world.ok(3, 'finalise', '--yes');
  assert.is(world.object('map.json'), m1);
});

test('map.json gone: map init refuses whatever tells that there was one, and the newest copy is named', async ({
  world,
}) => {
  await issue(world, 1, 2, BAR_1);
  await issue(world, 2, 3, BAR_2);
  const newest = world.object('map.json');
  rmSync(join(world.root, 'store', 'map.json'));
  for (const i of [1, 3]) {
    rmSync(join(world.pc(i), '.countersign'), { recursive: true, force: true });
    for (const step of [['status'], FINALISE, ['abandon', '--yes']])
      refused(
        await world.command(i, ...step),
        'OBJECT_MISSING',
        /^map\.json: there is none/,
        new RegExp(`history/${digestOf(newest)}\\.json, of height 33[0-9]{2}, is the newest of those kept`),
      );
  }
  for (const kept of ['history', 'issuances', 'successors']) {
    refused(
      await world.command(3, 'map', 'init'),
      'MAPPING_EXISTS',
      /shows that there was one$/,
      /has to be put back/,
    );
    if (kept === 'history') world.putObject('copy', newest);
    rmSync(join(world.root, 'store', kept), { recursive: true });
  }
  world.putObject('map.json', world.object('copy'));
  assert.is((await world.ok(1, 'map', 'verify')).assets, 2);
});

test.run();
