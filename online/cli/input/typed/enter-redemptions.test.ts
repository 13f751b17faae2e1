/**
 * Redemptions that a person types: bars and burns are checked at once, wrong answers are asked again, and
 * typed answers are kept.
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
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { fakeTerminal } from '../../../../fixtures/pcs/fake-terminal.ts';
import { type Ran, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { barGoneText } from '../../../proposal/texts/bars.ts';
import { explainRefused } from '../../../proposal/texts/refused-error.ts';
import { choicesText, OTHER_AMOUNT, typedBeforeText, whichIsWrongQuestion } from './texts.ts';

const test = suite<{ world: TestWorld; burns: [Output, Output] }>('typed redemptions');
test.before(async context => {
  const world = await TestWorld.ready();
  const tokens = await issueToHolder(world);
  context.world = world;
  context.burns = (await burnForBar(world, '389.142', tokens.slice(1))) as [Output, Output];
});
test.after(({ world }) => world.stop());

/** Runs `prepare --redeem` on PC 1 with these typed answers. */
async function prepareByTyping(world: TestWorld, answers: string[], ...flags: string[]): Promise<Ran> {
  const t = fakeTerminal(...answers.map(answer => (answer === '<end>' ? answer : `${answer}\r`)));
  world.extra = { stdin: t.world.stdin, stderr: t.world.stderr };
  const ran = await world.command(1, 'prepare', '--redeem', '--out', 'request.json', '--overwrite', ...flags);
  world.extra = {};
  return { ...ran, stderr: t.said() };
}

test('each bar and burn is reported when it is found, and the confirmed request is proposed', async ({
  world,
  burns,
}) => {
  const [first, second] = burns;
  const ran = await prepareByTyping(world, [BAR, first, second, 'done', 'no', 'yes']);
  assert.is(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /^ {2}389\.142 /m);
  assert.match(ran.stderr, /1500\.00000000 of token [0-9a-f]{64}/);
  assert.match(ran.stderr, /1 burn, 1500\.00000000.*; 3891\.63430770/);
  assert.match(ran.stderr, /2 burns, 3891\.63430770/);
  assert.match(ran.stderr, /\? \(yes\/no\)/);
  const [redemption] = ran.json.redemptions;
  assert.equal(
    [redemption.reference, redemption.burns.map((one: any) => `${one.txid}:${one.vout}`)],
    [BAR, burns],
  );
  await world.ok(1, 'abandon', '--yes');
});

test('an invalid or repeated bar or burn is reported at once and asked again', async ({ world, burns }) => {
  const [first, second] = burns;
  const none = `${'0'.repeat(64)}:0`;
  const ran = await prepareByTyping(world, [
    ...['031073-2019-PAMP', '031037', BAR, 'done', 'x', none, first, first, second, 'done'],
    ...['yes', BAR, OTHER, first, '<end>'],
  ]);
  assert.equal([ran.status, ran.json.error.code], [1, 'INTERRUPTED'], ran.stderr);
  const said = ran.stderr;
  assert.match(said, /"031073-2019-PAMP"\./);
  assert.match(said, /"031037".*031037-2019-PAMP\./);
  assert.match(said, /expected TXID or TXID:VOUT, got "done"/);
  assert.match(said, /expected TXID or TXID:VOUT, got "x"/);
  const unknown = { is: 'unknown', hasIndex: true } as const;
  const { message } = explainRefused({ kind: 'burn', reference: BAR, output: none, problem: unknown });
  assert.ok(said.includes(message.slice(message.indexOf(none))), said);
  assert.match(said, new RegExp(typedBeforeText(first)));
  assert.match(said, /"031037-2019-PAMP"/);
  assert.match(ran.json.error.hint, / request-typed\.csv.*--redemptions request-typed\.csv/);
  const kept = [`reference,burn`, `${BAR},${first}`, `${BAR},${second}`, `${OTHER},`, ''].join('\n');
  assert.is(world.read(1, 'request-typed.csv'), kept);
});

test('with too few tokens only the burns are corrected', async ({ world, burns }) => {
  const [first, second] = burns;
  const ran = await prepareByTyping(world, [
    ...[BAR, first, 'done', 'done', 'no'],
    ...['1', 'burns', first, 'done', second, 'done', 'yes'],
  ]);
  assert.is(ran.status, 0, ran.stderr);
  assert.is(ran.stderr.split(OTHER_AMOUNT).length - 1, 2);
  assert.match(ran.stderr, /2391\.63430770 too few/);
  assert.ok(ran.stderr.includes(whichIsWrongQuestion('bar', choicesText(1, true))), ran.stderr);
  await world.ok(1, 'abandon', '--yes');
});

test('a wrong bar and a surplus bar can be removed, until no bar is left', async ({ world, burns }) => {
  const [first, second] = burns;
  const ran = await prepareByTyping(world, [
    ...[OTHER, first, second, 'done', 'done', 'no'],
    ...['1', 'reference', BAR, 'no'],
    ...['add', '035696-2019-PAMP', '<end>'],
  ]);
  assert.is(ran.json.error.code, 'INTERRUPTED', ran.stderr);
  assert.match(ran.stderr, /167\.\d+ too few/);
  const stopped = await prepareByTyping(world, [BAR, first, second, 'done', 'no', 'no', 'stop']);
  assert.equal([stopped.status, stopped.json.error.code], [1, 'NOT_CONFIRMED']);
  assert.is((await world.ok(1, 'status')).state, 'none');
});

test('without a terminal the file option is named, and near the end of a period questions still come', async ({
  world,
  burns,
}) => {
  const ran = await world.command(1, 'prepare', '--redeem', '--out', 'x.json');
  assert.is(ran.json.error.code, 'NOT_A_TERMINAL');
  assert.match(ran.json.error.hint, /--redemptions FILE/);
  await world.rpc('dev_skip', 478 - ((await world.rpc('getblockcount')) % 480));
  const late = await prepareByTyping(world, [BAR, ...burns, 'done', 'no', 'yes']);
  assert.is(late.status, 0, late.stderr);
});

test('a counted burn is reported with its bar, and a redeemed bar with its request', async ({
  world,
  burns,
}) => {
  await world.ok(1, 'abandon', '--yes');
  const { digest } = await proposeRedemption(world, BAR, burns);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
  const ran = await prepareByTyping(world, [BAR, OTHER, burns[0], '<end>']);
  assert.is(ran.json.error.code, 'INTERRUPTED', ran.stderr);
  const gone = barGoneText({ request: digest, by: 'redemption', now: null });
  assert.ok(ran.stderr.includes(gone), ran.stderr);
  assert.match(ran.stderr, new RegExp(` ${burns[0]}: .* ${BAR}`));
});

test.run();
