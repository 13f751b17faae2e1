/**
 * Proposals that were abandoned, that were made with a node without all blocks, or that are partly lost. All
 * commands give the same next step.
 */
import { renameSync, rmSync, symlinkSync } from 'node:fs';
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
import { derive } from '../../../shared/derive.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { readRequest } from '../../../shared/request.ts';
import { readSignatures, signedTransaction } from '../../../shared/signatures.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { transactionHex } from '../../../shared/transaction.ts';
import { abandonProposal } from '../commands/abandon.ts';
import { submitSignatures } from '../commands/submit.ts';
import { isSameIssuance } from '../facts/spenders.ts';
import { interceptedServices, makeRunOnce, readFilesOf } from './intercepted-services.ts';

const test = suite<{ world: TestWorld }>('closed');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

function prepareBars(world: TestWorld, i: number, bars: string): Promise<Ran> {
  world.write(i, 'bars.csv', HEADER + bars);
  return world.command(i, ...PREPARE, '--overwrite');
}

/**
 * The issuance with index `at` in PC i's request file, and its transaction with the signatures in PC i's
 * `files`.
 */
function completeTransactionOf(world: TestWorld, i: number, at: number, files: string[]) {
  const request = readRequest(utf8(world.read(i, 'request.json')));
  const derivation = derive(request, parseMapping(utf8(request.base.text as string)), world.trust);
  const signatures = files.map(file => readSignatures(utf8(world.read(i, file)), file));
  const issuance = derivation.issuances[at] as (typeof derivation.issuances)[number];
  return { issuance, hex: transactionHex(signedTransaction(issuance, at, signatures, world.trust)) };
}

/** A request for which controllers 1 and 2 have submitted signatures, so that an older tool could send it. */
async function proposeAndSubmit(world: TestWorld, bars = BAR_1): Promise<any> {
  const made = await world.propose(1, HEADER + bars);
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  return made;
}

test('a proposal whose mapping is published cannot be abandoned', async ({ world }) => {
  const { digest } = await proposeAndSubmit(world);
  await world.ok(2, ...FINALISE);
  const before = world.snapshot();
  const ran = await world.command(3, 'abandon', '--yes', '--request', digest);
  assertRefused(
    ran,
    'ALREADY_SENT',
    { kind: 'published', request: digest, abandoning: true },
    { run: 'finalise' },
  );
  assert.is(world.snapshot(), before);
});

test('after abandoning, no object is left that an older tool could finish', async ({ world }) => {
  const { reviewCode } = await proposeAndSubmit(world);
  assert.is(JSON.parse(world.object('ps1_tx.json'))['0'].complete, true);
  await world.ok(3, 'abandon', '--yes');
  for (const key of ['ps1_tx.json', 'ps1_map.json']) {
    assert.throws(() => JSON.parse(world.object(key)), undefined, key);
    assert.match(world.object(key), new RegExp(`^The proposal ${reviewCode} is closed: `));
  }
  // The next proposal writes its own objects.
  const next = await world.propose(1, HEADER + BAR_1);
  assert.is(JSON.parse(world.object('ps1_tx.json'))['0'].asset, next.issuances[0].assetId);
});

test('abandon removes the objects for older tools before the entry, and checks them after it', async ({
  world,
}) => {
  await proposeAndSubmit(world);
  let looked = false;
  const services = interceptedServices(world, 3, {
    before: (action, key) => {
      if (action !== 'create' || !key.startsWith('ledger/')) return;
      looked = true;
      assert.match(world.object('ps1_tx.json'), /is closed/);
      // Right before the entry `abandon`, another tool writes the object again.
      world.putObject('ps1_tx.json', '{"0": {"hex": "00"}}');
    },
  });
  await abandonProposal(services, { maxTipAge: 100, agree: async () => {} });
  assert.ok(looked);
  assert.match(world.object('ps1_tx.json'), /is closed/);
  assert.match(world.object('ps1_map.json'), /is closed/);
});

test('a late submit does not replace the objects of the open proposal by those of a closed one', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  const open = makeRunOnce(async () => {
    await world.ok(3, 'abandon', '--yes');
    await world.propose(3, HEADER + BAR_2);
  });
  world.write(1, 'again.json', world.read(1, 'mine.json'));
  world.putObject('ps1_tx.json', '{"0": {"hex": "00"}}'); // so that there is something to write
  const services = interceptedServices(world, 1, {
    before: (action, key) => (action === 'put' && key.startsWith('ps1_') ? open() : undefined),
  });
  await rejectsWith('NO_PROPOSAL', () =>
    submitSignatures(services, { files: readFilesOf(world, 1, ['again.json']) }),
  );
  const token = JSON.parse(world.object('ps1_tx.json'))['0'].asset;
  assert.is(token, (await world.ok(2, 'review', '--out', 'r.json')).issuances[0].assetId);
  assert.match(world.object('ps1_map.json'), new RegExp(token));
});

test('the coin of an abandoned request stays reserved for its bar, even if the request is lost', async ({
  world,
}) => {
  const { digest } = await proposeAndSubmit(world, BAR_2 + BAR_1);
  await world.ok(1, 'abandon', '--yes');
  rmSync(join(world.root, 'store', `proposals/${digest}/request.json`));
  const ran = await prepareBars(world, 3, BAR_1);
  assert.is(ran.status, 0, ran.stderr);
  assert.is(ran.json.issuances[0].coin.vout, 1, 'the coin that is reserved for it');
});

test('abandoning works in a store whose folder of proposals is a link', async ({ world }) => {
  await proposeAndSubmit(world, BAR_2 + BAR_1);
  await world.ok(1, 'abandon', '--yes');
  const [inside, elsewhere] = [join(world.root, 'store', 'proposals'), join(world.root, 'elsewhere')];
  renameSync(inside, elsewhere);
  symlinkSync(elsewhere, inside);
  symlinkSync('nowhere', join(world.root, 'store', 'history', 'nothing.json'));
  symlinkSync('.', join(world.root, 'store', 'history', 'itself'));
  const ran = await prepareBars(world, 3, BAR_1);
  assert.equal([ran.status, ran.json.issuances?.[0].coin.vout], [0, 1], ran.stderr);
});

test('an abandoned proposal that is confirmed is reported by status and published by finalise', async ({
  world,
}) => {
  await proposeAndSubmit(world);
  const older = JSON.parse(world.object('ps1_tx.json'))['0'];
  await world.ok(3, 'abandon', '--yes');
  await world.rpc('sendrawtransaction', older.hex);
  assert.equal((await world.ok(1, 'status')).troubles, ['stray']);
  await world.generate();
  const told = { kind: 'trouble', trouble: { kind: 'stray', part: 'all', isPublishable: true } } as const;
  assert.match((await world.ok(1, 'status')).next, /Run `countersign finalise` first\./);
  assertRefused(await prepareBars(world, 3, BAR_2), 'ALREADY_SENT', told);
  const done = await world.ok(2, ...FINALISE);
  assert.is(done.assets[0].assetId, older.asset);
  assert.ok((await world.ok(1, 'report')).agrees);
  assert.is((await prepareBars(world, 3, BAR_2)).status, 0);
});

test('finalise refuses an abandoned proposal without confirmed transactions, and reports a confirmed part', async ({
  world,
}) => {
  await proposeAndSubmit(world, BAR_1 + BAR_2);
  const older = JSON.parse(world.object('ps1_tx.json'));
  await world.ok(3, 'abandon', '--yes');
  assertRefused(await world.command(2, ...FINALISE), 'NO_PROPOSAL', /was abandoned/);
  await world.rpc('sendrawtransaction', older['0'].hex);
  await world.generate();
  assertRefused(await world.command(2, ...FINALISE), 'ALREADY_SENT', /\b1\b.*\b2\b.* 031037/);
  assert.equal(await world.rpc('getrawmempool'), []);
});

test('an issuance counts as the same only with signatures of n different controllers', async ({ world }) => {
  assert.is((await prepareBars(world, 1, BAR_1)).status, 0);
  for (const i of [1, 2, 3]) world.sign(1, 'request.json', `s${i}.json`, i);
  const of = (...files: string[]) => completeTransactionOf(world, 1, 0, files);
  const same = ({ issuance, hex }: ReturnType<typeof of>) => isSameIssuance(issuance, hex, world.trust);
  assert.is(same(of('s1.json', 's3.json')), true);
  assert.is(same(of('s2.json')), false, 'one signature');
  assert.is(same(of('s2.json', 's2.json')), false, 'one signature, twice');
});

/**
 * Controllers 1 and 3 sign a transaction for the third bar. Then controller 3 claims that nobody signed.
 * @param before serials of bars that get the coins before the third bar's coin
 */
async function signForeignIssuance(
  world: TestWorld,
  before: string[],
): Promise<{ hex: string; token: string }> {
  await prepareBars(world, 3, before.map(serial => BAR_1.replace('031037', serial)).join('') + BAR_3);
  // With another address than in the proposed request, this is another transaction on the same coin.
  const addressOf = (bar: string) => bar.trim().split(',')[4] as string;
  world.write(3, 'request.json', world.read(3, 'request.json').replace(addressOf(BAR_3), addressOf(BAR_2)));
  world.sign(3, 'request.json', 's3.json');
  world.sign(3, 'request.json', 's1.json', 1);
  const { issuance, hex } = completeTransactionOf(world, 3, before.length, ['s1.json', 's3.json']);
  await world.ok(3, 'abandon', '--unsigned', '--i-asked-every-controller-and-nobody-signed');
  return { hex, token: issuance.assetId };
}

test("if another bar's issuance spent the coin, the proposal is abandoned and prepared on another coin", async ({
  world,
}) => {
  const { hex, token } = await signForeignIssuance(world, []);
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('sendrawtransaction', hex);
  await world.generate();
  assertRefused(
    await world.command(2, ...FINALISE),
    'COIN_SPENT',
    { kind: 'coin-spent', reference: '031037-2019-PAMP', waits: false, until: null },
    { run: 'abandon' },
  );
  const { troubles, command } = await world.ok(1, 'status');
  assert.equal([troubles, command], [['respent'], 'countersign abandon']);
  await world.ok(1, 'abandon', '--yes');
  assert.equal((await world.ok(1, 'status')).troubles, [], 'the token is another bar’s');
  await world.ok(1, 'coins', 'scan');
  const again = await world.propose(1, HEADER + BAR_1);
  assert.is.not(again.issuances[0].assetId, token);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
});

for (const ends of ['confirmed', 'dropped'] as const)
  test(`a coin that a waiting transaction of another bar spends, which is ${ends}, stays reserved until then`, async ({
    world,
  }) => {
    const { hex } = await signForeignIssuance(world, []);
    const first = await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    await world.rpc('sendrawtransaction', hex);
    assertRefused(await world.command(2, ...FINALISE), 'COIN_SPENT');
    const { troubles, command } = await world.ok(1, 'status');
    assert.equal([troubles, command], [['respent'], 'countersign abandon']);
    await world.ok(1, 'abandon', '--yes');
    // The transaction that spends the coin is in no block yet, so this scan is too early. It must do no harm.
    await world.ok(1, 'coins', 'scan');
    const again = await prepareBars(world, 1, BAR_1);
    assertRefused(again, 'COIN_SPENT', { kind: 'coin-spent', waits: true }, { wait: 'block' });
    if (ends === 'dropped') await world.rpc('dev_dropmempool');
    await world.generate();
    if (ends === 'confirmed') await world.ok(1, 'coins', 'scan');
    const second = await world.propose(1, HEADER + BAR_1);
    const isSame = second.issuances[0].assetId === first.issuances[0].assetId;
    assert.is(isSame, ends === 'dropped');
  });

test('a scan lists a reserved coin again although the wallet does not show it', async ({ world }) => {
  const { issuances } = await world.propose(1, HEADER + BAR_1);
  await world.ok(1, 'abandon', '--yes');
  const { txid } = issuances[0].coin;
  // From here, the list of coins is as after a scan with a node that lacks the newest blocks.
  await world.rpc('dev_fault', { method: 'gettxout', kind: 'lie', times: 99, result: null });
  const unspent: any[] = await world.rpc('listunspent', 0, 9_999_999, [world.trust.address]);
  const result = unspent.filter(coin => coin.txid !== txid);
  await world.rpc('dev_fault', { method: 'listunspent', kind: 'lie', times: 99, result });
  await world.ok(1, 'coins', 'scan');
  await world.rpc('dev_fault', null);
  await world.rpc('dev_fault', { method: 'listunspent', kind: 'lie', times: 99, result });
  assertRefused(
    await prepareBars(world, 1, BAR_1),
    'COIN_SPENT',
    { kind: 'coin-unlisted', reference: '031037-2019-PAMP' },
    { run: 'coins scan' },
  );
  await world.ok(1, 'coins', 'scan');
  await world.rpc('dev_fault', null);
  const second = await world.propose(1, HEADER + BAR_1);
  assert.equal(second.issuances[0].coin, issuances[0].coin);
});

test('with one part on chain and the other coin spent, every command gives the same advice, and the advice works', async ({
  world,
}) => {
  const { hex, token } = await signForeignIssuance(world, ['031091']);
  const m0 = world.object('map.json');
  const { issuances, reviewCode } = await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  await world.rpc('dev_refuse', issuances[1].assetId);
  assertRefused(await world.command(2, ...FINALISE), 'TX_REJECTED', /dev-refused/);
  await world.rpc('dev_refuse', issuances[1].assetId, false);
  await world.rpc('sendrawtransaction', hex);
  await world.generate();
  const what = { kind: 'trouble', trouble: { kind: 'dead-end' }, reviewCode } as const;
  const way = / 031037-2019-PAMP.* `countersign abandon`.* `countersign map adopt`.* 030727-2019-PAMP /;
  assertRefused(await world.command(2, ...FINALISE), 'TX_REJECTED', what, way);
  assertRefused(await world.command(2, 'abandon', '--yes'), 'TX_REJECTED', what, way);
  const stuck = await world.ok(3, 'status');
  assert.equal([stuck.troubles[0], way.test(stuck.next)], ['dead-end', true], stuck.next);

  // The controllers do what the refusal advises: they sign a mapping with both bars.
  const entries = [
    { reference: '031037-2019-PAMP', mass: '389.142', assetId: issuances[0].assetId },
    { reference: '035696-2019-PAMP', mass: '400.0', assetId: token },
  ];
  const made = parseMapping(utf8(m0)).extended(entries, `${Math.floor(Date.now() / 1000)}.900001`, 3311);
  const signatures = [1, 2].map(
    i => [String(i), signMapping(made, world.keys[i - 1] as Uint8Array)] as const,
  );
  world.putObject('map.json', new TextDecoder().decode(made.withSignatures(new Map(signatures)).bytes()));
  assertRefused(
    await world.command(2, ...FINALISE),
    'MAPPING_INVALID',
    { kind: 'trouble', trouble: { kind: 'map-replaced', isSending: true } },
    /`countersign map adopt`/,
  );
  assertRefused(
    await world.command(2, 'map', 'adopt', '--yes'),
    'ALREADY_SENT',
    /is sent/,
    /[Ff]rom block 3360 on/,
  );
  // Until the period is over, another node may have the sent transactions that this node lacks.
  assertRefused(await world.command(2, 'abandon', '--yes'), 'ALREADY_SENT', /./);
  await world.rpc('dev_skip', 480);
  await world.generate();
  await world.ok(2, 'abandon', '--yes');
  await world.ok(2, 'map', 'adopt', '--yes');
  await world.ok(2, 'coins', 'scan');
  world.clockSkew += 2000;
  const again = await world.propose(2, HEADER + BAR_2);
  assert.not([token, issuances[0].assetId].includes(again.issuances[0].assetId));
  await world.countersign(3);
  await world.ok(3, ...FINALISE);
  assert.ok((await world.ok(1, 'report')).agrees);
  const { state, troubles } = await world.ok(1, 'status');
  assert.equal([state, troubles], ['none', []]);
});

test('status reports a node that is catching up', async ({ world }) => {
  await proposeAndSubmit(world);
  const info = await world.rpc('getblockchaininfo');
  const result = { ...info, headers: info.headers + 500 };
  await world.rpc('dev_fault', { method: 'getblockchaininfo', kind: 'lie', times: 9, result });
  assert.match((await world.ok(1, 'status')).next, /3310 of 3810/);
});

test('a node that shows no transactions of blocks is reported with the setting, and nothing is prepared again', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const blind = () =>
    world.rpc('dev_fault', {
      ...{ method: 'getrawtransaction', kind: 'error', code: -5, times: 999 },
      message: 'No such mempool transaction. Use -txindex to enable blockchain transaction queries.',
    });
  world.onSleep = async () => {
    await world.generate();
    await blind();
  };
  const what = /\S+ \(031037-2019-PAMP\)/;
  for (let i = 0; i < 2; i++)
    assertRefused(await world.command(2, ...FINALISE), 'NODE_REFUSED', what, /txindex=1/);
  const { state, next } = await world.ok(1, 'status');
  assert.equal([state, /txindex=1/.test(next)], ['sent', true], next);
  await world.rpc('dev_fault', null);
  await world.ok(2, ...FINALISE);
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('two issuances lost in one reorganisation are sent again from any PC, the oldest first', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  world.write(2, 'first.json', world.read(2, 'mine.json'));
  const second = await world.propose(2, HEADER + BAR_2);
  await world.countersign(3);
  await world.ok(3, ...FINALISE);
  assert.is(second.issuances[0].coin.vout, 2, 'the change of the first');
  for (const finish of [() => world.command(1, 'finalise', '--yes'), () => world.command(3, ...FINALISE)]) {
    await world.rpc('dev_reorg', 2, false, 5);
    assert.equal((await world.ok(1, 'status')).troubles, ['missing']);
    assertRefused(
      await prepareBars(world, 1, BAR_3),
      'MAPPING_INVALID',
      { kind: 'trouble', trouble: { kind: 'missing', publications: [{}, {}] } },
      { run: 'finalise' },
    );
    const ran = await finish();
    assert.is(ran.status, 0, ran.stderr);
    assert.equal((await world.ok(1, 'status')).troubles, []);
    assert.ok((await world.ok(2, 'report')).agrees);
  }
  assert.is((await prepareBars(world, 1, BAR_3)).status, 0);
});

test('a published issuance that the node refuses again is not called unpublished', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const { transactions } = await world.ok(2, ...FINALISE);
  await world.rpc('dev_refuse', transactions[0]);
  await world.rpc('dev_reorg', 1, false, 2);
  const ran = await world.command(1, 'finalise', '--yes');
  assertRefused(ran, 'TX_REJECTED', { kind: 'rejected', isPublished: true }, { run: 'finalise' });
  assert.match(ran.json.error.message, /dev-refused/);
});

test('finalise writes a missing list of coins completely, and a scan keeps coins that the wallet does not show', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  rmSync(join(world.root, 'store', 'ptxo.dat'));
  await world.ok(2, ...FINALISE);
  const list = world.object('ptxo.dat');
  assert.is(list.trim().split('\n').length, 6);
  await world.ok(3, 'coins', 'scan');
  assert.is(world.object('ptxo.dat'), list);
  await world.rpc('dev_fault', { method: 'listunspent', kind: 'lie', times: 1, result: [] });
  const blind = await world.command(3, 'coins', 'scan');
  assert.equal([blind.status, blind.json.coins], [0, 6]);
  assert.match(blind.stderr, /6 unspent coins/);
  assert.is(world.object('ptxo.dat'), list);
});

test('signatures that are too large are refused before they are read, and do not count', async ({
  world,
}) => {
  const { digest } = await proposeAndSubmit(world);
  world.putObject(`proposals/${digest}/signatures-3.json`, ' '.repeat(300 * 1024));
  const ran = await world.command(1, 'status');
  assert.equal([ran.status, ran.json.controllers], [0, [1, 2]], ran.stderr);
  assert.match(ran.stderr, /signatures-3\.json: .*got 307200/);
});

test.run();
