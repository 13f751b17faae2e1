/** Burns that a reorganisation drops, before and after the mapping that counts them is published. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  type Output,
  proposeRedemption,
  redeemBar,
  redemptionCsv,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../../shared/bytes.ts';
import { parseMapping } from '../../../../shared/mapping/mapping.ts';
import { signMapping } from '../../../../shared/mapping/signatures.ts';
import { FOLLOWS, transactionsSentText } from '../../texts/progress.ts';
import { makeRunOnce } from '../intercepted-services.ts';

const test = suite<{ world: TestWorld; tokens: [string, string, string]; burns: Output[] }>(
  'burns that leave the chain',
);
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = (await issueToHolder(context.world)) as [string, string, string];
  context.burns = await burnForBar(context.world, '389.142', context.tokens.slice(1));
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];
const txidOfOutput = (output: Output) => output.split(':')[0] as string;
const confirmationsOf = async (world: TestWorld, output: Output) =>
  (await world.rpc('getrawtransaction', txidOfOutput(output), true)).confirmations ?? 0;

test('before publication: finalise waits for a burn in the mempool, and sends a lost burn again', async ({
  world,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  const [keeps, drops] = [
    makeRunOnce(() => world.rpc('dev_reorg', 2, true)),
    makeRunOnce(() => world.rpc('dev_reorg', 3, false)),
  ];
  let looks = 0;
  world.onSleep = async () => {
    looks++;
    if (looks === 2) await keeps();
    else if (looks === 6) await drops();
    else await world.generate();
  };
  const ran = await world.command(2, ...FINALISE, '--confirmations', '6');
  assert.is(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /0 of 2.*6 confirmations.*\b0\b/);
  assert.ok(
    [2, 3, 4].some(count => ran.stderr.split('\n').includes(transactionsSentText(count, count, true, false))),
    ran.stderr,
  );
  for (const output of burns) assert.ok((await confirmationsOf(world, output)) >= 6);
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
});

test('before publication: burns that wait for some blocks are sent to the node again', async ({
  world,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  await world.rpc('dev_reorg', 2, true);
  let looks = 0;
  world.onSleep = () => (++looks > 4 ? world.generate() : world.rpc('dev_skip', 1));
  const ran = await world.command(2, ...FINALISE, '--confirmations', '2');
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(
    [2, 3, 4].some(count => ran.stderr.split('\n').includes(transactionsSentText(count, count, true, true))),
    ran.stderr,
  );
});

test('before publication: prepare and review refuse burns that are in no block', async ({ world, burns }) => {
  await proposeRedemption(world, BAR, burns);
  await world.rpc('dev_reorg', 1, true);
  const review = ['review', '--out', 'request.json', '--overwrite'];
  assertRefused(await world.command(2, ...review), 'TX_WAITING', /expected 1 confirmation, got 0/);
  await world.generate();
  await world.ok(2, ...review);
});

test('after publication: status reports the lost burns, nothing is prepared, and finalise sends them again', async ({
  world,
  burns,
  tokens,
}) => {
  const { mapping } = await redeemBar(world, BAR, burns);
  assert.equal((await world.ok(3, 'status')).troubles, []);
  await world.rpc('dev_reorg', 30, false, 25);
  const status = await world.command(3, 'status');
  assert.equal(status.json.troubles, ['missing']);
  assert.match(status.json.next, new RegExp(`${txidOfOutput(burns[0]!)}.*\`countersign finalise\``));
  assert.is((await world.ok(3, 'next')).command, 'countersign finalise');
  world.write(1, 'burns.csv', redemptionCsv(THIRD, [`${tokens[0]}:0`]));
  const prepare = ['prepare', '--redemptions', 'burns.csv', '--out', 'x.json', '--yes'];
  assertRefused(
    await world.command(1, ...prepare),
    'MAPPING_INVALID',
    { kind: 'trouble', trouble: { kind: 'missing' } },
    { run: 'finalise' },
  );
  assert.is((await world.command(1, 'report')).json.verdict, 'disagree');

  const done = await world.command(3, 'finalise', '--yes');
  assert.equal([done.status, done.json?.mapping], [0, mapping], done.stderr);
  assert.ok(done.stderr.includes(FOLLOWS), done.stderr);
  for (const output of burns) assert.ok((await confirmationsOf(world, output)) >= 1);
  assert.equal((await world.ok(3, 'status')).troubles, []);
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
});

test('after publication: transactions that the burns spend are stored and sent again too', async ({
  world,
  burns,
}) => {
  await redeemBar(world, BAR, burns);
  await world.rpc('dev_reorg', 31, false, 25);
  await world.ok(3, 'finalise', '--yes');
  assert.equal((await world.command(3, 'status')).json.troubles, []);
});

test('after publication: a burn that the node refuses is reported', async ({ world, burns }) => {
  await redeemBar(world, BAR, burns);
  await world.rpc('dev_reorg', 31, false, 25);
  await world.rpc('dev_refuse', (burns[0] as string).slice(0, 64));
  const ran = await world.command(3, 'finalise', '--yes');
  assertRefused(ran, 'TX_REJECTED', new RegExp(txidOfOutput(burns[0]!)), { call: 'controllers' });
  assert.equal((await world.command(3, 'status')).json.troubles, ['missing']);
});

test('after an older confirmer published the mapping, finalise waits for the burns and updates the ledger', async ({
  world,
  burns,
}) => {
  await proposeRedemption(world, BAR, burns);
  const answers = (await world.ok(1, 'submit', 'mine.json')).answers as {
    question: string;
    answer: string;
  }[];
  const { tokenid: token } = JSON.parse(world.object('map.json')).assets[2];
  assert.equal(
    answers.slice(1, 10).map(({ answer }) => answer),
    ['031037', '2019', 'PAMP', '389.142', 'Yes', '3312', '2', token, '1500.00000000'],
  );
  // An older tool adds a signature to ps1_map.json, and publishes the mapping.
  const older = parseMapping(utf8(world.object('ps1_map.json')));
  const second = signMapping(older, world.keys[1]!);
  world.putObject(
    'map.json',
    new TextDecoder().decode(older.withSignatures(new Map([...older.signatures, ['2', second]])).bytes()),
  );
  const { state, controllers, missing } = await world.ok(3, 'status');
  assert.equal([state, controllers, missing], ['signed', [1, 2], [3]]);
  assert.is((await world.ok(3, 'next')).command, 'countersign finalise');
  const height = await world.rpc('getblockcount');
  await world.ok(2, 'finalise', '--yes');
  assert.is(await world.rpc('getblockcount'), height + 29);
  assert.is(world.ledger().at(-1)!.event, 'publish');
});

test.run();
