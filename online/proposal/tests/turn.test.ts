/** Whoever has the turn decides, and what is looked at before the question is looked at again after it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, HEADER, PREPARE, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import type { Code } from '../../../shared/errors.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { rejectsWith } from '../../../shared/testing.ts';
import { abandon } from '../abandon.ts';
import { finalise } from '../finalise.ts';
import { submit } from '../submit.ts';
import { finalising, once, stepping } from './stepping.ts';

const test = suite<{ world: TestWorld }>('turn');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FILES = ['mine.json', 'two.json'];
const isDecision = (action: string, key: string) => action === 'create' && key.endsWith('/decision.json');

/** A request of PC i that nobody submitted, signed by i and by 2. */
async function drafted(world: TestWorld, i: number, bars: string, second = 2): Promise<any> {
  world.write(i, 'bars.csv', HEADER + bars);
  const prepared = await world.ok(i, ...PREPARE, '--overwrite');
  world.sign(i, 'request.json', 'mine.json');
  world.sign(i, 'request.json', 'two.json', second);
  return prepared;
}

const has = (world: TestWorld, key: string) => existsSync(join(world.root, 'store', key));
const waiting = (world: TestWorld) => world.rpc('getrawmempool');
const kept = (request: any, serial: string) =>
  request.issuances.find((one: any) => one.reference.startsWith(serial)).coin;

/** Nothing was decided, and nothing sent. */
async function untouched(world: TestWorld, digest: string): Promise<void> {
  assert.not(has(world, `proposals/${digest}/decision.json`), 'nothing is decided');
  assert.equal(await waiting(world), []);
}

test('without the turn nothing is decided, whatever is signed', async ({ world }) => {
  const first = await drafted(world, 1, BAR_1);
  await world.propose(3, HEADER + BAR_2);
  await rejectsWith('CLAIM_TAKEN', () => finalise(stepping(world, 1), finalising(FILES)));
  await untouched(world, first.digest);
});

test('finalise without submit takes the turn, and keeps the base, before it decides', async ({ world }) => {
  const { digest } = await drafted(world, 1, BAR_1);
  const base = parseMapping(utf8(world.object('map.json'))).digest;
  rmSync(join(world.root, 'store', 'history'), { recursive: true, force: true });
  let looked = false;
  const services = stepping(world, 1, {
    before: (action, key) => {
      if (!isDecision(action, key)) return;
      looked = true;
      assert.match(world.object(`successors/${base}.json`), digest);
      assert.is(world.object(`history/${base}.json`), world.object('map.json'));
    },
  });
  await finalise(services, finalising(FILES));
  assert.ok(looked);
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('two that finalise different requests at once: one decides, the other is told', async ({ world }) => {
  const requests = [await drafted(world, 1, BAR_1), await drafted(world, 3, BAR_2)];
  const ran = await Promise.all([1, 3].map(i => world.command(i, 'finalise', ...FILES, '--yes')));
  assert.equal(ran.map(({ status }) => status).sort(), [0, 1], ran.map(({ stderr }) => stderr).join());
  const lost = ran[0]?.status === 0 ? 1 : 0;
  assert.ok(['CLAIM_TAKEN', 'BASE_INVALID'].includes(ran[lost]?.json.error.code), ran[lost]?.stderr);
  assert.not(has(world, `proposals/${requests[lost].digest}/decision.json`));
  assert.ok((await world.ok(1, 'report')).agrees);
});

for (const submitted of [false, true]) {
  test(`a bar that was signed on another coin, and given up, while the question stood: ${submitted ? 'submitted' : 'never submitted'}`, async ({
    world,
  }) => {
    const first = await drafted(world, 1, BAR_1);
    const meanwhile = async () => {
      // On PC 3 another bar comes first, so that this one goes on the second coin.
      const other = await world.propose(3, HEADER + BAR_2 + BAR_1);
      assert.is.not(kept(other, '031037').vout, kept(first, '031037').vout);
      await world.countersign(2);
      await world.ok(2, 'submit', 'mine.json');
      await world.ok(3, 'abandon', '--yes');
    };
    if (submitted) {
      const services = stepping(world, 1, {
        before: afterChecks(meanwhile),
      });
      await rejectsWith(
        'COIN_INVALID',
        () => submit(services, ['mine.json']),
        /an earlier proposal.* put it on/,
      );
      assert.not.match(world.object('ps1_tx.json'), /"complete"/, 'nothing that an older tool could send');
    }
    await rejectsWith(
      'COIN_INVALID',
      () => finalise(stepping(world, 1), finalising(FILES, submitted ? undefined : once(meanwhile))),
      /^031037-2019-PAMP: its coin is .*; an earlier proposal, .*, put it on /,
    );
    await untouched(world, first.digest);
    // The way on that it names.
    await world.ok(1, 'abandon', '--yes');
    const again = await world.propose(1, HEADER + BAR_1);
    assert.is.not(kept(again, '031037').vout, kept(first, '031037').vout);
  });
}

/** Once, after the first checks and before anything of the request lies in the store. */
function afterChecks(does: () => Promise<void>) {
  let isDone = false;
  return async (action: string, key: string) => {
    if (isDone || action !== 'create' || !key.startsWith('history/')) return;
    isDone = true;
    await does();
  };
}

test('a submit that loses the turn in this very moment is given up, and its coins stay known', async ({
  world,
}) => {
  const loser = await drafted(world, 3, BAR_2);
  const services = stepping(world, 3, {
    before: afterChecks(async () => void (await world.propose(1, HEADER + BAR_1))),
  });
  await rejectsWith('PROPOSAL_OPEN', () => submit(services, ['mine.json']), /comes after it$/);
  assert.match(world.object(`proposals/${loser.digest}/given-up.json`), /countersign\/given-up/);
  assert.match(world.object(`proposals/${loser.digest}/decision.json`), /give-up/);
  const status = await world.ok(2, 'status');
  assert.is.not(status.digest, loser.digest);
});

/** The node says that it knows more blocks than it has. */
async function syncing(world: TestWorld): Promise<void> {
  const info = await world.rpc('getblockchaininfo');
  const result = { ...info, headers: info.headers + 500 };
  await world.rpc('dev_fault', { method: 'getblockchaininfo', kind: 'lie', times: 999, result });
}

const stale = async (world: TestWorld) => {
  world.clockSkew += 1_000_000;
};
const tips: [what: string, make: (world: TestWorld) => Promise<void>, code: Code][] = [
  ['catches up', syncing, 'NODE_SYNCING'],
  ['has a block of long ago', stale, 'TIP_STALE'],
];
for (const [what, make, code] of tips) {
  test(`finalise decides nothing on a node that ${what}`, async ({ world }) => {
    const { digest } = await drafted(world, 1, BAR_1);
    await make(world);
    await rejectsWith(code, () => finalise(stepping(world, 1), finalising(FILES)));
    await untouched(world, digest);
  });

  test(`abandon gives nothing up on a node that ${what}`, async ({ world }) => {
    const { digest } = await world.propose(1, HEADER + BAR_1);
    await make(world);
    const { error } = (await world.command(3, 'abandon', '--yes')).json;
    assert.is(error.code, code);
    await untouched(world, digest);
  });

  test(`abandon of what was begun gives nothing up on a node that ${what} by then`, async ({ world }) => {
    const { digest } = await begun(world);
    const services = stepping(world, 3, {
      before: (action, key) => (isDecision(action, key) ? make(world) : undefined),
    });
    await rejectsWith(code, () => abandon(services, { maxTipAge: 100, agree: async () => {} }));
    assert.not(has(world, `proposals/${digest}/given-up.json`));
  });
}

/** Begun by 2 in its period, nothing sent; the period is over. */
async function begun(world: TestWorld): Promise<any> {
  const made = await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('dev_fault', { method: 'sendrawtransaction', kind: 'error', code: -7, times: 50 });
  assert.is((await world.command(2, 'finalise', 'mine.json', '--yes')).json.error.code, 'NODE_REFUSED');
  await world.rpc('dev_fault', null);
  await world.rpc('dev_skip', 60);
  await world.generate();
  return made;
}

test('sent between the first look of abandon and the end of the period: not given up', async ({ world }) => {
  const { digest } = await begun(world);
  const { hex } = JSON.parse(world.object('ps1_tx.json'))['0'];
  assert.type(hex, 'string');
  let sent = false;
  const services = stepping(world, 3, {
    before: async (action, key) => {
      if (!isDecision(action, key)) return;
      sent = true;
      world.sign(2, 'request.json', 'mine.json');
      await world.ok(2, 'submit', 'mine.json');
      await world.rpc('sendrawtransaction', JSON.parse(world.object('ps1_tx.json'))['0'].hex);
      await world.generate();
    },
  });
  await rejectsWith(
    'ALREADY_SENT',
    () => abandon(services, { maxTipAge: 100, agree: async () => {} }),
    /1 is spent/,
  );
  assert.ok(sent);
  assert.not(has(world, `proposals/${digest}/given-up.json`));
});

test('the chain is looked at again after the question', async ({ world }) => {
  const { digest } = await drafted(world, 1, BAR_1);
  const agree = async () => {
    await world.rpc('dev_skip', 60);
    await world.generate();
  };
  await rejectsWith('PERIOD_ENDING', () => finalise(stepping(world, 1), finalising(FILES, agree)));
  await untouched(world, digest);
});

test('and once more where the computer stood still after the decision', async ({ world }) => {
  const { digest } = await drafted(world, 1, BAR_1);
  const sleep = once(async () => {
    await world.rpc('dev_advance', 100);
    world.clockSkew += 100_000;
    await world.rpc('dev_skip', 60);
    await world.generate();
  });
  const services = stepping(world, 1, {
    before: (action, key) => {
      const decided = has(world, `proposals/${digest}/decision.json`);
      return decided && action === 'get' && key.endsWith('/given-up.json') ? sleep() : undefined;
    },
  });
  await rejectsWith('PERIOD_ENDING', () => finalise(services, finalising(FILES)));
  assert.ok(has(world, `proposals/${digest}/decision.json`));
  assert.equal(await waiting(world), []);
});

test('what reads back as another mapping is not called published', async ({ world }) => {
  const { digest } = await drafted(world, 1, BAR_1);
  const before = utf8(world.object('map.json'));
  let replaced = false;
  const services = stepping(world, 1, {
    read: (key, bytes) => (key === 'map.json' && replaced ? before : bytes),
    written: key => {
      replaced ||= key === 'map.json';
    },
  });
  await rejectsWith('STORE_FAILED', () => finalise(services, finalising(FILES)), /^map\.json: read back as /);
  assert.not(has(world, `proposals/${digest}/published.json`));
  assert.is(readdirSync(join(world.root, 'store', 'issuances')).length, 1);
});

test.run();
