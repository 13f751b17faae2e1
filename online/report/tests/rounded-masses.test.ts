/**
 * Amounts of bars that an older tool issued. The report accepts a difference that the older tool's rounding
 * can cause, and no larger difference.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIssuance, signTransactionBy } from '../../../fixtures/devnode/test-node.ts';
import { BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { formatAmount } from '../../../shared/amount.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../shared/mapping/signatures.ts';
import { tokenAmount } from '../../../shared/token-schedule.ts';
import { transactionHex } from '../../../shared/transaction.ts';
import { textOfHtml } from '../page/testing.ts';
import { roundingTexts } from '../texts/report.ts';
import { OLDER_ROUNDING } from '../token-verdicts.ts';

interface Context {
  world: TestWorld;
}

const test = suite<Context>('rounding of older bars');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const HEIGHT = 3310;

/**
 * Makes the ledger adopt an older tool's mapping with one bar.
 * @param more atoms that the chain has in addition to the mapping's amount
 */
async function adoptOlderBar(world: TestWorld, more: bigint): Promise<void> {
  const [txid, vout] = world.object('ptxo.dat').split(' ');
  const coin = { txid: txid as string, vout: Number(vout) };
  const made = makeIssuance(world.profile.policyAsset, coin, tokenAmount('389.142', HEIGHT) + more);
  await world.rpc('sendrawtransaction', transactionHex(signTransactionBy(made.transaction, 1, 2)));
  await world.generate();
  const mapping = parseMapping(utf8(world.object('map.json'))).extended(
    [{ reference: '031037-2019-PAMP', mass: '389.142', assetId: made.assetId }],
    `${Math.floor(Date.now() / 1000) + 10}.000001`,
    HEIGHT,
  );
  const signatures = [1, 2].map(
    i => [String(i), signMapping(mapping, world.keys[i - 1] as Uint8Array)] as const,
  );
  world.putObject('map.json', new TextDecoder().decode(mapping.withSignatures(new Map(signatures)).bytes()));
  await world.ok(1, 'map', 'adopt', '--yes');
}

async function runReport(world: TestWorld) {
  return (await world.command(1, 'report')).json;
}

/**
 * For each case: the additional atoms on chain, and whether the report accepts them. 43 atoms are the older
 * tool's rounding at block 1,000,000.
 */
const CASES: [more: bigint, accepted: boolean][] = [
  [0n, true],
  [43n, true],
  [-43n, true],
  [OLDER_ROUNDING, true],
  [-OLDER_ROUNDING, true],
  [OLDER_ROUNDING + 1n, false],
  [-OLDER_ROUNDING - 1n, false],
];
for (const [more, accepted] of CASES) {
  test(`an older tool's bar with ${more} atoms more than the schedule is ${accepted ? 'ok' : 'wrong'}`, async ({
    world,
  }) => {
    await adoptOlderBar(world, more);
    const { verdict, mapped } = await runReport(world);
    const rounding = more < 0n ? `-${formatAmount(-more)}` : formatAmount(more);
    assert.equal(
      [verdict, mapped[0].verdict, mapped[0].rounding],
      accepted
        ? ['agree', 'ok', more === 0n ? null : rounding]
        : ['disagree', more > 0n ? 'more' : 'less', null],
    );
  });
}

test('in later periods the tolerance is the same, and the report says that it was used', async ({
  world,
}) => {
  await adoptOlderBar(world, 43n);
  await world.rpc('dev_skip', 1500);
  const ran = await world.command(1, 'report', '--html', 'report.html');
  assert.equal([ran.json.agrees, ran.json.mapped[0].rounding], [true, '0.00000043'], ran.stderr);
  const [said, ...more] = roundingTexts(ran.json);
  assert.match(said as string, /^1 token .* 0\.00000043\./);
  assert.equal(more, []);
  assert.ok(textOfHtml(world.read(1, 'report.html')).includes(said as string));
});

test('a bar that this store issued has no tolerance, so one additional atom is wrong', async ({ world }) => {
  const { issuances } = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const info = await world.rpc('getutxoassetinfo');
  const result = info.map((one: any) =>
    one.asset === issuances[0].assetId ? { ...one, amountspendable: 3891.63430771 } : one,
  );
  await world.rpc('dev_fault', { method: 'getutxoassetinfo', kind: 'lie', times: 1, result });
  const { verdict, mapped } = await runReport(world);
  assert.equal([verdict, mapped[0].verdict], ['disagree', 'more']);
});

test.run();
