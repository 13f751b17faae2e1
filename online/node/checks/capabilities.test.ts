/** Tests the capabilities of a node with development nodes of different configurations. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningDevNode, startDevNode } from '../../../fixtures/devnode/devnode.ts';
import { policyScript } from '../../../fixtures/devnode/test-node.ts';
import { OceanNode } from '../node.ts';
import { assertRefusesNode } from '../testing.ts';
import { fetchPolicyAsset, fetchWatchState } from './watch-and-policy-asset.ts';

interface Context {
  dev: RunningDevNode;
  node: OceanNode;
  address: string;
}

const test = suite<Context>('capabilities');
test.before.each(async context => {
  const dev = await startDevNode({ user: 'u', password: 'p', policyScript });
  const node = new OceanNode(dev.url, { network: 'gold_main' });
  const info = (await node.rpc.call('dev_info')) as Map<string, string>;
  Object.assign(context, { dev, node, address: info.get('policyaddress') });
});
test.after.each(({ dev }) => dev.close());

test('the watch exists after the import, and is unknown without a wallet', async ({ dev, node, address }) => {
  assert.is(await fetchWatchState(node, address), 'not watched');
  assert.equal(await node.listUnspent(address), [], 'an empty list, and no error');
  assert.is(await node.watch(address), true);
  assert.is(await fetchWatchState(node, address), 'watched');
  dev.node.behaviour.wallet = false;
  assert.is(await fetchWatchState(node, address), 'no wallet');
});

test('an address that is watched under another label counts as watched', async ({ node, address }) => {
  await node.rpc.call('importaddress', [address, 'another label', true]);
  assert.is(await fetchWatchState(node, address), 'watched');
});

test('the transaction index is detected', async ({ dev, node }) => {
  assert.is(await node.hasTransactionIndex(), false);
  dev.node.behaviour.txindex = true;
  assert.is(await node.hasTransactionIndex(), true);
});

test('the tip has the number of peers, or null if the node does not report it', async ({ dev, node }) => {
  assert.equal([await node.peers(), (await node.tip()).peers], [0, 0]);
  dev.node.behaviour.peers = 4;
  assert.equal([await node.peers(), (await node.tip()).peers], [4, 4]);
  const fault = (members: object) =>
    node.rpc.call('dev_fault', [{ method: 'getnetworkinfo', kind: 'error', ...members }] as never);
  await fault({ code: -32601, message: 'Method not found' });
  assert.is(await node.peers(), null);
});

test('an answer of another form is refused with the name of the member', async ({ node, address }) => {
  const lie = (method: string, result: unknown) =>
    node.rpc.call('dev_fault', [{ method, kind: 'lie', result }] as never);
  // The first call also checks the network. Later questions are sent alone, so a fault concerns only the
  // tested question.
  await node.peers();
  for (const connections of [-1, '2', 1.5, []]) {
    await lie('getnetworkinfo', { connections });
    await assertRefusesNode('NODE_GARBLED', () => node.peers(), /getnetworkinfo: connections: expected/);
  }
  await lie('getnetworkinfo', {});
  assert.is(await node.peers(), null);
  await lie('dumpassetlabels', { ISSUANCE: 'ab' });
  await assertRefusesNode(
    'NODE_GARBLED',
    () => fetchPolicyAsset(node),
    /dumpassetlabels: ISSUANCE: expected/,
  );
  await lie('dumpassetlabels', { CBT: 'ab'.repeat(32) });
  assert.is(await fetchPolicyAsset(node), null);
  await lie('validateaddress', { isvalid: true });
  await assertRefusesNode('NODE_GARBLED', () => fetchWatchState(node, address));
});

test.run();
