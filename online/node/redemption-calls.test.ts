/** Tests the node calls that check burns, with recorded answers, hostile answers and a development node. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningDevNode, startDevNode } from '../../fixtures/devnode/devnode.ts';
import { testAddress } from '../../fixtures/devnode/holder/keys.ts';
import { HolderWallet } from '../../fixtures/devnode/holder/wallet.ts';
import { makeHolderChain } from '../../fixtures/devnode/methods/holder.ts';
import { gold, policyScript } from '../../fixtures/devnode/test-node.ts';
import { issueToHolder } from '../../fixtures/devnode/tests/devnode-for-tests.ts';
import { bytesToHex, bytesToId, hexToBytes } from '../../shared/bytes.ts';
import { decodeTransaction } from '../../shared/decode-transaction.ts';
import { type ConfirmedTransaction, OceanNode, type PolicyList } from './node.ts';
import {
  assertRefusesNode,
  closeServers,
  makeScriptedClient,
  recordedAnswer,
  recordedRedemption,
} from './testing.ts';

const test = suite('redemption');
test.after(closeServers);

const makeReplayNode = (note: string) => makeScriptedClient(() => recordedAnswer(note));
const answerReply = (result: unknown, httpStatus = 200) => {
  return { response: JSON.stringify({ result, error: null, id: 1 }), httpStatus };
};
const errorReply = (code: number, message: string) => {
  return { response: JSON.stringify({ result: null, error: { code, message }, id: 1 }), httpStatus: 500 };
};
const recordedId = (note: string) => recordedAnswer(note).params[0] as string;

test('recorded: a redemption and a burn in a block, in the mempool, and after a reorganisation', async () => {
  for (const note of [
    'getrawtransaction of the redemption transaction, confirmed',
    'getrawtransaction of a burn, confirmed',
  ]) {
    const [found] = await (await makeReplayNode(note)).transaction([recordedId(note)]);
    const { hex, blockhash } = JSON.parse(recordedAnswer(note).response).result;
    assert.equal(found, { confirmations: 1, blockHash: blockhash, hex });
  }
  for (const note of [
    'getrawtransaction of a burn in the mempool',
    'getrawtransaction of a burn whose block is not in the chain any more',
  ])
    assert.equal(await (await makeReplayNode(note)).transaction([recordedId(note)]), ['mempool'], note);
});

test('recorded: a burn with another id or a changed byte is refused', async () => {
  const note = 'getrawtransaction of a burn, confirmed';
  const { response } = recordedAnswer(note);
  const { hex } = JSON.parse(response).result;
  const twice = hex.replace('00000022ecb25c00', '00000045d964b800');
  assert.is.not(twice, hex);
  for (const other of [twice, recordedAnswer('burn of less than the output has').params[0] as string]) {
    const node = await makeScriptedClient(() => ({
      response: response.replaceAll(hex, other),
      httpStatus: 200,
    }));
    await assertRefusesNode(
      'NODE_GARBLED',
      () => node.transaction([recordedId(note)]),
      /another transaction/,
    );
  }
});

test('recorded: spendable and frozen amounts by asset, without completely burnt assets', async () => {
  const [token, other] = [
    '16bee9fdccb2a3c57618b7bfb535ceaf66b9b5b2d69799ec91d3e5af4177018e',
    '163f3c5e212d6d955cfe5a95e3d168415e0620a0866c3c833585033d7538f3e4',
  ];
  const units = (whole: bigint) => whole * 100_000_000n;
  const [frozen, burnt, wholly] = await Promise.all(
    [
      'getutxoassetinfo with frozen tokens',
      'getutxoassetinfo after a burn',
      'getutxoassetinfo after a token was burnt wholly: it is not listed',
    ].map(async note => (await makeReplayNode(note)).assetInfo()),
  );
  assert.equal(frozen?.get(token), { spendable: units(2500n), frozen: units(1500n) });
  assert.equal(burnt?.get(token), { spendable: units(2500n), frozen: 0n });
  assert.equal(burnt?.get(other), { spendable: units(1600n), frozen: units(2500n) });
  assert.is(wholly?.get(other), undefined);
});

for (const list of ['freezelist', 'burnlist'] satisfies PolicyList[]) {
  test(`${list}: recorded states of all addresses in one round trip`, async () => {
    const note = `query${list}`;
    assert.equal(await (await makeReplayNode(note)).policyListed(list, [recordedId(note)]), [true]);
    const node = await makeScriptedClient(({ method, params: [one] }) => {
      assert.is(method, note);
      return one === 'C' ? errorReply(-5, 'Invalid key id') : answerReply(one === 'A');
    });
    assert.equal(await node.policyListed(list, ['A', 'B', 'C']), [true, false, false]);
    assert.is(node.roundTrips, 1);
    assert.equal(await node.policyListed(list, []), []);
  });

  test(`${list}: off if the method is missing; other errors and answers are refused`, async () => {
    const asked = async (given: ReturnType<typeof answerReply>) =>
      (await makeScriptedClient(() => given)).policyListed(list, ['A', 'B']);
    assert.is(await asked(errorReply(-32601, 'Method not found')), 'off');
    await assertRefusesNode('NODE_REFUSED', () => asked(errorReply(-20, 'Database error')), /database/);
    for (const wrong of [null, 'true', 1, [true], {}])
      await assertRefusesNode('NODE_GARBLED', () => asked(answerReply(wrong)), /result: /);
  });
}

const HASH = 'a0e5ee9de7a0a14a9a3b0ed2866f19239595375d12c79aef582a19f71e8694ae';
test('blocks: their positions, and null for a dropped or unknown block', async () => {
  const { response } = recordedAnswer('block header');
  const [found] = await (await makeScriptedClient(() => recordedAnswer('block header'))).blocks([HASH]);
  assert.equal(found, { height: 11, confirmations: 1, time: 1795332039 });
  const node = await makeScriptedClient(({ params: [hash] }) => {
    if (hash !== HASH) return errorReply(-5, 'Block not found');
    return { response: response.replace('"confirmations":1', '"confirmations":-1'), httpStatus: 200 };
  });
  assert.equal(await node.blocks([HASH, 'ab'.repeat(32)]), [null, null]);
  assert.is(node.roundTrips, 1);
});

const WRONG_HEADERS: [what: string, from: RegExp, to: string, message: RegExp][] = [
  ['another hash', /"hash":"a0e5/, '"hash":"b0e5', /hash: .* a0e5/],
  ['no hash', /"hash":"/, '"hush":"', /hash: expected 64.*, got nothing/],
  ['no confirmations', /"confirmations":1,/, '', /confirmations:.*got nothing/],
  ['half a confirmation', /"confirmations":1,/, '"confirmations":0.5,', /confirmations: .*got 0\.5/],
  ['less than -1', /"confirmations":1,/, '"confirmations":-2,', /confirmations: .*got -2/],
  ['confirmations as text', /"confirmations":1,/, '"confirmations":"1",', /confirmations: .*got "1"/],
  ['a height as a power', /"height":11/, '"height":1e1', /height: .*got 1e1/],
  ['a height below zero', /"height":11/, '"height":-1', /height: .*got -1/],
  ['a time of the far future', /"time":1795332039/, '"time":4294967296', /time: .*got 4294967296/],
];
for (const [what, from, to, message] of WRONG_HEADERS) {
  test(`blocks: a header with ${what}`, async () => {
    const { response } = recordedAnswer('block header');
    assert.match(response, from);
    const node = await makeScriptedClient(() => ({ response: response.replace(from, to), httpStatus: 200 }));
    await assertRefusesNode('NODE_GARBLED', () => node.blocks([HASH]), message);
  });
}

test('every recorded refusal of freezing and burning has its kind', async () => {
  const kinds = new Map<string, string>();
  for (const { note, method, params, httpStatus } of recordedRedemption) {
    if (method !== 'sendrawtransaction' || httpStatus === 200) continue;
    const [sent] = await (await makeReplayNode(note)).send([params[0] as string]);
    kinds.set(note, sent?.state === 'refused' ? sent.kind : 'sent');
  }
  assert.equal([...kinds.values()], ['policy', 'policy', 'policy', 'other', 'policy']);
});

/**
 * Calls `run` with a development node that has a freezelist and a burnlist, and with a client of this node.
 */
async function withDevNode(run: (dev: RunningDevNode, node: OceanNode) => Promise<void>): Promise<void> {
  const dev = await startDevNode({
    ...{ user: 'u', password: 'p', policyScript, txindex: true, freezelist: true, burnlist: true },
  });
  try {
    await run(dev, new OceanNode(dev.url, { network: 'gold_main' }));
  } finally {
    await dev.close();
  }
}
const makeTestCaller = (dev: RunningDevNode, node: OceanNode) => ({
  running: dev,
  call: (method: string, ...params: unknown[]) => node.rpc.call(method, params as string[]),
  error: async () => null,
  end: async () => undefined,
});
const decodeHex = (hex: string) => decodeTransaction(hexToBytes(hex, 'hex'));

test('a hundred frozen and burnt outputs are read completely in four round trips', () =>
  withDevNode(async (dev, asking) => {
    const asset = await issueToHolder(makeTestCaller(dev, asking), 0, 1_000_000n);
    const holder = new HolderWallet(makeHolderChain(dev.node));
    const frozen = holder.freeze(Array.from({ length: 100 }, (_, i) => ({ asset, value: BigInt(i + 1) })));
    const { height: frozenAt, hash: redemptionBlock } = dev.node.mine();
    const burns = holder.burn(frozen);
    const { height: burntAt, hash: burnBlock } = dev.node.mine();

    const node = new OceanNode(dev.url, { network: 'gold_main' });
    const [tip, found, assets, listed] = await Promise.all([
      node.tip(),
      (async () => {
        const known = (await node.transaction(burns)) as ConfirmedTransaction[];
        const spent = known.map(({ hex }) => bytesToId(decodeHex(hex).inputs[0]!.prevHash));
        const [before, blocks] = await Promise.all([
          node.transaction([...new Set(spent)]) as Promise<ConfirmedTransaction[]>,
          node.blocks([...new Set(known.map(({ blockHash }) => blockHash))]),
        ]);
        return {
          known,
          before,
          blocks,
          origins: await node.blocks(before.map(({ blockHash }) => blockHash)),
        };
      })(),
      node.assetInfo(),
      node.policyListed('burnlist', [testAddress(gold, 'holder', 0)]),
    ]);
    assert.is(node.roundTrips, 4);
    assert.is(tip.height, burntAt);
    for (const [i, { blockHash, confirmations, hex }] of found.known.entries()) {
      assert.equal([blockHash, confirmations], [burnBlock, 1]);
      const [output] = decodeHex(hex).outputs;
      assert.equal([bytesToHex(output!.scriptPubKey), output!.value], ['6a', BigInt(i + 1)]);
    }
    assert.equal(found.blocks, [{ height: burntAt, confirmations: 1, time: tip.time }]);
    assert.is(found.before[0]?.blockHash, redemptionBlock);
    assert.is(found.origins[0]?.height, frozenAt);
    assert.equal(assets.get(asset), { spendable: 1_000_000n - 5050n, frozen: 0n });
    assert.equal(listed, [false]);
  }));

test('a burn returns to the mempool after a reorganisation, and only an index finds a confirmed burn', () =>
  withDevNode(async (dev, node) => {
    const asset = await issueToHolder(makeTestCaller(dev, node), 0, 1_000_000n);
    const holder = new HolderWallet(makeHolderChain(dev.node));
    const [txid] = holder.burn(holder.split([{ asset, value: 400_000n }])) as [string];
    assert.equal(await node.transaction([txid]), ['mempool']);
    const block = dev.node.mine();
    assert.is(((await node.transaction([txid]))[0] as ConfirmedTransaction).blockHash, block.hash);
    assert.equal((await node.assetInfo()).get(asset), { spendable: 600_000n, frozen: 0n });
    dev.node.invalidate(block);
    assert.equal(await node.transaction([txid]), ['mempool']);
    assert.equal(await node.blocks([block.hash]), [null]);
    dev.node.mine();
    assert.is(await node.hasTransactionIndex(), true);
    dev.node.configure({ txindex: false });
    assert.equal([await node.transaction([txid]), await node.hasTransactionIndex()], [[null], false]);
  }));

test('a burn sent again is accepted in the mempool, and is never sent twice once confirmed', () =>
  withDevNode(async (dev, node) => {
    const asset = await issueToHolder(makeTestCaller(dev, node), 0, 1_000_000n);
    const holder = new HolderWallet(makeHolderChain(dev.node));
    const [txid] = holder.burn(holder.coins()) as [string];
    const [hex] = (await node.rawTransactions([txid])) as [string];
    assert.equal(await node.send([hex]), [{ state: 'sent', txid }]);
    dev.node.mine();
    // The burn has no unspent output, so `send` cannot find out that it is confirmed. Callers ask
    // `transaction` first.
    const [again] = await node.send([hex]);
    assert.is(again?.state === 'refused' && again.kind, 'spent');
    assert.is((await node.assetInfo()).get(asset), undefined);
    dev.node.reorganise(1, false);
    assert.equal(await node.transaction([txid]), [null]);
    assert.equal(await node.send([hex]), [{ state: 'sent', txid }]);
  }));

test.run();
