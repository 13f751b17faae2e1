/** Which events are legal, and the resulting state, for one sequence of events in each test. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetIdOf } from '../../../shared/issuance.ts';
import { fromOutpoint, outpoint, type PolicyCoin } from '../coins.ts';
import type { LedgerEvent } from '../event.ts';
import { type Illegal, illegal } from '../legal.ts';
import type { LedgerState } from '../state.ts';
import { fold } from './fold.ts';

const id = (n: number) => n.toString(16).padStart(64, '0');
const coin = (n: number): PolicyCoin => ({ txid: id(n), vout: 0, amount: 100n });
const name = (n: number) => outpoint(coin(n));
const MAPPINGS = { first: id(1), second: id(2), third: id(3) };
const [A, B] = [id(0xa), id(0xb)];
const begin: LedgerEvent = { event: 'begin', mapping: MAPPINGS.first, trust: id(9) };
const coins = (...numbers: number[]): LedgerEvent => ({ event: 'coins', coins: numbers.map(coin) });
const propose = (request: string, reserves: Record<string, string>, base = MAPPINGS.first): LedgerEvent => ({
  event: 'propose',
  request,
  base,
  height: 10,
  reserves,
});
const send = (request: string): LedgerEvent => ({ event: 'send', request, controllers: [1, 3] });
const abandon = (request: string, unsigned = false): LedgerEvent => ({ event: 'abandon', request, unsigned });
const adopt = (mapping: string, ...settled: string[]): LedgerEvent => ({ event: 'adopt', mapping, settled });
/** For each member of `spent`, the issuance of this bar spends the coin with this number. */
const publish = (request: string, mapping: string, spent: Record<string, number>): LedgerEvent => ({
  event: 'publish',
  request,
  mapping,
  transactions: Object.fromEntries(
    Object.entries(spent).map(([from, to]) => [assetIdOf(fromOutpoint(from)), { txid: id(to), height: 10 }]),
  ),
});

const why = (event: LedgerEvent, ...before: LedgerEvent[]): Illegal['kind'] | null =>
  illegal(before.length === 0 ? null : fold(...before), event)?.kind ?? null;
const ready = [begin, coins(1, 2, 3)];
const reserved = (state: LedgerState) => [...state.reservations].map(([bar, r]) => [bar, r.coin]);

test('no event is legal before begin, and begin is legal only once', () => {
  for (const event of [
    coins(1),
    propose(A, {}),
    send(A),
    abandon(A),
    publish(A, MAPPINGS.second, {}),
    adopt(MAPPINGS.second),
  ])
    assert.is(why(event), 'not-begun');
  assert.is(why(begin, begin), 'begun');
});

test('a proposal reserves its coins, and at most one proposal is open', () => {
  const state = fold(...ready, propose(A, { x: name(1) }));
  assert.equal(reserved(state), [['x', name(1)]]);
  assert.is(state.open?.request, A);
  assert.is(why(propose(B, { y: name(2) }), ...ready, propose(A, { x: name(1) })), 'proposal-open');
});

test('a proposal on another mapping, an unlisted coin, or one coin for two bars is refused', () => {
  assert.is(why(propose(A, { x: name(1) }, MAPPINGS.second), ...ready), 'base-moved');
  assert.is(why(propose(A, { x: name(7) }), ...ready), 'coin-unlisted');
  assert.is(why(propose(A, { x: name(1), y: name(1) }), ...ready), 'coin-twice');
});

test('reservations remain after an abandoned proposal, so bar and coin stay together', () => {
  const events = [...ready, propose(A, { x: name(1) }), abandon(A)];
  assert.is(fold(...events).open, null);
  assert.is(why(propose(B, { y: name(1) }), ...events), 'coin-reserved');
  assert.is(why(propose(B, { x: name(2) }), ...events), 'bar-reserved');
  assert.is(why(propose(B, { x: name(1), y: name(2) }), ...events), null);
  assert.is(why(propose(A, { x: name(1) }), ...events), 'proposed-before');
});

test('abandoning as unsigned ends only the reservations that this proposal made first', () => {
  const state = fold(
    ...[...ready, propose(A, { x: name(1) }), abandon(A)],
    ...[propose(B, { x: name(1), y: name(2) }), abandon(B, true)],
  );
  assert.equal(reserved(state), [['x', name(1)]]);
});

test('a sent proposal can be abandoned, but not as unsigned, and sent only once', () => {
  const events = [...ready, propose(A, { x: name(1) }), send(A)];
  assert.equal(fold(...events).open?.controllers, [1, 3]);
  assert.is(why(abandon(A, true), ...events), 'sent');
  assert.is(why(send(A), ...events), 'sent');
  assert.is(why(abandon(A), ...events), null);
  assert.is(why(send(A), ...events, abandon(A)), 'not-open');
  assert.is(why(send(B), ...events), 'unknown-request');
});

test('publishing replaces each spent coin by its change at its place, and ends the reservations', () => {
  const state = fold(
    ...[...ready, propose(A, { x: name(1), z: name(3) }), send(A)],
    publish(A, MAPPINGS.second, { [name(1)]: 0x11, [name(3)]: 0x13 }),
  );
  assert.equal(state.coins.map(outpoint), [`${id(0x11)}:2`, name(2), `${id(0x13)}:2`]);
  assert.equal(reserved(state), []);
  assert.is(state.mapping, MAPPINGS.second);
  assert.is(state.open, null);
  assert.is(state.proposals.get(A)?.status, 'published');
});

test("publishing ends another bar's reservation of the spent coin", () => {
  const events = [
    ...[...ready, propose(A, { x: name(1) }), abandon(A, true)],
    ...[propose(B, { y: name(1) }), abandon(B)],
    publish(A, MAPPINGS.second, { [name(1)]: 0x11 }),
  ];
  assert.equal(reserved(fold(...events)), []);
});

test('change that a scan found earlier is not listed twice, and a spent coin is never listed again', () => {
  const change = { txid: id(0x11), vout: 2, amount: 100n };
  const listed: LedgerEvent = { event: 'coins', coins: [coin(1), change] };
  const events = [
    begin,
    listed,
    propose(A, { x: name(1) }),
    publish(A, MAPPINGS.second, { [name(1)]: 0x11 }),
  ];
  assert.equal(fold(...events).coins, [change]);
  assert.is(why(coins(2, 1), ...events), 'coin-spent');
  assert.is(why(coins(2, 2), ...events), 'coin-twice');
});

test('a publication needs a request on the current mapping, its own transactions, and no other sent proposal', () => {
  const open = [...ready, propose(A, { x: name(1) })];
  const done = (spent = { [name(1)]: 0x11 }) => publish(A, MAPPINGS.second, spent);
  assert.is(why(publish(B, MAPPINGS.second, {}), ...open), 'unknown-request');
  assert.is(why(done({ [name(2)]: 0x11 }), ...open), 'wrong-transactions');
  assert.is(why(publish(A, MAPPINGS.first, { [name(1)]: 0x11 }), ...open), 'same-mapping');
  assert.is(why(done(), ...open, done()), 'not-open');
  assert.is(why(done(), ...open, abandon(A), propose(B, { y: name(2) }), send(B)), 'other-sent');
  assert.is(why(done(), ...open, abandon(A), adopt(MAPPINGS.third)), 'base-moved');
});

test('publishing an abandoned request supersedes the open proposal if it is not sent', () => {
  const state = fold(
    ...[...ready, propose(A, { x: name(1) }), abandon(A), propose(B, { y: name(2) })],
    publish(A, MAPPINGS.second, { [name(1)]: 0x11 }),
  );
  assert.is(state.proposals.get(B)?.status, 'superseded');
  assert.is(state.open, null);
  assert.equal(reserved(state), [['y', name(2)]]);
});

test('adopting supersedes the open proposal and ends the named reservations, unless the proposal is sent', () => {
  const open = [...ready, propose(A, { x: name(1), y: name(2) })];
  const state = fold(...open, adopt(MAPPINGS.second, 'x'));
  assert.equal(reserved(state), [['y', name(2)]]);
  assert.is(state.open, null);
  assert.equal(state.mappings, [MAPPINGS.first, MAPPINGS.second]);
  assert.is(why(adopt(MAPPINGS.second, 'z'), ...open), 'not-reserved');
  assert.is(why(adopt(MAPPINGS.first), ...open), 'same-mapping');
  assert.is(why(adopt(MAPPINGS.first), ...open, adopt(MAPPINGS.second)), 'same-mapping', 'an earlier one');
  assert.is(why(adopt(MAPPINGS.second), ...open, send(A)), 'sent');
});

test('a scan without a pending coin and its change does not lose the change', () => {
  const state = fold(
    ...[...ready, propose(A, { x: name(1) }), send(A), coins(2, 3)],
    publish(A, MAPPINGS.second, { [name(1)]: 0x11 }),
  );
  assert.equal(state.coins.map(outpoint), [name(2), name(3), `${id(0x11)}:2`]);
  assert.is(state.coins.at(-1)?.amount, 100n);
});

test('a respent coin ends its reservation and is not listed again, unless the open proposal needs it', () => {
  const respent = (...listed: number[]): LedgerEvent => ({
    event: 'coins',
    coins: listed.map(coin),
    respent: [name(1)],
  });
  const open = [...ready, propose(A, { x: name(1) })];
  assert.is(why(respent(2, 3), ...open), 'coin-open');
  assert.is(why(respent(1, 2), ...open, abandon(A)), 'coin-twice');
  const events = [...open, abandon(A), respent(2, 3)];
  assert.equal(reserved(fold(...events)), []);
  assert.is(why(coins(1, 2), ...events), 'coin-spent');
  assert.is(why(propose(B, { x: name(2) }), ...events), null);
  assert.is(why(respent(2, 3), ...ready), 'not-reserved');
});

test('bars that an adopted mapping lacks stay recorded until they are published again', () => {
  const dropping: LedgerEvent = {
    event: 'adopt',
    mapping: MAPPINGS.second,
    settled: [],
    dropped: { x: id(7) },
  };
  assert.equal([...fold(...ready, dropping).dropped], [['x', id(7)]]);
});

test.run();
