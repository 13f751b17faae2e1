/** For tests: every combination of facts within small bounds, made from a real request of two bars with real signatures. */
import { base, issuanceAt, sampleRequest, testKeys, trust } from '../../../fixtures/sample.ts';
import { derive } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import { signDerivation, signedMapping } from '../../../shared/signatures.ts';
import { outpoint, type PolicyCoin } from '../../ledger/coins.ts';
import type { LedgerEvent } from '../../ledger/event.ts';
import { illegal } from '../../ledger/legal.ts';
import { apply, type LedgerState } from '../../ledger/state.ts';
import { coinsBytes } from '../../legacy/coins-file.ts';
import type { CoinState, Tip } from '../../node/types.ts';
import { makeDraft } from '../draft/draft.ts';
import {
  type ChainFacts,
  type Facts,
  FRESH,
  type MapFact,
  type Memory,
  type Spender,
  type StoreFacts,
  type SubjectFacts,
  type TokenFacts,
  type TransactionFact,
} from '../facts/facts.ts';
import { sendersOf } from '../facts/proposals.ts';
import { stateOf } from '../facts/read.ts';
import { policyCoin } from '../facts/transactions.ts';

export { trust };
export const view = { trust, node: { name: 'node', redact: (text: string) => text } };
const id = (n: number) => n.toString(16).padStart(64, '0');

const request = sampleRequest();
export const derivation = derive(request, base, trust);
const bytes = base.bytes();
const published = { mapping: base, bytes, signers: [1, 2] };
const signatures = [1, 2, 3].map(i => signDerivation(derivation, i, testKeys[i - 1] as Uint8Array, trust));
const made = signedMapping(derivation, signatures.slice(0, 2));
const own = { mapping: made, bytes: made.bytes(), signers: [1, 2] };
/** Another tool's, valid and in no entry. */
const elsewhere = derive(
  sampleRequest({ time: '1763795124.000001', issuances: [issuanceAt(2, 3310)] }),
  base,
  trust,
);
const foreignMapping = signedMapping(
  elsewhere,
  [1, 2].map(i => signDerivation(elsewhere, i, testKeys[i - 1] as Uint8Array, trust)),
);
const foreign = { mapping: foreignMapping, bytes: foreignMapping.bytes(), signers: [1, 2] };
const coinsOf = derivation.issuances.map(({ request: { coin } }) => policyCoin(coin));
const extra: PolicyCoin = { txid: id(0xabc), vout: 0, amount: 5n };
const names = coinsOf.map(outpoint);

const A = request.digest;
const B = id(0xb);
const bars = derivation.issuances.map(({ reference }) => reference);
const reserves = Object.fromEntries(bars.map((bar, i) => [bar, names[i] as string]));
const begin: LedgerEvent = { event: 'begin', mapping: base.digest, trust: trust.digest };
const early: LedgerEvent = { event: 'begin', mapping: id(1), trust: trust.digest };
const adoptBase: LedgerEvent = { event: 'adopt', mapping: base.digest, settled: [] };
const coins: LedgerEvent = { event: 'coins', coins: [...coinsOf, extra] };
const propose: LedgerEvent = {
  ...{ event: 'propose', request: A, base: base.digest },
  ...{ height: request.height, reserves },
};
const other: LedgerEvent = {
  event: 'propose',
  request: B,
  base: base.digest,
  height: request.height,
  reserves: { 'bar-2020-X': outpoint(extra) },
};
const send = (of: string): LedgerEvent => ({ event: 'send', request: of, controllers: [1, 2] });
const abandon = (unsigned = false): LedgerEvent => ({ event: 'abandon', request: A, unsigned });
const publish: LedgerEvent = {
  event: 'publish',
  request: A,
  mapping: derivation.mapping.digest,
  transactions: Object.fromEntries(coinsOf.map(coin => [assetIdOf(coin), { txid: id(0x77), height: 3300 }])),
};
const adopted: LedgerEvent = { event: 'adopt', mapping: foreignMapping.digest, settled: [] };

function fold(...events: LedgerEvent[]): LedgerState {
  let state: LedgerState | null = null;
  for (const [i, event] of events.entries()) {
    const reason = illegal(state, event);
    if (reason) throw new Error(`entry ${i}: ${reason.kind}`);
    state = apply(state, event, i);
  }
  return state as LedgerState;
}

const begun = [early, adoptBase, coins];
/** Each kind of ledger, and whether its proposal A is the one at hand. */
export const LEDGERS: [name: string, ledger: LedgerState | Refusal | null][] = [
  ['forked', new Refusal('LEDGER_FORKED', 'forked')],
  ['damaged', new Refusal('OBJECT_INVALID', 'damaged')],
  ['empty', null],
  ['begun', fold(begin)],
  ['with coins', fold(...begun)],
  ['open', fold(...begun, propose)],
  ['sent', fold(...begun, propose, send(A))],
  ['abandoned', fold(...begun, propose, abandon())],
  ['abandoned unsigned', fold(...begun, propose, abandon(true))],
  ['abandoned, another open', fold(...begun, propose, abandon(), other)],
  ['abandoned, another sent', fold(...begun, propose, abandon(), other, send(B))],
  ['superseded', fold(...begun, propose, adopted)],
  ['published', fold(...begun, propose, send(A), publish)],
];

export const MAPS = ['current', 'stale', 'late', 'foreign', 'own', 'absent', 'damaged', 'lost'] as const;

const damagedMap = new Refusal('BASE_INVALID', 'map.json: not signed enough');
const lostMapping = new Refusal('OBJECT_MISSING', 'history/: gone');

function currentOf(state: LedgerState) {
  if (state.mapping === base.digest) return published;
  return state.mapping === foreignMapping.digest ? foreign : own;
}

function mapOf(kind: (typeof MAPS)[number], state: LedgerState): MapFact {
  switch (kind) {
    case 'current':
      return currentOf(state);
    case 'stale':
    case 'late':
      // The base, where something else is current; else another tool's, as there is none that is older and whole.
      return state.mapping === base.digest ? foreign : published;
    case 'foreign':
      return state.mapping === foreignMapping.digest ? own : foreign;
    case 'own':
      return own;
    case 'damaged':
      return damagedMap;
    default:
      return null;
  }
}

export type Olders = 'nothing' | 'ours' | 'foreign';

export function storeFacts(
  ledger: LedgerState | Refusal | null,
  map: (typeof MAPS)[number],
  older: Olders,
  coinsRight: boolean,
): StoreFacts {
  const usable = new TextEncoder().encode('{}');
  const olderFact = {
    nothing: { is: 'nothing' },
    ours: { is: 'ours', request: A },
    foreign: { is: 'foreign', bars: new Map([['x', 'y']]), mapping: id(5), signers: [1] },
  }[older] as StoreFacts['older'];
  const text = older === 'nothing' ? null : usable;
  const common = {
    ...{ older: olderFact, olderMapping: text, olderTransactions: text },
    displaced: new Map<string, string>(),
    redeemable: null,
  };
  if (ledger === null || ledger instanceof Refusal)
    return {
      ...common,
      ledger: ledger ?? { state: null, entries: [], head: id(0), time: 0 },
      ...{ earlierLayout: false, map: null, current: null, coinsFile: null },
    };
  return {
    ...common,
    ledger: { state: ledger, entries: [], head: id(1), time: map === 'late' ? NOW : 0 },
    earlierLayout: false,
    map: mapOf(map, ledger),
    current: map === 'lost' ? lostMapping : currentOf(ledger),
    coinsFile: coinsRight ? coinsBytes(ledger.coins) : null,
  };
}

export const REQUESTS = ['whole', 'gone', 'damaged'] as const;

const subjects = new Map<string, SubjectFacts>();

export function subjectFacts(...of: Parameters<typeof makeSubject>): SubjectFacts {
  const made = subjects.get(of.join()) ?? makeSubject(...of);
  subjects.set(of.join(), made);
  return made;
}

function makeSubject(
  kind: (typeof REQUESTS)[number],
  stored: number,
  given: number,
  damaged: boolean,
): SubjectFacts {
  const refusal = new Refusal('OBJECT_INVALID', 'request: damaged');
  const no = kind === 'gone' ? new Refusal('OBJECT_MISSING', 'request: gone') : refusal;
  return {
    digest: A,
    request: kind === 'whole' ? request : kind === 'gone' ? null : refusal,
    isStored: kind !== 'gone',
    derivation: kind === 'whole' ? derivation : no,
    stored: kind === 'whole' ? signatures.slice(0, stored) : [],
    damaged: new Map(damaged ? [[3, new Refusal('OBJECT_INVALID', 'signatures-3: damaged')]] : []),
    given: kind === 'whole' ? signatures.slice(stored, stored + given) : [],
    keptBurns: [],
  };
}

export const ONCHAIN = ['unspent', 'mempool', 'shallow', 'deep', 'other', 'other waits', 'untraced'] as const;
export type OnChain = (typeof ONCHAIN)[number];

const SPENDERS: Partial<Record<OnChain, Spender>> = {
  other: { is: 'other', txid: id(0x99), confirmed: true },
  'other waits': { is: 'other', txid: id(0x99), confirmed: false },
  untraced: { is: 'untraced' },
};

function transaction(i: number, kind: OnChain, isComplete: boolean): TransactionFact {
  const issuance = derivation.issuances[i] as (typeof derivation.issuances)[number];
  const block = (confirmations: number) => ({ confirmations, blockHash: id(3), hex: '00' });
  const known = { mempool: 'mempool', shallow: block(1), deep: block(3) }[kind as string] ?? null;
  return {
    issuance,
    coin: coinsOf[i] as PolicyCoin,
    own: isComplete ? { txid: id(0x70 + i), hex: '00' } : null,
    txid: isComplete || known ? id(0x70 + i) : null,
    known: known as TransactionFact['known'],
    state: kind === 'unspent' ? 'unspent' : 'spent-or-unknown',
    spender: SPENDERS[kind] ?? null,
  };
}

const HEIGHTS = { early: 2800, in: 3311, ending: 3359, over: 3400 } as const;
export const TIPS = ['in', 'ending', 'over', 'syncing', 'stale', 'other chain'] as const;
export type TipKind = (typeof TIPS)[number] | 'away' | 'early';
export const NOW = 1_763_795_200_000;

function tipOf(kind: TipKind): Tip {
  const height = kind in HEIGHTS ? HEIGHTS[kind as keyof typeof HEIGHTS] : HEIGHTS.in;
  return {
    ...{ chain: kind === 'other chain' ? 'ocean_main' : 'gold_main', height, hash: id(4) },
    ...{ time: NOW / 1000 - (kind === 'stale' ? 9999 : 5), medianTime: 0 },
    ...{ headers: kind === 'syncing' ? height + 50 : height, initialDownload: false, peers: 1 },
  };
}

const difference = { reference: 'x', assetId: id(1), expected: 1n, found: 2n, block: null };
export const TOKENS: Record<string, TokenFacts> = {
  right: { wrong: [], none: [], less: [] },
  wrong: { wrong: [difference], none: [], less: [] },
  none: { wrong: [], none: [{ ...difference, block: id(3) }], less: [] },
};

export interface ChainKind {
  tip: TipKind;
  on: readonly [OnChain, OnChain];
  tokens: keyof typeof TOKENS;
  missing: boolean;
  stray: readonly [OnChain, OnChain] | null;
  checks: 'right' | 'coin spent' | 'address' | 'built';
}

function checksOf(kind: ChainKind['checks'], on: readonly OnChain[]): ChainFacts['checks'] {
  const state = (coin: PolicyCoin, i: number): CoinState =>
    kind === 'coin spent' || on[i] !== 'unspent'
      ? { state: 'spent-or-unknown' }
      : {
          state: 'unspent',
          coin: {
            ...{ txid: coin.txid, vout: coin.vout, value: coin.amount, confirmations: 9 },
            ...{ asset: trust.policyAsset, scriptPubKey: Buffer.from(trust.scriptPubKey).toString('hex') },
          },
        };
  const built = derivation.issuances.map(({ assetId }) => ({
    ...{ rawtx: '00', asset: assetId, token: id(1), entropy: id(2) },
  }));
  return {
    coins: coinsOf.map(state),
    whitelist: kind === 'address' ? [false, true] : 'off',
    built: kind === 'built' ? built : builtRight,
  };
}

import { transactionHex } from '../../../shared/transaction.ts';

const builtRight = derivation.issuances.map(({ transaction: tx, assetId, reissuanceTokenId }) => ({
  ...{ rawtx: transactionHex(tx), asset: assetId, token: reissuanceTokenId, entropy: id(2) },
}));

export function chainFacts(
  kind: ChainKind,
  subject: SubjectFacts | null,
  state: LedgerState,
): ChainFacts | Refusal {
  if (kind.tip === 'away') return new Refusal('NODE_UNREACHABLE', 'node: away');
  const known = state.proposals.get(A);
  const all = subject ? [...subject.stored, ...subject.given] : [];
  const isComplete = sendersOf(known?.controllers ?? null, all, trust.n).length >= trust.n;
  const isRead = subject !== null && !(subject.derivation instanceof Refusal);
  const transactions = isRead ? kind.on.map((on, i) => transaction(i, on, isComplete)) : [];
  const isDeep = isRead && kind.on.every(on => on === 'shallow' || on === 'deep');
  const status = known?.status ?? 'open';
  return {
    tip: tipOf(kind.tip),
    transactions,
    spent: subject && !isRead ? names.filter((_, i) => kind.on[i] !== 'unspent') : [],
    tokens: isDeep && status !== 'published' ? (TOKENS[kind.tokens] as TokenFacts) : null,
    missing: kind.missing
      ? [
          {
            ...{ request: B, mapping: id(8), missing: [id(9)], all: 1 },
            traced: new Refusal('OBJECT_MISSING', 'gone'),
          },
        ]
      : [],
    stray: kind.stray
      ? [
          {
            ...{ digest: A, request, status: 'abandoned' },
            transactions: kind.stray.map((on, i) => transaction(i, on, true)),
          },
        ]
      : [],
    missingAdopted: kind.missing ? [{ reference: 'x', coin: names[0] as string }] : [],
    issuedBefore: [],
    evidence: { burns: [], amounts: null },
    checks: checksOf(kind.checks, kind.on),
  };
}

const drafts = new Map<LedgerState, Map<string, Facts['draft']>>();

function draftOf(store: StoreFacts, chain: ChainFacts | Refusal | null): Facts['draft'] {
  const state = stateOf(store);
  const { current, older } = store;
  if (!state || !current || current instanceof Refusal || !chain || chain instanceof Refusal) return null;
  const { height } = chain.tip;
  const known = drafts.get(state) ?? new Map<string, Facts['draft']>();
  drafts.set(state, known);
  const key = `${older.is} ${height}`;
  const made =
    known.get(key) ??
    makeDraft(
      { assets: request.issuances },
      { burns: [], state, current, older, displaced: new Map(), height, now: NOW, trust },
    );
  known.set(key, made);
  return made;
}

export function factsOf(
  store: StoreFacts,
  subject: SubjectFacts | null,
  chain: ChainFacts | Refusal | null,
  memory: Partial<Memory> = {},
  isDrafting = false,
): Facts {
  return {
    ...{ at: NOW, store, subject, chain },
    draft: isDrafting ? draftOf(store, chain) : null,
    last: chain instanceof Refusal ? null : chain,
    memory: { ...FRESH, ...memory },
  };
}
