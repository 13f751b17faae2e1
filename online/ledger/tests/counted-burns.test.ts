/**
 * Burns in the ledger: the bytes of the entry, the rule that each output counts once, and the stored
 * transactions of burns.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesToHex, bytesToId, utf8 } from '../../../shared/bytes.ts';
import { sha256d } from '../../../shared/hash.ts';
import { failsWith } from '../../../shared/testing.ts';
import { burnTransactionsBytes, readBurnTransactions } from '../burn-transactions.ts';
import { type CountedBurn, entryBytes, type LedgerEvent, readEntry } from '../ledger-event.ts';
import { type Illegal, whyEventIllegal } from '../legality.ts';
import { stateAfterEvents } from './state-after-events.ts';

const idFromNumber = (n: number) => n.toString(16).padStart(64, '0');
const MAPPINGS = { first: idFromNumber(1), second: idFromNumber(2), third: idFromNumber(3) };
const [A, B] = [idFromNumber(0xa), idFromNumber(0xb)];
const BAR = '031037-2019-PAMP';
const outputName = (n: number, vout = 0) => `${idFromNumber(n)}:${vout}`;
const countedBurn = (bar = BAR, height = 3303, block = 3310): CountedBurn => ({ bar, height, block });
type Burns = Record<string, CountedBurn>;
const publishEvent = (request: string, mapping: string, burns?: Burns): LedgerEvent => ({
  ...{ event: 'publish', request, mapping, transactions: {}, corrected: {} },
  ...(burns ? { burns } : {}),
});
const proposeEvent = (request: string, base: string): LedgerEvent => ({
  ...{ event: 'propose', request, base, height: 3311, reserves: {} },
});
const begin: LedgerEvent = { event: 'begin', mapping: MAPPINGS.first, trust: idFromNumber(9) };

const entryBytesOf = (event: LedgerEvent) =>
  entryBytes({ number: 4, previous: idFromNumber(7), time: '2026-11-26T00:00:00.000Z', event });
const entryText = (event: LedgerEvent) => new TextDecoder().decode(entryBytesOf(event));
const readEvent = (bytes: Uint8Array) => readEntry(bytes, 'ledger/00000004.json').event;

test('an entry with burns has recorded bytes, and an entry without burns has the earlier form', () => {
  const head = `{"type":"countersign/ledger","version":1,"number":4,"previous":"${idFromNumber(7)}","time":"2026-11-26T00:00:00.000Z"`;
  const members = `"event":"publish","request":"${A}","mapping":"${MAPPINGS.second}","transactions":{}`;
  const burns = `"burns":{"${outputName(5)}":{"bar":"${BAR}","height":3303,"block":3310}}`;
  assert.is(
    entryText(publishEvent(A, MAPPINGS.second, { [outputName(5)]: countedBurn() })),
    `${head},${members},${burns}}\n`,
  );
  for (const none of [undefined, {}])
    assert.is(entryText(publishEvent(A, MAPPINGS.second, none)), `${head},${members}}\n`);
});

test('an entry with the largest number of burns survives writing and reading', () => {
  const some = { [outputName(5)]: countedBurn(), [outputName(5, 1)]: countedBurn('500001-2021-ACME', 0, 0) };
  assert.equal(
    readEvent(entryBytesOf(publishEvent(A, MAPPINGS.second, some))),
    publishEvent(A, MAPPINGS.second, some),
  );
  const all = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [outputName(i), countedBurn()]));
  assert.equal(
    readEvent(entryBytesOf(publishEvent(A, MAPPINGS.second, all))),
    publishEvent(A, MAPPINGS.second, all),
  );
  assert.equal(
    readEvent(entryBytesOf(publishEvent(A, MAPPINGS.second))),
    publishEvent(A, MAPPINGS.second, {}),
  );
});

test('a truncated entry is refused at every length', () => {
  const whole = entryBytesOf(publishEvent(A, MAPPINGS.second, { [outputName(5)]: countedBurn() }));
  for (let end = 0; end < whole.length - 1; end++)
    failsWith('OBJECT_INVALID', () => readEvent(whole.slice(0, end)));
});

const MANY = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [outputName(i), countedBurn()]));
const HOSTILE: [string, unknown][] = [
  ['a list', []],
  ['null', null],
  ['a key that is a transaction id alone', { [idFromNumber(5)]: countedBurn() }],
  ['a key with an index that has a zero before it', { [`${idFromNumber(5)}:00`]: countedBurn() }],
  ['a key in capitals', { [outputName(5).replace('5', 'A')]: countedBurn() }],
  ['a key with more behind it', { [`${outputName(5)} `]: countedBurn() }],
  ['__proto__ as a key', JSON.parse('{"__proto__":{"bar":"x","height":1,"block":1}}')],
  ['a burn without its block', { [outputName(5)]: { bar: BAR, height: 1 } }],
  ['a burn with a member that nobody knows', { [outputName(5)]: { ...countedBurn(), amount: '1' } }],
  ['a height below 0', { [outputName(5)]: countedBurn(BAR, -1) }],
  ['a height with a fraction', { [outputName(5)]: countedBurn(BAR, 1.5) }],
  ['a height as text', { [outputName(5)]: { ...countedBurn(), height: '3303' } }],
  ['a block above all', { [outputName(5)]: countedBurn(BAR, 1, 1e12) }],
  ['no bar', { [outputName(5)]: countedBurn('') }],
  ['a bar of 65 characters', { [outputName(5)]: countedBurn('x'.repeat(65)) }],
  ['a bar with a control character', { [outputName(5)]: countedBurn('x\u001b[2J') }],
  ['a bar with a look-alike', { [outputName(5)]: countedBurn('031037-2019-РAMP') }],
  ['more burns than a request can have', MANY],
];
for (const [what, burns] of HOSTILE)
  test(`an entry with burns is refused: ${what}`, () => {
    const none = entryText(publishEvent(A, MAPPINGS.second));
    const written = none.replace('}\n', `,"burns":${JSON.stringify(burns)}}\n`);
    failsWith('OBJECT_INVALID', () => readEvent(utf8(written)), /^ledger\/00000004\.json: /);
  });

test('an output that occurs twice is refused', () => {
  const once = `"${outputName(5)}":{"bar":"${BAR}","height":3303,"block":3310}`;
  const twice = entryText(publishEvent(A, MAPPINGS.second, { [outputName(5)]: countedBurn() })).replace(
    once,
    `${once},${once}`,
  );
  failsWith('OBJECT_INVALID', () => readEvent(utf8(twice)));
});

test('burns in any other event are refused', () => {
  const others: LedgerEvent[] = [
    begin,
    proposeEvent(A, MAPPINGS.first),
    { event: 'send', request: A, controllers: [1] },
  ];
  for (const other of others)
    failsWith(
      'OBJECT_INVALID',
      () => readEvent(entryBytesOf({ ...other, burns: { [outputName(5)]: countedBurn() } } as LedgerEvent)),
      /burns/,
    );
});

const whyIllegal = (event: LedgerEvent, ...before: LedgerEvent[]): Illegal | null =>
  whyEventIllegal(stateAfterEvents(...before), event);

const first = { [outputName(5)]: countedBurn(), [outputName(5, 1)]: countedBurn() };
const redeemed = [begin, proposeEvent(A, MAPPINGS.first), publishEvent(A, MAPPINGS.second, first)];
const next = [...redeemed, proposeEvent(B, MAPPINGS.second)];

test('the state has each counted output with its request, and its publication', () => {
  const state = stateAfterEvents(
    ...next,
    publishEvent(B, MAPPINGS.third, { [outputName(6)]: countedBurn('b', 3400, 3401) }),
  );
  assert.equal(
    [...state.burnt],
    [
      [outputName(5), A],
      [outputName(5, 1), A],
      [outputName(6), B],
    ],
  );
  assert.equal(
    state.published.map(({ request, burns }) => [request, burns]),
    [
      [A, first],
      [B, { [outputName(6)]: countedBurn('b', 3400, 3401) }],
    ],
  );
  assert.equal([...stateAfterEvents(begin).burnt], []);
});

test('an output counts once in all publications; another output of the same transaction is a different burn', () => {
  assert.equal(whyIllegal(publishEvent(B, MAPPINGS.third, { [outputName(5)]: countedBurn('b') }), ...next), {
    ...{ kind: 'burn-counted', output: outputName(5), request: A },
  });
  const both = { [outputName(6)]: countedBurn('b'), [outputName(5, 1)]: countedBurn('b') };
  assert.equal(whyIllegal(publishEvent(B, MAPPINGS.third, both), ...next), {
    ...{ kind: 'burn-counted', output: outputName(5, 1), request: A },
  });
  assert.is(
    whyIllegal(publishEvent(B, MAPPINGS.third, { [outputName(5, 2)]: countedBurn('b') }), ...next),
    null,
  );
});

test('burns of an abandoned or superseded proposal are free for another request', () => {
  const abandoned = [
    begin,
    proposeEvent(A, MAPPINGS.first),
    { event: 'abandon', request: A, unsigned: false } as LedgerEvent,
    proposeEvent(B, MAPPINGS.first),
  ];
  assert.equal([...stateAfterEvents(...abandoned).burnt], []);
  assert.is(whyIllegal(publishEvent(B, MAPPINGS.second, first), ...abandoned), null);
  const adopt: LedgerEvent = { event: 'adopt', mapping: idFromNumber(8), settled: [] };
  assert.is(
    whyIllegal(publishEvent(B, MAPPINGS.third, first), begin, adopt, proposeEvent(B, idFromNumber(8))),
    null,
  );
  // An earlier entry counted these burns, so this entry must not count them again.
  const after = [...redeemed, adopt, proposeEvent(B, idFromNumber(8))];
  assert.is(whyIllegal(publishEvent(B, MAPPINGS.third, first), ...after)?.kind, 'burn-counted');
});

const HEXES = ['02000000', 'ff00ff'];
const kept = HEXES.map(hex => ({ txid: bytesToId(sha256d(Buffer.from(hex, 'hex'))), hex }));
const keptText = new TextDecoder().decode(burnTransactionsBytes(A, kept));
const key = `proposals/${A}/burns.json`;

test('stored burns keep their order, and each id is computed from the bytes', () => {
  assert.is(
    keptText,
    `{"type":"countersign/burns","version":1,"request":"${A}","transactions":["02000000","ff00ff"]}\n`,
  );
  assert.equal(readBurnTransactions(utf8(keptText), key, A), kept);
  assert.equal(readBurnTransactions(burnTransactionsBytes(A, []), key, A), []);
  assert.is(bytesToHex(Buffer.from(HEXES[1] as string, 'hex')), HEXES[1]);
});

const KEPT_HOSTILE: [string, string][] = [
  ['empty', ''],
  ['HTML', '<html><body>Sign in</body></html>'],
  ['null', 'null'],
  ['of another request', keptText.replace(A, B)],
  ['of another type', keptText.replace('/burns', '/request')],
  ['of another version', keptText.replace('"version":1', '"version":2')],
  ['with a member that nobody knows', keptText.replace('"version"', '"more":1,"version"')],
  ['without transactions', keptText.replace(/,"transactions":\[[^\]]*\]/, '')],
  ['with transactions that are an object', keptText.replace(/\[.*\]/, '{}')],
  ['with a number for a transaction', keptText.replace('"02000000"', '2')],
  ['with hex of an odd length', keptText.replace('02000000', '0200000')],
  ['with hex in capitals', keptText.replace('ff00ff', 'FF00FF')],
  ['with what is no hex', keptText.replace('ff00ff', 'zz00ff')],
  ['with two lists', keptText.replace('"transactions":[', '"transactions":[],"transactions":[')],
  ['with more than a request can have', keptText.replace('["', `[${'"00",'.repeat(4000)}"`)],
];
for (const [what, bytes] of KEPT_HOSTILE)
  test(`stored burns are refused: ${what}`, () => {
    failsWith('OBJECT_INVALID', () => readBurnTransactions(utf8(bytes), key, A), new RegExp(`^${key}`));
  });

test('truncated stored burns are refused at every length', () => {
  for (let end = 0; end < keptText.length - 1; end++)
    failsWith('OBJECT_INVALID', () => readBurnTransactions(utf8(keptText.slice(0, end)), key, A));
});

test.run();
