import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyAnswerText, OTHER_CALL, webPageText } from './rpc/texts/connection.ts';
import { meaningOfError } from './rpc/texts/meanings.ts';
import { assertRefusesNode, closeServers, makeClientWithServer } from './testing.ts';

test.after(closeServers);

const idFromNumber = (i: number) => i.toString(16).padStart(64, '0');
const entryText = (i: number, more = '') =>
  `{"asset":"${idFromNumber(i)}","spendabletxouts":1,"amountspendable":3891.42000000,"frozentxouts":0,"amountfrozen":0.00000000,"entropy":"${idFromNumber(i + 1)}","token":"${idFromNumber(i + 2)}"${more}}`;
const replyText = (result: string, more = '') => `{"result":${result},"error":null,"id":1${more}}\n`;
const assetWithAmount = (amount: bigint) => ({
  spendable: amount,
  frozen: 0n,
});

async function readInfo(body: string | Buffer, status = 200) {
  const node = await makeClientWithServer(
    (_question, response) => {
      response.statusCode = status;
      response.end(body);
    },
    { attempts: 1 },
  );
  return node.assetInfo();
}

test('members in any order, unknown and nested members, white space and escapes are read', async () => {
  const odd = `{ "new" : [ {"a":{}}, [], "\\u0041", -1.5e3, null, true, false ],
    "amountfrozen":"0.5", "token":"null", "amountspendable" : 1, "\\u0061sset":"${idFromNumber(7)}" }`;
  const assets = await readInfo(
    `{"id":1 , "x":{"y":[1]}, "error" : null, "result":[${entryText(1)},${odd}] }`,
  );
  assert.equal(
    [...assets],
    [
      [idFromNumber(1), assetWithAmount(389_142_000_000n)],
      [idFromNumber(7), { spendable: 100_000_000n, frozen: 50_000_000n }],
    ],
  );
  assert.is((await readInfo(replyText('[]'))).size, 0);
});

const editedReplyText = (from: string, to: string) =>
  replyText(`[${entryText(1)},${entryText(2).replace(from, to)}]`);
const WRONG: [what: string, body: string, message: RegExp | string][] = [
  ['an amount as a power', editedReplyText('3891.42000000', '3.8e3'), /result\[1\]\.amountspendable: /],
  ['1e999', editedReplyText('3891.42000000', '1e999'), /result\[1\]\.amountspendable: /],
  ['nine decimals', editedReplyText('3891.42000000', '0.123456789'), /result\[1\]\.amountspendable: /],
  ['a negative amount', editedReplyText(':0.00000000', ':-1.0'), /result\[1\]\.amountfrozen: /],
  ['an amount that is an object', editedReplyText('3891.42000000', '{}'), /not valid JSON/],
  ['no amount', editedReplyText('"amountspendable"', '"x"'), /result\[1\]\.amountspendable:.*, got nothing/],
  ['no frozen amount', editedReplyText('"amountfrozen"', '"x"'), /amountfrozen:.*got nothing/],
  ['no asset', editedReplyText('"asset"', '"x"'), /result\[1\]\.asset:.*got nothing/],
  [
    'the asset "null"',
    editedReplyText(idFromNumber(2), 'null'),
    /result\[1\]\.asset: expected 64 lower-case hex/,
  ],
  ['the same asset twice', replyText(`[${entryText(1)},${entryText(1)}]`), /result\[1\]\.asset: .* once$/],
  ['a member twice', editedReplyText('"frozentxouts"', '"asset"'), /\ba key /],
  ['an object in place of the list', replyText('{}'), /expected "\["/],
  ['a text in place of an entry', replyText('["x"]'), /expected "\{"/],
  ['no result', replyText('null'), /got neither/],
  ['another id', replyText('[]').replace('"id":1', '"id":2'), OTHER_CALL],
  ['an id as text', replyText('[]').replace('"id":1', '"id":"1"'), OTHER_CALL],
  ['no id', '{"result":[],"error":null}', OTHER_CALL],
  ['the result twice', '{"result":[],"result":[],"error":null,"id":1}', /\ba key /],
  ['more behind it', `${replyText('[]')}[]`, new RegExp(` byte ${replyText('[]').length}\\b`)],
  ['a list', '[]', / "\{" .* byte 0\b/],
  ['a web page', '<html>', webPageText(200)],
  ['nothing', '', emptyAnswerText(200)],
  ['deep nesting', replyText(`[{"x":${'['.repeat(100_000)}`), / 16 .* byte \d+\b/],
  ['a never-ending string', '{"result":[{"asset":"', /incomplete string/],
];
const NO_METHOD = new RegExp(`getutxoassetinfo: .*${meaningOfError(-32601, 'x')?.what}`);
for (const [what, body, message] of WRONG) {
  test(`an answer with ${what} is refused`, async () => {
    await assertRefusesNode('NODE_GARBLED', () => readInfo(body), message);
  });
}

test('errors of the node are reported, with any HTTP status', async () => {
  const error = '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}';
  await assertRefusesNode('NODE_REFUSED', () => readInfo(error, 404), NO_METHOD);
  await assertRefusesNode('NODE_REFUSED', () => readInfo(error, 200), NO_METHOD);
  await assertRefusesNode('NODE_GARBLED', () => readInfo('[]', 500), /HTTP 500.*got none/);
});

test('an answer that is truncated at any byte is refused', async () => {
  let cut = '';
  const node = await makeClientWithServer((_question, response) => response.end(cut), { attempts: 1 });
  const body = replyText(`[${entryText(1)}]`).trimEnd();
  for (let at = 0; at < body.length; at++) {
    cut = body.slice(0, at);
    await assertRefusesNode('NODE_GARBLED', () => node.assetInfo());
    node.rpc['nextId'] = 1;
  }
});

test('200,000 assets (100,000 bars and their reissuance tokens) are read in seconds', async () => {
  const parts: string[] = [];
  for (let i = 0; i < 200_000; i++) parts.push(entryText(i * 3));
  const body = Buffer.from(replyText(`[${parts.join(',')}]`));
  const started = performance.now();
  const assets = await readInfo(body);
  const ms = performance.now() - started;
  assert.is(assets.size, 200_000);
  assert.equal(assets.get(idFromNumber(300)), assetWithAmount(389_142_000_000n));
  console.log(`${(body.length / 2 ** 20).toFixed(0)} MB of asset totals: ${ms.toFixed(0)} ms`);
  assert.ok(ms < 60_000, `${ms} ms`);
});

test.run();
