import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JsonNumber } from '../../shared/json.ts';
import type { OceanNode } from './node.ts';
import type { NodeError } from './rpc/node-errors.ts';
import { WRONG_PASSWORD } from './rpc/texts/connection.ts';
import {
  assertRefusesNode,
  checkPresentable,
  closeServers,
  makeScriptedClient,
  type Recorded,
  recorded,
  recordedAnswer,
} from './testing.ts';

test.after(closeServers);

const POLICY = '200fc59311dcad985be174bdcaaf7605b592de99192e0d8c133711a271ce061c';
const COIN = { txid: 'd8ce12a044f9c3dda6a84741ce15dcfa1ea5ceb5a538492a6624d460428da0b8', vout: 71 };
const TXID = '031def31364fed217bc44e418ab3f07379d11ac156afe4c6fdb413945399f7ce';
const ASSET = '787241cfc8de2fec8ddca958aac1ebd53037bf126e0890869d5612faa73b7bce';
const SCRIPT = 'a914b7c61d255cc3f8894c22114954827a116cdcdc1187';

const used = new Set<Recorded>();

/** A node that answers only recorded questions, with the recorded answers. */
function makeReplayNode(...notes: string[]): Promise<OceanNode> {
  const records = notes.map(recordedAnswer);
  for (const one of records) used.add(one);
  return makeScriptedClient(({ method, params }) => {
    // No answer about peers was recorded. This answer has Bitcoin's form, reduced to the members that are
    // read.
    if (method === 'getnetworkinfo')
      return { response: '{"result":{"connections":3},"error":null,"id":1}', httpStatus: 200 };
    const found = records.find(one => one.method === method && isSameQuestion(one, params));
    if (!found) throw new Error(`not recorded: ${method} ${JSON.stringify(params)}`);
    return found;
  });
}

/**
 * True if both questions have the same meaning. Their forms may differ: explicit defaults, 1 for true, 8
 * decimals.
 */
function isSameQuestion({ method, params }: Recorded, asked: unknown[]): boolean {
  const full = (given: unknown[]) => {
    if (method === 'gettxout') return given.length === 2 ? [...given, true] : given;
    if (method === 'getrawtransaction') return [given[0], given[1] === true || given[1] === 1];
    if (method === 'createrawissuance') return given.map(p => String(p).replace(/^10000$/, '10000.00000000'));
    return given;
  };
  return JSON.stringify(full(params)) === JSON.stringify(full(asked));
}

const recordedHex = (note: string) => recordedAnswer(note).params[0] as string;

test('tip: chain, height, hash and time of the best block, in two round trips', async () => {
  const node = await makeReplayNode('chain tip', 'block header');
  assert.equal(await node.tip(), {
    chain: 'gold_main',
    height: 11,
    hash: 'a0e5ee9de7a0a14a9a3b0ed2866f19239595375d12c79aef582a19f71e8694ae',
    headers: 11,
    time: 1795332039,
    medianTime: 1795330848,
    initialDownload: false,
    peers: 3,
  });
  assert.is(node.roundTrips, 2);
});

test('coins: unspent, spent in the mempool, spent in a block', async () => {
  const coin = { ...COIN, asset: POLICY, value: 500_000_000_000n, scriptPubKey: SCRIPT, confirmations: 12 };
  const unspent = await makeReplayNode('unspent policy coin', 'spent coin, chain only');
  assert.equal(await unspent.coins([COIN]), [{ state: 'unspent', coin }]);
  const waiting = await makeReplayNode('spent coin, mempool included', 'spent coin, chain only');
  assert.equal(await waiting.coins([COIN, COIN]), Array(2).fill({ state: 'spent-in-mempool', coin }));
  assert.is(waiting.roundTrips, 1);
  const gone = recordedAnswer('spent coin, mempool included');
  const spent = await makeScriptedClient(() => gone);
  assert.equal(await spent.coins([COIN]), [{ state: 'spent-or-unknown' }]);
  const change = recordedAnswer('change output of the issuance');
  used.add(change);
  const after = await makeScriptedClient(() => change);
  assert.equal(await after.coins([{ txid: TXID, vout: 2 }]), [
    { state: 'unspent', coin: { ...coin, txid: TXID, vout: 2, confirmations: 1 } },
  ]);
});

test('listUnspent: amounts as atoms', async () => {
  const note = 'coins of the policy address only (first three kept; numbers shown as text here)';
  const node = await makeReplayNode(note);
  const address = 'gKYDVq7yVL7Y2RBT98WsRWVNGWVfjCjsLH';
  const coins = await node.listUnspent(address);
  assert.is(coins.length, 3);
  assert.equal(coins[0], {
    txid: '1730f8ea24e877bb548c208d17f2c8ce00a7c1539da54761237a351b75875c31',
    vout: 2,
    address,
    asset: POLICY,
    value: 500_000_000_000n,
    scriptPubKey: SCRIPT,
    confirmations: 4,
  });
});

test('watch: a watched address is not imported again', async () => {
  const node = await makeReplayNode('account of the watched address');
  assert.is(await node.watch('gKYDVq7yVL7Y2RBT98WsRWVNGWVfjCjsLH'), false);
  assert.is(node.roundTrips, 1);
});

test('watch: an address is imported with a rescan unless the wallet has its key', async () => {
  const answers = async (message: string | null, params: unknown[][] = []) => {
    const node = await makeScriptedClient(question => {
      params.push([question.method, ...question.params]);
      if (question.method === 'getaccount')
        return { response: '{"result":"","error":null,"id":1}', httpStatus: 200 };
      const error = message && { code: -4, message };
      return { response: JSON.stringify({ result: null, error, id: 1 }), httpStatus: message ? 500 : 200 };
    });
    return node.watch('A');
  };
  const asked: unknown[][] = [];
  assert.is(await answers(null, asked), true);
  assert.equal(asked, [
    ['getaccount', 'A'],
    ['importaddress', 'A', 'policyasset', true],
  ]);
  assert.is(await answers('The wallet already contains the private key for this address or script'), false);
  await assertRefusesNode('NODE_REFUSED', () => answers('Rescan is disabled in pruned mode'), /pruned/);
});

test('validate: addresses are accepted or refused as recorded', async () => {
  const node = await makeReplayNode('valid P2SH address', 'valid P2PKH address', 'invalid address');
  const addresses = ['P2SH address', 'P2PKH address'].map(
    kind => recordedAnswer(`valid ${kind}`).params[0] as string,
  );
  const answers = await node.validate([...addresses, 'GKnG1xHFNwv9rGxPX2Kn5fZkVuxeeRA8xf']);
  assert.equal(answers, [
    { valid: true, scriptPubKey: SCRIPT, isScript: true, mine: false, watched: true },
    {
      valid: true,
      scriptPubKey: '76a914153ef309622bb2c429538ee2da64cfb1214fe69888ac',
      isScript: false,
      mine: true,
      watched: false,
    },
    { valid: false },
  ]);
});

const ISSUANCE = {
  assetAddress: 'GTiFMtqVoS4uJdEGVQdiwRES2HSzC3YMpX',
  assetAmount: 400_125_000_000n,
  tokenAddress: 'g3X4Jwf9WLuBqET7tr2bCkDX3A2FGBrUm8',
  reissuanceAmount: 1_000_000_000_000n,
  changeAddress: 'gKYDVq7yVL7Y2RBT98WsRWVNGWVfjCjsLH',
  changeAmount: 500_000_000_000n,
  coin: COIN,
};

test('createRawIssuance: sends the recorded question, and explains a refused address or amount', async () => {
  const node = await makeReplayNode('raw issuance', 'raw issuance, bad asset address');
  const [made] = await node.createRawIssuance([ISSUANCE]);
  assert.is(made?.asset, ASSET);
  assert.is(made?.token, '4759f24e5183bc147dd9c8e65a51aee2d7f6e667337aba8c149209ffe202f486');
  assert.is(made?.entropy, '250ab3ac9f734a4ccb5c49c8b6031593b3e137558dfd9b1453df46ecb5c5c1f2');
  assert.is(made?.rawtx, recordedHex('decode'));
  const bad = { ...ISSUANCE, assetAddress: 'GTiFMtqVoS4uJdEGVQdiwRES2HSzC3YMp1' };
  const what = /createrawissuance: .*address \(-5, ".*"\)/;
  await assertRefusesNode('NODE_REFUSED', () => node.createRawIssuance([ISSUANCE, bad]), what);
  await assertRefusesNode('NODE_REFUSED', () => node.createRawIssuance([bad]), what);
});

const SENDS: [note: string, state: string, kind?: string][] = [
  ['send: complete', 'sent'],
  ['send again while in the mempool', 'sent'],
  ['send again once confirmed', 'in-chain'],
  ['send: one signature', 'refused', 'script'],
  ['send: damaged signature', 'refused', 'script'],
  ['send: garbage', 'refused', 'other'],
  ['send: coin already spent in a block', 'refused', 'spent'],
  ['send: issuance that does not spend the policy asset', 'refused', 'policy'],
];
for (const [note, state, kind] of SENDS) {
  test(`send, as recorded in "${note}": ${state} ${kind ?? ''}`, async () => {
    const node = await makeReplayNode(note);
    const [sent] = await node.send([recordedHex(note)]);
    assert.is(sent?.state, state);
    if (sent?.state === 'sent') assert.is(sent.txid, TXID);
    if (sent?.state !== 'refused') return;
    assert.is(sent.kind, kind);
    assert.ok(sent.what.length > 10 && sent.hint.length > 20);
  });
}

test('transaction: in the mempool, in a block, unknown', async () => {
  const waiting = await makeReplayNode('transaction in the mempool', 'unknown transaction');
  const unknown = `${'0'.repeat(63)}1`;
  assert.equal(await waiting.transaction([unknown, TXID]), [null, 'mempool']);
  const node = await makeReplayNode('transaction in a block');
  const [found] = await node.transaction([TXID]);
  assert.equal(found, {
    confirmations: 1,
    blockHash: 'f35e620094f57b38d6df96972735f37592e68b557280b7ff3255f7e4da85046c',
    hex: recordedHex('send: complete'),
  });
  // If a transaction is only in a block that a reorganisation dropped, the node reports 0 or -1
  // confirmations.
  for (const depth of ['0', '-1']) {
    const { response } = recordedAnswer('transaction in a block');
    const answer = response.replace('"confirmations":1', `"confirmations":${depth}`);
    const stale = await makeScriptedClient(() => ({ response: answer, httpStatus: 200 }));
    assert.equal(await stale.transaction([TXID]), [null]);
  }
});

test('assetInfo: before an issuance, while it is unconfirmed, and after it', async () => {
  const sizes: number[] = [];
  for (const note of ['asset totals before', 'asset totals, still unconfirmed', 'asset totals after']) {
    const assets = await (await makeReplayNode(note)).assetInfo();
    sizes.push(assets.size);
    assert.is(assets.size, JSON.parse(recordedAnswer(note).response).result.length);
    assert.equal(assets.get(POLICY), {
      spendable: 50_000_000_000_000n,
      frozen: 0n,
    });
    const nameless = assets.get('d4f518a9da860f003bdc9270ba63c0b4d090c318588b0025551d337d2e775c23');
    assert.equal(nameless, { spendable: 10n ** 12n, frozen: 0n });
    assert.is(assets.get(ASSET)?.spendable, note.endsWith('after') ? ISSUANCE.assetAmount : undefined);
  }
  assert.equal(sizes[1], sizes[0]);
  assert.is(sizes[2], (sizes[0] as number) + 2);
});

test('mempool and blockHashes: the recorded ids', async () => {
  assert.equal(await (await makeReplayNode('mempool')).mempool(), [TXID]);
  const node = await makeReplayNode('hash at height', 'unknown height');
  const hash = '5f8be7f698fbe8884849bb9c29beba2018004a2a3781025da531dc57753c157f';
  assert.equal(await node.blockHashes([1, 999999]), [hash, null]);
});

test('the answers and errors of the recorded batch are in the order of the questions', async () => {
  const { batch, response } = recordedAnswer('batch of three');
  used.add(recordedAnswer('batch of three'));
  const node = await makeScriptedClient(({ method }) => {
    const i = (batch as { method: string }[]).findIndex(one => one.method === method);
    const { id: _, ...rest } = JSON.parse(response)[i];
    return { response: JSON.stringify({ ...rest, id: 1 }), httpStatus: 200 };
  });
  const answers = await node.rpc.batch(batch as { method: string; params: string[] }[]);
  assert.equal(answers[0], { result: new JsonNumber('12') });
  const errors = answers.slice(1).map(answer => (answer as { error: NodeError }).error);
  assert.equal(
    errors.map(error => error.rpcCode),
    [-32601, -22],
  );
  for (const error of errors) checkPresentable(error);
});

test('every other recorded answer: results are returned, and errors have a next step', async () => {
  const rest = recorded.filter(one => !used.has(one));
  for (const one of rest) {
    const node = await makeScriptedClient(() => one);
    const run = () => node.rpc.call(one.method, one.params as string[]);
    if (one.httpStatus === 200) assert.ok(await run(), one.note);
    else if (one.httpStatus === 401) await assertRefusesNode('NODE_AUTH', run, WRONG_PASSWORD[0]);
    else
      await assertRefusesNode(
        'NODE_REFUSED',
        run,
        /node 127\.0\.0\.1:\d+: [a-z]+: the node (does|cannot|no )/,
      );
  }
  // Methods that were recorded to learn the node's rules. This program never calls them.
  const foreign = ['testmempoolaccept', 'decoderawtransaction'];
  const ours = rest.filter(one => !foreign.includes(one.method)).map(one => one.note);
  assert.ok(ours.length <= 14, `typed methods exist for most of it; plain calls: ${ours.join(', ')}`);
});

test.run();
