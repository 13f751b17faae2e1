/** The list of redeemable bars during a redemption: locks, changes, and the notes of `prepare`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BAR,
  burnForBar,
  issueToHolder,
  OTHER,
  REDEEM,
  redemptionCsv,
  THIRD,
} from '../../../../fixtures/pcs/bar-redemption.ts';
import { assertRefused, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { barNotListedText, barNotLockedText } from '../../../cli/warnings/texts.ts';

const test = suite<{ world: TestWorld; tokens: string[] }>('listed');
test.before.each(async context => {
  context.world = await TestWorld.ready();
  context.tokens = await issueToHolder(context.world);
});
test.after.each(({ world }) => world.stop());

test('the entry of a bar in an open redemption cannot be changed, and other entries can', async ({
  world,
  tokens,
}) => {
  await world.ok(1, 'redeem', 'add', BAR, OTHER);
  await world.ok(1, 'redeem', 'lock', BAR);
  const outputs = await burnForBar(world, '389.142', tokens.slice(1));
  world.write(1, 'burns.csv', redemptionCsv(BAR, outputs));
  const { digest, notes, warnings } = await world.ok(1, ...REDEEM);
  assert.equal([notes, warnings], [[], []], 'listed and locked is as it should be');
  const before = world.object('rassets.json');
  const isOpen = { kind: 'bar-open', reference: BAR, request: digest } as const;
  for (const args of [
    ['remove', OTHER, BAR],
    ['unlock', BAR],
    ['lock', BAR],
    ['add', BAR],
  ])
    assertRefused(await world.command(3, 'redeem', ...args), 'PROPOSAL_OPEN', isOpen, /abandon/);
  assert.is(world.object('rassets.json'), before);
  await world.ok(3, 'redeem', 'add', THIRD);
  await world.ok(3, 'redeem', 'remove', OTHER);
  const reviewed = await world.ok(2, 'review', '--out', 'request.json', '--overwrite');
  assert.equal([reviewed.notes, reviewed.warnings], [undefined, []]);
  await world.ok(1, 'abandon', '--yes');
  await world.ok(3, 'redeem', 'unlock', BAR);
  await world.ok(3, 'redeem', 'remove', BAR);
});

test('prepare notes once that a bar is not listed or not locked', async ({ world, tokens }) => {
  const outputs = await burnForBar(world, '389.142', tokens.slice(1));
  world.write(1, 'burns.csv', redemptionCsv(BAR, outputs));
  const prepared = async () => {
    const { notes, warnings } = await world.ok(1, ...REDEEM);
    const reviewed = await world.ok(2, 'review', '--out', 'request.json', '--overwrite');
    assert.equal([warnings, reviewed.warnings], [[], []]);
    await world.ok(1, 'abandon', '--yes');
    return notes;
  };
  const [absent, ...none] = await prepared();
  assert.is(absent, barNotListedText(BAR, 'rassets.json'));
  await world.ok(1, 'redeem', 'add', BAR);
  const [unlocked, ...more] = await prepared();
  assert.is(unlocked, barNotLockedText(BAR, 'rassets.json'));
  assert.equal([none, more], [[], []]);
  // For a list that cannot be read there are no notes, but a warning.
  world.putObject('rassets.json', '<html>');
  const { notes, warnings } = await world.ok(1, ...REDEEM);
  assert.equal([notes.length, warnings.length], [0, 1]);
  assert.match(warnings[0], /^rassets\.json: /);
});

test.run();
