/** Two requests for the same bars, of which one is published: the other one is told so, and never taken for it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, BAR_3, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld }>('rival');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/** Prepared and signed by controller 2, not submitted. */
async function draft(world: TestWorld, csv: string): Promise<any> {
  world.write(2, 'bars.csv', csv);
  const prepared = await world.ok(2, ...PREPARE, '--overwrite');
  world.sign(2, 'request.json', 'theirs.json');
  return prepared;
}

/** Proposed by controller 1, completed by controller 3. */
async function issue(world: TestWorld, csv: string): Promise<any> {
  const prepared = await world.propose(1, csv);
  await world.countersign(3);
  await world.ok(3, 'finalise', 'mine.json', '--yes');
  return prepared;
}

const other = (csv: string) => csv.replace(/G\w+\n/, 'GTiFMtqVoS4uJdEGVQdiwRES2HSzC3YMpX\n');

for (const [what, csv] of [
  ['the same', HEADER + BAR_1],
  ['another address', HEADER + other(BAR_1)],
] as const) {
  test(`a request that lost to one with ${what}: refused, and nothing is written`, async ({ world }) => {
    const mine = await draft(world, csv);
    world.clockSkew += 1000;
    const theirs = await issue(world, HEADER + BAR_1);
    assert.equal(mine.issuances[0].coin, theirs.issuances[0].coin, 'or it would not be the same token');
    const before = world.snapshot();
    for (const command of [
      ['finalise', 'theirs.json', '--yes'],
      ['submit', 'theirs.json'],
    ]) {
      const ran = await world.command(2, ...command);
      assert.equal([ran.status, ran.json.error.code], [1, 'BASE_INVALID'], ran.stderr);
      assert.match(
        ran.json.error.message,
        new RegExp(
          `^the proposal ${theirs.reviewCode} \\([0-9a-f]{64}\\) came before this one, ${mine.reviewCode}, and brought 031037-2019-PAMP into`,
        ),
      );
      assert.match(ran.json.error.hint, /This asset has its token: nothing is left to do/);
      assert.not.match(ran.stderr, /published:|confirmed|on its way/);
    }
    assert.is(world.snapshot(), before);
    // The same after another issuance, when neither mapping is the newest.
    await issue(world, HEADER + BAR_2);
    const later = await world.command(2, 'finalise', 'theirs.json', '--yes');
    assert.is(later.json.error.code, 'BASE_INVALID');
    assert.match(later.json.error.message, /came before this one/);
    assert.ok((await world.ok(2, 'report')).agrees);
  });
}

test('one that was given up, and its bars issued by another one', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  world.write(2, 'given-up.json', world.read(1, 'mine.json'));
  await world.ok(1, 'abandon', '--yes');
  world.clockSkew += 1000;
  const theirs = await issue(world, HEADER + BAR_1);
  const before = world.snapshot();
  const ran = await world.command(2, 'finalise', 'given-up.json', '--yes');
  assert.equal([ran.status, ran.json.error.code], [1, 'BASE_INVALID'], ran.stderr);
  assert.ok(ran.json.error.message.startsWith(`the proposal ${theirs.reviewCode} `), ran.stderr);
  assert.is(world.snapshot(), before);
});

test('one that lies in the store without ever having had the turn is not taken for the published one', async ({
  world,
}) => {
  const { digest } = await draft(world, HEADER + BAR_1);
  world.clockSkew += 1000;
  await issue(world, HEADER + BAR_1);
  // Its upload ended before it could find the turn taken.
  mkdirSync(join(world.root, `store/proposals/${digest}`));
  world.putObject(`proposals/${digest}/request.json`, world.read(2, 'request.json'));
  const status = await world.ok(3, 'status');
  assert.is(status.state, 'none');
  assert.match(status.next, /1 proposal came too late, after another mapping: give up with/);
  const again = await world.ok(3, 'finalise', '--yes');
  assert.is(again.mapping, (await world.ok(3, 'map', 'verify')).digest, 'that of the other one');
  await world.ok(2, 'abandon', '--request', digest, '--yes');
  assert.equal(
    (await world.ok(3, 'status')).next,
    'A coordinator can prepare an issuance: `countersign prepare`.',
  );
});

test('one with a bar that another request issued on another coin: told which, and what is left to prepare', async ({
  world,
}) => {
  await draft(world, HEADER + BAR_3 + BAR_1);
  world.clockSkew += 1000;
  await issue(world, HEADER + BAR_1 + BAR_2);
  const before = world.snapshot();
  const ran = await world.command(2, 'finalise', 'theirs.json', '--yes');
  assert.equal([ran.status, ran.json.error.code], [1, 'BASE_INVALID'], ran.stderr);
  assert.match(ran.json.error.message, /of height 3310, where 031037-2019-PAMP stands by another request$/);
  assert.match(ran.json.error.hint, /prepare again only assets that the mapping does not have/);
  // What was published by another tool may be kept in the history now; nothing else changed.
  assert.is(world.snapshot(), before);
});

test.run();
