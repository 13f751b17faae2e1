/**
 * Redemptions killed after each write, two PCs at the same time, and burns that are confirmed again in
 * another period.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  OTHER,
  type Output,
  proposeRedemption,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { finaliseProposal } from '../../commands/finalise.ts';
import { finaliseInput, interceptedServices, readFilesOf } from '../intercepted-services.ts';

const test = suite<{ world: TestWorld; tokens: string[]; burns: Output[] }>('interrupted');
test.before.each(async context => {
  const world = await TestWorld.ready();
  const tokens = await issueToHolder(world);
  Object.assign(context, { world, tokens, burns: await burnForBar(world, '389.142', tokens.slice(1)) });
});
test.after.each(({ world }) => world.stop());

const barsInMapping = (world: TestWorld) => [
  ...new Set(Object.values<any>(JSON.parse(world.object('map.json')).assets).map(({ ref }) => ref)),
];
const redeemableListIn = (world: TestWorld) =>
  JSON.parse(world.object('rassets.json')).assets.map(({ ref }: { ref: string }) => ref);

test('killed after any write, finalise continues: burns count once, and map and list are updated', async ({
  world,
  burns,
}) => {
  await world.ok(1, 'redeem', 'add', BAR, THIRD);
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  const written: string[] = [];
  const killed = (key: string) => {
    written.push(key);
    throw new Error('killed');
  };
  for (let i = 0; i < 20; i++) {
    const services = interceptedServices(world, 2, { written: killed, created: killed });
    try {
      await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json'])));
      break;
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      // After the entry, and before `map.json` is written, no PC treats the older mapping as current.
      const { state } = await world.ok(3, 'status').catch(() => ({ state: 'told' }));
      assert.ok(['signed', 'sending', 'none', 'told'].includes(state), state);
    }
  }
  const names = written.map(key => key.replace(/[0-9a-f]{64}/, 'ID').replace(/^ledger\/.*/, 'ledger'));
  assert.equal(
    [...new Set(names)].sort(),
    [
      ...['history/ID.json', 'ledger', 'map.json', 'proposals/ID/signatures-2.json'],
      ...['ps1_map.json', 'ps1_tx.json', 'rassets.json'],
    ].sort(),
  );
  assert.equal(
    world
      .ledger()
      .slice(-3)
      .map(({ event }) => event),
    ['propose', 'send', 'publish'],
  );
  assert.equal([barsInMapping(world), redeemableListIn(world)], [[OTHER, THIRD], [THIRD]]);
  await world.ok(2, 'finalise', '--yes');
  assert.equal((await world.ok(1, 'status')).troubles, []);
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
});

test('two PCs finalise at the same time: one publishes, and both succeed', async ({ world, burns }) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  const both = await Promise.all(
    [2, 2].map(i =>
      finaliseProposal(interceptedServices(world, i), finaliseInput(readFilesOf(world, i, ['mine.json']))),
    ),
  );
  assert.is(both[0]!.mapping, both[1]!.mapping);
  assert.is(world.ledger().filter(({ event }) => event === 'publish').length, 2, 'with the issuance');
});

test('burns that are confirmed again in another period do not fit the request', async ({ world, burns }) => {
  await proposeRedemption(world, BAR, burns);
  // The block that froze the tokens is dropped too. Its transactions are confirmed again a period later.
  await world.rpc('dev_reorg', 2, true);
  await world.rpc('dev_skip', 480 - ((await world.rpc('getblockcount')) % 480));
  await world.generate();
  const review = ['review', '--out', 'request.json', '--overwrite'];
  assertRefused(
    await world.command(2, ...review),
    'HEIGHT_MISMATCH',
    /^031037-2019-PAMP: .*3312 \(period 6\), got 336\d/,
  );
  const status = await world.command(2, 'status');
  assert.equal(status.json.troubles, ['evidence']);
  await world.ok(1, 'abandon', '--yes');
});

test.run();
