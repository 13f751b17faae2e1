import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { against, closeAll, refuses } from './testing.ts';

test.after(closeAll);

const id = (i: number) => i.toString(16).padStart(64, '0');
const entry = (i: number, more = '') =>
  `{"asset":"${id(i)}","spendabletxouts":1,"amountspendable":3891.42000000,"frozentxouts":0,"amountfrozen":0.00000000,"entropy":"${id(i + 1)}","token":"${id(i + 2)}"${more}}`;
const reply = (result: string, more = '') => `{"result":${result},"error":null,"id":1${more}}\n`;
const asset = (amount: bigint) => ({
  spendable: amount,
  frozen: 0n,
});

async function info(body: string | Buffer, status = 200) {
  const node = await against(
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
    "amountfrozen":"0.5", "token":"null", "amountspendable" : 1, "\\u0061sset":"${id(7)}" }`;
  const assets = await info(`{"id":1 , "x":{"y":[1]}, "error" : null, "result":[${entry(1)},${odd}] }`);
  assert.equal(
    [...assets],
    [
      [id(1), asset(389_142_000_000n)],
      [id(7), { spendable: 100_000_000n, frozen: 50_000_000n }],
    ],
  );
  assert.is((await info(reply('[]'))).size, 0);
});

const swap = (from: string, to: string) => reply(`[${entry(1)},${entry(2).replace(from, to)}]`);
const WRONG: [what: string, body: string, message: RegExp][] = [
  [
    'an amount as a power',
    swap('3891.42000000', '3.8e3'),
    /result\[1\]\.amountspendable: expected an amount/,
  ],
  ['1e999', swap('3891.42000000', '1e999'), /amountspendable: expected an amount/],
  ['nine decimals', swap('3891.42000000', '0.123456789'), /amountspendable: expected an amount/],
  ['a negative amount', swap(':0.00000000', ':-1.0'), /amountfrozen: expected an amount/],
  ['an amount that is an object', swap('3891.42000000', '{}'), /not valid JSON/],
  [
    'no amount',
    swap('"amountspendable"', '"x"'),
    /result\[1\]\.amountspendable: expected a value, got nothing/,
  ],
  ['no frozen amount', swap('"amountfrozen"', '"x"'), /amountfrozen: expected a value/],
  ['no asset', swap('"asset"', '"x"'), /result\[1\]\.asset: expected a value/],
  ['the asset "null"', swap(id(2), 'null'), /result\[1\]\.asset: expected 64 lower-case hex/],
  [
    'the same asset twice',
    reply(`[${entry(1)},${entry(1)}]`),
    /result\[1\]\.asset: expected each asset once/,
  ],
  ['a member twice', swap('"frozentxouts"', '"asset"'), /\ba key /],
  ['an object in place of the list', reply('{}'), /expected "\["/],
  ['a text in place of an entry', reply('["x"]'), /expected "\{"/],
  ['no result', reply('null'), /got neither/],
  ['another id', reply('[]').replace('"id":1', '"id":2'), /another call/],
  ['an id as text', reply('[]').replace('"id":1', '"id":"1"'), /another call/],
  ['no id', '{"result":[],"error":null}', /another call/],
  ['the result twice', '{"result":[],"result":[],"error":null,"id":1}', /\ba key /],
  ['more behind it', `${reply('[]')}[]`, /more than one value/],
  ['a list', '[]', /not an object|expected "\{"|another call/],
  ['a web page', '<html>', /a web page/],
  ['nothing', '', /an empty answer/],
  ['deep nesting', reply(`[{"x":${'['.repeat(100_000)}`), /nested deeper than 16/],
  ['a never-ending string', '{"result":[{"asset":"', /incomplete string/],
];
for (const [what, body, message] of WRONG) {
  test(`an answer with ${what} is refused`, async () => {
    await refuses('NODE_GARBLED', () => info(body), message);
  });
}

test('errors of the node are reported, with any HTTP status', async () => {
  const error = '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}';
  await refuses('NODE_REFUSED', () => info(error, 404), /getutxoassetinfo: .*does not have this method/);
  await refuses('NODE_REFUSED', () => info(error, 200), /getutxoassetinfo: .*does not have this method/);
  await refuses('NODE_GARBLED', () => info('[]', 500), /expected an error with HTTP 500/);
});

test('an answer that is truncated at any byte is refused', async () => {
  let cut = '';
  const node = await against((_question, response) => response.end(cut), { attempts: 1 });
  const body = reply(`[${entry(1)}]`).trimEnd();
  for (let at = 0; at < body.length; at++) {
    cut = body.slice(0, at);
    await refuses('NODE_GARBLED', () => node.assetInfo());
    node.rpc['nextId'] = 1;
  }
});

test('200,000 assets (100,000 bars and their reissuance tokens) are read in seconds', async () => {
  const parts: string[] = [];
  for (let i = 0; i < 200_000; i++) parts.push(entry(i * 3));
  const body = Buffer.from(reply(`[${parts.join(',')}]`));
  const started = performance.now();
  const assets = await info(body);
  const ms = performance.now() - started;
  assert.is(assets.size, 200_000);
  assert.equal(assets.get(id(300)), asset(389_142_000_000n));
  console.log(`${(body.length / 2 ** 20).toFixed(0)} MB of asset totals: ${ms.toFixed(0)} ms`);
  assert.ok(ms < 60_000, `${ms} ms`);
});

test.run();
