/**
 * Tokens on chain right after confirmation. A smaller amount may be a redemption. A larger amount is always
 * wrong.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, HEADER, type Ran, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { allTokensFoundText } from '../texts/progress.ts';

const test = suite<{ world: TestWorld }>('token check');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

/** Finalises two bars with a node that reports this amount of the first bar's token. */
async function finaliseWithAmounts(
  world: TestWorld,
  spendable: number,
  frozen: number,
  blocks = 1,
): Promise<Ran> {
  const { issuances } = await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  world.onSleep = async () => {
    await world.generate(blocks);
    const info = await world.rpc('getutxoassetinfo');
    const result = info.map((one: any) =>
      one.asset === issuances[0].assetId ? { ...one, amountspendable: spendable, amountfrozen: frozen } : one,
    );
    await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 99, result });
  };
  const ran = await world.command(2, ...FINALISE);
  await world.rpc('dev_fault', null);
  return ran;
}

test('a smaller amount than issued is reported with both numbers, and the mapping is published', async ({
  world,
}) => {
  const ran = await finaliseWithAmounts(world, 3000.5, 1);
  assert.is(ran.status, 0, ran.stderr);
  assert.match(
    ran.stderr,
    /^031037-2019-PAMP: token [0-9a-f]{64}: expected 3891\.63430770 .* 3001\.50000000\. /m,
  );
  assert.ok(ran.stderr.split('\n').includes(allTokensFoundText(2, 1, 0)), ran.stderr);
  assert.is((await world.ok(1, 'map', 'verify')).digest, ran.json.mapping);
});

test('an amount one atom larger than issued is refused with both numbers', async ({ world }) => {
  const before = world.object('map.json');
  const ran = await finaliseWithAmounts(world, 3890.63430771, 1);
  assert.equal([ran.status, ran.json.error?.code], [1, 'TOKEN_MISMATCH'], ran.stderr);
  assert.match(
    ran.json.error.message,
    /^031037-2019-PAMP: token [0-9a-f]{64}: expected 3891\.63430770.*3891\.63430771$/,
  );
  assert.is(world.object('map.json'), before);
});

test('a missing token of a confirmed transaction counts as redeemed, and the mapping is published', async ({
  world,
}) => {
  const ran = await finaliseWithAmounts(world, 0, 0);
  assert.is(ran.status, 0, ran.stderr);
  assert.match(
    ran.stderr,
    /^031037-2019-PAMP: token [0-9a-f]{64}: expected 3891\.63430770 .* 0\.00000000\. .* [0-9a-f]{64}\. /m,
  );
  assert.is((await world.ok(1, 'map', 'verify')).digest, ran.json.mapping);
});

test('a missing token is refused if the named block lacks the transaction', async ({ world }) => {
  const before = world.object('map.json');
  await world.rpc('dev_fault', { method: 'getblock', kind: 'lie', times: 99, result: { tx: [] } });
  const ran = await finaliseWithAmounts(world, 0, 0);
  assert.equal([ran.status, ran.json.error?.code], [1, 'TOKEN_MISMATCH'], ran.stderr);
  assert.is(world.object('map.json'), before);
});

test('the amount by the later schedule is accepted, and one atom more is refused', async ({ world }) => {
  const [then, now] = [3310, 3400].map(height => ['tokens', '--height', `${height}`, '--mass', '389.142']);
  assert.is((await world.ok(1, ...(then as string[]))).amounts[0].tokens, '3891.63430770');
  assert.is((await world.ok(1, ...(now as string[]))).amounts[0].tokens, '3891.67002680');
  const more = await finaliseWithAmounts(world, 3891.67002681, 0, 60);
  assert.equal([more.status, more.json.error?.code], [1, 'TOKEN_MISMATCH'], more.stderr);
  assert.match(more.json.error.message, /^031037-2019-PAMP: .*expected 3891\.63430770.*3891\.67002681$/);
  const grown = (await world.rpc('getutxoassetinfo')).map((one: any) =>
    one.amountspendable === 3891.6343077 ? { ...one, amountspendable: 3891.6700268 } : one,
  );
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 99, result: grown });
  const right = await world.command(2, ...FINALISE);
  assert.is(right.status, 0, right.stderr);
  assert.ok(right.stderr.split('\n').includes(allTokensFoundText(2, 0, 0)), right.stderr);
});

test.run();
