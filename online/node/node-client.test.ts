/** Tests the client with the development node, which runs as a separate process. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultKind } from '../../fixtures/devnode/server/faults.ts';
import {
  COIN_ATOMS,
  makeIssuance,
  signTransactionBy,
  TestNode,
  vectors,
} from '../../fixtures/devnode/test-node.ts';
import type { Code } from '../../shared/errors.ts';
import { transactionHex, transactionId } from '../../shared/transaction.ts';
import { checkTip } from './checks/best-block.ts';
import { OceanNode, type UnspentCoin } from './node.ts';
import type { RpcOptions } from './rpc/rpc-client.ts';
import { LOGIN_REQUIRED, WRONG_PASSWORD } from './rpc/texts/connection.ts';
import { assertRefusesNode, checkPresentable } from './testing.ts';

const P2SH: string = vectors.p2sh.address;
const RECIPIENTS: string[] = vectors.issuances.map((one: { address: string }) => one.address);
const TOKENS = 389_163_430_770n;
const password = 'a p@ss/word:%';
let dev: TestNode;
let url: string;
let node: OceanNode;
let coins: UnspentCoin[];
let next = 0;

const connectClient = (options: RpcOptions = {}) =>
  new OceanNode(url, { credentials: { password }, backoffMs: 1, ...options });

test.before(async () => {
  dev = await TestNode.start('--user', 'ocean', '--password', password, '--coins', '150');
  url = dev.url.replace('://', '://ocean@');
  node = connectClient();
  assert.is(await node.watch(P2SH), true);
  assert.is(await node.watch(P2SH), false);
  coins = await node.listUnspent(P2SH);
});
test.after.each(() => dev.call('dev_fault'));
test.after(() => dev.end());

/** The next n policy coins, each with the signed issuance that spends it. */
function takeCoinsWithIssuances(n: number) {
  next += n;
  return coins.slice(next - n, next).map((coin, i) => {
    const built = makeIssuance(coin.asset, coin, TOKENS, i % RECIPIENTS.length);
    const tx = signTransactionBy(built.transaction, 1, 2);
    const address = RECIPIENTS[i % RECIPIENTS.length] as string;
    return {
      coin,
      address,
      assetId: built.assetId,
      tx,
      unsigned: built.transaction,
      hex: transactionHex(tx),
      txid: transactionId(tx),
    };
  });
}
type Taken = ReturnType<typeof takeCoinsWithIssuances>[0];
const changeOutpoint = (txid: string) => ({ txid, vout: 2 });

test('a hundred issuances need 3 round trips to prepare, 1 to send and 3 to verify', async () => {
  const issuances = takeCoinsWithIssuances(100);
  const preparing = connectClient();
  const tip = await preparing.tip();
  checkTip(preparing.source, tip, { network: 'gold_main', now: Date.now() / 1000, maxAge: 100 });
  const params = issuances.map(({ coin, address }) => ({
    assetAddress: address,
    assetAmount: TOKENS,
    tokenAddress: vectors.reissuanceAddress,
    reissuanceAmount: 1_000_000_000_000n,
    changeAddress: P2SH,
    changeAmount: coin.value,
    coin,
  }));
  const [states, made, whitelist, valid] = await Promise.all([
    preparing.coins(issuances.map(one => one.coin)),
    preparing.createRawIssuance(params),
    preparing.whitelisted(RECIPIENTS),
    preparing.validate([...RECIPIENTS, P2SH]),
  ]);
  assert.is(preparing.roundTrips, 3);
  assert.ok(states.every(one => one.state === 'unspent' && one.coin.value === COIN_ATOMS));
  for (const [i, one] of issuances.entries()) {
    assert.is(made[i]?.rawtx, transactionHex(one.unsigned));
    assert.is(made[i]?.asset, one.assetId);
  }
  assert.is(whitelist, 'off');
  assert.ok(valid.every(one => one.valid));

  const finishing = connectClient();
  const sent = await finishing.send(issuances.map(one => one.hex));
  assert.equal(
    sent,
    issuances.map(({ txid }) => ({ state: 'sent', txid })),
  );
  assert.is(finishing.roundTrips, 1);
  await dev.call('generate', 1);

  const verifying = connectClient();
  const txids = issuances.map(one => one.txid);
  const [after, known, assets, changes] = await Promise.all([
    verifying.tip(),
    verifying.transaction(txids),
    verifying.assetInfo(),
    verifying.coins(txids.map(changeOutpoint)),
  ]);
  assert.is(verifying.roundTrips, 3);
  assert.is(after.height, tip.height + 1);
  for (const [i, one] of issuances.entries()) {
    assert.equal(known[i], { confirmations: 1, blockHash: after.hash, hex: one.hex });
    assert.is(assets.get(one.assetId)?.spendable, TOKENS);
    const state = changes[i];
    assert.is(state?.state === 'unspent' && state.coin.value, COIN_ATOMS);
  }
});

test('a transaction moves from the mempool into a block and back after a reorganisation', async () => {
  const [one] = takeCoinsWithIssuances(1) as [Taken];
  const [other] = [makeIssuance(one.coin.asset, one.coin, TOKENS + 1n, 1).transaction];
  assert.equal(await node.transaction([one.txid]), [null]);
  assert.equal(await node.send([one.hex]), [{ state: 'sent', txid: one.txid }]);
  assert.equal(await node.send([one.hex]), [{ state: 'sent', txid: one.txid }]);
  assert.equal(await node.transaction([one.txid]), ['mempool']);
  assert.ok((await node.mempool()).includes(one.txid));
  assert.is((await node.coins([one.coin]))[0]?.state, 'spent-in-mempool');
  const [respent] = await node.send([transactionHex(signTransactionBy(other, 1, 2))]);
  assert.is(respent?.state === 'refused' && respent.kind, 'spent');

  const [block] = await dev.call('generate', 1);
  assert.is((await node.coins([one.coin]))[0]?.state, 'spent-or-unknown');
  assert.equal(await node.send([one.hex]), [{ state: 'in-chain' }]);
  const { height } = await node.tip();
  assert.equal(await node.blockHashes([height, height + 1]), [block, null]);

  await dev.call('dev_reorg', 1, false);
  assert.equal(await node.transaction([one.txid]), [null]);
  assert.is((await node.coins([one.coin]))[0]?.state, 'unspent');
  assert.equal(await node.send([one.hex]), [{ state: 'sent', txid: one.txid }]);
  await dev.call('generate', 1);
});

test('each refused transaction has its own reason, and the others are sent', async () => {
  const [good, bad, unknown] = takeCoinsWithIssuances(3) as [Taken, Taken, Taken];
  const nowhere = makeIssuance(unknown.coin.asset, { txid: '11'.repeat(32), vout: 0 }, TOKENS).transaction;
  const sent = await node.send([
    transactionHex(signTransactionBy(bad.unsigned, 1)),
    good.hex,
    transactionHex(signTransactionBy(nowhere, 1, 2)),
    '00ff',
  ]);
  assert.equal(
    sent.map(one => (one.state === 'refused' ? one.kind : one.state)),
    ['script', 'sent', 'missing-inputs', 'other'],
  );
  assert.equal(await node.transaction([good.txid, bad.txid]), ['mempool', null]);
});

test('the whitelist is off, or has some of the addresses', async () => {
  const [listed, other] = RECIPIENTS as [string, string];
  const [one, two] = takeCoinsWithIssuances(2) as [Taken, Taken];
  assert.is(await node.whitelisted([listed, other]), 'off');
  await dev.call('dev_whitelist', [listed, P2SH, vectors.reissuanceAddress]);
  assert.equal(await node.whitelisted([listed, other]), [true, false]);
  const sent = await node.send([one.hex, two.hex]);
  assert.equal(
    sent.map(s => (s.state === 'refused' ? s.kind : s.state)),
    ['sent', 'whitelist'],
  );
  await dev.call('dev_whitelist', false);
});

/**
 * Kinds of faults, each with the code of the error. `passes` is true if the client asks again until the fault
 * ends.
 */
const FAULTS: [kind: FaultKind, code: Code, passes: boolean][] = [
  ['http503', 'NODE_UNREACHABLE', true],
  ['cut', 'NODE_GARBLED', true],
  ['reset', 'NODE_UNREACHABLE', true],
  ['lost', 'NODE_UNREACHABLE', true],
  ['warmup', 'NODE_SYNCING', true],
  ['garbage', 'NODE_GARBLED', false],
  ['html', 'NODE_GARBLED', false],
  ['empty', 'NODE_GARBLED', false],
  ['wrongid', 'NODE_GARBLED', false],
  ['error', 'NODE_REFUSED', false],
  ['lie', 'NODE_GARBLED', false],
];
for (const [kind, code, passes] of FAULTS) {
  test(`fault ${kind}: ${passes ? 'retried until it ends' : 'refused at once'}, with the code ${code}`, async () => {
    const [one] = takeCoinsWithIssuances(1) as [Taken];
    const fault = { method: '*', kind, times: 2, code: -99, message: `x${password}`, result: password };
    const calls: (() => Promise<unknown>)[] = [
      () => node.tip(),
      () => node.assetInfo(),
      () => node.coins([one.coin, one.coin]),
      () => node.send([one.hex]),
    ];
    for (const call of calls) {
      await dev.call('dev_fault', { ...fault, times: passes ? 2 : 1 });
      if (passes) await call();
      else await assertRefusesNode(code, call);
      await dev.call('dev_fault');
      await dev.call('dev_fault', { ...fault, times: 99 });
      await assertRefusesNode(code, call);
      await dev.call('dev_fault');
      await call();
    }
    // The transaction was sent several times, but the mempool has it once.
    assert.is((await node.mempool()).filter(id => id === one.txid).length, 1);
  });
}

test('a slow node is asked again once after the deadline', async () => {
  await dev.call('dev_fault', { kind: 'slow', seconds: 4, times: 1 });
  const hasty = connectClient({ deadlineMs: 2000 });
  assert.is((await hasty.mempool()).length > 0, true);
  assert.is(hasty.roundTrips, 2);
  await dev.call('dev_fault', { kind: 'slow', seconds: 1, times: 9 });
  const impatient = connectClient({ deadlineMs: 200 });
  await assertRefusesNode('NODE_UNREACHABLE', () => impatient.mempool());
  assert.is(impatient.roundTrips, 2);
});

test('a wrong password, no password, and no node are refused', async () => {
  const wrong = await assertRefusesNode(
    'NODE_AUTH',
    () => new OceanNode(url, { credentials: { password: 'nope' } }).tip(),
    WRONG_PASSWORD[0],
  );
  assert.match(wrong.hint, /COUNTERSIGN_NODE_PASSWORD/);
  await assertRefusesNode('NODE_AUTH', () => new OceanNode(dev.url).tip(), LOGIN_REQUIRED[0]);
  assert.ok(checkPresentable(wrong));
});

test.run();
