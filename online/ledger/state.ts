/** The state of the ledger: a pure fold over its entries, and which event is legal in which state. */
import { assetIdOf } from '../../shared/issuance.ts';
import { fromOutpoint, outpoint, type PolicyCoin } from './coins.ts';
import type { Confirmed, LedgerEvent } from './event.ts';

/** `superseded`: neither sent nor abandoned when another mapping became the current one. */
export type ProposalStatus = 'open' | 'sent' | 'abandoned' | 'published' | 'superseded';

export interface ProposalState {
  /** Digest of the request. */
  readonly request: string;
  /** Digest of the mapping that the request was made on. */
  readonly base: string;
  /** Reference to coin. */
  readonly reserves: ReadonlyMap<string, string>;
  readonly status: ProposalStatus;
  /** Whose signatures are sent; null before `send`. */
  readonly controllers: readonly number[] | null;
  /** Number of the entry that proposed it. */
  readonly entry: number;
}

export interface Reservation {
  readonly coin: string;
  /** The request that made the reservation first. */
  readonly request: string;
}

export interface Publication {
  readonly request: string;
  readonly base: string;
  readonly mapping: string;
  /** By asset id. */
  readonly transactions: Readonly<Record<string, Confirmed>>;
}

export interface LedgerState {
  /** Digest of the trust profile. */
  readonly trust: string;
  /** Digest of the current mapping. */
  readonly mapping: string;
  /** Every mapping that was current, the oldest first. */
  readonly mappings: readonly string[];
  /** Current policy coins, in the order of `ptxo.dat`. */
  readonly coins: readonly PolicyCoin[];
  /** Coins that are spent for good, by a published issuance or by another transaction. */
  readonly spent: ReadonlySet<string>;
  /** Atoms of every coin that was ever listed. */
  readonly amounts: ReadonlyMap<string, bigint>;
  /** Bars of earlier mappings that an adopted one lacks, with their asset ids: never to be issued on another coin. */
  readonly dropped: ReadonlyMap<string, string>;
  /** By digest of the request. */
  readonly proposals: ReadonlyMap<string, ProposalState>;
  /** The open proposal, sent or not. */
  readonly open: ProposalState | null;
  /** By reference. */
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly published: readonly Publication[];
}

/** Why an event is not legal, with the data that a message needs. */
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
  | { kind: 'same-mapping'; mapping: string }
  | { kind: 'not-reserved'; reference: string }
  | { kind: 'coin-open'; coin: string; request: string };

type Event<E extends LedgerEvent['event']> = Extract<LedgerEvent, { event: E }>;

function illegalCoins(state: LedgerState, { coins, respent = [] }: Event<'coins'>): Illegal | null {
  const { open } = state;
  for (const coin of respent) {
    if (open && [...open.reserves.values()].includes(coin))
      return { kind: 'coin-open', coin, request: open.request };
    if (![...state.reservations.values()].some(reservation => reservation.coin === coin))
      return { kind: 'not-reserved', reference: coin };
  }
  const seen = new Set<string>(respent);
  for (const coin of coins.map(outpoint)) {
    if (seen.has(coin)) return { kind: 'coin-twice', coin };
    if (state.spent.has(coin)) return { kind: 'coin-spent', coin };
    seen.add(coin);
  }
  return null;
}

/** What keeps a bar from its coin; null where the coin is listed and free, or reserved for this bar. */
export function illegalReservation(state: LedgerState, reference: string, coin: string): Illegal | null {
  const reserved = state.reservations.get(reference)?.coin;
  if (reserved !== undefined && reserved !== coin) return { kind: 'bar-reserved', reference, coin, reserved };
  if (!state.coins.some(one => outpoint(one) === coin)) return { kind: 'coin-unlisted', coin, reference };
  const holder = [...state.reservations].find(([other, r]) => r.coin === coin && other !== reference)?.[0];
  return holder === undefined ? null : { kind: 'coin-reserved', coin, reference, holder };
}

function illegalPropose(state: LedgerState, { request, base, reserves }: Event<'propose'>): Illegal | null {
  const known = state.proposals.get(request);
  if (state.open) return { kind: 'proposal-open', request, open: state.open };
  if (known) return { kind: 'proposed-before', request, status: known.status };
  if (base !== state.mapping) return { kind: 'base-moved', base, mapping: state.mapping };
  const taken = new Set<string>();
  for (const [reference, coin] of Object.entries(reserves)) {
    if (taken.has(coin)) return { kind: 'coin-twice', coin };
    taken.add(coin);
    const illegal = illegalReservation(state, reference, coin);
    if (illegal) return illegal;
  }
  return null;
}

/** An event about the open proposal: not sent, unless `orSent`. */
function illegalOpen(state: LedgerState, request: string, orSent: boolean): Illegal | null {
  const known = state.proposals.get(request);
  if (!known) return { kind: 'unknown-request', request };
  if (known.status === 'sent') return orSent ? null : { kind: 'sent', request };
  return known.status === 'open' ? null : { kind: 'not-open', request, status: known.status };
}

function illegalPublish(state: LedgerState, event: Event<'publish'>): Illegal | null {
  const { request, mapping, transactions } = event;
  const known = state.proposals.get(request);
  if (!known) return { kind: 'unknown-request', request };
  if (known.status === 'published') return { kind: 'not-open', request, status: known.status };
  if (known.base !== state.mapping) return { kind: 'base-moved', base: known.base, mapping: state.mapping };
  if (mapping === state.mapping) return { kind: 'same-mapping', mapping };
  const { open } = state;
  if (open?.status === 'sent' && open.request !== request)
    return { kind: 'other-sent', request, sent: open.request };
  const expected = [...known.reserves.values()].map(coin => assetIdOf(fromOutpoint(coin))).sort();
  const got = Object.keys(transactions).sort();
  return expected.join() === got.join() ? null : { kind: 'wrong-transactions', request, expected, got };
}

function illegalAdopt(state: LedgerState, { mapping, settled }: Event<'adopt'>): Illegal | null {
  if (state.open?.status === 'sent') return { kind: 'sent', request: state.open.request };
  if (mapping === state.mapping) return { kind: 'same-mapping', mapping };
  const reference = settled.find(one => !state.reservations.has(one));
  return reference === undefined ? null : { kind: 'not-reserved', reference };
}

/** @returns null where the event is legal */
export function illegal(state: LedgerState | null, event: LedgerEvent): Illegal | null {
  if (event.event === 'begin') return state === null ? null : { kind: 'begun' };
  if (state === null) return { kind: 'not-begun' };
  switch (event.event) {
    case 'coins':
      return illegalCoins(state, event);
    case 'propose':
      return illegalPropose(state, event);
    case 'send':
      return illegalOpen(state, event.request, false);
    case 'abandon':
      return illegalOpen(state, event.request, !event.unsigned);
    case 'publish':
      return illegalPublish(state, event);
    case 'adopt':
      return illegalAdopt(state, event);
  }
}

function began({ mapping, trust }: Event<'begin'>): LedgerState {
  const none = {
    proposals: new Map(),
    reservations: new Map(),
    spent: new Set<string>(),
    amounts: new Map(),
    dropped: new Map(),
    coins: [],
    published: [],
  };
  return { ...none, trust, mapping, mappings: [mapping], open: null };
}

/** The proposals with one of them in another status; only `open` and `sent` are open. */
function withStatus(
  state: LedgerState,
  request: string,
  status: ProposalStatus,
  controllers: readonly number[] | null = state.proposals.get(request)?.controllers ?? null,
): LedgerState {
  const known = state.proposals.get(request) as ProposalState;
  const changed = { ...known, status, controllers };
  const isOpen = status === 'open' || status === 'sent';
  const open = isOpen ? changed : state.open?.request === request ? null : state.open;
  return { ...state, open, proposals: new Map(state.proposals).set(request, changed) };
}

function proposed(
  state: LedgerState,
  { request, base, reserves }: Event<'propose'>,
  entry: number,
): LedgerState {
  const own = new Map(Object.entries(reserves));
  const reservations = new Map(state.reservations);
  for (const [reference, coin] of own)
    if (!reservations.has(reference)) reservations.set(reference, { coin, request });
  const open: ProposalState = { request, base, reserves: own, status: 'open', controllers: null, entry };
  return { ...state, open, reservations, proposals: new Map(state.proposals).set(request, open) };
}

/** The reservations of this proposal that no earlier one made. */
function freed(state: LedgerState, request: string): LedgerState {
  const kept = [...state.reservations].filter(([, reservation]) => reservation.request !== request);
  return { ...state, reservations: new Map(kept) };
}

/** Another mapping is current: an open proposal that was not sent is made on an older one now. */
function moved(state: LedgerState, mapping: string): LedgerState {
  const { open } = state;
  const next = open?.status === 'open' ? withStatus(state, open.request, 'superseded') : state;
  return { ...next, mapping, mappings: [...state.mappings, mapping] };
}

/** Of an issuance's outputs the last, index 2, is the change: the coin's whole amount. */
const CHANGE_VOUT = 2;

function published(state: LedgerState, event: Event<'publish'>): LedgerState {
  const { request, mapping, transactions } = event;
  const { base, reserves } = state.proposals.get(request) as ProposalState;
  const spent = new Map(
    [...reserves.values()].map(coin => [coin, transactions[assetIdOf(fromOutpoint(coin))]]),
  );
  const listed = new Set(state.coins.map(outpoint));
  const changes = new Map<string, PolicyCoin>();
  for (const [coin, transaction] of spent) {
    const change = {
      txid: (transaction as Confirmed).txid,
      vout: CHANGE_VOUT,
      amount: state.amounts.get(coin) as bigint,
    };
    // A scan between the confirmation and this entry has listed the change already; a later one may have spent it.
    if (!listed.has(outpoint(change)) && !state.spent.has(outpoint(change))) changes.set(coin, change);
  }
  const coins = state.coins.flatMap(coin => {
    const name = outpoint(coin);
    return spent.has(name) ? (changes.get(name) ?? []) : [coin];
  });
  // A scan while the transactions waited listed neither the coins nor their change.
  coins.push(...[...changes].flatMap(([coin, change]) => (listed.has(coin) ? [] : [change])));
  // The bars are in the mapping; another bar on one of these coins can never have its token from it.
  const reservations = [...state.reservations].filter(
    ([reference, { coin }]) => !reserves.has(reference) && !spent.has(coin),
  );
  const next = moved(withStatus(state, request, 'published'), mapping);
  return {
    ...next,
    coins,
    amounts: withAmounts(state, [...changes.values()]),
    dropped: new Map([...state.dropped].filter(([reference]) => !reserves.has(reference))),
    spent: new Set([...state.spent, ...spent.keys()]),
    reservations: new Map(reservations),
    published: [...state.published, { request, base, mapping, transactions }],
  };
}

function withAmounts(state: LedgerState, coins: readonly PolicyCoin[]): ReadonlyMap<string, bigint> {
  return new Map([...state.amounts, ...coins.map(coin => [outpoint(coin), coin.amount] as const)]);
}

function scanned(state: LedgerState, { coins, respent = [] }: Event<'coins'>): LedgerState {
  const kept = [...state.reservations].filter(([, { coin }]) => !respent.includes(coin));
  return {
    ...state,
    coins,
    amounts: withAmounts(state, coins),
    spent: new Set([...state.spent, ...respent]),
    reservations: new Map(kept),
  };
}

/** @param entry number of the entry. The event is legal. */
export function apply(state: LedgerState | null, event: LedgerEvent, entry: number): LedgerState {
  if (event.event === 'begin') return began(event);
  const now = state as LedgerState;
  switch (event.event) {
    case 'coins':
      return scanned(now, event);
    case 'propose':
      return proposed(now, event, entry);
    case 'send':
      return withStatus(now, event.request, 'sent', event.controllers);
    case 'abandon': {
      const next = withStatus(now, event.request, 'abandoned');
      return event.unsigned ? freed(next, event.request) : next;
    }
    case 'publish':
      return published(now, event);
    case 'adopt': {
      const kept = [...now.reservations].filter(([reference]) => !event.settled.includes(reference));
      const dropped = new Map([...now.dropped, ...Object.entries(event.dropped ?? {})]);
      return { ...moved(now, event.mapping), reservations: new Map(kept), dropped };
    }
  }
}
