/** Proposals that an older tool sent, and whose mapping too few laptops sign. The controllers decide together. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { abandonProposal } from '../commands/abandon.ts';
import { finaliseProposal } from '../commands/finalise.ts';
import { Refused } from '../texts/refused.ts';
import { runOlderConfirmer } from './older-tools.ts';
import { steppingServices } from './stepping.ts';

const test = suite<{ world: TestWorld }>('refused by laptops');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

/** The data and the way of the refusal. */
async function refusalOf(run: Promise<unknown>): Promise<Pick<Refused, 'data' | 'way'>> {
  const error = await run.then(
    () => null,
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof Refused)) throw error ?? new Error('nothing was refused');
  return error;
}

/**
 * A proposal with one signature. An older tool completes its transactions. The laptops of the other controllers refuse
 * the request with DOUBLE_ISSUE, because they signed its bar on another coin.
 */
async function proposed(world: TestWorld): Promise<{ digest: string; older: string }> {
  const { digest } = await world.propose(3, HEADER + BAR_1);
  return { digest, older: world.object('ps1_tx.json') };
}

const MAX_TIP_AGE = 100;

test('an open proposal on chain cannot be abandoned, and the controllers decide together', async ({
  world,
}) => {
  const { digest, older } = await proposed(world);
  await runOlderConfirmer(world, 2, 0, older);
  await world.generate();
  const services = steppingServices(world, 3);
  const { data, way } = await refusalOf(abandonProposal(services, { maxTipAge: MAX_TIP_AGE }));
  assert.equal([data.kind, 'request' in data && data.request], ['already-sent', digest]);
  assert.is('isSigned' in data && data.isSigned, false);
  assert.equal(way, { call: 'controllers' });
});

test('after it was abandoned, its bars on chain are named, and the controllers decide together', async ({
  world,
}) => {
  const { digest, older } = await proposed(world);
  await world.ok(3, 'abandon', '--yes');
  await runOlderConfirmer(world, 2, 0, older);
  await world.generate();
  const services = steppingServices(world, 3);
  const options = { files: [], maxTipAge: MAX_TIP_AGE, poll: 5, confirmations: 1 };
  const { data: missing } = await refusalOf(finaliseProposal(services, options));
  assert.is(missing.kind, 'need-signatures');
  const { data, way } = await refusalOf(abandonProposal(services, { maxTipAge: MAX_TIP_AGE }));
  assert.equal(data, { kind: 'closed-on-chain', request: digest });
  assert.equal(way, { call: 'controllers' });
});

test.run();
