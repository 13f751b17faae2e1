/** A whole redemption, from burns to the mapping without the bar, on the development node and a folder store. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  OTHER,
  proposeRedemption,
  REDEEM,
  redeemBar,
  redemptionCsv,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld; tokens: string[] }>('a redemption');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = await issueToHolder(context.world);
});
test.after.each(({ world }) => world.stop());

const massesOfBars = (world: TestWorld): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { ref, mass } of Object.values<any>(JSON.parse(world.object('map.json')).assets))
    sums[ref] = Number(((sums[ref] ?? 0) + mass).toFixed(9));
  return sums;
};
const listedBars = (world: TestWorld) =>
  JSON.parse(world.object('rassets.json')).assets.map(({ ref }: { ref: string }) => ref);

test('burning two tokens of other bars removes the bar, and other bars keep their mass', async ({
  world,
  tokens,
}) => {
  const [own, second, third] = tokens as [string, string, string];
  await world.ok(1, 'redeem', 'add', OTHER, BAR, THIRD);
  await world.ok(1, 'redeem', 'lock', BAR);
  const outputs = await burnForBar(world, '389.142', [second, third]);
  const prepared = await proposeRedemption(world, BAR, outputs);
  const [redemption] = prepared.redemptions;
  assert.equal(
    [redemption.reference, redemption.mass, redemption.needed, redemption.burnt],
    [BAR, '389.142', '3891.63430770', '3891.63430770'],
  );
  assert.equal(
    redemption.burns.map((one: any) => [`${one.txid}:${one.vout}`, one.token, one.amount, one.depth]),
    [
      [outputs[0], second, '1500.00000000', 1],
      [outputs[1], third, '2391.63430770', 1],
    ],
  );
  assert.equal(redemption.moves, [
    { token: own, bar: OTHER, mass: '149.992' },
    { token: own, bar: THIRD, mass: '239.15' },
  ]);
  assert.equal([prepared.blocksLeft, prepared.issuances], [null, undefined]);
  const status = await world.ok(3, 'status');
  assert.equal([status.state, status.does, status.bars], ['proposed', 'redemptions', [BAR]]);

  const reviewed = await world.countersign(2);
  assert.equal([reviewed.reviewCode, reviewed.redemptions], [prepared.reviewCode, prepared.redemptions]);
  const burnt = await world.rpc('getblockcount');
  const done = await world.ok(2, 'finalise', 'mine.json', '--yes');
  assert.is(await world.rpc('getblockcount'), burnt + 29, 'as many blocks as each burn needs');
  assert.equal([done.transactions, done.assets], [[], []]);
  assert.equal(
    done.redemptions[0].burns.map(({ depth }: { depth: number }) => depth),
    [30, 30],
  );

  assert.equal(massesOfBars(world), { [OTHER]: 405.92, [THIRD]: 400 });
  assert.equal(listedBars(world), [OTHER, THIRD]);
  const publish = world.ledger().at(-1)!;
  assert.equal([publish.event, publish['mapping'], publish['transactions']], ['publish', done.mapping, {}]);
  const { height } = redemption;
  assert.equal(publish['burns'], {
    [outputs[0]!]: { bar: BAR, height, block: burnt },
    [outputs[1]!]: { bar: BAR, height, block: burnt },
  });
  assert.is(height, burnt - 1, 'the block of the transaction that froze them');
  const report = await world.ok(1, 'report');
  assert.equal([report.verdict, report.agrees], ['agree', true]);
  assert.equal((await world.ok(1, 'status')).troubles, []);
  assert.equal((await world.ok(1, 'map', 'verify')).controllers, [1, 2]);
});

test('a second redemption with a token on two bars succeeds, and neither burn counts again', async ({
  world,
  tokens,
}) => {
  const [own, second, third] = tokens as [string, string, string];
  const first = await burnForBar(world, '389.142', [second, third]);
  await redeemBar(world, BAR, first);
  const again = await burnForBar(world, '400', [own, third], '3000.00000000');
  const { redemptions } = await redeemBar(world, THIRD, again);
  assert.is(redemptions[0].moves.length > 0, true);
  assert.equal(massesOfBars(world), { [OTHER]: 405.92 });
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
  const counted = [
    [BAR, first],
    [THIRD, again],
  ] as const;
  for (const [bar, outputs] of counted) {
    const prepare = ['prepare', '--redemptions', 'again.csv', '--out', 'x.json', '--yes'];
    world.write(1, 'again.csv', redemptionCsv(OTHER, outputs));
    assertRefused(await world.command(1, ...prepare), 'BURN_SPENT', new RegExp(` ${bar}$`));
    world.write(1, 'again.csv', redemptionCsv(bar, outputs));
    const gone = { kind: 'bar-unknown', reference: bar, gone: { by: 'redemption', now: null } } as const;
    assertRefused(await world.command(1, ...prepare), 'ASSET_UNKNOWN', gone);
  }
});

test('burning the whole token of a bar moves no tokens', async ({ world, tokens }) => {
  const outputs = await burnForBar(world, '389.142', tokens.slice(0, 1));
  const { redemptions } = await redeemBar(world, BAR, outputs);
  assert.equal(redemptions[0].moves, []);
  assert.equal(massesOfBars(world), { [OTHER]: 405.92, [THIRD]: 400 });
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
});

test('a wait for burns may take longer than the permitted age of the best block', async ({
  world,
  tokens,
}) => {
  const outputs = await burnForBar(world, '389.142', tokens.slice(0, 1));
  await proposeRedemption(world, BAR, outputs);
  await world.countersign(2);
  world.onSleep = async () => {
    world.clockSkew += 60_000;
    await world.rpc('dev_advance', 60);
    await world.generate();
  };
  const ran = await world.command(
    2,
    'finalise',
    'mine.json',
    '--yes',
    '--confirmations',
    '8',
    '--max-tip-age',
    '100',
  );
  assert.is(ran.status, 0, ran.stderr);
});

test('two bars in one request, and --confirmations', async ({ world, tokens }) => {
  const [own, second, third] = tokens as [string, string, string];
  const one = await burnForBar(world, '389.142', [second]);
  const two = await burnForBar(world, '400', [own, third], '2000.00000000');
  world.write(1, 'burns.csv', redemptionCsv(BAR, one) + redemptionCsv(THIRD, two).replace(/^.*\n/, ''));
  const { redemptions } = await world.ok(1, ...REDEEM);
  assert.equal(
    redemptions.map(({ reference }: { reference: string }) => reference),
    [BAR, THIRD],
  );
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json');
  await world.countersign(2);
  const before = await world.rpc('getblockcount');
  await world.ok(2, 'finalise', 'mine.json', '--yes', '--confirmations', '4');
  assert.is(await world.rpc('getblockcount'), before + 3);
  assert.equal(massesOfBars(world), { [OTHER]: 405.92 });
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
});

test('a published redemption is finished even if the node does not show its burns', async ({
  world,
  tokens,
}) => {
  await redeemBar(world, BAR, await burnForBar(world, '389.142', tokens.slice(0, 1)));
  await world.rpc('dev_fault', {
    ...{ method: 'getrawtransaction', kind: 'error', code: -5, times: 99 },
    message: 'No such mempool transaction. Use -txindex to enable blockchain transaction queries.',
  });
  world.onSleep = () => Promise.reject(new Error('it waits'));
  await world.ok(3, 'finalise', '--yes');
});

test.run();
