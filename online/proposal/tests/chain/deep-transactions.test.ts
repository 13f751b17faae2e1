/** Transactions that were confirmed long before a command reads them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { runOlderConfirmer } from '../older-tools.ts';

const test = suite<{ world: TestWorld }>('deep');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

test('transactions 190 blocks deep count as confirmed, not as sent', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await runOlderConfirmer(world, 3);
  const waiting = await world.ok(2, 'status');
  assert.is(waiting.state, 'sent');
  await world.generate();
  await world.rpc('dev_skip', 189);
  for (const pc of [1, 2, 3]) assert.is((await world.ok(pc, 'status')).state, 'confirmed');
  await world.countersign(2);
  const finished = await world.command(2, 'finalise', 'mine.json', '--yes');
  assert.is(finished.status, 0, finished.stderr);
  assert.not.match(finished.stderr + finished.stdout, /0 of 2/);
  assert.is((await world.ok(1, 'status')).state, 'none');
});

test.run();
