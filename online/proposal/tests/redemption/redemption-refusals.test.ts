/**
 * Burns that do not count. `prepare` and `redeem check` refuse each burn with its code, and nothing is
 * proposed.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  burnOutputs,
  freezeParts,
  issueToHolder,
  MASSES,
  OTHER,
  type Output,
  partsForBar,
  REDEEM,
  redemptionCsv,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, BAR_1, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { formatAmount, parseAmount } from '../../../../shared/amount.ts';
import { occursTwiceText } from '../../../../shared/changes.ts';

interface Context {
  world: TestWorld;
  /** Tokens of the three bars, and of other bars that nobody redeems. */
  tokens: [string, string, string, string, string, string];
  /** The burns that make up the right sum for {@link BAR}. */
  burns: Output[];
  /** The frozen outputs that these burns spend. */
  frozen: string[];
}
const test = suite<Context>('burns that do not count');
test.before(async context => {
  const world = await TestWorld.ready({ coins: 8 });
  const more = ['061037', '071037', '081037'].map(serial => [`${serial}-2019-PAMP`, '400']);
  const tokens = await issueToHolder(world, { ...MASSES, ...Object.fromEntries(more) });
  const outputs = await freezeParts(world, await partsForBar(world, '389.142', tokens.slice(1, 3)));
  const frozen = outputs.map(({ txid, vout }) => `${txid}:${vout}`);
  Object.assign(context, { world, tokens, frozen, burns: await burnOutputs(world, outputs) });
});
test.before.each(async ({ world }) => {
  assert.is((await world.ok(1, 'status')).state, 'none');
});
test.after(({ world }) => world.stop());

/** Checks that `prepare` and `redeem check` refuse these burns in the same way. */
async function assertAllRefuse(
  world: TestWorld,
  [reference, outputs]: readonly [reference: string, outputs: readonly Output[]],
  code: string,
  why: Parameters<typeof assertRefused>[2] = /./,
  hint = /./,
): Promise<void> {
  world.write(1, 'burns.csv', redemptionCsv(reference, outputs));
  const prepared = await world.command(1, ...REDEEM);
  assertRefused(prepared, code, why, hint);
  const flags = outputs.flatMap(output => ['--burn', output]);
  assertRefused(
    await world.command(1, 'redeem', 'check', reference, ...flags),
    code,
    why instanceof RegExp ? why : prepared.json.error.message,
    hint,
  );
}

const txidOfOutput = (output = '') => output.split(':')[0] as string;

test('a bar that the mapping does not have is refused', ({ world, burns }) =>
  assertAllRefuse(world, ['031073-2019-PAMP', burns], 'ASSET_UNKNOWN', /031073-2019-PAMP/, /map show/));

test('a transaction that the chain does not have is refused', async ({ world, burns }) => {
  const foreign = `${txidOfOutput(burns[0]).replace(/^./, d => (d === '0' ? '1' : '0'))}:0`;
  await assertAllRefuse(
    world,
    [BAR, [foreign, burns[1]!]],
    'BURN_INVALID',
    { kind: 'burn', problem: { is: 'unknown', hasIndex: true } },
    /the holder/,
  );
});

test('a node without a transaction index is reported, and its answer is not believed', async ({
  world,
  burns,
}) => {
  await world.rpc('dev_behaviour', { txindex: false });
  try {
    await assertAllRefuse(
      world,
      [BAR, burns],
      'BURN_INVALID',
      { kind: 'burn', problem: { is: 'unknown', hasIndex: false } },
      /txindex=1/,
    );
  } finally {
    await world.rpc('dev_behaviour', { txindex: true });
  }
});

test('too few burns are refused with the difference and the blocks in which another burn counts', async ({
  world,
  burns,
}) => {
  const left = 3359 - (await world.rpc('getblockcount'));
  await assertAllRefuse(
    world,
    [BAR, burns.slice(0, 1)],
    'AMOUNT_MISMATCH',
    /^031037-2019-PAMP: burns: .* got 1500\.00000000 \(2391\.63430770 too few\)$/,
    new RegExp(` 3359 \\(${left} blocks left\\)`),
  );
});

test("another burn in the same period completes the sum, even in the period's last block", async () => {
  const world = await TestWorld.ready();
  try {
    const tokens = await issueToHolder(world);
    const [first, second] = await partsForBar(world, '389.142', tokens.slice(1, 3));
    const some = await burnOutputs(world, await freezeParts(world, [first!]));
    await world.rpc('dev_skip', 3358 - (await world.rpc('getblockcount')));
    const check = (outputs: readonly Output[]) =>
      world.command(1, 'redeem', 'check', BAR, ...outputs.flatMap(output => ['--burn', output]));
    assertRefused(await check(some), 'AMOUNT_MISMATCH', /too few/, /3359 \(1.*\)/);
    const more = await burnOutputs(world, await freezeParts(world, [second!]));
    const { redemption } = (await check([...some, ...more])).json;
    assert.equal([redemption.needed, redemption.burnt], ['3891.63430770', '3891.63430770']);
    assertRefused(await check(some), 'AMOUNT_MISMATCH', /too few/, / 3360,/);
  } finally {
    await world.stop();
  }
});

test('a burn named for the wrong bar and a surplus burn are reported', async ({ world, tokens, burns }) => {
  const [first, second] = burns as [Output, Output];
  world.write(
    1,
    'burns.csv',
    redemptionCsv(BAR, [first]) + redemptionCsv(OTHER, [second]).replace(/^.*\n/, ''),
  );
  const elsewhere = new RegExp(`${second} of 2391\\.63430770 .* 030727-2019-PAMP`);
  assertRefused(
    await world.command(1, ...REDEEM),
    'AMOUNT_MISMATCH',
    /^031037-2019-PAMP: .*too few\)$/,
    elsewhere,
  );
  const [surplus] = await burnOutputs(world, await freezeParts(world, [{ asset: tokens[0], amount: '7' }]));
  const without = new RegExp(` ${surplus} of 7\\.00000000 `);
  await assertAllRefuse(
    world,
    [BAR, [first, surplus!, second]],
    'AMOUNT_MISMATCH',
    /6\.\d+ too many/,
    without,
  );
});

test('for an invalid burn of an unmapped bar, the bar is reported first', ({ world, frozen }) =>
  assertAllRefuse(world, ['031073-2019-PAMP', frozen], 'ASSET_UNKNOWN', /031073-2019-PAMP/));

test('a bar whose leading zeros a spreadsheet removed is recognised', ({ world, burns }) =>
  assertAllRefuse(world, ['31037-2019-PAMP', burns], 'ASSET_UNKNOWN', /31037/, /has 031037-2019-PAMP\./));

test('too many burnt tokens are refused with the difference', async ({ world, tokens, burns }) => {
  const more = await burnOutputs(
    world,
    await freezeParts(world, [{ asset: tokens[0], amount: '0.00000011' }]),
  );
  await assertAllRefuse(
    world,
    [BAR, [...burns, ...more]],
    'AMOUNT_MISMATCH',
    /\(0\.00000001 too many/,
    new RegExp(`${more[0]} of 0\\.00000011`),
  );
  const tolerated = await burnOutputs(
    world,
    await freezeParts(world, [{ asset: tokens[0], amount: '0.0000001' }]),
  );
  const flags = [...burns, ...tolerated].flatMap(output => ['--burn', output]);
  await world.ok(1, 'redeem', 'check', BAR, ...flags);
});

test('a burn in the mempool must wait', async ({ world, tokens, burns }) => {
  const [frozen] = await freezeParts(world, [{ asset: tokens[0], amount: '1' }]);
  const [txid] = await world.rpc('dev_burn', [frozen]);
  await assertAllRefuse(
    world,
    [BAR, [...burns, `${txid}:0`]],
    'TX_WAITING',
    /expected 1 confirmation, got 0/,
  );
  await world.generate();
});

test('frozen tokens, tokens at the zero address and transactions without burns are refused', async ({
  world,
  frozen,
}) => {
  await assertAllRefuse(world, [BAR, frozen], 'BURN_INVALID', / 6a, .* 76a914/, /only frozen/);
  const zero = `${txidOfOutput(frozen[0])}:0`;
  await assertAllRefuse(world, [BAR, [zero]], 'BURN_INVALID', / 76a9140{40}88ac/);
  await assertAllRefuse(world, [BAR, [txidOfOutput(frozen[0])]], 'BURN_INVALID', {
    kind: 'burn',
    problem: { is: 'none-burnt', freezes: true },
  });
});

test('an output that its transaction does not have is refused', ({ world, burns }) =>
  assertAllRefuse(
    world,
    [BAR, [`${txidOfOutput(burns[0])}:7`]],
    'BURN_INVALID',
    /^031037-2019-PAMP: .*1 output/,
  ));

test('an output that occurs twice is refused with its line or both names', async ({ world, burns }) => {
  const [first, second] = burns as [Output, Output];
  world.write(1, 'burns.csv', redemptionCsv(BAR, [first, second, first]));
  assertRefused(await world.command(1, ...REDEEM), 'BURN_SPENT', /^line 4: .*2$/);
  world.write(
    1,
    'burns.csv',
    redemptionCsv(BAR, [first]) + redemptionCsv(OTHER, [first]).replace(/^.*\n/, ''),
  );
  assertRefused(await world.command(1, ...REDEEM), 'BURN_SPENT', /^line 3: .*2$/);
  const path = 'redemptions[0].burns[2]';
  await assertAllRefuse(
    world,
    [BAR, [first, second, txidOfOutput(first)]],
    'BURN_SPENT',
    occursTwiceText(path, first),
  );
});

test('burns of two periods are refused', async ({ world, tokens, burns }) => {
  const tip = await world.rpc('getblockcount');
  const parts = [{ asset: tokens[0], amount: '1000' }];
  await world.rpc('dev_skip', 480 - (tip % 480));
  const late = await burnOutputs(world, await freezeParts(world, parts));
  await assertAllRefuse(
    world,
    [BAR, [...burns, ...late]],
    'HEIGHT_MISMATCH',
    /period 6\), got \d+ \(period 7\)/,
  );
});

test('a burn without an earlier freeze counts by its own block', async ({ world, tokens }) => {
  const [part] = await partsForBar(world, '389.142', tokens.slice(0, 1));
  const mass = parseAmount(part!.amount, 'amount') - 100_000_000n;
  const whole = await world.rpc('dev_burn', [{ asset: tokens[3], amount: formatAmount(mass) }]);
  const rest = await world.rpc('dev_burn', [{ asset: tokens[2], amount: '1' }]);
  await world.generate();
  const flags = [...whole, ...rest].flatMap((txid: string) => ['--burn', txid]);
  const { redemption, burns } = await world.ok(1, 'redeem', 'check', BAR, ...flags);
  const height = await world.rpc('getblockcount');
  assert.equal(
    [redemption.height, burns.map((one: any) => [one.vout, one.height, one.block, one.error])],
    [
      height,
      [
        [0, height, height, null],
        [0, height, height, null],
      ],
    ],
  );
});

test('a token that no bar of the mapping has is refused', async ({ world, tokens }) => {
  const { holderaddress } = await world.rpc('dev_info');
  await world.propose(1, HEADER + BAR_1.replace(/^031037/, '041037').replace(/,G\w+$/m, `,${holderaddress}`));
  const { issuances } = await world.countersign(2);
  // A proposal that was sent and confirmed, but never published.
  world.onSleep = async () => {
    await world.generate();
    throw new Error('stopped');
  };
  await world.command(2, 'finalise', 'mine.json', '--yes').catch(() => undefined);
  world.onSleep = () => world.generate();
  const [unmapped] = issuances as [{ assetId: string }];
  const parts = await partsForBar(world, '389.142', [unmapped.assetId, tokens[4]], '1000.00000000');
  const flags = (await burnOutputs(world, await freezeParts(world, parts))).flatMap(output => [
    '--burn',
    output,
  ]);
  const ran = await world.command(1, 'redeem', 'check', BAR, ...flags);
  assertRefused(ran, 'TOKEN_UNKNOWN', new RegExp(`got ${unmapped.assetId}`));
  await world.ok(2, 'finalise', 'mine.json', '--yes');
});

test('a second redemption waits for the open proposal, and its burns stay valid', async ({
  world,
  tokens,
}) => {
  const burns = await burnForBar(world, '389.142', [tokens[0], tokens[1]], '2500.00000000');
  const others = await burnForBar(world, '400', [tokens[5], tokens[2]], '3000.00000000');
  world.write(1, 'burns.csv', redemptionCsv(BAR, burns));
  const { reviewCode } = await world.ok(1, ...REDEEM);
  const isOpen = new RegExp(` ${reviewCode} of 1 redemption `);
  world.write(2, 'burns.csv', redemptionCsv(THIRD, others));
  assertRefused(await world.command(2, ...REDEEM), 'PROPOSAL_OPEN', isOpen, /abandon/);
  world.write(2, 'bars.csv', HEADER + BAR_1.replace(/^031037/, '051037'));
  const issue = ['prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes', '--overwrite'];
  assertRefused(await world.command(2, ...issue), 'PROPOSAL_OPEN', isOpen, /abandon/);
  await world.ok(1, 'abandon', '--yes');
  assert.is((await world.ok(2, ...REDEEM)).redemptions[0].reference, THIRD);
  await world.ok(2, 'abandon', '--yes');
  await world.propose(2, HEADER + BAR_1.replace(/^031037/, '051037'));
  assertRefused(await world.command(1, ...REDEEM), 'PROPOSAL_OPEN', / 1 asset /);
  await world.ok(2, 'abandon', '--yes');
});

test.run();
