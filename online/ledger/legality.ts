/**
 * Decides whether an event is legal in a state. If the event is not legal, gives the reason as data. Pure.
 */

import type { LedgerEvent } from './ledger-event.ts';
import type { LedgerState, ProposalState, ProposalStatus } from './ledger-state.ts';
import { assetIdOfOutpoint, outpointText } from './policy-coin.ts';

/** The reason why an event is not legal, with data for a message. */
export type Illegal =
  | { kind: 'not-begun' }
  | { kind: 'begun' }
  | { kind: 'coin-twice'; coin: string }
  | { kind: 'coin-spent'; coin: string }
  | { kind: 'coin-unlisted'; coin: string; reference: string }
  | { kind: 'coin-reserved'; coin: string; reference: string; holder: string }
  | { kind: 'bar-reserved'; reference: string; coin: string; reserved: string }
  | { kind: 'proposal-open'; request: string; open: ProposalState }
  | { kind: 'proposed-before'; request: string; status: ProposalStatus }
  | { kind: 'base-moved'; base: string; mapping: string }
  | { kind: 'unknown-request'; request: string }
  | { kind: 'not-open'; request: string; status: ProposalStatus }
  | { kind: 'sent'; request: string }
  | { kind: 'other-sent'; request: string; sent: string }
  | { kind: 'wrong-transactions'; request: string; expected: readonly string[]; got: readonly string[] }
  | { kind: 'burn-counted'; output: string; request: string }
  | { kind: 'same-mapping'; mapping: string }
  | { kind: 'not-reserved'; reference: string }
  | { kind: 'coin-open'; coin: string; request: string };

type Event<E extends LedgerEvent['event']> = Extract<LedgerEvent, { event: E }>;

function whyCoinsIllegal(state: LedgerState, { coins, respent = [] }: Event<'coins'>): Illegal | null {
  const { open } = state;
  for (const coin of respent) {
    if (open && [...open.reserves.values()].includes(coin))
      return { kind: 'coin-open', coin, request: open.request };
    if (![...state.reservations.values()].some(reservation => reservation.coin === coin))
      return { kind: 'not-reserved', reference: coin };
  }
  const seen = new Set<string>(respent);
  for (const coin of coins.map(outpointText)) {
    if (seen.has(coin)) return { kind: 'coin-twice', coin };
    if (state.spent.has(coin)) return { kind: 'coin-spent', coin };
    seen.add(coin);
  }
  return null;
}

/** The reason why a bar cannot use a coin; null if the coin is listed, and free or reserved for this bar. */
export function whyReservationIllegal(state: LedgerState, reference: string, coin: string): Illegal | null {
  const reserved = state.reservations.get(reference)?.coin;
  if (reserved !== undefined && reserved !== coin) return { kind: 'bar-reserved', reference, coin, reserved };
  if (!state.coins.some(one => outpointText(one) === coin)) return { kind: 'coin-unlisted', coin, reference };
  const holder = [...state.reservations].find(([other, r]) => r.coin === coin && other !== reference)?.[0];
  return holder === undefined ? null : { kind: 'coin-reserved', coin, reference, holder };
}

function whyProposeIllegal(
  state: LedgerState,
  { request, base, reserves }: Event<'propose'>,
): Illegal | null {
  const known = state.proposals.get(request);
  if (state.open) return { kind: 'proposal-open', request, open: state.open };
  if (known) return { kind: 'proposed-before', request, status: known.status };
  if (base !== state.mapping) return { kind: 'base-moved', base, mapping: state.mapping };
  const taken = new Set<string>();
  for (const [reference, coin] of Object.entries(reserves)) {
    if (taken.has(coin)) return { kind: 'coin-twice', coin };
    taken.add(coin);
    const illegal = whyReservationIllegal(state, reference, coin);
    if (illegal) return illegal;
  }
  return null;
}

/**
 * The reason why an event may not change this proposal. Null if the proposal is open and not sent. If
 * `orSent` is true, also null for a sent proposal.
 */
function whyProposalNotOpen(state: LedgerState, request: string, orSent: boolean): Illegal | null {
  const known = state.proposals.get(request);
  if (!known) return { kind: 'unknown-request', request };
  if (known.status === 'sent') return orSent ? null : { kind: 'sent', request };
  return known.status === 'open' ? null : { kind: 'not-open', request, status: known.status };
}

function whyPublishIllegal(state: LedgerState, event: Event<'publish'>): Illegal | null {
  const { request, mapping, transactions, burns = {} } = event;
  const known = state.proposals.get(request);
  if (!known) return { kind: 'unknown-request', request };
  if (known.status === 'published') return { kind: 'not-open', request, status: known.status };
  if (known.base !== state.mapping) return { kind: 'base-moved', base: known.base, mapping: state.mapping };
  // An earlier mapping must not become current again: bars of later mappings could then get a second token.
  if (state.mappings.includes(mapping)) return { kind: 'same-mapping', mapping };
  const { open } = state;
  if (open?.status === 'sent' && open.request !== request)
    return { kind: 'other-sent', request, sent: open.request };
  for (const output of Object.keys(burns)) {
    const before = state.burnt.get(output);
    if (before !== undefined) return { kind: 'burn-counted', output, request: before };
  }
  const expected = [...known.reserves.values()].map(coin => assetIdOfOutpoint(coin)).sort();
  const got = Object.keys(transactions).sort();
  return expected.join() === got.join() ? null : { kind: 'wrong-transactions', request, expected, got };
}

function whyAdoptIllegal(state: LedgerState, { mapping, settled }: Event<'adopt'>): Illegal | null {
  if (state.open?.status === 'sent') return { kind: 'sent', request: state.open.request };
  if (state.mappings.includes(mapping)) return { kind: 'same-mapping', mapping };
  const reference = settled.find(one => !state.reservations.has(one));
  return reference === undefined ? null : { kind: 'not-reserved', reference };
}

/** @returns null if the event is legal */
export function whyEventIllegal(state: LedgerState | null, event: LedgerEvent): Illegal | null {
  if (event.event === 'begin') return state === null ? null : { kind: 'begun' };
  if (state === null) return { kind: 'not-begun' };
  switch (event.event) {
    case 'coins':
      return whyCoinsIllegal(state, event);
    case 'propose':
      return whyProposeIllegal(state, event);
    case 'send':
      return whyProposalNotOpen(state, event.request, false);
    case 'abandon':
      return whyProposalNotOpen(state, event.request, !event.unsigned);
    case 'publish':
      return whyPublishIllegal(state, event);
    case 'adopt':
      return whyAdoptIllegal(state, event);
  }
}
