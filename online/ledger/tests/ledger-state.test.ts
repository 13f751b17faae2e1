/** Each test has a sequence of events: it checks which events are legal, and the state after them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetIdOf } from '../../../shared/issuance.ts';
import type { LedgerEvent } from '../ledger-event.ts';
import type { LedgerState } from '../ledger-state.ts';
import { type Illegal, whyEventIllegal } from '../legality.ts';
import { outpointText, type PolicyCoin, parseOutpoint } from '../policy-coin.ts';
import { stateAfterEvents } from './state-after-events.ts';

const idFromNumber = (n: number) => n.toString(16).padStart(64, '0');
const coinFromNumber = (n: number): PolicyCoin => ({ txid: idFromNumber(n), vout: 0, amount: 100n });
const coinName = (n: number) => outpointText(coinFromNumber(n));
const MAPPINGS = { first: idFromNumber(1), second: idFromNumber(2), third: idFromNumber(3) };
const [A, B] = [idFromNumber(0xa), idFromNumber(0xb)];
const begin: LedgerEvent = { event: 'begin', mapping: MAPPINGS.first, trust: idFromNumber(9) };
const coinsEvent = (...numbers: number[]): LedgerEvent => ({
  event: 'coins',
  coins: numbers.map(coinFromNumber),
});
const proposeEvent = (
  request: string,
  reserves: Record<string, string>,
  base = MAPPINGS.first,
): LedgerEvent => ({
  event: 'propose',
  request,
  base,
  height: 10,
  reserves,
});
const sendEvent = (request: string): LedgerEvent => ({ event: 'send', request, controllers: [1, 3] });
const abandonEvent = (request: string, unsigned = false): LedgerEvent => ({
  event: 'abandon',
  request,
  unsigned,
});
const adoptEvent = (mapping: string, ...settled: string[]): LedgerEvent => ({
  event: 'adopt',
  mapping,
  settled,
});
/**
 * `spent` names each spent coin (`txid:vout`) with the number from which the test makes the id of its issuance
 * transaction.
 */
const publishEvent = (request: string, mapping: string, spent: Record<string, number>): LedgerEvent => ({
  event: 'publish',
  request,
  mapping,
  transactions: Object.fromEntries(
    Object.entries(spent).map(([from, to]) => [
      assetIdOf(parseOutpoint(from)),
      { txid: idFromNumber(to), height: 10 },
    ]),
  ),
});

const whyIllegal = (event: LedgerEvent, ...before: LedgerEvent[]): Illegal['kind'] | null =>
  whyEventIllegal(before.length === 0 ? null : stateAfterEvents(...before), event)?.kind ?? null;
const ready = [begin, coinsEvent(1, 2, 3)];
const reservedCoins = (state: LedgerState) => [...state.reservations].map(([bar, r]) => [bar, r.coin]);

test('no event is legal before begin, and begin is legal only once', () => {
  for (const event of [
    coinsEvent(1),
    proposeEvent(A, {}),
    sendEvent(A),
    abandonEvent(A),
    publishEvent(A, MAPPINGS.second, {}),
    adoptEvent(MAPPINGS.second),
  ])
    assert.is(whyIllegal(event), 'not-begun');
  assert.is(whyIllegal(begin, begin), 'begun');
});

test('a proposal reserves its coins, and at most one proposal is open', () => {
  const state = stateAfterEvents(...ready, proposeEvent(A, { x: coinName(1) }));
  assert.equal(reservedCoins(state), [['x', coinName(1)]]);
  assert.is(state.open?.request, A);
  assert.is(
    whyIllegal(proposeEvent(B, { y: coinName(2) }), ...ready, proposeEvent(A, { x: coinName(1) })),
    'proposal-open',
  );
});

test('a proposal on another mapping, an unlisted coin, or one coin for two bars is refused', () => {
  assert.is(whyIllegal(proposeEvent(A, { x: coinName(1) }, MAPPINGS.second), ...ready), 'base-moved');
  assert.is(whyIllegal(proposeEvent(A, { x: coinName(7) }), ...ready), 'coin-unlisted');
  assert.is(whyIllegal(proposeEvent(A, { x: coinName(1), y: coinName(1) }), ...ready), 'coin-twice');
});

test('reservations remain after an abandoned proposal, so bar and coin stay together', () => {
  const events = [...ready, proposeEvent(A, { x: coinName(1) }), abandonEvent(A)];
  assert.is(stateAfterEvents(...events).open, null);
  assert.is(whyIllegal(proposeEvent(B, { y: coinName(1) }), ...events), 'coin-reserved');
  assert.is(whyIllegal(proposeEvent(B, { x: coinName(2) }), ...events), 'bar-reserved');
  assert.is(whyIllegal(proposeEvent(B, { x: coinName(1), y: coinName(2) }), ...events), null);
  assert.is(whyIllegal(proposeEvent(A, { x: coinName(1) }), ...events), 'proposed-before');
});

test('abandoning as unsigned ends only the reservations that this proposal made first', () => {
  const state = stateAfterEvents(
    ...[...ready, proposeEvent(A, { x: coinName(1) }), abandonEvent(A)],
    ...[proposeEvent(B, { x: coinName(1), y: coinName(2) }), abandonEvent(B, true)],
  );
  assert.equal(reservedCoins(state), [['x', coinName(1)]]);
});

test('a sent proposal can be abandoned, but not as unsigned, and sent only once', () => {
  const events = [...ready, proposeEvent(A, { x: coinName(1) }), sendEvent(A)];
  assert.equal(stateAfterEvents(...events).open?.controllers, [1, 3]);
  assert.is(whyIllegal(abandonEvent(A, true), ...events), 'sent');
  assert.is(whyIllegal(sendEvent(A), ...events), 'sent');
  assert.is(whyIllegal(abandonEvent(A), ...events), null);
  assert.is(whyIllegal(sendEvent(A), ...events, abandonEvent(A)), 'not-open');
  assert.is(whyIllegal(sendEvent(B), ...events), 'unknown-request');
});

test('publishing replaces each spent coin by its change at its place, and ends the reservations', () => {
  const state = stateAfterEvents(
    ...[...ready, proposeEvent(A, { x: coinName(1), z: coinName(3) }), sendEvent(A)],
    publishEvent(A, MAPPINGS.second, { [coinName(1)]: 0x11, [coinName(3)]: 0x13 }),
  );
  assert.equal(state.coins.map(outpointText), [
    `${idFromNumber(0x11)}:2`,
    coinName(2),
    `${idFromNumber(0x13)}:2`,
  ]);
  assert.equal(reservedCoins(state), []);
  assert.is(state.mapping, MAPPINGS.second);
  assert.is(state.open, null);
  assert.is(state.proposals.get(A)?.status, 'published');
});

test("publishing ends another bar's reservation of the spent coin", () => {
  const events = [
    ...[...ready, proposeEvent(A, { x: coinName(1) }), abandonEvent(A, true)],
    ...[proposeEvent(B, { y: coinName(1) }), abandonEvent(B)],
    publishEvent(A, MAPPINGS.second, { [coinName(1)]: 0x11 }),
  ];
  assert.equal(reservedCoins(stateAfterEvents(...events)), []);
});

test('change that a scan found earlier is not listed twice, and a spent coin is never listed again', () => {
  const change = { txid: idFromNumber(0x11), vout: 2, amount: 100n };
  const listed: LedgerEvent = { event: 'coins', coins: [coinFromNumber(1), change] };
  const events = [
    begin,
    listed,
    proposeEvent(A, { x: coinName(1) }),
    publishEvent(A, MAPPINGS.second, { [coinName(1)]: 0x11 }),
  ];
  assert.equal(stateAfterEvents(...events).coins, [change]);
  assert.is(whyIllegal(coinsEvent(2, 1), ...events), 'coin-spent');
  assert.is(whyIllegal(coinsEvent(2, 2), ...events), 'coin-twice');
});

test('a publication needs a request on the current mapping, its own transactions, and no other sent proposal', () => {
  const open = [...ready, proposeEvent(A, { x: coinName(1) })];
  const done = (spent = { [coinName(1)]: 0x11 }) => publishEvent(A, MAPPINGS.second, spent);
  assert.is(whyIllegal(publishEvent(B, MAPPINGS.second, {}), ...open), 'unknown-request');
  assert.is(whyIllegal(done({ [coinName(2)]: 0x11 }), ...open), 'wrong-transactions');
  assert.is(whyIllegal(publishEvent(A, MAPPINGS.first, { [coinName(1)]: 0x11 }), ...open), 'same-mapping');
  assert.is(whyIllegal(done(), ...open, done()), 'not-open');
  assert.is(
    whyIllegal(done(), ...open, abandonEvent(A), proposeEvent(B, { y: coinName(2) }), sendEvent(B)),
    'other-sent',
  );
  assert.is(whyIllegal(done(), ...open, abandonEvent(A), adoptEvent(MAPPINGS.third)), 'base-moved');
});

test('publishing an abandoned request supersedes the open proposal if it is not sent', () => {
  const state = stateAfterEvents(
    ...[...ready, proposeEvent(A, { x: coinName(1) }), abandonEvent(A), proposeEvent(B, { y: coinName(2) })],
    publishEvent(A, MAPPINGS.second, { [coinName(1)]: 0x11 }),
  );
  assert.is(state.proposals.get(B)?.status, 'superseded');
  assert.is(state.open, null);
  assert.equal(reservedCoins(state), [['y', coinName(2)]]);
});

test('adopting supersedes the open proposal and ends the named reservations, unless the proposal is sent', () => {
  const open = [...ready, proposeEvent(A, { x: coinName(1), y: coinName(2) })];
  const state = stateAfterEvents(...open, adoptEvent(MAPPINGS.second, 'x'));
  assert.equal(reservedCoins(state), [['y', coinName(2)]]);
  assert.is(state.open, null);
  assert.equal(state.mappings, [MAPPINGS.first, MAPPINGS.second]);
  assert.is(whyIllegal(adoptEvent(MAPPINGS.second, 'z'), ...open), 'not-reserved');
  assert.is(whyIllegal(adoptEvent(MAPPINGS.first), ...open), 'same-mapping');
  assert.is(
    whyIllegal(adoptEvent(MAPPINGS.first), ...open, adoptEvent(MAPPINGS.second)),
    'same-mapping',
    'an earlier one',
  );
  assert.is(whyIllegal(adoptEvent(MAPPINGS.second), ...open, sendEvent(A)), 'sent');
});

test('a scan without a pending coin and its change does not lose the change', () => {
  const state = stateAfterEvents(
    ...[...ready, proposeEvent(A, { x: coinName(1) }), sendEvent(A), coinsEvent(2, 3)],
    publishEvent(A, MAPPINGS.second, { [coinName(1)]: 0x11 }),
  );
  assert.equal(state.coins.map(outpointText), [coinName(2), coinName(3), `${idFromNumber(0x11)}:2`]);
  assert.is(state.coins.at(-1)?.amount, 100n);
});

test('a respent coin ends its reservation and is not listed again, unless the open proposal needs it', () => {
  const respent = (...listed: number[]): LedgerEvent => ({
    event: 'coins',
    coins: listed.map(coinFromNumber),
    respent: [coinName(1)],
  });
  const open = [...ready, proposeEvent(A, { x: coinName(1) })];
  assert.is(whyIllegal(respent(2, 3), ...open), 'coin-open');
  assert.is(whyIllegal(respent(1, 2), ...open, abandonEvent(A)), 'coin-twice');
  const events = [...open, abandonEvent(A), respent(2, 3)];
  assert.equal(reservedCoins(stateAfterEvents(...events)), []);
  assert.is(whyIllegal(coinsEvent(1, 2), ...events), 'coin-spent');
  assert.is(whyIllegal(proposeEvent(B, { x: coinName(2) }), ...events), null);
  assert.is(whyIllegal(respent(2, 3), ...ready), 'not-reserved');
});

test('bars that an adopted mapping lacks stay recorded until they are published again', () => {
  const dropping: LedgerEvent = {
    event: 'adopt',
    mapping: MAPPINGS.second,
    settled: [],
    dropped: { x: idFromNumber(7) },
  };
  assert.equal([...stateAfterEvents(...ready, dropping).dropped], [['x', idFromNumber(7)]]);
});

test.run();
