/**
 * Failures before and after sending. After each failure, the result is the same as without the failure, or a
 * refusal gives the reason.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import {
  confirmationWaitText,
  FOLLOWS,
  NO_PEERS,
  NODE_AWAY,
  transactionsSentText,
} from '../texts/progress.ts';
import { makeOlderMapping, runOlderConfirmer } from './older-tools.ts';

const test = suite<{ world: TestWorld }>('recovery');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

/**
 * A request that controllers 1 and 2 have signed. Only controller 1 has submitted signatures. PC 2 has every
 * file that `finalise` needs.
 */
async function proposeAndSign(world: TestWorld, bars = BAR_1 + BAR_2): Promise<any> {
  const prepared = await world.propose(1, HEADER + bars);
  await world.countersign(2);
  return prepared;
}

/** Starts finalise, which stops before anything is sent, because the node fails at the first transaction. */
async function beginFinalise(world: TestWorld): Promise<void> {
  await world.rpc('dev_fault', { method: 'sendrawtransaction', kind: 'error', code: -7, times: 50 });
  assertRefused(await world.command(2, ...FINALISE), 'NODE_REFUSED', /\(-7, /);
  await world.rpc('dev_fault', null);
}

async function skipToNextPeriod(world: TestWorld): Promise<void> {
  const { blocks } = await world.rpc('getblockchaininfo');
  await world.rpc('dev_skip', 480 - (blocks % 480));
}

async function checkReportAgrees(world: TestWorld): Promise<void> {
  const report = await world.ok(3, 'report');
  // The development node's first block issues an asset that is not Countersign's.
  assert.equal([report.agrees, report.unmapped.map((t: any) => t.ours)], [true, [false]]);
  const listed = await world.ok(3, 'coins', 'list');
  assert.ok(
    listed.coins.every((coin: any) => coin.state === 'unspent'),
    'every listed coin is unspent',
  );
  assert.is(listed.coins.length, 6);
}

test('a request at the first block of a period waits for a node that lacks this block', async ({ world }) => {
  await world.rpc('dev_skip', 3358 - 3310);
  await world.generate(2);
  await proposeAndSign(world);
  await world.rpc('dev_reorg', 1);
  const before = world.snapshot();
  assertRefused(await world.command(2, ...FINALISE), 'NODE_SYNCING', /^height:.*3360.*3360.*3359$/);
  assert.is(world.snapshot(), before);
  const { next, troubles } = await world.ok(2, 'status');
  assert.equal(troubles, ['period']);
  assert.match(next, / 1\. .* 3360, .* 3359\. .* 3360\.$/);
  await world.generate();
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test('if the store lost the open request, every command says so, and it can be restored', async ({
  world,
}) => {
  const { digest, reviewCode } = await proposeAndSign(world);
  const key = `proposals/${digest}/request.json`;
  const text = world.object(key);
  rmSync(join(world.root, 'store', key));
  const before = world.snapshot();
  const expected = new RegExp(`^${key}: .* ${reviewCode}`);
  const out = ['--out', 'other.json'];
  for (const command of [['status'], ['review', ...out]])
    assertRefused(await world.command(3, ...command), 'OBJECT_MISSING', expected);
  assert.is(world.snapshot(), before);
  await world.ok(1, 'submit', 'mine.json');
  assert.is(world.object(key), text);
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

/** Removes the open proposal's request from the store and from the PCs that have it. */
function deleteRequest(world: TestWorld, digest: string): void {
  rmSync(join(world.root, 'store', `proposals/${digest}/request.json`));
  for (const i of [1, 2, 3])
    rmSync(join(world.pc(i), '.countersign', 'requests'), { recursive: true, force: true });
}

test('an open request that is lost everywhere is abandoned while its coins are unspent, and its bar keeps its coin', async ({
  world,
}) => {
  const first = await proposeAndSign(world, BAR_1);
  deleteRequest(world, first.digest);
  const { stage, troubles } = (await world.command(3, 'status')).json;
  assert.equal([stage, troubles], [undefined, []]);
  assertRefused(await world.command(3, 'abandon', '--yes', '--unsigned'), 'NOT_CONFIRMED');
  const { digest, assets } = await world.ok(3, 'abandon', '--yes');
  assert.equal([digest, assets], [first.digest, ['031037-2019-PAMP']]);
  const second = await world.propose(3, HEADER + BAR_1);
  assert.equal(second.issuances[0].coin, first.issuances[0].coin);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test('a sent request that is lost everywhere is abandoned after its period unless a coin is spent', async ({
  world,
}) => {
  const { digest } = await proposeAndSign(world, BAR_1);
  await beginFinalise(world);
  const key = `proposals/${digest}/request.json`;
  const text = world.object(key);
  deleteRequest(world, digest);
  assertRefused(
    await world.command(3, 'abandon', '--yes'),
    'OBJECT_MISSING',
    /request\.json: missing/,
    /[Ff]rom block 3360 on/,
  );
  await skipToNextPeriod(world);
  const [theirs] = await runOlderConfirmer(world, 3);
  await world.generate();
  assertRefused(await world.command(3, 'abandon', '--yes'), 'OBJECT_MISSING', /request\.json: missing/);
  // After the request is stored again, a PC finishes the proposal.
  world.putObject(key, text);
  assert.equal((await world.ok(2, ...FINALISE)).transactions, [theirs]);
  await checkReportAgrees(world);
});

test('a request that was not sent within its period can be abandoned, and its bars are proposed again', async ({
  world,
}) => {
  const first = await proposeAndSign(world);
  await beginFinalise(world);
  const sending = await world.ok(1, 'status');
  assert.is(sending.state, 'sending');
  assert.not.match(sending.next, /abandon/, 'a node may have its transactions');
  assert.is((await world.ok(1, 'next')).command, 'countersign finalise');
  assertRefused(await world.command(3, 'abandon', '--yes'), 'ALREADY_SENT', {
    kind: 'already-sent',
    spent: [],
    isDead: false,
  });
  await skipToNextPeriod(world);
  assertRefused(await world.command(2, ...FINALISE), 'PERIOD_ENDING', /^height: .*3310/);
  assert.equal((await world.ok(1, 'status')).troubles, ['period']);
  assert.is((await world.ok(1, 'next')).command, 'countersign abandon');
  assert.is((await world.ok(3, 'abandon', '--yes')).digest, first.digest);
  assertRefused(await world.command(2, ...FINALISE), 'NO_PROPOSAL', /was abandoned/);

  // The same bars, prepared on another PC, get the same coins, and new amounts.
  const second = await world.propose(3, HEADER + BAR_2 + BAR_1);
  assert.equal(
    second.issuances.map((i: any) => i.coin.txid + i.coin.vout),
    first.issuances.map((i: any) => i.coin.txid + i.coin.vout).reverse(),
  );
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
  assert.equal(await world.rpc('getrawmempool'), []);
});

test('if a part was sent within the period, the rest is sent after it', async ({ world }) => {
  await proposeAndSign(world);
  // The node refuses the second transaction for a while.
  const before = world.object('map.json');
  const { issuances } = await world.ok(2, 'review', '--out', 'again.json');
  await world.rpc('dev_refuse', issuances[1].assetId);
  assertRefused(
    await world.command(2, ...FINALISE),
    'TX_REJECTED',
    /^030727-2019-PAMP: .*[0-9a-f]{64}: .*dev-refused/,
  );
  assert.is(world.object('map.json'), before, 'nothing is published');
  await world.generate();
  assert.is((await world.ok(1, 'status')).state, 'sent');
  assertRefused(await world.command(3, 'abandon', '--yes'), 'ALREADY_SENT', /1 of 2 coins .* is spent/);
  const report = await world.command(3, 'report');
  assert.equal([report.status, report.json.unmapped[0].ours], [1, true]);
  assert.match(report.json.unmapped[0].note, /031037-2019-PAMP, .* [0-9A-Z]{4}(-[0-9A-Z]{4}){3}\./);

  await skipToNextPeriod(world);
  assertRefused(await world.command(3, 'abandon', '--yes'), 'ALREADY_SENT', /1 of 2 coins .* is spent/);
  await world.rpc('dev_refuse', issuances[1].assetId, false);
  const done = await world.command(2, ...FINALISE);
  assert.is(done.status, 0, done.stderr);
  assert.ok(done.stderr.includes(confirmationWaitText(3360, 3310, 1, 2, null)), done.stderr);
  await checkReportAgrees(world);
});

test('transactions that an older confirmer sent with other signatures are recognised, and their change is listed', async ({
  world,
}) => {
  await proposeAndSign(world);
  const [theirs] = await runOlderConfirmer(world, 3, 0);
  assert.is((await world.ok(1, 'status')).state, 'sent');
  assertRefused(await world.command(1, 'abandon', '--yes'), 'ALREADY_SENT', /1 of 2 coins .* is spent/);
  const done = await world.ok(2, ...FINALISE);
  assert.is(done.transactions[0], theirs);
  assert.ok(world.object('ptxo.dat').startsWith(`${theirs} 2 5000.00000000\n`));
  await checkReportAgrees(world);
  assert.equal(await world.ok(2, 'finalise', 'mine.json'), { ...done, isEarlier: true }, 'again: the same');
});

test('transactions of an older confirmer replace those that waited in the mempool', async ({ world }) => {
  await proposeAndSign(world);
  let theirs: string[] = [];
  world.onSleep = async () => {
    if (theirs.length === 0) {
      await world.rpc('dev_dropmempool');
      theirs = await runOlderConfirmer(world, 3);
    }
    await world.generate();
  };
  const done = await world.ok(2, ...FINALISE);
  assert.equal(done.transactions, theirs);
  await checkReportAgrees(world);
});

test('if an older confirmer finishes everything, the mapping has the same content', async ({ world }) => {
  await proposeAndSign(world);
  await runOlderConfirmer(world, 3);
  await world.generate();
  // Acts like the older confirmer: adds its signature to ps1_map.json, and stores the result as map.json.
  world.sign(2, 'request.json', 'third.json', 3);
  const map = JSON.parse(world.object('ps1_map.json'));
  const text = world.object('ps1_map.json').replace(/"sigs": \{[^}]*\}/, () => {
    const sigs = { ...map.sigs, '3': JSON.parse(world.read(2, 'third.json')).mapping };
    return `"sigs": ${JSON.stringify(sigs)}`;
  });
  world.putObject('map.json', text);
  const status = await world.ok(1, 'status');
  assert.equal([status.state, status.missing.length > 0], ['confirmed', true]);
  // PC 3 has no signatures, and can still finish the proposal.
  const done = await world.ok(3, 'finalise', '--yes');
  assert.is(done.transactions.length, 2);
  assert.is((await world.ok(1, 'status')).state, 'none');
  assert.is(world.object('map.json'), text);
  assert.is(world.object(`history/${done.mapping}.json`), text);
  await checkReportAgrees(world);
});

test('with a foreign mapping in map.json nothing is sent, and repair moves it to history/ and restores the right one', async ({
  world,
}) => {
  await proposeAndSign(world, BAR_1);
  const base = world.object('map.json');
  const other = makeOlderMapping(world, base, [
    { reference: '035696-2019-PAMP', mass: '400.0', assetId: 'ab'.repeat(32) },
  ]);
  world.putObject('map.json', other);
  const before = world.snapshot();
  assertRefused(
    await world.command(2, ...FINALISE),
    'MAPPING_INVALID',
    /map\.json.*[0-9a-f]{64} \(height 3311\)/,
  );
  assert.is(world.snapshot(), before);
  assert.equal(await world.rpc('getrawmempool'), []);
  await world.ok(3, 'repair', '--yes');
  assert.equal(
    [world.object('map.json'), world.object(`history/${parseMapping(utf8(other)).digest}.json`)],
    [base, other],
  );
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test('a node without peers is reported, and transactions are sent again once it has some', async ({
  world,
}) => {
  await proposeAndSign(world, BAR_1);
  await world.rpc('dev_behaviour', { peers: 0, makesBlocks: false });
  let blocks = 0;
  let abandoned: any;
  world.onSleep = async () => {
    if (++blocks === 2) abandoned = (await world.command(3, 'abandon', '--yes')).json;
    if (blocks === 3) await world.rpc('dev_behaviour', { peers: 2 });
    await world.generate();
  };
  const ran = await world.command(2, ...FINALISE);
  assert.is(ran.status, 0, ran.stderr);
  assert.is(abandoned.error.code, 'ALREADY_SENT');
  assert.ok(ran.stderr.split('\n').includes(NO_PEERS), ran.stderr);
  assert.match(ran.stderr, /: 0 of 1 .* peers\.$/m);
  assert.ok(ran.stderr.split('\n').includes(transactionsSentText(1, 1, true, true)), ran.stderr);
  assert.ok(blocks >= 4, `${blocks} blocks`);
  await checkReportAgrees(world);
});

test('transactions that the node drops are sent again', async ({ world }) => {
  await proposeAndSign(world);
  let dropped = 0;
  world.onSleep = async () => {
    if (dropped++ < 3) await world.rpc('dev_dropmempool');
    else await world.generate();
  };
  const ran = await world.command(2, ...FINALISE);
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(ran.stderr.includes(transactionsSentText(2, 2, true, false)), ran.stderr);
  assert.is(dropped, 4, 'dropped three times, then put into a block');
  await checkReportAgrees(world);
});

test('after a reorganisation finalise waits for confirmations again', async ({ world }) => {
  await proposeAndSign(world);
  let rounds = 0;
  world.onSleep = async () => {
    await world.generate();
    if (++rounds === 2) await world.rpc('dev_reorg', 2, false, 1);
  };
  const ran = await world.command(2, ...FINALISE, '--confirmations', '3');
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(
    [1, 2].some(count => ran.stderr.includes(transactionsSentText(count, 2, true, false))),
    ran.stderr,
  );
  assert.ok(rounds >= 5, `${rounds} blocks`);
  await checkReportAgrees(world);
});

test('after a reorganisation of a published issuance, status and report say so, and finalise sends it again', async ({
  world,
}) => {
  await proposeAndSign(world);
  const done = await world.ok(2, ...FINALISE);
  await world.rpc('dev_reorg', 1, false, 1);
  const status = await world.ok(1, 'status');
  assert.equal(status.troubles, ['missing']);
  const report = await world.command(1, 'report');
  assert.equal([report.status, report.json.mapped.map((t: any) => t.verdict)], [1, ['missing', 'missing']]);
  const again = await world.command(3, 'finalise', '--yes');
  assert.equal(again.json, { ...done, isEarlier: true });
  assert.ok(again.stderr.includes(FOLLOWS), again.stderr);
  await checkReportAgrees(world);
});

test('finalise waits for a node that does not answer for a while', async ({ world }) => {
  await proposeAndSign(world);
  let times = 0;
  world.onSleep = async () => {
    if (times++ === 0)
      await world.rpc('dev_fault', { method: 'getrawtransaction', kind: 'reset', times: 12 });
    else await world.generate();
  };
  const ran = await world.command(2, ...FINALISE);
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(ran.stderr.includes(NODE_AWAY), ran.stderr);
  await checkReportAgrees(world);
});

/** Makes the node report too large an amount of a token, for this number of calls. */
async function fakeTooManyTokens(world: TestWorld, assetId: string, times: number): Promise<void> {
  const info: any[] = await world.rpc('getutxoassetinfo');
  const result = info.map(one => (one.asset === assetId ? { ...one, amountspendable: 9000 } : one));
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times, result });
}

test('a temporary wrong amount, as during a new block, is read again before it counts', async ({ world }) => {
  const { issuances } = await proposeAndSign(world, BAR_1);
  let blocks = 0;
  world.onSleep = async () => {
    await world.generate();
    if (blocks++ === 0) await fakeTooManyTokens(world, issuances[0].assetId, 2);
  };
  const ran = await world.command(2, ...FINALISE);
  assert.is(ran.status, 0, ran.stderr);
  await checkReportAgrees(world);
});

test('a node that shows more tokens than were issued is not believed', async ({ world }) => {
  const { issuances } = await proposeAndSign(world, BAR_1);
  world.onSleep = async () => {
    await world.generate();
    await fakeTooManyTokens(world, issuances[0].assetId, 9);
  };
  assertRefused(
    await world.command(2, ...FINALISE),
    'TOKEN_MISMATCH',
    /^031037-2019-PAMP: .*expected 3891.63430770.*9000.00000000/,
  );
  assert.match(world.object('map.json'), /"assets": \{\}/);
  await world.rpc('dev_fault', null);
  world.onSleep = () => world.generate();
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test('a list of coins that was rebuilt meanwhile gets the change', async ({ world }) => {
  await proposeAndSign(world);
  let scanned = false;
  world.onSleep = async () => {
    if (!scanned) assert.is((await world.ok(3, 'coins', 'scan')).coins, 4);
    scanned = true;
    await world.generate();
  };
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
  // Five coins are listed only if the list has the change of the published transactions.
  const five = ['1', '2', '3', '4', '5'].map(n => BAR_3.replace('035696', `03569${n}`)).join('');
  await world.propose(2, HEADER + five);
  await world.countersign(3);
  world.write(2, 'first.json', world.read(1, 'mine.json'));
  await world.ok(3, ...FINALISE);
  const list = world.object('ptxo.dat');
  await world.ok(2, 'finalise', 'first.json');
  assert.is(world.object('ptxo.dat'), list);
});

test('a damaged list of coins is written again with the next mapping', async ({ world }) => {
  await proposeAndSign(world);
  world.putObject('ptxo.dat', 'junk\n');
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test('a damaged copy of the request on this PC is ignored', async ({ world }) => {
  const { digest } = await proposeAndSign(world, BAR_1);
  writeFileSync(join(world.pc(1), '.countersign', 'requests', `${digest}.json`), '{"type"');
  await world.ok(1, 'status');
  await world.ok(1, 'submit', 'mine.json');
  await world.ok(2, ...FINALISE);
  await checkReportAgrees(world);
});

test.run();
