/** Corrected bars in the ledger: the bytes of the entry, and each bar's current name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { failsWith } from '../../../shared/testing.ts';
import { entryBytes, type LedgerEvent, readEntry } from '../event.ts';
import { nameSince } from '../gone.ts';
import { apply, type LedgerState } from '../state.ts';

const id = (n: number) => n.toString(16).padStart(64, '0');
type Corrected = Record<string, string | null>;
const publish = (n: number, corrected?: Corrected, bars: readonly string[] = []): LedgerEvent => ({
  ...{ event: 'publish', request: id(100 + n), mapping: id(n), transactions: {}, corrected: corrected ?? {} },
  burns: Object.fromEntries(bars.map((bar, i) => [`${id(200 + n)}:${i}`, { bar, height: 1, block: 1 }])),
});
const text = (event: LedgerEvent) =>
  new TextDecoder().decode(
    entryBytes({ number: 4, previous: id(7), time: '2026-11-26T00:00:00.000Z', event }),
  );
const read = (line: string) => readEntry(utf8(line), 'ledger/00000004.json').event;

test('an entry with corrected bars has recorded bytes, and one without has the earlier form', () => {
  const line = text(publish(2, { 'a-1-B': 'c-1-B', d: null }));
  assert.match(line, /"transactions":\{\},"corrected":\{"a-1-B":"c-1-B","d":null\}\}\n$/);
  assert.equal(read(line), publish(2, { 'a-1-B': 'c-1-B', d: null }));
  assert.match(text(publish(2)), /"transactions":\{\}\}\n$/);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}`.padStart(64, 'x'), null]));
  assert.equal(read(text(publish(2, many))), publish(2, many));
});

const HOSTILE: [string, unknown][] = [
  ['a list', []],
  ['null', null],
  ['a number for a name', { a: 1 }],
  ['false for a name', { a: false }],
  ['an empty name', { a: '' }],
  ['a name of 65 characters', { a: 'x'.repeat(65) }],
  ['a name with a control character', { a: 'x\u001b[2J' }],
  ['a key with a look-alike', { '031037-2019-\u0420AMP': null }],
  ['more than a request can have', Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, null]))],
];
for (const [what, corrected] of HOSTILE)
  test(`an entry with corrected bars is refused: ${what}`, () => {
    const line = text(publish(2)).replace('}\n', `,"corrected":${JSON.stringify(corrected)}}\n`);
    failsWith('OBJECT_INVALID', () => read(line), /^ledger\/00000004\.json: .*corrected/);
  });

test('corrected bars in any other event are refused', () => {
  const line = text({ event: 'begin', mapping: id(1), trust: id(9) });
  failsWith('OBJECT_INVALID', () => read(line.replace('}\n', ',"corrected":{"a":null}}\n')), /corrected/);
});

function fold(...publications: LedgerEvent[]): LedgerState {
  let state = apply(null, { event: 'begin', mapping: id(1), trust: id(9) }, 0);
  for (const [i, event] of publications.entries()) {
    if (event.event !== 'publish') continue;
    const { request } = event;
    state = apply(state, { event: 'propose', request, base: state.mapping, height: 1, reserves: {} }, i);
    state = apply(state, event, i);
  }
  return state;
}

const since = (state: LedgerState, reference: string, ...mapped: string[]) =>
  nameSince(state.gone, reference, name => mapped.includes(name));

test('the current name of a bar follows corrections and a redemption, also back to the old name', () => {
  const twice = fold(publish(2, { a: 'b' }), publish(3, { b: 'c' }));
  assert.equal([since(twice, 'a', 'c'), since(twice, 'b', 'c'), since(twice, 'c', 'c')], ['c', 'c', 'c']);
  const redeemed = fold(publish(2, { a: 'b' }), publish(3, {}, ['b', 'z']));
  assert.equal([since(redeemed, 'a'), since(redeemed, 'b'), since(redeemed, 'z')], [null, null, null]);
  const back = fold(publish(2, { a: 'b' }), publish(3, { b: 'a' }));
  assert.equal([since(back, 'a', 'a'), since(back, 'b', 'a')], ['a', 'a']);
  assert.is(since(fold(publish(2, { a: null })), 'a'), null);
});

test('a mapped bar keeps its name, and a bar that another tool removed has no known name', () => {
  const state = fold(publish(2, { a: 'b' }));
  assert.equal([since(state, 'a', 'a', 'b'), since(state, 'a'), since(state, 'x')], ['a', 'a', 'x']);
  const back = fold(publish(2, { a: 'b' }), publish(3, { b: 'a' }));
  assert.equal([since(back, 'a'), since(back, 'b')], ['a', 'b']);
});

test('if another bar with an old name is redeemed, that name counts as redeemed', () => {
  const state = fold(publish(2, { a: 'b' }), publish(3, {}, ['a']));
  assert.equal([since(state, 'a', 'b'), state.gone.get('a')?.request], [null, id(103)]);
});

test.run();
