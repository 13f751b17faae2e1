/** Each decision in the ledger is made only once. Each test repeats a fault of an earlier protocol. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, HEADER, PREPARE, TestWorld } from '../../../../fixtures/pcs/testing.ts';
import { rejectsWith } from '../../../../shared/testing.ts';
import { ledgerKey } from '../../../ledger/ledger.ts';
import { abandonProposal } from '../../commands/abandon.ts';
import { finaliseProposal } from '../../commands/finalise.ts';
import type { RefusedError } from '../../texts/refused-error.ts';
import { finaliseInput, interceptedServices, makeRunOnce, readFilesOf } from '../intercepted-services.ts';
import { runOlderConfirmer } from '../older-tools.ts';

const test = suite<{ world: TestWorld }>('decisions');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];
const isEntryWrite = (action: string, key: string) => action === 'create' && key.startsWith('ledger/');
const abandonOf = { maxTipAge: 100, agree: async () => {} };

class KilledError extends Error {}

for (const when of ['before', 'after'] as const)
  test(`V1: abandon killed right ${when} its entry: every command sees one decision, and the bar can be issued`, async ({
    world,
  }) => {
    const first = await world.propose(1, HEADER + BAR_1);
    const services = interceptedServices(world, 3, {
      before: (action, key) => {
        if (when === 'before' && isEntryWrite(action, key)) throw new KilledError();
      },
      created: key => {
        if (when === 'after' && key.startsWith('ledger/')) throw new KilledError();
      },
    });
    try {
      await abandonProposal(services, abandonOf);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, KilledError);
    }
    const states = await Promise.all([1, 2, 3].map(async i => (await world.ok(i, 'status')).state));
    assert.equal(states, Array(3).fill(when === 'before' ? 'proposed' : 'none'));
    await world.command(3, 'abandon', '--yes'); // the same command again
    const other = await world.propose(2, HEADER + BAR_2);
    assert.is.not(other.issuances[0].coin.vout, first.issuances[0].coin.vout);
    await world.countersign(3);
    await world.ok(3, ...FINALISE);
    const again = await world.propose(2, HEADER + BAR_1);
    assert.equal(again.issuances[0].coin, first.issuances[0].coin);
    await world.countersign(3);
    await world.ok(3, ...FINALISE);
    assert.ok((await world.ok(1, 'report')).agrees);
  });

test('V1: of a simultaneous abandon and finalise one decides, and the other reports it', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const [finalised, abandoned] = await Promise.all([
    world.command(2, ...FINALISE),
    world.command(3, 'abandon', '--yes'),
  ]);
  assert.equal([finalised.status, abandoned.status].sort(), [0, 1], finalised.stderr + abandoned.stderr);
  const code = (finalised.status === 0 ? abandoned : finalised).json.error.code;
  assert.ok(['ALREADY_SENT', 'NO_PROPOSAL'].includes(code), code);
});

test('V2: review offers only the open proposal, also while another laptop signs', async ({ world }) => {
  const first = await world.propose(1, HEADER + BAR_1);
  await world.ok(1, 'abandon', '--yes');
  const second = await world.propose(3, HEADER + BAR_2);
  const reviewed = await world.ok(2, 'review', '--out', 'request.json');
  assert.is(reviewed.digest, second.digest);
  assertRefused(
    await world.command(2, 'review', '--request', first.digest, '--out', 'other.json'),
    'NO_PROPOSAL',
    /was abandoned$/,
  );
  world.write(1, 'bars.csv', HEADER + BAR_1);
  assertRefused(await world.command(1, ...PREPARE, '--overwrite'), 'PROPOSAL_OPEN', /is open/);
});

test('V4: after an older confirmer sent and stopped, the advice leads to the published mapping', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await runOlderConfirmer(world, 3);
  await world.generate();
  const { state, next } = await world.ok(2, 'status');
  assert.is(state, 'confirmed');
  assert.match(next, /2 controllers: 1.*`countersign review`/);
  const short = await world.command(2, 'finalise', '--yes');
  assertRefused(short, 'NEED_SIGNATURES', { kind: 'need-signatures' }, { run: 'review' }, 3);
  assertRefused(
    await world.command(2, 'abandon', '--yes'),
    'ALREADY_SENT',
    /1 of \d coins? .* is spent/,
    /finalise/,
  );
  // Signatures can be submitted after the period, too, because the mapping still needs them.
  await world.rpc('dev_skip', 60);
  await world.generate();
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  assert.ok((await world.ok(1, 'report')).agrees);
  assert.is((await world.ok(1, 'status')).state, 'none');
});

test('V5: a list of coins overwritten during finalise is reported and corrected, and prepare still works', async ({
  world,
}) => {
  const old = world.object('ptxo.dat');
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  const right = world.object('ptxo.dat');
  assert.is.not(right, old);
  world.putObject('ptxo.dat', old);
  const { next, troubles } = await world.ok(3, 'status');
  assert.match(next, /ptxo\.dat: .* `countersign repair`/i);
  assert.equal(troubles, ['behind']);
  world.write(3, 'bars.csv', HEADER + BAR_2);
  const ran = await world.command(3, ...PREPARE, '--overwrite');
  assert.is(ran.status, 0, ran.stderr);
  await world.ok(1, 'repair', '--yes');
  assert.is(world.object('ptxo.dat'), right);
  assert.not.match((await world.ok(3, 'status')).next, /ptxo/);
});

test('two simultaneous finalise commands use the same signatures and publish once', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.countersign(3);
  const ran = await Promise.all([2, 3].map(i => world.command(i, ...FINALISE)));
  assert.equal(
    ran.map(({ status }) => status),
    [0, 0],
    ran.map(({ stderr }) => stderr).join(),
  );
  assert.equal(ran[0]?.json, ran[1]?.json);
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('the chain is read again after the question', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const before = world.snapshot();
  const agree = async () => {
    await world.rpc('dev_skip', 60);
    await world.generate();
  };
  const files = readFilesOf(world, 2, ['mine.json']);
  await rejectsWith('PERIOD_ENDING', () =>
    finaliseProposal(interceptedServices(world, 2), finaliseInput(files, agree)),
  );
  assert.is(world.snapshot(), before, 'nothing is decided');
  assert.equal(await world.rpc('getrawmempool'), []);
});

for (const [what, isAbandoned] of [
  ['its period ended', false],
  ['it was abandoned', true],
] as const)
  test(`the chain is read again if the computer stopped after the decision: ${what}`, async ({ world }) => {
    const { digest } = await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    const sleep = makeRunOnce(async () => {
      await world.rpc('dev_advance', 100);
      world.clockSkew += 100_000;
      await world.rpc('dev_skip', 60);
      await world.generate();
      if (isAbandoned) await world.ok(3, 'abandon', '--yes');
    });
    const services = interceptedServices(world, 2, {
      // This function is called after the command's entry `send`, which is the last write before the command
      // sends.
      created: key =>
        key.startsWith('ledger/') && world.object(key).includes('"send"') ? sleep() : undefined,
    });
    await rejectsWith(isAbandoned ? 'NO_PROPOSAL' : 'PERIOD_ENDING', () =>
      finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json']))),
    );
    assert.match(world.object(ledgerKey(3)), new RegExp(`"send","request":"${digest}"`));
    assert.equal(await world.rpc('getrawmempool'), []);
  });

test('if a transaction was sent just before abandon appends its entry, the command refuses', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, 'submit', 'mine.json');
  const { hex } = JSON.parse(world.object('ps1_tx.json'))['0'];
  const agree = makeRunOnce(async () => {
    await world.rpc('sendrawtransaction', hex);
    await world.generate();
  });
  await rejectsWith(
    'ALREADY_SENT',
    () => abandonProposal(interceptedServices(world, 3), { maxTipAge: 100, agree }),
    /1 of \d coins? .* is spent/,
  );
  await world.ok(2, ...FINALISE);
});

/** Makes the node report more blocks than it has. */
async function makeNodeReportSyncing(world: TestWorld): Promise<void> {
  const info = await world.rpc('getblockchaininfo');
  const result = { ...info, headers: info.headers + 500 };
  await world.rpc('dev_fault', { method: 'getblockchaininfo', kind: 'lie', times: 999, result });
}

for (const [what, make, code] of [
  ['catches up', makeNodeReportSyncing, 'NODE_SYNCING'],
  [
    'has a block of long ago',
    async (world: TestWorld) => {
      world.clockSkew += 1_000_000;
    },
    'TIP_STALE',
  ],
] as const)
  test(`on a node that ${what}, neither sending nor abandoning is decided`, async ({ world }) => {
    await world.propose(1, HEADER + BAR_1);
    await world.countersign(2);
    await make(world);
    const before = world.snapshot();
    for (const command of [FINALISE, ['abandon', '--yes']])
      assertRefused(await world.command(2, ...command), code, /./);
    assert.is(world.snapshot(), before);
    assert.equal(await world.rpc('getrawmempool'), []);
  });

test('a mapping that is read back differently is not reported as published', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const before = new TextEncoder().encode(world.object('map.json'));
  let replaced = false;
  const services = interceptedServices(world, 2, {
    read: (key, bytes) => (key === 'map.json' && replaced ? before : bytes),
    written: key => {
      replaced ||= key === 'map.json';
    },
  });
  const refusal = await rejectsWith('STORE_FAILED', () =>
    finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json']))),
  );
  const { data } = refusal as RefusedError;
  assert.equal([data.kind, 'keys' in data && data.keys], ['read-back', ['map.json']]);
});

test('between the second signature and publication, no object is reported as outdated', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const seen: unknown[] = [];
  const services = interceptedServices(world, 2, {
    before: async (action, key) => {
      if (isEntryWrite(action, key)) seen.push((await world.ok(3, 'status')).troubles);
    },
  });
  await finaliseProposal(services, finaliseInput(readFilesOf(world, 2, ['mine.json'])));
  assert.equal(seen, [[], []], 'before send, and before publish');
});

test.run();
