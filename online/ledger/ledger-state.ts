/** The state of the ledger, computed from its entries. Pure. */

import { addGoneBars, type GoneBars } from './gone-bars.ts';
import type { Confirmed, CountedBurn, LedgerEvent } from './ledger-event.ts';
import { assetIdOfOutpoint, outpointText, type PolicyCoin } from './policy-coin.ts';

/** `superseded`: another mapping became current before the proposal was sent or abandoned. */
export type ProposalStatus = 'open' | 'sent' | 'abandoned' | 'published' | 'superseded';

export interface ProposalState {
  /** Digest of the request. */
  readonly request: string;
  /** Digest of the mapping that the request changes. */
  readonly base: string;
  /** The request's height, which determines its period. */
  readonly height: number;
  /** For each bar's reference: the coin reserved for the bar. */
  readonly reserves: ReadonlyMap<string, string>;
  readonly status: ProposalStatus;
  /** Controllers whose signatures are used for sending; null before the entry `send`. */
  readonly controllers: readonly number[] | null;
  /** Number of the entry that opened the proposal. */
  readonly entry: number;
}

export interface Reservation {
  readonly coin: string;
  /** Digest of the first request that reserved this coin for this bar. */
  readonly request: string;
}

export interface Publication {
  readonly request: string;
  readonly base: string;
  readonly mapping: string;
  /** For each asset id: the transaction that confirmed its issuance. */
  readonly transactions: Readonly<Record<string, Confirmed>>;
  /** For each burnt output that this publication counted: the bar and the heights. */
  readonly burns: Readonly<Record<string, CountedBurn>>;
}

export interface LedgerState {
  /** Digest of the trust profile. */
  readonly trust: string;
  /** Digest of the current mapping. */
  readonly mapping: string;
  /** Digests of all mappings that were ever current, oldest first. */
  readonly mappings: readonly string[];
  /** Listed policy coins, in the order of `ptxo.dat`. */
  readonly coins: readonly PolicyCoin[];
  /** Coins that are permanently spent: by a published issuance, or by another transaction in a block. */
  readonly spent: ReadonlySet<string>;
  /** For each coin that was ever listed: its amount in atoms. */
  readonly amounts: ReadonlyMap<string, bigint>;
  /**
   * For each bar of earlier mappings that an adopted mapping lacks: its asset id. `prepare` refuses such a
   * bar while its token is on chain.
   */
  readonly dropped: ReadonlyMap<string, string>;
  /** For each output that was counted as burnt: the digest of the request that counted it. */
  readonly burnt: ReadonlyMap<string, string>;
  readonly gone: GoneBars;
  /** All proposals. The key is the digest of the request. */
  readonly proposals: ReadonlyMap<string, ProposalState>;
  /** The open proposal, whether sent or not; null if none is open. */
  readonly open: ProposalState | null;
  /** All reservations. The key is the bar's reference. */
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly published: readonly Publication[];
}

type Event<E extends LedgerEvent['event']> = Extract<LedgerEvent, { event: E }>;

function stateAtBegin({ mapping, trust }: Event<'begin'>): LedgerState {
  const none = {
    proposals: new Map(),
    reservations: new Map(),
    spent: new Set<string>(),
    amounts: new Map(),
    dropped: new Map(),
    burnt: new Map(),
    gone: new Map(),
    coins: [],
    published: [],
  };
  return { ...none, trust, mapping, mappings: [mapping], open: null };
}

/**
 * The state in which this proposal has another status. A proposal is open if its status is `open` or `sent`.
 */
function stateWithStatus(
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

function stateAfterPropose(
  state: LedgerState,
  { request, base, height, reserves }: Event<'propose'>,
  entry: number,
): LedgerState {
  const own = new Map(Object.entries(reserves));
  const reservations = new Map(state.reservations);
  for (const [reference, coin] of own)
    if (!reservations.has(reference)) reservations.set(reference, { coin, request });
  const open: ProposalState = {
    ...{ request, base, height, entry, reserves: own },
    ...{ status: 'open', controllers: null },
  };
  return { ...state, open, reservations, proposals: new Map(state.proposals).set(request, open) };
}

/** Ends the reservations that began with this proposal. */
function stateWithoutReservations(state: LedgerState, request: string): LedgerState {
  const kept = [...state.reservations].filter(([, reservation]) => reservation.request !== request);
  return { ...state, reservations: new Map(kept) };
}

/** Makes another mapping current. An open proposal that was not sent becomes superseded. */
function stateWithMapping(state: LedgerState, mapping: string): LedgerState {
  const { open } = state;
  const next = open?.status === 'open' ? stateWithStatus(state, open.request, 'superseded') : state;
  return { ...next, mapping, mappings: [...state.mappings, mapping] };
}

/**
 * Index of the change, the last output of an issuance. The change has the whole amount of the policy coin.
 */
const CHANGE_VOUT = 2;

function stateAfterPublish(state: LedgerState, event: Event<'publish'>): LedgerState {
  const { request, mapping, transactions, burns = {}, corrected = {} } = event;
  const { base, reserves } = state.proposals.get(request) as ProposalState;
  const spent = new Map([...reserves.values()].map(coin => [coin, transactions[assetIdOfOutpoint(coin)]]));
  const listed = new Set(state.coins.map(outpointText));
  const changes = new Map<string, PolicyCoin>();
  for (const [coin, transaction] of spent) {
    const change = {
      txid: (transaction as Confirmed).txid,
      vout: CHANGE_VOUT,
      amount: state.amounts.get(coin) as bigint,
    };
    // A scan may have listed the change before this entry, or a later transaction may have spent it. In both
    // cases, the change is not added.
    if (!listed.has(outpointText(change)) && !state.spent.has(outpointText(change)))
      changes.set(coin, change);
  }
  const coins = state.coins.flatMap(coin => {
    const name = outpointText(coin);
    return spent.has(name) ? (changes.get(name) ?? []) : [coin];
  });
  // A scan that ran while the transactions were in the mempool found neither the coins nor their change. The
  // change of such coins is added at the end.
  coins.push(...[...changes].flatMap(([coin, change]) => (listed.has(coin) ? [] : [change])));
  // The published bars are in the mapping now, so their reservations end. A reservation of a spent coin for
  // another bar ends too, because that bar can never get a token from the coin.
  const reservations = [...state.reservations].filter(
    ([reference, { coin }]) => !reserves.has(reference) && !spent.has(coin),
  );
  const next = stateWithMapping(stateWithStatus(state, request, 'published'), mapping);
  return {
    ...next,
    coins,
    amounts: amountsWithCoins(state, [...changes.values()]),
    dropped: new Map([...state.dropped].filter(([reference]) => !reserves.has(reference))),
    spent: new Set([...state.spent, ...spent.keys()]),
    reservations: new Map(reservations),
    burnt: new Map([...state.burnt, ...Object.keys(burns).map(output => [output, request] as const)]),
    gone: addGoneBars(state.gone, request, burns, corrected),
    published: [...state.published, { request, base, mapping, transactions, burns }],
  };
}

function amountsWithCoins(state: LedgerState, coins: readonly PolicyCoin[]): ReadonlyMap<string, bigint> {
  return new Map([...state.amounts, ...coins.map(coin => [outpointText(coin), coin.amount] as const)]);
}

function stateAfterScan(state: LedgerState, { coins, respent = [] }: Event<'coins'>): LedgerState {
  const kept = [...state.reservations].filter(([, { coin }]) => !respent.includes(coin));
  return {
    ...state,
    coins,
    amounts: amountsWithCoins(state, coins),
    spent: new Set([...state.spent, ...respent]),
    reservations: new Map(kept),
  };
}

/**
 * @param event an event that is legal
 * @param entry number of the entry
 */
export function applyEvent(state: LedgerState | null, event: LedgerEvent, entry: number): LedgerState {
  if (event.event === 'begin') return stateAtBegin(event);
  const now = state as LedgerState;
  switch (event.event) {
    case 'coins':
      return stateAfterScan(now, event);
    case 'propose':
      return stateAfterPropose(now, event, entry);
    case 'send':
      return stateWithStatus(now, event.request, 'sent', event.controllers);
    case 'abandon': {
      const next = stateWithStatus(now, event.request, 'abandoned');
      return event.unsigned ? stateWithoutReservations(next, event.request) : next;
    }
    case 'publish':
      return stateAfterPublish(now, event);
    case 'adopt': {
      const kept = [...now.reservations].filter(([reference]) => !event.settled.includes(reference));
      const dropped = new Map([...now.dropped, ...Object.entries(event.dropped ?? {})]);
      return { ...stateWithMapping(now, event.mapping), reservations: new Map(kept), dropped };
    }
  }
}
