/** Corrected bars in the ledger: the bytes of the entry, and each bar's current name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../shared/bytes.ts';
import { failsWith } from '../../../shared/testing.ts';
import { currentNameOfBar } from '../gone-bars.ts';
import { entryBytes, type LedgerEvent, readEntry } from '../ledger-event.ts';
import { applyEvent, type LedgerState } from '../ledger-state.ts';

const idFromNumber = (n: number) => n.toString(16).padStart(64, '0');
type Corrected = Record<string, string | null>;
const publishEvent = (n: number, corrected?: Corrected, bars: readonly string[] = []): LedgerEvent => ({
  ...{
    event: 'publish',
    request: idFromNumber(100 + n),
    mapping: idFromNumber(n),
    transactions: {},
    corrected: corrected ?? {},
  },
  burns: Object.fromEntries(
    bars.map((bar, i) => [`${idFromNumber(200 + n)}:${i}`, { bar, height: 1, block: 1 }]),
  ),
});
const entryText = (event: LedgerEvent) =>
  new TextDecoder().decode(
    entryBytes({ number: 4, previous: idFromNumber(7), time: '2026-11-26T00:00:00.000Z', event }),
  );
const readEvent = (line: string) => readEntry(utf8(line), 'ledger/00000004.json').event;

test('an entry with corrected bars has recorded bytes, and one without has the earlier form', () => {
  const line = entryText(publishEvent(2, { 'a-1-B': 'c-1-B', d: null }));
  assert.match(line, /"transactions":\{\},"corrected":\{"a-1-B":"c-1-B","d":null\}\}\n$/);
  assert.equal(readEvent(line), publishEvent(2, { 'a-1-B': 'c-1-B', d: null }));
  assert.match(entryText(publishEvent(2)), /"transactions":\{\}\}\n$/);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}`.padStart(64, 'x'), null]));
  assert.equal(readEvent(entryText(publishEvent(2, many))), publishEvent(2, many));
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
    const line = entryText(publishEvent(2)).replace('}\n', `,"corrected":${JSON.stringify(corrected)}}\n`);
    failsWith('OBJECT_INVALID', () => readEvent(line), /^ledger\/00000004\.json: .*corrected/);
  });

test('corrected bars in any other event are refused', () => {
  const line = entryText({ event: 'begin', mapping: idFromNumber(1), trust: idFromNumber(9) });
  failsWith(
    'OBJECT_INVALID',
    () => readEvent(line.replace('}\n', ',"corrected":{"a":null}}\n')),
    /corrected/,
  );
});

function stateAfterPublications(...publications: LedgerEvent[]): LedgerState {
  let state = applyEvent(null, { event: 'begin', mapping: idFromNumber(1), trust: idFromNumber(9) }, 0);
  for (const [i, event] of publications.entries()) {
    if (event.event !== 'publish') continue;
    const { request } = event;
    state = applyEvent(state, { event: 'propose', request, base: state.mapping, height: 1, reserves: {} }, i);
    state = applyEvent(state, event, i);
  }
  return state;
}

const currentNameIn = (state: LedgerState, reference: string, ...mapped: string[]) =>
  currentNameOfBar(state.gone, reference, name => mapped.includes(name));

test('the current name of a bar follows corrections and a redemption, also back to the old name', () => {
  const twice = stateAfterPublications(publishEvent(2, { a: 'b' }), publishEvent(3, { b: 'c' }));
  assert.equal(
    [currentNameIn(twice, 'a', 'c'), currentNameIn(twice, 'b', 'c'), currentNameIn(twice, 'c', 'c')],
    ['c', 'c', 'c'],
  );
  const redeemed = stateAfterPublications(publishEvent(2, { a: 'b' }), publishEvent(3, {}, ['b', 'z']));
  assert.equal(
    [currentNameIn(redeemed, 'a'), currentNameIn(redeemed, 'b'), currentNameIn(redeemed, 'z')],
    [null, null, null],
  );
  const back = stateAfterPublications(publishEvent(2, { a: 'b' }), publishEvent(3, { b: 'a' }));
  assert.equal([currentNameIn(back, 'a', 'a'), currentNameIn(back, 'b', 'a')], ['a', 'a']);
  assert.is(currentNameIn(stateAfterPublications(publishEvent(2, { a: null })), 'a'), null);
});

test('a mapped bar keeps its name, and a bar that another tool removed has no known name', () => {
  const state = stateAfterPublications(publishEvent(2, { a: 'b' }));
  assert.equal(
    [currentNameIn(state, 'a', 'a', 'b'), currentNameIn(state, 'a'), currentNameIn(state, 'x')],
    ['a', 'a', 'x'],
  );
  const back = stateAfterPublications(publishEvent(2, { a: 'b' }), publishEvent(3, { b: 'a' }));
  assert.equal([currentNameIn(back, 'a'), currentNameIn(back, 'b')], ['a', 'b']);
});

test('if another bar with an old name is redeemed, that name counts as redeemed', () => {
  const state = stateAfterPublications(publishEvent(2, { a: 'b' }), publishEvent(3, {}, ['a']));
  assert.equal([currentNameIn(state, 'a', 'b'), state.gone.get('a')?.request], [null, idFromNumber(103)]);
});

test.run();
