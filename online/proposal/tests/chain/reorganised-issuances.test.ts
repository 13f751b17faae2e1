/** Deep reorganisations: lost and replaced transactions are reported, and every bar can be issued again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, PREPARE, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { makeOlderMapping, runOlderConfirmer } from '../older-tools.ts';

const test = suite<{ world: TestWorld }>('reorganised');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];
const readCoinsFile = (world: TestWorld) => world.object('ptxo.dat').trim().split('\n');

/**
 * Publishes BAR_1. A reorganisation then replaces its transaction. Controller 3 completed the new transaction
 * with an older tool.
 */
async function publishAndReplace(
  world: TestWorld,
  meanwhile: () => Promise<unknown> = async () => undefined,
) {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const older = world.object('ps1_tx.json');
  const { transactions } = await world.ok(2, ...FINALISE);
  await meanwhile();
  await world.rpc('dev_reorg', 1, false);
  const [theirs] = await runOlderConfirmer(world, 3, 0, older);
  await world.generate(2);
  return { ours: transactions[0] as string, theirs: theirs as string };
}

/** @returns the output of `report` */
async function issueAndReport(world: TestWorld, bar: string): Promise<any> {
  await world.propose(1, HEADER + bar);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  return (await world.command(3, 'report')).json;
}

test('after another transaction replaced a published one, the advised scan lists the new change', async ({
  world,
}) => {
  const { ours, theirs } = await publishAndReplace(world);
  assert.not.equal(ours, theirs);
  assert.is((await world.ok(3, 'status')).state, 'none');
  world.write(1, 'bars.csv', HEADER + BAR_2);
  const { json } = await world.command(1, ...PREPARE, '--overwrite');
  assert.is(json.error.code, 'COIN_SPENT');
  assert.match(json.error.hint, /`countersign coins scan`/);
  await world.ok(3, 'coins', 'scan');
  assert.ok(readCoinsFile(world).includes(`${theirs} 2 5000.00000000`));
  assert.not.ok(readCoinsFile(world).some(line => line.startsWith(ours)));
  assert.is((await issueAndReport(world, BAR_2)).agrees, true);
});

test('a proposal on the change of a replaced transaction has a spent coin, and its bar is issued on another coin', async ({
  world,
}) => {
  let second: any;
  const { ours, theirs } = await publishAndReplace(world, async () => {
    second = await world.propose(3, HEADER + BAR_2);
    await world.countersign(2);
  });
  assert.equal([second.issuances[0].coin.txid, second.issuances[0].coin.vout], [ours, 2]);
  const status = await world.ok(3, 'status');
  assert.equal(status.troubles, ['respent']);
  assert.match(status.next, new RegExp(`${theirs}.*\`countersign abandon\`.*\`countersign coins scan\``));
  assertRefused(await world.command(2, ...FINALISE), 'COIN_SPENT');
  await world.ok(3, 'abandon', '--yes');
  await world.ok(3, 'coins', 'scan');
  assert.equal(world.ledger().at(-1)?.respent, [`${ours}:2`]);
  assert.is((await issueAndReport(world, BAR_2)).agrees, true);
});

const NAME_1 = '031037-2019-PAMP';

/** An older tool issues BAR_1, and its mapping is adopted. */
async function adoptOlderMapping(world: TestWorld): Promise<{ coin: string; txid: string; hex: string }> {
  await world.propose(1, HEADER + BAR_1);
  const [{ coin, assetId }] = (await world.ok(3, 'review', '--out', 'r.json')).issuances;
  const [txid] = (await runOlderConfirmer(world, 2)) as [string];
  const hex = await world.rpc('getrawtransaction', txid);
  await world.generate();
  world.putObject(
    'map.json',
    makeOlderMapping(world, world.object('map.json'), [{ reference: NAME_1, mass: '389.142', assetId }]),
  );
  await world.ok(3, 'map', 'adopt', '--yes');
  await world.ok(3, 'coins', 'scan');
  await world.ok(3, 'repair', '--yes');
  assert.equal((await world.ok(1, 'status')).troubles, []);
  return { coin: `${coin.txid}:${coin.vout}`, txid, hex };
}

test('a dropped token of an adopted mapping is reported, and its bar and coin are not used again', async ({
  world,
}) => {
  const { coin } = await adoptOlderMapping(world);
  await world.rpc('dev_reorg', 1, false);
  await world.generate(2);
  const status = await world.ok(1, 'status');
  assert.equal(status.troubles, ['missing-adopted']);
  assert.match(status.next, new RegExp(`${NAME_1}.*${coin}`));
  assert.is((await world.ok(1, 'next')).command, null);
  await world.ok(3, 'coins', 'scan');
  const { mapped } = await issueAndReport(world, BAR_2);
  assert.equal(
    mapped.map((one: any) => one.verdict),
    ['missing', 'ok'],
  );
  assert.equal((await world.ok(1, 'status')).troubles, ['missing-adopted']);
});

test('a token of an adopted mapping that returned to the mempool is reported until a block has it', async ({
  world,
}) => {
  const { coin } = await adoptOlderMapping(world);
  await world.rpc('dev_reorg', 1, true);
  const status = await world.ok(1, 'status');
  assert.equal(status.troubles, ['missing-adopted']);
  assert.match(status.next, new RegExp(`${NAME_1}.*${coin}`));
  await world.generate();
  assert.equal((await world.ok(1, 'status')).troubles, []);
});

test('a proposal on the change of a dropped transaction names the request to finish, and is finished afterwards', async () => {
  const world = await TestWorld.ready({ coins: 1 });
  try {
    const { txid, hex } = await adoptOlderMapping(world);
    await world.propose(1, HEADER + BAR_2);
    await world.countersign(2);
    await world.rpc('dev_reorg', 1, false);
    await world.generate(2);
    const status = await world.ok(1, 'status');
    assert.equal(status.troubles, ['missing-adopted', 'untraced']);
    assert.match(status.next, new RegExp(`coin ${txid}:2 `));
    assert.is((await world.ok(1, 'next')).command, null);
    assertRefused(await world.command(2, ...FINALISE), 'COIN_SPENT', new RegExp(txid));
    await world.rpc('sendrawtransaction', hex);
    await world.generate();
    await world.ok(2, ...FINALISE);
    assert.is((await world.command(3, 'report')).json.agrees, true);
  } finally {
    await world.stop();
  }
});

test('an issuance with signatures of an older tool is not replaced if another request needs its change', async () => {
  const world = await TestWorld.ready({ coins: 1 });
  try {
    await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    const [theirs] = (await runOlderConfirmer(world, 3)) as [string];
    const hex = await world.rpc('getrawtransaction', theirs);
    await world.generate();
    const first = await world.ok(2, ...FINALISE);
    assert.equal(first.transactions, [theirs]);
    await issueAndReport(world, BAR_2);
    await world.rpc('dev_reorg', 2, false);
    await world.generate(2);
    assert.equal((await world.ok(1, 'status')).troubles, ['missing']);
    assertRefused(await world.command(2, 'finalise', '--yes'), 'TX_REJECTED', new RegExp(theirs), {
      call: 'controllers',
    });
    assert.equal(await world.rpc('getrawmempool'), []);
    await world.rpc('sendrawtransaction', hex);
    await world.generate();
    await world.ok(2, 'finalise', '--yes');
    assert.is((await world.command(3, 'report')).json.agrees, true);
  } finally {
    await world.stop();
  }
});

test.run();
