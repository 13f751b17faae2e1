/**
 * On a node with default configuration, policy coins show which unmapped tokens come from the controllers. If
 * an origin cannot be determined, the report says so.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COIN_ATOMS, makeIssuance, signTransactionBy } from '../../fixtures/devnode/test-node.ts';
import { BAR_1, HEADER, TestWorld } from '../../fixtures/pcs/testing.ts';
import { transactionHex } from '../../shared/transaction.ts';
import { NO_PEERS } from './texts/report.ts';
import {
  addressNotWatchedText,
  coinsNotInWalletText,
  noWallet,
  unknownTransactionsText,
} from './texts/report-gaps.ts';
import { ORIGINS, reservedTokenText } from './texts/unmapped-tokens.ts';

interface Context {
  world: TestWorld;
}

const test = suite<Context>('origin of tokens');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

type Coin = { txid: string; vout: number };

const coinsInList = (world: TestWorld): Coin[] =>
  world
    .object('ptxo.dat')
    .trim()
    .split('\n')
    .map(line => line.split(' '))
    .map(([txid, vout]) => ({ txid: txid as string, vout: Number(vout) }));

/**
 * Issues a token of this amount from this coin, without a request, and confirms it.
 * @returns the id of the token, and the change of the coin
 */
async function issueToken(
  world: TestWorld,
  coin: Coin,
  tokens: bigint,
): Promise<{ id: string; change: Coin }> {
  const made = makeIssuance(world.profile.policyAsset, { ...coin, amount: COIN_ATOMS }, tokens);
  const txid = await world.rpc(
    'sendrawtransaction',
    transactionHex(signTransactionBy(made.transaction, 1, 2)),
  );
  await world.generate();
  return { id: made.assetId, change: { txid, vout: 2 } };
}

const TOKENS = 432_100_000_000n;

async function runReport(world: TestWorld, i = 1) {
  const ran = await world.command(i, 'report');
  assert.is(ran.status, ran.json.agrees ? 0 : 1, ran.stderr);
  return ran.json;
}

const reportedToken = (report: any, id: string) => report.unmapped.find((one: any) => one.token === id);

test('an unmapped token from a listed coin counts as ours, and the report disagrees', async ({ world }) => {
  const [coin] = coinsInList(world) as [Coin];
  const { id } = await issueToken(world, coin, TOKENS);
  const report = await runReport(world);
  assert.equal(
    [reportedToken(report, id)?.ours, reportedToken(report, id)?.spendable, report.verdict],
    [true, '4321.00000000', 'disagree'],
  );
  assert.equal(report.gaps, []);
});

test("without entropy and token in the node's answers, the report is the same and recognises reissuance tokens", async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const plain = await runReport(world);
  assert.equal([plain.verdict, plain.unmapped.filter((t: any) => t.ours !== false)], ['agree', []]);
  assert.is(plain.unmapped.length, 1, 'the asset that the chain began with, and no reissuance token');
  await world.rpc('dev_behaviour', { recordInflation: true });
  const { tip: _, ...recorded } = await runReport(world);
  const { tip: __, ...without } = plain;
  assert.equal(recorded, without);
});

test('without a watch, a listed coin is still recognised, and the report names the address', async ({
  world,
}) => {
  const [coin] = coinsInList(world) as [Coin];
  const { id } = await issueToken(world, coin, TOKENS);
  world.node.node.watched.clear();
  const report = await runReport(world, 2);
  assert.equal(
    [reportedToken(report, id)?.ours, report.verdict, report.watch],
    [true, 'disagree', 'not watched'],
  );
  assert.equal(report.gaps, [addressNotWatchedText(world.trust.address)]);
});

test('a token of an unlisted coin is undetermined without a watch, and ours after the import', async ({
  world,
}) => {
  const [coin] = coinsInList(world) as [Coin];
  const first = await issueToken(world, coin, TOKENS);
  const second = await issueToken(world, first.change, TOKENS + 1n);
  world.node.node.watched.clear();
  const before = await runReport(world);
  assert.equal([reportedToken(before, first.id).ours, reportedToken(before, second.id).ours], [true, null]);
  await world.ok(1, 'coins', 'scan');
  const after = await runReport(world);
  assert.equal(
    [reportedToken(after, first.id).ours, reportedToken(after, second.id).ours, after.gaps],
    [true, true, []],
  );
});

test("a coin that only an older tool's ptxo.dat names is ours without a watch", async ({ world }) => {
  const [coin] = coinsInList(world) as [Coin];
  const { change } = await issueToken(world, coin, TOKENS);
  world.putObject('ptxo.dat', `${world.object('ptxo.dat')}${change.txid} ${change.vout} 5000.00000000\n`);
  const { id } = await issueToken(world, change, TOKENS + 1n);
  world.node.node.watched.clear();
  const report = await runReport(world);
  assert.equal([report.watch, reportedToken(report, id).ours], ['not watched', true]);
});

test('tokens count as foreign only if every origin could be checked', async ({ world }) => {
  const [early] = (await runReport(world)).unmapped;
  assert.equal([early.ours, early.note], [false, ORIGINS.early]);
  // The node is made to list a token that was issued from no coin of the controllers.
  const info = await world.rpc('getutxoassetinfo');
  const foreign = 'ab'.repeat(32);
  const result = [...info, { ...info[0], asset: foreign }];
  const lie = () => world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 1, result });
  await lie();
  const known = await runReport(world);
  assert.equal([reportedToken(known, foreign).ours, known.verdict], [false, 'agree']);
  world.node.node.watched.clear();
  await lie();
  const unknown = await runReport(world);
  assert.equal([reportedToken(unknown, foreign).ours, unknown.verdict], [null, 'undetermined']);
  assert.is(reportedToken(unknown, early.token).ours, false);
});

test('a node without a wallet is reported with the next step, and is no error', async ({ world }) => {
  await world.rpc('dev_behaviour', { wallet: false });
  const report = await runReport(world);
  assert.is(report.watch, 'no wallet');
  assert.is(report.gaps[0], noWallet);
});

test('a wallet that shows only some of the listed coins is reported', async ({ world }) => {
  for (const watched of world.node.node.watched.values()) watched.fromHeight = 9999;
  const report = await runReport(world);
  assert.equal(report.watch, 'watched');
  assert.is(report.gaps[0], coinsNotInWalletText(6));
});

test("for transactions that the node does not find, the report names txindex, except for the first block's", async ({
  world,
}) => {
  const message = (index: boolean) =>
    index
      ? 'No such mempool or blockchain transaction. Use gettransaction for wallet transactions.'
      : 'No such mempool transaction. Use -txindex to enable blockchain transaction queries. Use gettransaction for wallet transactions.';
  const hide = async (index: boolean) => {
    await world.rpc('dev_fault', null);
    const fault = { method: 'getrawtransaction', kind: 'error', times: 99, code: -5 };
    await world.rpc('dev_fault', { ...fault, message: message(index) });
  };
  await hide(true);
  const first = await runReport(world);
  assert.equal([first.verdict, first.gaps], ['agree', []]);
  const [coin] = coinsInList(world) as [Coin];
  const { change } = await issueToken(world, coin, TOKENS);
  await world.ok(1, 'coins', 'scan');
  await hide(false);
  assert.is((await runReport(world)).gaps[0], unknownTransactionsText([change.txid], false));
  await hide(true);
  assert.is((await runReport(world)).gaps[0], unknownTransactionsText([change.txid], true));
});

test('a coin that only the ledger names is ours, with its proposal, and nothing is written', async ({
  world,
}) => {
  const { issuances, reviewCode } = await world.propose(1, HEADER + BAR_1);
  const { coin } = issuances[0];
  world.node.node.watched.clear();
  const made = makeIssuance(world.profile.policyAsset, { ...coin, amount: COIN_ATOMS }, TOKENS);
  const before = world.snapshot();
  await world.ok(2, 'abandon', '--yes');
  world.putObject('ptxo.dat', '');
  const abandoned = world.snapshot();
  assert.is.not(abandoned, before);
  await world.rpc('sendrawtransaction', transactionHex(signTransactionBy(made.transaction, 1, 2)));
  await world.generate();
  const note = reportedToken(await runReport(world), made.assetId);
  assert.is(note.ours, true);
  assert.is(note.note, reservedTokenText('031037-2019-PAMP', reviewCode, 'abandoned'));
  assert.is(world.snapshot(), abandoned);
});

test('for a token of an open proposal the report gives the next step', async ({ world }) => {
  const { issuances } = await world.propose(1, HEADER + BAR_1);
  const { id } = await issueToken(world, issuances[0].coin, TOKENS);
  assert.match(
    reportedToken(await runReport(world), id).note,
    /031037-2019-PAMP.*[0-9A-Z-]{19}\. .*`countersign finalise`/,
  );
});

test('a damaged list of coins is a gap, but a damaged request is none, because the ledger has its coins', async ({
  world,
}) => {
  const { digest, issuances } = await world.propose(1, HEADER + BAR_1);
  const { id } = await issueToken(world, issuances[0].coin, TOKENS);
  world.putObject('ptxo.dat', 'nonsense\n');
  world.putObject(`proposals/${digest}/request.json`, '{');
  const report = await runReport(world);
  assert.is(report.gaps.length, 1);
  assert.match(report.gaps[0], /^ptxo\.dat: line 1: .*coins scan/);
  assert.is(reportedToken(report, id).ours, true);
});

test('after invalidateblock the report is refused with a solution that works', async ({ world }) => {
  const [hash] = (await world.generate()) as [string];
  await world.rpc('invalidateblock', hash);
  const ran = await world.command(1, 'report');
  assert.equal([ran.status, ran.json.error.code], [1, 'NODE_SYNCING'], ran.stderr);
  assert.match(ran.json.error.message, /block 3310 of 3311/);
  assert.match(ran.json.error.hint, /reconsiderblock HASH/);
  await world.rpc('reconsiderblock', hash);
  assert.is((await runReport(world)).tip.height, 3311);
});

test('the report has the best block, its age and the peers, and warns without peers', async ({ world }) => {
  await world.generate();
  world.clockSkew = 30_000;
  const { tip } = await runReport(world);
  assert.is(tip.peers, 2);
  assert.ok(tip.age >= 30 && tip.age < 60, `${tip.age}`);
  await world.rpc('dev_behaviour', { peers: 0 });
  await world.ok(1, 'report', '--html', 'report.html');
  const page = world.read(1, 'report.html');
  assert.match(page, / block 3311, \d\d s /);
  assert.ok(page.includes(NO_PEERS), page);
});

test.run();
