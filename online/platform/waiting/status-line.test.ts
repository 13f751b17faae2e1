import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { waitingForText } from '../texts.ts';
import { StatusLine, WaitDisplay } from './status-line.ts';

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

function makeWaitWorld(isTTY = true, columns: number | undefined = 60) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  const stdout = new PassThrough();
  let said = '';
  for (const stream of [stdout, stderr])
    stream.on('data', chunk => {
      said += chunk;
    });
  let now = 0;
  const waits = new WaitDisplay({ now: () => now }, new StatusLine({ stdout, stderr }));
  const passes = async (ms: number) => {
    now += ms;
    await sleep(650);
  };
  return { waits, passes, stdout, stderr, said: () => said };
}

test('a wait of more than half a second is shown with its time and limit, and removed at its end', async () => {
  const { waits, passes, said } = makeWaitWorld();
  const end = waits.begin('node 127.0.0.1:8332', 30_000);
  await passes(12_000);
  assert.is(said(), waitingForText('node 127.0.0.1:8332', 12, 30));
  end();
  assert.match(said(), /\r +\r$/);
});

test('a terminal that reports no width gets the whole line, which is removed at its end', async () => {
  const { waits, passes, said } = makeWaitWorld(true, 0);
  const end = waits.begin('node a:1');
  await passes(1000);
  const shown = said();
  end();
  assert.match(shown, / node a:1: 1 s$/);
  assert.is(said().slice(shown.length), `\r${' '.repeat(shown.length)}\r`);
});

test('of several waits the oldest is shown, and the line is removed after the last', async () => {
  const { waits, passes, said } = makeWaitWorld();
  const [first, second] = [waits.begin('the store file:/srv/store'), waits.begin('node a:1', 30_000)];
  await passes(1000);
  assert.is(said(), waitingForText('the store file:/srv/store', 1, null));
  first();
  assert.not.match(said(), /\r +\r$/);
  second();
  assert.match(said(), /\r +\r$/);
});

test('short waits, and waits without a terminal, are not shown', async () => {
  const quick = makeWaitWorld();
  assert.is(
    await quick.waits.during(
      'the store',
      sleep(10).then(() => 7),
    ),
    7,
  );
  await quick.passes(1000);
  const unseen = makeWaitWorld(false);
  unseen.waits.begin('node a:1');
  await unseen.passes(60_000);
  assert.equal([quick.said(), unseen.said()], ['', '']);
});

for (const name of ['stdout', 'stderr'] as const)
  test(`output on ${name} during a wait removes the line first`, async () => {
    const world = makeWaitWorld();
    const end = world.waits.begin('the store');
    await world.passes(1000);
    const OUTPUT = 'The store has no ledger.\n';
    world[name].write(OUTPUT);
    const waiting = waitingForText('the store', 1, null);
    const removed = `\r${' '.repeat(waiting.length)}\r`;
    assert.is(world.said(), `${waiting}${removed}${OUTPUT}`);
    end();
    assert.ok(world.said().endsWith(OUTPUT));
  });

test('a failed wait removes the line too', async () => {
  const { waits, passes, said } = makeWaitWorld();
  await waits.during('the store', Promise.reject(new Error('away'))).catch(() => undefined);
  await passes(1000);
  assert.is(said(), '');
});

test.run();
