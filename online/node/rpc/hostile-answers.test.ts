import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../../shared/errors.ts';
import { checkChain } from '../checks/best-block.ts';
import type { OceanNode } from '../node.ts';
import {
  assertRefusesNode,
  bodyHandler,
  checkPresentable,
  closeServers,
  makeClientWithServer,
  makeScriptedClient,
  PASSWORD,
  recorded,
  recordedAnswer,
  recordedRedemption,
} from '../testing.ts';
import {
  BOTH_RESULTS,
  emptyAnswerText,
  NOT_AN_ERROR,
  NOT_AN_OBJECT,
  OTHER_CALL,
  webPageText,
} from './texts/connection.ts';

test.after(closeServers);

const COIN = { txid: 'd8ce12a044f9c3dda6a84741ce15dcfa1ea5ceb5a538492a6624d460428da0b8', vout: 71 };
const TXID = '031def31364fed217bc44e418ab3f07379d11ac156afe4c6fdb413945399f7ce';
const ADDRESS = 'gKYDVq7yVL7Y2RBT98WsRWVNGWVfjCjsLH';

/** Calls the client's function that sends this RPC method to the node. */
function callClientFunction(node: OceanNode, method: string, params: unknown[]): Promise<unknown> {
  const first = String(params[0]);
  const calls: Record<string, () => Promise<unknown>> = {
    getblockchaininfo: () => node.tip(),
    gettxout: () => node.coins([COIN]),
    listunspent: () => node.listUnspent(ADDRESS),
    validateaddress: () => node.validate([first]),
    getaccount: () => node.watch(first),
    getutxoassetinfo: () => node.assetInfo(),
    getrawmempool: () => node.mempool(),
    getrawtransaction: () => node.transaction([first]),
    sendrawtransaction: () => node.send([first]),
    getblockhash: () => node.blockHashes([1]),
    getblockheader: () => node.blocks([first]),
    queryfreezelist: () => node.policyListed('freezelist', [first]),
    queryburnlist: () => node.policyListed('burnlist', [first]),
  };
  return (calls[method] ?? (() => node.rpc.call(method, params as string[])))();
}

const everything = [...recorded, ...recordedRedemption];
const quick = { attempts: 1, deadlineMs: 3000 };

test('a truncated answer is never accepted', async () => {
  let cut = '';
  const node = await makeClientWithServer((_body, response) => response.end(cut), quick);
  let cuts = 0;
  for (const { method, params, response } of everything) {
    if (!method || response === '') continue;
    for (let at = 0; at < response.length; at += 50) {
      cut = response.slice(0, at);
      await assertRefusesNode('NODE_GARBLED', () => callClientFunction(node, method, params));
      cuts++;
    }
  }
  assert.ok(cuts > 1000, `${cuts} cuts`);
});

test('an answer with any changed byte is read or refused', async () => {
  let bytes = Buffer.alloc(0);
  let status = 200;
  const node = await makeClientWithServer((_body, response) => {
    response.statusCode = status;
    response.end(bytes);
  }, quick);
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const count = { read: 0, refused: 0 };
  for (let i = 0; i < 1000; i++) {
    const one = everything[random(everything.length)]!;
    if (!one.method || one.response === '') continue;
    node.rpc['nextId'] = 1; // the recorded id, because an answer with another id is always refused
    status = one.httpStatus;
    bytes = Buffer.from(one.response);
    bytes[random(bytes.length)] = random(256);
    try {
      await callClientFunction(node, one.method, one.params);
      count.read++;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      checkPresentable(error);
      count.refused++;
    }
  }
  assert.ok(count.read > 100 && count.refused > 100, JSON.stringify(count));
});

const TXOUT = recordedAnswer('unspent policy coin').response;
const WRONG_COINS: [what: string, from: string, to: string, message: RegExp][] = [
  ['a power', '5000.00000000', '5e3', /gettxout: value:.*8 decimals, got 5e3/],
  ['infinity', '5000.00000000', '1e999', /value: .*got 1e999/],
  ['a ninth decimal', '5000.00000000', '5000.000000001', /value: .*got 5000\.000000001/],
  ['less than nothing', '5000.00000000', '-1.00000000', /value: .*got -1\.0/],
  ['more than there can be', '5000.00000000', '999999999999.0', /value: .*got 9999/],
  ['no number', '5000.00000000', 'true', /value:.*, got true/],
  ['half a confirmation', '"confirmations":12', '"confirmations":1.5', /confirmations:.*got 1\.5/],
  ['exponent confirmations', '"confirmations":12', '"confirmations":1e3', /confirmations: .*got 1e3/],
  ['confirmations as text', '"confirmations":12', '"confirmations":"12"', /confirmations: .*got "12"/],
  ['negative confirmations', '"confirmations":12', '"confirmations":-1', /confirmations: .*got -1/],
  ['upper-case hex', '"200fc5', '"200FC5', /asset: expected 64/],
  ['a short asset', '"200fc5', '"fc5', /asset: expected 64/],
  ['no script', '"hex":"a914', '"hax":"a914', /scriptPubKey\.hex:.*, got nothing/],
  ['half a byte of script', '"hex":"a914', '"hex":"914', / scriptPubKey\.hex: expected lower-case /],
  ['a list as script', '"scriptPubKey":{', '"x":{},"scriptPubKey":[],"y":{', / scriptPubKey: .*\blist\b/],
  ['terminal escapes', '"asset":"', '"asset":"\\u001b[31m', /asset: .*\\u001b\[31m/],
];
for (const [what, from, to, message] of WRONG_COINS) {
  test(`a coin with ${what} is refused`, async () => {
    assert.ok(TXOUT.includes(from));
    const node = await makeScriptedClient(() => ({ response: TXOUT.replace(from, to), httpStatus: 200 }));
    await assertRefusesNode('NODE_GARBLED', () => node.coins([COIN]), message);
  });
}

const escapedText = (text: string) => JSON.stringify(text).slice(1, -1);
const ANSWERS: [what: string, answer: string | Buffer, status: number, message: RegExp | string][] = [
  ['HTML', '<!DOCTYPE html><html>sign in</html>', 200, webPageText(200)],
  ['HTML not found', '<html>no</html>', 404, webPageText(404)],
  ['nothing', '', 200, emptyAnswerText(200)],
  ['another id', '{"result":1,"error":null,"id":77}', 200, OTHER_CALL],
  ['an id as text', '{"result":1,"error":null,"id":"1"}', 200, OTHER_CALL],
  ['no id', '{"result":1,"error":null}', 200, OTHER_CALL],
  ['a list', '[{"result":1,"error":null,"id":1}]', 200, NOT_AN_OBJECT],
  ['a number', '1', 200, NOT_AN_OBJECT],
  ['result and error', '{"result":1,"error":{"code":-1,"message":"x"},"id":1}', 200, BOTH_RESULTS],
  ['neither', '{"id":1}', 200, /got neither/],
  ['a result with HTTP 500', '{"result":1,"error":null,"id":1}', 500, /got HTTP 500/],
  ['an error without code', '{"result":null,"error":{"message":"x"},"id":1}', 500, NOT_AN_ERROR],
  ['an error as text', '{"result":null,"error":"x","id":1}', 500, NOT_AN_ERROR],
  [
    'an error code as a power',
    '{"result":null,"error":{"code":-1e1,"message":"x"},"id":1}',
    500,
    NOT_AN_ERROR,
  ],
  ['two values', '{"result":1,"error":null,"id":1}{}', 200, / byte 32 /],
  ['a key twice', '{"result":1,"result":2,"error":null,"id":1}', 200, /\ba key /],
  ['__proto__', '{"__proto__":{},"result":1,"error":null,"id":1}', 200, /__proto__/],
  ['deep nesting', `{"result":${'['.repeat(1e6)}`, 200, / 16 .* byte 25 /],
  ['bad UTF-8', Buffer.from('{"result":"\xff","error":null,"id":1}', 'latin1'), 200, /not UTF-8/],
  ['NUL bytes', Buffer.alloc(1000), 200, /not valid JSON/],
  ['gzip', gzipSync('{"result":1,"error":null,"id":1}'), 200, /not valid JSON/],
  ['the password as a key', `{"${escapedText(PASSWORD)}":1,"${escapedText(PASSWORD)}":1}`, 200, /\ba key /],
];
for (const [what, answer, status, message] of ANSWERS) {
  test(`an answer that is ${what} is refused`, async () => {
    const node = await makeClientWithServer(bodyHandler(answer, status), quick);
    await assertRefusesNode('NODE_GARBLED', () => node.mempool(), message);
    assert.is(node.roundTrips, 1, 'garbage is not asked for again');
  });
}

const errorWithText = (text: string, code = -1) => ({
  response: JSON.stringify({ result: null, error: { code, message: text }, id: 1 }),
  httpStatus: 500,
});

test('a password that the node returns in any member is not printed', async () => {
  const forms = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`ocean:${PASSWORD}`).toString('base64')];
  for (const text of forms) {
    for (const code of [-1, -5, -22, -26, -99]) {
      const node = await makeScriptedClient(() =>
        errorWithText(`wrong: ${text}, said\n\u001b[2J"twice": ${text}`, code),
      );
      await assertRefusesNode('NODE_REFUSED', () => node.mempool(), /\*\*\*/);
    }
    const sending = await makeScriptedClient(() => errorWithText(text, -26));
    const [sent] = await sending.send(['00']);
    assert.not.ok(JSON.stringify(sent).includes('hunter2'));
    const result = { response: JSON.stringify({ result: [text], error: null, id: 1 }), httpStatus: 200 };
    await assertRefusesNode(
      'NODE_GARBLED',
      async () => (await makeScriptedClient(() => result)).mempool(),
      /result\[0\]: .*\*\*\*/,
    );
  }
  const tip = await makeScriptedClient(({ method }) => {
    const { response, httpStatus } = recordedAnswer(
      method === 'getblockheader' ? 'block header' : 'chain tip',
    );
    return { response: response.replace('gold_main', escapedText(`x${PASSWORD}`)), httpStatus };
  });
  const found = await tip.tip().catch(checkPresentable);
  if (!(found instanceof Refusal))
    await assertRefusesNode('CHAIN_WRONG', async () => checkChain(tip.source, found, 'gold_main'));
});

test('a long message of the node becomes one short line of printable ASCII', async () => {
  const node = await makeScriptedClient(() =>
    errorWithText(`${'\u202e\n\t\u001b]0;x\u0007 '.repeat(3)}${'long '.repeat(10_000)}`),
  );
  const refusal = await assertRefusesNode('NODE_REFUSED', () => node.mempool());
  assert.ok(refusal.message.length < 400);
});

test('answers with another transaction, block, address or id are refused', async () => {
  const swap = (note: string, from: string, to: string) =>
    makeScriptedClient(() => ({
      response: recordedAnswer(note).response.replaceAll(from, to),
      httpStatus: 200,
    }));
  const sending = await swap('send: complete', TXID, COIN.txid);
  const hex = recordedAnswer('send: complete').params[0] as string;
  await assertRefusesNode('NODE_GARBLED', () => sending.send([hex]), /another transaction/);
  const otherHex = recordedAnswer('accept: unsigned').params[0] as string;
  const passedOff = await swap('transaction in a block', hex, otherHex);
  await assertRefusesNode('NODE_GARBLED', () => passedOff.transaction([TXID]), /another transaction/);
  const foreign = await swap('transaction in a block', TXID, COIN.txid);
  await assertRefusesNode('NODE_GARBLED', () => foreign.transaction([TXID]), /txid: expected/);
  const note = 'coins of the policy address only (first three kept; numbers shown as text here)';
  const coins = await swap(note, ADDRESS, 'g3X4Jwf9WLuBqET7tr2bCkDX3A2FGBrUm8');
  await assertRefusesNode(
    'NODE_GARBLED',
    () => coins.listUnspent(ADDRESS),
    /result\[0\]\.address:.*got "g3X4Jwf9WLuBqET7tr2bCkDX3A2FGBrUm8"/,
  );
  const tip = async (from: string, to: string) => {
    const node = await makeScriptedClient(({ method }) => {
      if (method === 'getblockchaininfo') return recordedAnswer('chain tip');
      return { response: recordedAnswer('block header').response.replace(from, to), httpStatus: 200 };
    });
    return node.tip();
  };
  await assertRefusesNode(
    'NODE_GARBLED',
    () => tip('"height":11', '"height":12'),
    /getblockheader: height: expected 11.*, got 12/,
  );
  await assertRefusesNode('NODE_GARBLED', () => tip('"hash":"a0e5', '"hash":"b0e5'), / hash: .* a0e5/);
});

test.run();
