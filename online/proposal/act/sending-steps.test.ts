/** Tests of sending: the check of whitelists, the number of round trips, and the length of waits. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';

const test = suite<{ world: TestWorld }>('sending');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

test('on a chain with a whitelist, an address of a script is refused by name', async ({ world }) => {
  const [, , , , address] = BAR_1.trim().split(',') as [string, string, string, string, string];
  await world.rpc('dev_whitelist', [address, world.trust.address]);
  world.write(1, 'bars.csv', HEADER + BAR_1 + BAR_2 + BAR_3.replace(/G\w+$/m, world.trust.address));
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes');
  assertRefused(ran, 'ADDRESS_NOT_WHITELISTED', /^030727-2019-PAMP: .*\w+.*; 035696-2019-PAMP:.*\w+/);
  await world.rpc('dev_whitelist', false);
});

test('a whitelist without any of the addresses is detected too', async ({ world }) => {
  await world.rpc('dev_whitelist', []);
  world.write(1, 'bars.csv', HEADER + BAR_1);
  const ran = await world.command(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes');
  assertRefused(ran, 'ADDRESS_NOT_WHITELISTED', /^031037-2019-PAMP: .*\w+/);
});

test('an address that left the whitelist is refused before anything is sent', async ({ world }) => {
  const addressOf = (bar: string) => bar.trim().split(',')[4] as string;
  await world.rpc('dev_whitelist', [addressOf(BAR_1), addressOf(BAR_2)]);
  await world.propose(1, HEADER + BAR_1 + BAR_2);
  await world.countersign(2);
  await world.rpc('dev_whitelist', false);
  await world.rpc('dev_whitelist', [addressOf(BAR_1)]);
  assertRefused(await world.command(2, ...FINALISE), 'ADDRESS_NOT_WHITELISTED', /030727-2019-PAMP/);
  assert.equal(await world.rpc('getrawmempool'), []);
});

test('the number of round trips does not depend on the number of issuances', async ({ world }) => {
  let asked = 0;
  const { createServer, request } = await import('node:http');
  const target = new URL(world.node.url);
  const proxy = createServer((incoming, outgoing) => {
    asked++;
    const forward = request(
      { host: target.hostname, port: target.port, method: 'POST', headers: incoming.headers },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forward);
  });
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as { port: number };
  const node = `http://u:secret-password@127.0.0.1:${port}`;
  world.write(1, 'bars.csv', HEADER + BAR_1 + BAR_2 + BAR_3);
  await world.ok(1, 'prepare', '--issuances', 'bars.csv', '--out', 'request.json', '--yes', '--node', node);
  assert.is(asked, 3, 'prepare');
  world.sign(1, 'request.json', 'mine.json');
  await world.ok(1, 'submit', 'mine.json');
  await world.countersign(2);
  world.onSleep = async () => {
    await world.generate();
    asked = 0;
  };
  await world.ok(2, ...FINALISE, '--node', node);
  assert.is(asked, 2, 'from the confirming block: the transactions, and the tokens');
  proxy.close();
  proxy.closeAllConnections();
});

/** Makes a block that leaves the transactions in the mempool. */
async function makeEmptyBlock(world: TestWorld): Promise<void> {
  await world.rpc('dev_skip', 1);
}

test('waits end if no block comes or blocks lack the transactions, and finalise continues later', async ({
  world,
}) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.rpc('dev_behaviour', { makesBlocks: false });
  let looks = 0;
  world.onSleep = async () => void looks++;
  const idle = await world.command(2, ...FINALISE, '--poll', '60');
  assertRefused(idle, 'TX_WAITING', { kind: 'stalled', references: ['031037-2019-PAMP'], blocks: 0 });
  assert.ok(looks > 50 && looks <= 60, `${looks} looks`);
  world.onSleep = () => makeEmptyBlock(world);
  assertRefused(await world.command(2, ...FINALISE), 'TX_WAITING', /30 new blocks/);
  assert.is((await world.ok(3, 'status')).state, 'sent');
  await world.rpc('dev_behaviour', { makesBlocks: true });
  world.onSleep = () => world.generate();
  await world.ok(2, ...FINALISE);
});

test.run();
