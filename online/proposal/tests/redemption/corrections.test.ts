/** Corrections of the mapping: a mistyped serial, and a bar whose issuance never confirmed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  OTHER,
  redeemBar,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { finaliseProposal } from '../../commands/finalise.ts';
import { finaliseInput, interceptedServices, readFilesOf } from '../intercepted-services.ts';
import { makeOlderMapping } from '../older-tools.ts';

const test = suite<{ world: TestWorld; tokens: string[] }>('corrections');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = await issueToHolder(context.world);
});
test.after.each(({ world }) => world.stop());

const RIGHT = '031073-2019-PAMP';
const CORRECT = [
  'prepare',
  '--corrections',
  'wrong.csv',
  '--reason',
  'serial mistyped',
  '--out',
  'request.json',
];
const LATER = [...CORRECT, '--yes', '--overwrite'];
const correctionsCsv = (...lines: string[]) => `reference,to\n${lines.join('\n')}\n`;

const mappingEntries = (world: TestWorld) =>
  Object.values<any>(JSON.parse(world.object('map.json')).assets).map(({ ref, mass, tokenid }) => [
    ref,
    mass,
    tokenid,
  ]);

/** A correction prepared by controller 1, signed by 1 and 2, and published by 2. */
async function publishCorrection(world: TestWorld, ...lines: string[]): Promise<any> {
  world.write(1, 'wrong.csv', correctionsCsv(...lines));
  const prepared = await world.ok(1, ...LATER);
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json');
  const reviewed = await world.countersign(2);
  assert.equal([reviewed.reviewCode, reviewed.reason], [prepared.reviewCode, 'serial mistyped']);
  return world.ok(2, 'finalise', 'mine.json', '--yes');
}

test('a corrected bar keeps token and mass, needs no wait, and can be redeemed under its new name', async ({
  world,
  tokens,
}) => {
  const before = mappingEntries(world);
  await world.ok(1, 'redeem', 'add', BAR);
  const height = await world.rpc('getblockcount');
  const done = await publishCorrection(world, `${BAR},${RIGHT}`);
  assert.is(await world.rpc('getblockcount'), height, 'nothing is waited for');
  assert.equal(
    [done.transactions, done.corrections, done.reason],
    [[], [{ reference: BAR, to: RIGHT, mass: '389.142', tokens: [tokens[0]] }], 'serial mistyped'],
  );
  assert.equal(
    mappingEntries(world),
    before.map(([ref, ...rest]) => [ref === BAR ? RIGHT : ref, ...rest]),
  );
  const publish = world.ledger().at(-1)!;
  assert.equal([publish.event, publish['transactions'], publish['burns']], ['publish', {}, undefined]);
  assert.is((await world.ok(1, 'report')).verdict, 'agree');
  const outputs = await burnForBar(world, '389.142', tokens.slice(0, 1));
  await redeemBar(world, RIGHT, outputs);
  assert.equal(
    mappingEntries(world).map(([ref]) => ref),
    [OTHER, THIRD],
  );
});

test('a new name that looks like another bar gives a warning, and so does an unreadable list', async ({
  world,
}) => {
  world.putObject('rassets.json', '<html>');
  world.write(1, 'wrong.csv', correctionsCsv(`${BAR},O30727-2019-PAMP`));
  const { warnings } = await world.ok(1, ...LATER);
  assert.is(warnings.length, 2);
  assert.match(warnings[0], /^O30727-2019-PAMP.*030727-2019-PAMP/);
  assert.match(warnings[1], /^rassets\.json:.*, got an HTML page/);
});

test("the list of redeemable bars gets the new name, also after a kill and with another PC's change", async ({
  world,
}) => {
  const listed = async () =>
    (await world.ok(1, 'redeem', 'list')).bars.map((bar: any) => [bar.reference, bar.lock]);
  await world.ok(1, 'redeem', 'add', OTHER, BAR, THIRD);
  await world.ok(1, 'redeem', 'lock', BAR);
  const before = world.object('rassets.json');
  world.write(1, 'wrong.csv', correctionsCsv(`${BAR},${RIGHT}`));
  await world.ok(1, ...LATER);
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json');
  await world.countersign(2);
  // The command is killed right before it writes the list of redeemable bars. The mapping then has the new
  // name, and the list has the old one.
  const services = interceptedServices(world, 2, {
    before: (action, key) => {
      if (action === 'put' && key === 'rassets.json') throw new Error('killed');
    },
  });
  await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json']))).then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'killed'),
  );
  assert.is(world.object('rassets.json'), before);
  const { bars } = await world.ok(3, 'redeem', 'list');
  assert.equal([bars[1].reference, bars[1].now, bars[1].mass], [BAR, RIGHT, null]);
  assert.equal((await world.ok(3, 'status')).troubles, ['behind']);
  await world.ok(3, 'repair', '--yes');
  const right = [
    [OTHER, false],
    [RIGHT, true],
    [THIRD, false],
  ];
  assert.equal(await listed(), right);
  // Another PC has read the old list and writes it again, with the old name. The next `finalise` corrects the
  // list.
  world.putObject('rassets.json', before);
  await world.ok(2, 'finalise', '--yes');
  assert.equal([await listed(), (await world.ok(3, 'status')).troubles], [right, []]);
});

test('unknown bars, used names and bars with tokens on chain are refused', async ({ world, tokens }) => {
  const refuses = async (lines: string[], code: string, message: RegExp, hint = /./) => {
    world.write(1, 'wrong.csv', correctionsCsv(...lines));
    assertRefused(await world.command(1, ...LATER), code, message, hint);
  };
  await refuses([`${RIGHT},${BAR}`], 'DUPLICATE_ASSET', /031037-2019-PAMP, .*"031073/, /columns/);
  await refuses([`${BAR},${OTHER}`], 'DUPLICATE_ASSET', /^031037-2019-PAMP: .*030727-2019-PAMP/, /`to`/);
  await refuses([`31037-2019-PAMP,${RIGHT}`], 'ASSET_UNKNOWN', /"31037/, /has 031037-2019-PAMP\./);
  await refuses([`${BAR},31073-2019-PAMP`], 'FIELD_INVALID', /^line 2: to: .*got "31073".* of 031073/);
  await refuses([`${RIGHT},041037-2019-PAMP`], 'ASSET_UNKNOWN', /031073-2019-PAMP/);
  await refuses([`${BAR},${RIGHT}`, `${OTHER},${RIGHT}`], 'DUPLICATE_ASSET', /twice/);
  await refuses([`${BAR},remove`], 'TOKEN_OUTSTANDING', new RegExp(`token ${tokens[0]}: .* got 3891`));
  assert.is((await world.ok(1, 'status')).state, 'none');
});

test('a bar that an older tool published and whose issuance never confirmed is removed', async ({
  world,
}) => {
  const absent = { reference: '041037-2019-PAMP', mass: '400', assetId: 'ab'.repeat(32) };
  world.putObject('map.json', makeOlderMapping(world, world.object('map.json'), [absent]));
  await world.ok(3, 'map', 'adopt', '--yes');
  assert.is((await world.command(1, 'report')).json.verdict, 'disagree');
  // The adopted mapping's time is an hour ahead.
  world.clockSkew = 3_700_000;
  world.write(1, 'wrong.csv', correctionsCsv(`${absent.reference},remove`));
  const prepared = await world.ok(1, ...LATER, '--max-tip-age', '100000');
  assert.equal(prepared.corrections, [
    { reference: absent.reference, to: null, mass: '400', tokens: [absent.assetId] },
  ]);
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json');
  await world.ok(2, 'review', '--out', 'request.json', '--max-tip-age', '100000', '--overwrite');
  world.sign(2, 'request.json', 'mine.json');
  await world.ok(2, 'finalise', 'mine.json', '--yes', '--max-tip-age', '100000');
  assert.equal(
    mappingEntries(world).map(([ref]) => ref),
    [BAR, OTHER, THIRD],
  );
  const report = await world.ok(1, 'report', '--max-tip-age', '100000');
  assert.is(report.verdict, 'agree');
});

test('wrong usage: corrections need a reason, other requests have none, and kinds are not mixed', async ({
  world,
}) => {
  for (const args of [
    ['--corrections', 'wrong.csv'],
    ['--corrections', 'wrong.csv', '--reason', ''],
    ['--corrections', 'wrong.csv', '--reason', 'x'.repeat(81)],
    ['--corrections', 'wrong.csv', '--reason', 'Zürich'],
    ['--redemptions', 'burns.csv', '--reason', 'why'],
    ['--issuances', 'bars.csv', '--redemptions', 'burns.csv'],
    ['--redemptions', 'burns.csv', '--redeem'],
    ['--corrections', 'wrong.csv', '--reason', 'why', '--issuances', 'bars.csv'],
    ['--issuances', 'bars.csv', '--burnt', 'burntassets.dat'],
  ]) {
    const ran = await world.command(1, 'prepare', ...args, '--out', 'request.json');
    assert.equal([ran.status, ran.json.error.code], [2, 'USAGE'], args.join(' '));
  }
});

test('after abandoning, the bars are named, and the refusal of signatures gives the next step', async ({
  world,
}) => {
  world.write(1, 'wrong.csv', correctionsCsv(`${BAR},${RIGHT}`));
  await world.ok(1, ...LATER);
  world.sign(1, 'request.json', 'first.json');
  const { does, assets } = await world.ok(2, 'abandon', '--yes');
  assert.equal([does, assets], ['corrections', [RIGHT]]);
  const ran = await world.command(1, 'submit', 'first.json');
  assertRefused(ran, 'NO_PROPOSAL', { kind: 'abandoned', does: 'corrections' }, { run: 'prepare' });
});

test.run();
