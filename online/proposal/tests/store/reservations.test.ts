/**
 * Coins are reserved for bars from the proposal until the bars are published or the request is abandoned as
 * unsigned.
 */
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
} from '../../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld }>('reservations');
test.before.each(async context => {
  context.world = await TestWorld.ready({ coins: 2 });
});
test.after.each(({ world }) => world.stop());

const barLine = (n: number) => BAR_1.replace('031037', `03103${n}`);
const coinsOfRequest = (made: any): string[] =>
  made.issuances.map((i: any) => `${i.coin.txid}:${i.coin.vout}`);
const NOBODY = '--i-asked-every-controller-and-nobody-signed';

function prepareBars(world: TestWorld, i: number, ...bars: string[]): Promise<Ran> {
  world.write(i, 'bars.csv', HEADER + bars.join(''));
  return world.command(i, ...PREPARE, '--overwrite');
}

test('coins of abandoned proposals stay reserved for their bars, and the output says so', async ({
  world,
}) => {
  const [kept] = coinsOfRequest(await world.propose(1, HEADER + BAR_1));
  await world.ok(1, 'abandon', '--yes');
  const other = await world.propose(3, HEADER + barLine(2));
  assert.is.not(coinsOfRequest(other)[0], kept);
  await world.ok(2, 'abandon', '--yes');
  assertRefused(await prepareBars(world, 3, barLine(3)), 'COINS_SHORT', /^1.*\b1\b.*2 \(2 reserved /);
  const back = await prepareBars(world, 2, BAR_1, barLine(2));
  assert.equal([back.status, coinsOfRequest(back.json)], [0, [kept, coinsOfRequest(other)[0]]], back.stderr);
});

test('of two simultaneous coordinators one opens a proposal, and the other is told which', async ({
  world,
}) => {
  const ran = await Promise.all([prepareBars(world, 1, BAR_1), prepareBars(world, 3, BAR_2)]);
  const [won, lost] = ran[0].status === 0 ? ran : [ran[1], ran[0]];
  assert.is(won.status, 0, won.stderr);
  assertRefused(lost, 'PROPOSAL_OPEN', { kind: 'proposal-open', request: won.json.digest, mine: null });
  assert.is((await world.ok(2, 'status')).digest, won.json.digest);
});

test('V3: after abandoning in any order, no two bars are on one coin, and each bar can be issued', async ({
  world,
}) => {
  const coins = new Map<string, string>();
  for (const [i, csv] of [BAR_1, BAR_2, BAR_2, BAR_1].entries()) {
    const made = await world.propose(1 + (i % 3), HEADER + csv);
    const { reference } = made.issuances[0];
    const [coin] = coinsOfRequest(made) as [string];
    assert.is(coins.get(reference) ?? coin, coin, 'the same coin again');
    coins.set(reference, coin);
    await world.ok(2, 'abandon', '--yes');
  }
  assert.is(new Set(coins.values()).size, 2);
  for (const csv of [BAR_2, BAR_1]) {
    await world.propose(1, HEADER + csv);
    await world.countersign(2);
    await world.ok(2, 'finalise', 'mine.json', '--yes');
  }
  // The change outputs of the published transactions are free for the next request.
  assert.is((await prepareBars(world, 3, BAR_3)).status, 0);
});

test('abandoning as unsigned releases the coins, and is refused if the store has a signature', async ({
  world,
}) => {
  assert.is((await prepareBars(world, 1, BAR_1, BAR_2)).status, 0);
  await world.ok(1, 'abandon', '--unsigned', NOBODY);
  const other = await world.propose(3, HEADER + barLine(1) + barLine(2));
  assert.is(new Set(coinsOfRequest(other)).size, 2);
  assertRefused(await world.command(1, 'abandon', '--unsigned', NOBODY), 'NOT_CONFIRMED', {
    kind: 'signed-already',
    controllers: [3],
  });
});

test('to say that nobody signed, yes is not enough', async ({ world }) => {
  assert.is((await prepareBars(world, 1, BAR_1)).status, 0);
  const before = world.snapshot();
  const ran = await world.command(1, 'abandon', '--unsigned', '--yes');
  assertRefused(ran, 'NOT_A_TERMINAL', /nobody signed/, /--i-asked-every-controller-and-nobody-signed/);
  assert.is(world.snapshot(), before);
});

test('signatures of an abandoned proposal are refused after its bars were issued by another', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  world.write(2, 'abandoned.json', world.read(1, 'mine.json'));
  await world.ok(1, 'abandon', '--yes');
  world.clockSkew += 1000;
  const theirs = await world.propose(1, HEADER + BAR_1);
  await world.countersign(3);
  await world.ok(3, 'finalise', 'mine.json', '--yes');
  const before = world.snapshot();
  for (const command of ['finalise', 'submit']) {
    const flags = command === 'finalise' ? ['--yes'] : [];
    const ran = await world.command(2, command, 'abandoned.json', ...flags);
    assertRefused(
      ran,
      'BASE_INVALID',
      { kind: 'superseded', by: theirs.digest, there: ['031037-2019-PAMP'], all: 1 },
      { run: 'status' },
    );
  }
  assert.is(world.snapshot(), before);
});

test.run();
