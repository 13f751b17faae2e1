/**
 * Mappings that other tools write, and issuances that other tools or other nodes send. No issuance is lost,
 * and no bar gets a second token.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assertRefused,
  BAR_1,
  BAR_2,
  BAR_3,
  HEADER,
  PREPARE,
  type Ran,
  TestWorld,
} from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { finaliseProposal } from '../commands/finalise.ts';
import { finaliseInput, interceptedServices, readFilesOf } from './intercepted-services.ts';
import { makeOlderMapping, type OlderEntry, runOlderConfirmer } from './older-tools.ts';

const test = suite<{ world: TestWorld }>('other tools');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];
const NAME_3 = '035696-2019-PAMP';
const mappingDigestOfText = (text: string) => parseMapping(utf8(text)).digest;

const thirdBarEntry = (assetId = 'ab'.repeat(32)): OlderEntry => ({
  reference: NAME_3,
  mass: '400.0',
  assetId,
});

async function issueBars(
  world: TestWorld,
  coordinator: number,
  confirmer: number,
  bars: string,
): Promise<any> {
  await world.propose(coordinator, HEADER + bars);
  await world.countersign(confirmer);
  return world.ok(confirmer, ...FINALISE);
}

function prepareBars(world: TestWorld, i: number, bars: string): Promise<Ran> {
  world.write(i, 'bars.csv', HEADER + bars);
  return world.command(i, ...PREPARE, '--overwrite', '--max-tip-age', '100000');
}

test('if an older tool overwrites the mapping after an issuance, every command stops and repair restores it', async ({
  world,
}) => {
  const m0 = world.object('map.json');
  await issueBars(world, 1, 2, BAR_1);
  const m1 = world.object('map.json');
  const other = makeOlderMapping(world, m0, [thirdBarEntry()]);
  world.putObject('map.json', other);
  const before = world.snapshot();
  const what = new RegExp(`^map\\.json .* ${mappingDigestOfText(other)} \\(height 3311\\)`);
  const way = /`countersign map adopt`.* `countersign repair`/;
  for (const i of [1, 2, 3]) {
    const status = await world.command(i, 'status');
    assertRefused(status, 'MAPPING_INVALID', what, way);
    assert.equal([status.json.state, status.json.mapping], ['none', mappingDigestOfText(m1)]);
    for (const bars of [BAR_1, BAR_2])
      assertRefused(await prepareBars(world, i, bars), 'MAPPING_INVALID', what, way);
  }
  assert.is(world.snapshot(), before, 'reading never writes');
  await world.ok(2, 'repair', '--yes');
  assert.equal(
    [world.object('map.json'), world.object(`history/${mappingDigestOfText(other)}.json`)],
    [m1, other],
  );
  for (const i of [1, 2, 3])
    assert.match((await world.ok(i, 'status')).next, /^A .* `countersign prepare`\.$/);
  assertRefused(await prepareBars(world, 3, BAR_1), 'DUPLICATE_ASSET', {
    kind: 'bars-issued',
    references: ['031037-2019-PAMP'],
  });
  assert.is((await prepareBars(world, 3, BAR_2)).status, 0);
});

test('map.json replaced after sending is reported, restored and not adopted, and the issuance is finished', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  const base = world.object('map.json');
  const other = makeOlderMapping(world, base, [thirdBarEntry()]);
  world.onSleep = async () => {
    world.putObject('map.json', other);
    await world.generate();
  };
  const what = new RegExp(`^map\\.json .* ${mappingDigestOfText(other)} \\(height 3311\\)`);
  assertRefused(await world.command(2, ...FINALISE), 'MAPPING_INVALID', what);
  world.onSleep = () => world.generate();
  for (const i of [1, 2, 3]) {
    const status = await world.command(i, 'status');
    assertRefused(status, 'MAPPING_INVALID', what);
    assert.is(status.json.state, 'confirmed');
  }
  assertRefused(await prepareBars(world, 3, BAR_3), 'MAPPING_INVALID', what);
  assertRefused(
    await world.command(1, 'map', 'adopt', '--yes'),
    'ALREADY_SENT',
    /is sent/,
    /`countersign repair`/,
  );
  await world.ok(1, 'repair', '--yes');
  await world.ok(2, ...FINALISE);
  assert.is(world.object(`history/${mappingDigestOfText(other)}.json`), other, 'what was replaced is kept');
  assert.ok((await world.ok(3, 'report')).agrees);
  // `prepare` accepts the bar of the other mapping, because its token is not on chain.
  world.clockSkew = 2 * 3600_000;
  assert.is((await prepareBars(world, 3, BAR_3)).status, 0);
});

test('a bar of a replaced mapping whose token is on chain is never prepared again', async ({ world }) => {
  const m0 = world.object('map.json');
  const [token] = (await world.rpc('getutxoassetinfo')).map((one: any) => one.asset);
  world.putObject('map.json', makeOlderMapping(world, m0, [thirdBarEntry(token)]));
  await world.ok(1, 'repair', '--yes');
  for (const i of [1, 2, 3])
    assertRefused(await prepareBars(world, i, BAR_3), 'DUPLICATE_ASSET', {
      kind: 'bars-dropped',
      references: [NAME_3],
    });
  assert.is((await prepareBars(world, 2, BAR_1)).status, 0);
});

test('a bar of a replaced mapping whose coin is unspent is issued on that coin', async ({ world }) => {
  const coin = (await world.ok(1, 'coins', 'list')).coins[3];
  world.putObject(
    'map.json',
    makeOlderMapping(world, world.object('map.json'), [thirdBarEntry(assetIdOf(coin))]),
  );
  await world.ok(1, 'repair', '--yes');
  const made = await prepareBars(world, 2, BAR_1 + BAR_3);
  assert.is(made.status, 0, made.stderr);
  assert.equal(
    made.json.issuances.map((one: any) => one.coin.txid === coin.txid && one.coin.vout === coin.vout),
    [false, true],
  );
});

test('status reports the token of a bar that an adopted mapping lacks, until the token is destroyed', async ({
  world,
}) => {
  const m0 = world.object('map.json');
  const { assets } = await issueBars(world, 1, 2, BAR_1 + BAR_2);
  // The mapping without the first bar, as after a redemption.
  const rest = [...listAssets(parseMapping(utf8(world.object('map.json'))))].filter(
    ({ reference }) => !reference.startsWith('031037'),
  );
  world.putObject(
    'map.json',
    makeOlderMapping(
      world,
      m0,
      rest.map(({ reference, mass, assetId }) => ({ reference, mass, assetId })),
    ),
  );
  await world.ok(3, 'map', 'adopt', '--yes');
  const status = await world.ok(2, 'status');
  assert.equal(status.troubles, ['unmapped']);
  assert.match(status.next, new RegExp(`031037-2019-PAMP .token ${assets[0].assetId}`));
  assert.is((await world.ok(2, 'next')).command, null);
  world.clockSkew = 2 * 3600_000;
  assertRefused(await prepareBars(world, 3, BAR_1), 'DUPLICATE_ASSET', {
    kind: 'bars-dropped',
    references: ['031037-2019-PAMP'],
  });
  const info: any[] = await world.rpc('getutxoassetinfo');
  const burnt = (one: any) => ({ ...one, amountspendable: 0, amountfrozen: 0 });
  const result = info.map(one => (one.asset === assets[0].assetId ? burnt(one) : one));
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 99, result });
  assert.equal((await world.ok(2, 'status')).troubles, []);
  const ran = await prepareBars(world, 3, BAR_1);
  assert.is(ran.status, 0, ran.stderr);
});

test('a mapping that another tool writes while finalise publishes is not overwritten', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const other = makeOlderMapping(world, world.object('map.json'), [thirdBarEntry()]);
  const services = interceptedServices(world, 2, {
    // The object in `history/` is the last one that is written before the entry and map.json.
    created: key => (key.startsWith('history/') ? world.putObject('map.json', other) : undefined),
  });
  await rejectsWith('MAPPING_INVALID', () =>
    finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json']))),
  );
  assert.is(world.object('map.json'), other);
  await world.ok(1, 'repair', '--yes');
  assert.is(world.object(`history/${mappingDigestOfText(other)}.json`), other);
  assert.ok((await world.ok(1, 'report')).agrees);
});

for (const after of ['the entry', 'map.json'] as const)
  test(`a finalise that ended after ${after} is continued from any PC`, async ({ world }) => {
    await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    const base = world.object('map.json');
    class Killed extends Error {}
    const services = interceptedServices(world, 2, {
      before: (action, key) => {
        if (action === 'put' && key === (after === 'the entry' ? 'map.json' : 'ptxo.dat')) throw new Killed();
      },
    });
    try {
      await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json'])));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Killed);
    }
    if (after === 'the entry') {
      world.putObject('map.json', base);
      const now = await world.ok(3, 'status');
      assert.equal(now.troubles[0], 'map-late');
      world.write(3, 'bars.csv', HEADER + BAR_2);
      assertRefused(await world.command(3, ...PREPARE, '--overwrite'), 'PROPOSAL_OPEN', {
        kind: 'trouble',
        trouble: { kind: 'map-late' },
      });
      world.clockSkew += 600_000;
      assertRefused(
        await world.command(3, 'status'),
        'ROLLBACK',
        new RegExp(`^map\\.json: .* ${mappingDigestOfText(base)} \\(height 0\\)$`),
        /`countersign repair`/,
      );
    }
    world.clockSkew = 0;
    const done = await world.ok(3, 'finalise', '--yes');
    assert.is(mappingDigestOfText(world.object('map.json')), done.mapping);
    assert.ok((await world.ok(1, 'report')).agrees);
    assert.equal((await world.ok(3, 'status')).troubles, []);
  });

test('if map.json is missing, map init refuses, every command names repair, and repair restores the newest mapping', async ({
  world,
}) => {
  await issueBars(world, 1, 2, BAR_1);
  await issueBars(world, 2, 3, BAR_2);
  const newest = world.object('map.json');
  rmSync(join(world.root, 'store', 'map.json'));
  for (const i of [1, 3]) {
    rmSync(join(world.pc(i), '.countersign'), { recursive: true, force: true });
    for (const step of [['status'], ['review', '--out', 'x.json']])
      assertRefused(
        await world.command(i, ...step),
        'OBJECT_MISSING',
        /^map\.json: /,
        /`countersign repair`/,
      );
  }
  assertRefused(await world.command(3, 'map', 'init'), 'MAPPING_EXISTS', /^ledger\/00000000\.json: /);
  await world.ok(3, 'repair', '--yes');
  assert.is(world.object('map.json'), newest);
  assert.is((await world.ok(1, 'map', 'verify')).assets, 2);
});

test('if map.json is missing after sending, the ledger decides and the proposal is published', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  world.onSleep = async () => {
    rmSync(join(world.root, 'store', 'map.json'), { force: true });
    await world.generate();
  };
  await world.ok(2, ...FINALISE);
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('an older mapping that a delayed finalise writes over a newer one is replaced at once', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  let newer = '';
  const services = interceptedServices(world, 2, {
    before: async (action, key) => {
      if (action !== 'put' || key !== 'map.json' || newer !== '') return;
      newer = ' ';
      await world.ok(3, 'finalise', '--yes');
      await issueBars(world, 1, 3, BAR_2);
      newer = world.object('map.json');
    },
  });
  const { mapping } = await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json'])));
  assert.is(world.object('map.json'), newer);
  assert.is.not(mapping, mappingDigestOfText(newer));
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('a truncated object in the history is replaced by its mapping', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const services = interceptedServices(world, 2, {
    before: (action, key) => {
      if (action === 'create' && key.startsWith('history/')) world.putObject(key, '{"n": 2, "m"');
    },
  });
  const { mapping } = await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json'])));
  assert.is(world.object(`history/${mapping}.json`), world.object('map.json'));
});

/** Controller 2 decided to send but sent nothing. Controller 3 abandoned the proposal after its period. */
async function abandonAfterDecision(
  world: TestWorld,
): Promise<{ digest: string; reviewCode: string; older: string }> {
  const made = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('dev_fault', { method: 'sendrawtransaction', kind: 'error', code: -7, times: 50 });
  assert.is((await world.command(2, ...FINALISE)).json.error.code, 'NODE_REFUSED');
  await world.rpc('dev_fault', null);
  const { blocks } = await world.rpc('getblockchaininfo');
  await world.rpc('dev_skip', 480 - (blocks % 480));
  const older = world.object('ps1_tx.json');
  await world.ok(3, 'abandon', '--yes');
  return { ...made, older };
}

test('an abandoned proposal that is confirmed is published before any other request is prepared', async ({
  world,
}) => {
  const { reviewCode, older } = await abandonAfterDecision(world);
  await runOlderConfirmer(world, 2, 0, older);
  const waits = await prepareBars(world, 3, BAR_2);
  assert.is(waits.status, 0, waits.stderr);
  assert.match(waits.stderr, new RegExp(`031037-2019-PAMP .* ${reviewCode}, `));
  await world.ok(3, 'abandon', '--yes');
  await world.generate();
  assertRefused(
    await prepareBars(world, 3, BAR_2),
    'ALREADY_SENT',
    { kind: 'trouble', trouble: { kind: 'stray', part: 'all' } },
    /`countersign finalise`/,
  );
  await world.ok(2, ...FINALISE);
  assert.is((await prepareBars(world, 3, BAR_2)).status, 0);
  assert.ok((await world.ok(3, 'report')).agrees);
});

test('publishing a confirmed abandoned proposal supersedes the open one that is not sent', async ({
  world,
}) => {
  const first = await abandonAfterDecision(world);
  const second = await world.propose(3, HEADER + BAR_2);
  await runOlderConfirmer(world, 2, 0, first.older);
  await world.generate();
  const done = await world.ok(2, ...FINALISE);
  assert.is(mappingDigestOfText(world.object('map.json')), done.mapping);
  world.write(1, 'second.json', world.read(3, 'mine.json'));
  assertRefused(await world.command(1, 'submit', 'second.json'), 'BASE_INVALID', {
    kind: 'superseded',
    request: second.digest,
  });
  const again = await world.propose(1, HEADER + BAR_2);
  assert.equal(again.issuances[0].coin, second.issuances[0].coin, 'its coin is reserved for its bar');
});

test('while another proposal is sent, a confirmed abandoned one waits, and no PC can prepare its bar', async ({
  world,
}) => {
  const first = await abandonAfterDecision(world);
  world.write(2, 'first.json', world.read(2, 'mine.json'));
  await world.propose(3, HEADER + BAR_2);
  await world.countersign(1);
  world.onSleep = async () => {
    await runOlderConfirmer(world, 2, 0, first.older).catch(() => undefined);
    const ran = await world.command(2, 'finalise', 'first.json', '--yes');
    if (!['PROPOSAL_OPEN', 'NO_PROPOSAL'].includes(ran.json.error?.code))
      assertRefused(ran, 'PROPOSAL_OPEN', /./);
    await world.generate();
  };
  await world.ok(1, ...FINALISE);
  world.onSleep = () => world.generate();
  assertRefused(
    await world.command(2, 'finalise', 'first.json', '--yes'),
    'ALREADY_SENT',
    { kind: 'trouble', trouble: { kind: 'stray', part: 'all', isPublishable: false } },
    { call: 'controllers' },
  );
  assert.equal((await world.ok(3, 'status')).troubles, ['stray']);
  assertRefused(
    await prepareBars(world, 3, BAR_1),
    'COIN_SPENT',
    { kind: 'coin-spent', waits: false },
    { run: 'coins scan' },
  );
});

/** Writes an older tool's own proposal: partially signed objects that no entry of the ledger names. */
async function writeOlderProposal(world: TestWorld): Promise<{ coin: string }> {
  const elsewhere = await TestWorld.ready();
  const made = await elsewhere.propose(1, HEADER + BAR_3);
  for (const key of ['ps1_map.json', 'ps1_tx.json']) world.putObject(key, elsewhere.object(key));
  await elsewhere.stop();
  const { coin } = made.issuances[0];
  return { coin: `${coin.txid}:${coin.vout}` };
}

test("an older tool's proposal is shown, its bars and coins are reserved, and only a flag replaces it", async ({
  world,
}) => {
  const { coin } = await writeOlderProposal(world);
  const older = world.object('ps1_tx.json');
  const { next, troubles } = await world.ok(2, 'status');
  assert.equal(troubles, ['older-proposal']);
  assert.match(next, new RegExp(`${NAME_3}, .* controller 1`));
  assertRefused(await prepareBars(world, 1, BAR_3), 'PROPOSAL_OPEN', {
    kind: 'bars-older',
    references: [NAME_3],
  });
  const made = await prepareBars(world, 1, BAR_1);
  assert.is(made.status, 0, made.stderr);
  const own = made.json.issuances[0].coin;
  assert.is.not(`${own.txid}:${own.vout}`, coin);
  world.sign(1, 'request.json', 'mine.json');
  assertRefused(
    await world.command(1, 'submit', 'mine.json'),
    'PROPOSAL_OPEN',
    { kind: 'trouble', trouble: { kind: 'older-proposal' } },
    /--over-older/,
  );
  assert.is(world.object('ps1_tx.json'), older);
  await world.ok(1, 'submit', 'mine.json', '--over-older');
  assert.is.not(world.object('ps1_tx.json'), older);
});

test("repair removes an older tool's proposal only with a flag, and its bar can then be prepared", async ({
  world,
}) => {
  await writeOlderProposal(world);
  const older = world.object('ps1_tx.json');
  const what = { kind: 'bars-older', references: [NAME_3] } as const;
  assertRefused(
    await prepareBars(world, 1, BAR_3),
    'PROPOSAL_OPEN',
    what,
    /`countersign repair --over-older`/,
  );
  assert.equal((await world.ok(1, 'repair', '--yes')).repaired, []);
  assert.is(world.object('ps1_tx.json'), older);
  const { repaired } = await world.ok(1, 'repair', '--over-older', '--yes');
  assert.equal(repaired, ['ps1_map.json', 'ps1_tx.json']);
  assert.equal((await world.ok(1, 'status')).troubles, []);
  assert.is((await prepareBars(world, 1, BAR_3)).status, 0);
});

test('after publishing or abandoning, no object is left that older scripts could continue', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  world.putObject('ps_map.json', world.object('ps1_map.json'));
  await world.ok(2, ...FINALISE);
  for (const key of ['ps1_map.json', 'ps1_tx.json', 'ps_map.json'])
    assert.match(world.object(key), /is closed/, key);
  await world.propose(1, HEADER + BAR_2);
  world.putObject('ps_map.json', world.object('ps1_map.json'));
  await world.ok(3, 'abandon', '--yes');
  for (const key of ['ps1_map.json', 'ps1_tx.json', 'ps_map.json'])
    assert.match(world.object(key), /is closed/, key);
});

test.run();
