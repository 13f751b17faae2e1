/** Warnings about look-alike bars, and about tokens that go to an address of the controllers. */
import { PassThrough, Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { runCommand } from '../command-list.ts';
import {
  differsInCaseText,
  differsInLookAlikesText,
  POLICY,
  paysOwnAddressText,
  REISSUANCE,
  sameSerialText,
} from './texts.ts';
import { warningsText } from './warnings.ts';

const test = suite<{ world: TestWorld }>('warnings');
test.before(async context => {
  const world = await TestWorld.ready();
  context.world = world;
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  await world.ok(2, 'finalise', 'mine.json', '--yes');
});
test.after(({ world }) => world.stop());

const EXPECTED = [
  differsInCaseText('031037-2019-Pamp', '031037-2019-PAMP in the mapping'),
  differsInLookAlikesText('O3I037-2019-PAMP', '031037-2019-PAMP in the mapping'),
  sameSerialText('030727-2019-PAMP Suisse', '030727-2019-PAMP in the mapping'),
];

async function standardOutputOf(world: TestWorld, i: number, ...args: string[]): Promise<string> {
  let said = '';
  const stdout = new PassThrough().on('data', chunk => {
    said += chunk;
  });
  const status = await runCommand(args, {
    ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume(), env: {} },
    ...{ cwd: world.pc(i), now: Date.now, sleep: async () => undefined },
  });
  assert.is(status, 0);
  return said;
}

test('prepare and review warn of look-alike bars above the question', async ({ world }) => {
  const bars = [
    BAR_1.replace('PAMP', 'Pamp'),
    BAR_1.replace('031037', 'O3I037'),
    BAR_2.replace('PAMP', 'PAMP Suisse'),
    BAR_3,
  ].join('');
  const { warnings } = await world.propose(1, HEADER + bars);
  const within = differsInLookAlikesText('O3I037-2019-PAMP', '031037-2019-Pamp in the same request');
  assert.equal([...warnings].sort(), [within, ...EXPECTED].sort());
  const reviewed = await world.ok(2, 'review', '--out', 'seen.json');
  assert.equal(reviewed.warnings, warnings);
  const shown = await standardOutputOf(world, 2, 'review', '--out', 'seen-2.json');
  assert.match(shown, /\nWARNINGS\n {2}! O3I037-2019-PAMP differs/);
  assert.ok(shown.indexOf('WARNINGS') < shown.indexOf('review code'));
  await world.ok(1, 'abandon', '--yes');
});

test('tokens to an own address of the controllers give a warning', async ({ world }) => {
  const to = (address: string) => BAR_3.replace(/,[^,]*$/, `,${address}\n`);
  const { address, reissuanceAddress } = world.trust;
  world.write(1, 'own.csv', HEADER + to(address) + to(reissuanceAddress).replace('035696', '035697'));
  const made = await world.ok(1, 'prepare', '--issuances', 'own.csv', '--out', 'own.json', '--yes');
  assert.equal(made.warnings, [
    paysOwnAddressText('035696-2019-PAMP', address, POLICY),
    paysOwnAddressText('035697-2019-PAMP', reissuanceAddress, REISSUANCE),
  ]);
  await world.ok(1, 'abandon', '--unsigned', '--i-asked-every-controller-and-nobody-signed');
  world.write(1, 'good.csv', HEADER + BAR_3);
  const good = await world.ok(1, 'prepare', '--issuances', 'good.csv', '--out', 'good.json', '--yes');
  assert.equal(good.warnings, []);
});

test('a bar that looks like one with a reserved coin gives a warning', async ({ world }) => {
  const prepare = ['prepare', '--issuances', 'alike.csv', '--out', 'alike.json', '--yes', '--overwrite'];
  await world.ok(1, 'abandon', '--yes');
  world.write(1, 'alike.csv', HEADER + BAR_3.replace('035696', '0I5699'));
  await world.ok(1, ...prepare);
  await world.ok(1, 'abandon', '--yes');
  world.write(1, 'alike.csv', HEADER + BAR_3.replace('035696', '015699'));
  const { warnings } = await world.ok(1, ...prepare);
  assert.is(warnings.length, 1);
  assert.match(warnings[0], /^015699-2019-PAMP.*0I5699-2019-PAMP/);
  await world.ok(1, 'abandon', '--unsigned', '--i-asked-every-controller-and-nobody-signed');
});

test('warnings that do not fit on a screen are counted', () => {
  assert.is(warningsText([]), '');
  assert.match(warningsText(Array.from({ length: 23 }, (_, i) => `w${i}`)), / {2}! w19\n {2}! 3 more/);
});

test.run();
