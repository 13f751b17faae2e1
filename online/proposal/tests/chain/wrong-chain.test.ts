/**
 * A node on another chain, or a node that does not have all blocks yet. Every command that asks the node
 * reports this and changes nothing.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDevNode } from '../../../../fixtures/devnode/devnode.ts';
import { BAR_1, BAR_2, HEADER, TestWorld } from '../../../../fixtures/pcs/testing.ts';

const LOGIN = { port: 0, host: '127.0.0.1', user: 'u', password: 'p' };

const test = suite<{ world: TestWorld }>('a node of another chain');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

test('every command reports a node on another chain first', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  world.write(3, 'bars.csv', HEADER + BAR_2);
  const policyScript = world.trust.scriptPubKey;
  const other = await startDevNode({ ...LOGIN, chain: 'ocean_test', policyScript, height: 3310 });
  const before = world.snapshot();
  try {
    for (const [i, ...command] of [
      [1, 'status'],
      [1, 'report'],
      [1, 'coins', 'scan'],
      [1, 'coins', 'list'],
      [1, 'abandon', '--yes'],
      [1, 'review', '--out', 'x.json'],
      [3, 'prepare', '--issuances', 'bars.csv', '--out', 'x.json', '--yes'],
      [2, 'finalise', 'mine.json', '--yes'],
    ] as [number, ...string[]][]) {
      const ran = await world.command(i, ...command, '--node', other.url);
      assert.equal([ran.status, ran.json?.error?.code], [1, 'CHAIN_WRONG'], `${command}: ${ran.stderr}`);
      assert.match(ran.json.error.message, /chain: expected "gold_main".*, got "ocean_test"/);
    }
  } finally {
    await other.close();
  }
  assert.is(world.snapshot(), before, 'nothing was written');
});

test('coins scan refuses a node that is catching up', async ({ world }) => {
  const { origin, username, password } = new URL(world.node.url);
  const behind = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { authorization = '' } = incoming.headers;
    const asked = { method: 'POST', headers: { authorization }, body: Buffer.concat(chunks) };
    const answer = await (await fetch(origin, asked)).text();
    outgoing.end(answer.replace(/"headers":\d+/, '"headers":9999'));
  });
  await new Promise<void>(resolve => behind.listen(0, '127.0.0.1', resolve));
  const { port } = behind.address() as AddressInfo;
  const before = world.snapshot();
  const url = `http://${username}:${password}@127.0.0.1:${port}`;
  const ran = await world.command(1, 'coins', 'scan', '--node', url);
  behind.close();
  assert.equal([ran.status, ran.json?.error?.code], [1, 'NODE_SYNCING'], ran.stderr);
  assert.match(ran.json.error.message, /9999/);
  assert.is(world.snapshot(), before);
});

test.run();
