/**
 * Proposals that an older tool sent, and whose mapping too few laptops agree to sign. The controllers have to
 * decide together.
 */
import { suite } from 'uvu';
import { assertRefused, BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { runOlderConfirmer } from './older-tools.ts';

const test = suite<{ world: TestWorld }>('refused by laptops');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/**
 * Opens a proposal whose transactions an older tool will complete. Only controller 3 submits signatures, as
 * if the other laptops had signed the bar on another coin and refused with DOUBLE_ISSUE.
 */
async function proposeBars(world: TestWorld): Promise<{ digest: string; older: string }> {
  const { digest } = await world.propose(3, HEADER + BAR_1);
  return { digest, older: world.object('ps1_tx.json') };
}

const DECIDE = { call: 'controllers' } as const;

test('an open proposal on chain cannot be abandoned, and the controllers decide together', async ({
  world,
}) => {
  const { digest, older } = await proposeBars(world);
  await runOlderConfirmer(world, 2, 0, older);
  await world.generate();
  const why = { kind: 'already-sent', request: digest, isSigned: false } as const;
  assertRefused(await world.command(3, 'abandon', '--yes'), 'ALREADY_SENT', why, DECIDE);
});

test('after it was abandoned, its bars on chain are named, and the controllers decide together', async ({
  world,
}) => {
  const { digest, older } = await proposeBars(world);
  await world.ok(3, 'abandon', '--yes');
  await runOlderConfirmer(world, 2, 0, older);
  await world.generate();
  const finalised = await world.command(3, 'finalise', '--yes');
  assertRefused(finalised, 'NEED_SIGNATURES', { kind: 'need-signatures' }, undefined, 3);
  const why = { kind: 'closed-on-chain', request: digest } as const;
  assertRefused(await world.command(3, 'abandon', '--yes'), 'ALREADY_SENT', why, DECIDE);
});

test.run();
