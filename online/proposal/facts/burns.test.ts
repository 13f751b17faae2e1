/** Facts of burnt outputs from a node: token, confirmations, and the block that determines the period. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ZERO_SCRIPT } from '../../../fixtures/devnode/chain/coins.ts';
import { BURN_SCRIPT, unsignedTransaction } from '../../../fixtures/devnode/chain/unsigned-transactions.ts';
import type { Held } from '../../../fixtures/devnode/holder/wallet.ts';
import { keyScriptSig } from '../../../fixtures/devnode/node/signing.ts';
import { type Issued, makeIssuedChain } from '../../../fixtures/simulation/protocol/chain/issued-chain.ts';
import { bytesToHex, idToBytes } from '../../../shared/bytes.ts';
import { PERIOD } from '../../../shared/token-schedule.ts';
import { type Output, transactionHex, transactionId } from '../../../shared/transaction.ts';
import type { ChainNode, Known } from '../../node/chain-node.ts';
import { type BurnFact, readBurns, readEvidence } from './burns.ts';

const test = suite<Issued>('burn facts');
const HEIGHT = 3300;
test.before.each(context => {
  Object.assign(context, makeIssuedChain('389.142', HEIGHT));
});

const mineBlocks = ({ chain }: Issued, count: number) => {
  for (let i = 0; i < count; i++) chain.mine();
};
const chainHeight = ({ chain }: Issued) => chain.miner.tip.height;

async function readOneBurn({ node }: Issued, txid: string, vout: number | null = 0): Promise<BurnFact> {
  const [fact] = await readBurns(node, [{ txid, vout }]);
  return fact as BurnFact;
}
const burnProblemOf = async (world: Issued, txid: string, vout: number | null = 0) =>
  (await readOneBurn(world, txid, vout)).problem;

/** Sends a transaction that spends the holder's coins to the mempool. */
function sendTransaction({ chain }: Issued, coins: readonly Held[], outputs: Output[]): string {
  const tx = unsignedTransaction(coins, outputs);
  const inputs = tx.inputs.map((input, i) => {
    const { script, key } = (coins[i] as Held).owner;
    return { ...input, scriptSig: keyScriptSig(tx, i, script, key) };
  });
  const signed = { ...tx, inputs };
  assert.is(chain.accept(chain.miner, transactionHex(signed), false), null);
  return transactionId(signed);
}
const burntOutput = ({ asset }: Issued, value: bigint): Output => {
  return { asset: idToBytes(asset, 'asset'), value, scriptPubKey: BURN_SCRIPT };
};

/** The node of these tests, with other answers to some calls. */
const nodeWithAnswers = ({ node }: Issued, answers: Partial<ChainNode>): ChainNode => ({
  ...node,
  ...answers,
});

test('tokens burnt without a freeze count by the block of the burn', async world => {
  const { holder, asset } = world;
  const coins = holder.split([{ asset, value: 700n }]);
  mineBlocks(world, 1);
  const [txid] = holder.burn(coins) as [string];
  mineBlocks(world, 3);
  const block = chainHeight(world) - 2;
  const { transactions, ...fact } = await readOneBurn(world, txid);
  assert.equal(fact, {
    ...{ txid, vout: 0, depth: 3, block, token: asset, amount: 700n, height: block, problem: null },
  });
  assert.equal(
    transactions.map(kept => kept.txid),
    [coins[0]?.txid, txid],
  );
});

test('tokens frozen and burnt later count by the block of the freeze, and its transaction is stored too', async world => {
  const { chain, holder, asset } = world;
  const coins = holder.freeze([{ asset, value: 700n }]);
  mineBlocks(world, 1);
  const frozen = chainHeight(world);
  mineBlocks(world, 3 * PERIOD);
  const [txid] = holder.burn(coins) as [string];
  mineBlocks(world, 1);
  const fact = await readOneBurn(world, txid);
  assert.equal([fact.height, fact.block, fact.depth, fact.problem], [frozen, chainHeight(world), 1, null]);
  const ids = fact.transactions.map(({ txid: id }) => id);
  assert.equal(
    ids.slice(1),
    [coins[0]?.txid, txid],
    'in the order of sending, after what split the tokens off',
  );
  assert.equal(
    fact.transactions.map(({ hex }) => hex),
    ids.map(id => chain.seen.get(id)?.hex),
  );
});

test('after all its blocks are lost, a burn is restored from the stored transactions', async world => {
  const { chain, node, holder, asset } = world;
  for (const isFrozen of [true, false]) {
    const coins = isFrozen ? holder.freeze([{ asset, value: 5n }]) : holder.split([{ asset, value: 5n }]);
    mineBlocks(world, 1);
    const [txid] = holder.burn(coins) as [string];
    mineBlocks(world, 1);
    const { transactions } = await readOneBurn(world, txid);
    chain.reorganise(2, true);
    assert.equal(await burnProblemOf(world, txid), { is: 'unknown', hasIndex: true });
    const sent = await node.send(transactions.map(({ hex }) => hex));
    assert.ok(sent.every(({ state }) => state === 'sent' || state === 'in-chain'));
    chain.mine();
    assert.is((await readOneBurn(world, txid)).depth, 1);
  }
});

test('the transaction id suffices if one output is burnt', async world => {
  const { holder, asset } = world;
  const coins = holder.split([
    { asset, value: 5n },
    { asset, value: 6n },
  ]);
  mineBlocks(world, 1);
  const [first, second] = coins as [Held, Held];
  const [alone] = holder.burn([first]) as [string];
  const both = sendTransaction(world, [second], [burntOutput(world, 2n), burntOutput(world, 4n)]);
  mineBlocks(world, 1);
  assert.equal((await readOneBurn(world, alone, null)).vout, 0);
  assert.equal(await burnProblemOf(world, both, null), { is: 'not-one', vouts: [0, 1] });
  assert.equal(
    [(await readOneBurn(world, both, 0)).amount, (await readOneBurn(world, both, 1)).amount],
    [2n, 4n],
    'each output is a burn of its own',
  );
  assert.equal(await burnProblemOf(world, both, 2), { is: 'no-output', outputs: 2 });
  const split = coins[0]?.txid as string;
  assert.equal(await burnProblemOf(world, split, null), { is: 'none-burnt', freezes: false });
});

test('tokens at the zero address or at a key do not count as burnt', async world => {
  const { holder, asset } = world;
  const [coin] = holder.split([{ asset, value: 5n }]) as [Held];
  mineBlocks(world, 1);
  const { script } = coin.owner;
  const id = idToBytes(asset, 'asset');
  const txid = sendTransaction(
    world,
    [coin],
    [
      { asset: id, value: 2n, scriptPubKey: ZERO_SCRIPT },
      { asset: id, value: 3n, scriptPubKey: script },
      { asset: id, value: 0n, scriptPubKey: BURN_SCRIPT },
    ],
  );
  mineBlocks(world, 1);
  assert.equal(await burnProblemOf(world, txid, 0), { is: 'not-burnt', script: bytesToHex(ZERO_SCRIPT) });
  assert.equal(await burnProblemOf(world, txid, 1), { is: 'not-burnt', script: bytesToHex(script) });
  assert.equal(await burnProblemOf(world, txid, 2), { is: 'not-burnt', script: bytesToHex(BURN_SCRIPT) });
});

test('outside of a block, nothing is known of a burn except its place', async world => {
  const { chain, holder, asset } = world;
  const coins = holder.split([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const [txid] = holder.burn(coins) as [string];
  const nothing = { block: null, token: null, amount: null, height: null, transactions: [] };
  const waiting = { txid, vout: 0, depth: 0, ...nothing, problem: null };
  assert.equal(await readOneBurn(world, txid), waiting);
  mineBlocks(world, 2);
  assert.is((await readOneBurn(world, txid)).depth, 2);
  chain.reorganise(2, false);
  assert.equal(await readOneBurn(world, txid), waiting);
  chain.mine();
  assert.is((await readOneBurn(world, txid)).depth, 1);
  chain.reorganise(1, true);
  const lost = { txid, vout: 0, depth: null, ...nothing, problem: { is: 'unknown', hasIndex: true } };
  assert.equal(await readOneBurn(world, txid), lost);
  const hidden = nodeWithAnswers(world, { hasTransactionIndex: async () => false });
  const [unseen] = await readBurns(hidden, [{ txid, vout: 0 }]);
  assert.equal(unseen?.problem, { is: 'unknown', hasIndex: false });
});

test('a block that is not in the best chain does not count', async world => {
  const { holder, asset } = world;
  const coins = holder.split([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const [txid] = holder.burn(coins) as [string];
  mineBlocks(world, 1);
  const node = nodeWithAnswers(world, { blocks: async hashes => hashes.map(() => null) });
  const [fact] = await readBurns(node, [{ txid, vout: 0 }]);
  assert.equal([fact?.depth, fact?.token, fact?.problem], [0, null, null]);
});

test('a burn of tokens that were frozen in two periods counts for neither', async world => {
  const { holder, asset } = world;
  const first = holder.freeze([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const then = chainHeight(world);
  mineBlocks(world, PERIOD);
  const second = holder.freeze([{ asset, value: 6n }]);
  mineBlocks(world, 1);
  const now = chainHeight(world);
  const txid = sendTransaction(world, [...first, ...second], [burntOutput(world, 11n)]);
  mineBlocks(world, 1);
  const fact = await readOneBurn(world, txid);
  assert.equal(fact.problem, { is: 'periods', heights: [then, now] });
  assert.is(fact.amount, 11n);
  const same = holder.freeze([
    { asset, value: 7n },
    { asset, value: 8n },
  ]);
  mineBlocks(world, 1);
  const both = sendTransaction(world, same, [burntOutput(world, 15n)]);
  mineBlocks(world, 1);
  assert.is(await burnProblemOf(world, both), null, 'of one transaction, they count by one block');
});

test('missing earlier transactions, and transactions of another form, are reported as problems', async world => {
  const { node, holder, asset } = world;
  const coins = holder.freeze([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const [txid] = holder.burn(coins) as [string];
  mineBlocks(world, 1);
  const parent = coins[0]?.txid as string;
  const without = nodeWithAnswers(world, {
    transaction: async ids => {
      const known = await node.transaction(ids);
      return known.map((one, i): Known => (ids[i] === parent ? null : one));
    },
  });
  const [orphan] = await readBurns(without, [{ txid, vout: 0 }]);
  assert.equal(orphan?.problem, { is: 'input-unknown', txid: parent });
  for (const hex of ['', '00', 'ff'.repeat(40)]) {
    const garbled = nodeWithAnswers(world, {
      transaction: async ids => {
        const known = await node.transaction(ids);
        return known.map(
          (one, i): Known => (ids[i] === txid && one && one !== 'mempool' ? { ...one, hex } : one),
        );
      },
    });
    const [fact] = await readBurns(garbled, [{ txid, vout: 0 }]);
    assert.equal(fact?.problem, { is: 'unreadable' });
  }
});

test('a hundred burns take three round trips, and each transaction is requested once', async world => {
  const { node, holder, asset } = world;
  const parts = Array.from({ length: 100 }, (_, i) => ({ asset, value: BigInt(i + 1) }));
  const coins = holder.freeze(parts);
  mineBlocks(world, 1);
  const txids = holder.burn(coins);
  mineBlocks(world, 1);
  let trips = 0;
  const asked: string[] = [];
  let isOpen = false;
  /** Counts round trips. Calls made at the same moment share one round trip. */
  const counting = new Proxy(node, {
    get: (target, name: keyof ChainNode) => {
      const call = target[name];
      if (typeof call !== 'function') return call;
      return (...args: unknown[]) => {
        if (!isOpen) trips++;
        isOpen = true;
        if (name === 'transaction') asked.push(...(args[0] as string[]));
        const answer = (call as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        return answer.finally(() => {
          isOpen = false;
        });
      };
    },
  });
  const wanted = [...txids].reverse().map(txid => ({ txid, vout: 0 }));
  const { burns } = await readEvidence(counting, wanted, false);
  assert.equal(
    burns.map(({ amount }) => amount),
    [...parts].reverse().map(({ value }) => value),
  );
  assert.is(trips, 3);
  assert.is(asked.length, new Set(asked).size);
  assert.is(asked.length, 102, 'with the one that froze them, and the one that split them off');
});

test('amounts are read after the burns, so that no token is counted twice', async world => {
  const { chain, node, holder, asset } = world;
  const all = (await node.assetInfo()).get(asset)?.spendable as bigint;
  const coins = holder.split([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const [txid] = holder.burn(coins) as [string];
  const between = nodeWithAnswers(world, {
    transaction: async ids => {
      const known = await node.transaction(ids);
      if (ids.includes(txid)) chain.mine();
      return known;
    },
  });
  const { burns, amounts, height } = await readEvidence(between, [{ txid, vout: 0 }], false);
  assert.equal([burns[0]?.depth, amounts?.get(asset)], [0, all - 5n]);
  assert.is(height, chainHeight(world));
});

test('only requests that remove tokens need evidence, and frozen tokens still exist', async world => {
  const { holder, asset, node } = world;
  const silent = new Proxy(node, { get: () => assert.unreachable('asked') });
  assert.equal(await readEvidence(silent, [], false), { burns: [], amounts: null, height: 0 });
  const all = (await node.assetInfo()).get(asset)?.spendable;
  holder.freeze([{ asset, value: 5n }]);
  mineBlocks(world, 1);
  const { amounts } = await readEvidence(node, [], true);
  assert.is(amounts?.get(asset), all);
});

test.run();
