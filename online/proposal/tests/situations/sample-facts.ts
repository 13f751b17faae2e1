/**
 * Facts for the table of situations, within small bounds: from the store, the node and the loop's memory, for
 * one sample.
 */
import { utf8 } from '../../../../shared/bytes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { transactionHex } from '../../../../shared/transaction.ts';
import type { LedgerState } from '../../../ledger/ledger-state.ts';
import { outpointText, type PolicyCoin } from '../../../ledger/policy-coin.ts';
import type { Published } from '../../../ledger/stored-mappings.ts';
import { coinsFileBytes } from '../../../legacy/coins-file.ts';
import type { CoinState, Tip } from '../../../node/answer-types.ts';
import { makeDraft } from '../../draft/make-draft.ts';
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
} from '../../facts/facts.ts';
import { sendingSignatures } from '../../facts/proposal-transactions.ts';
import { ledgerStateOrNull } from '../../facts/read-facts.ts';
import { type EvidenceKind, keptBurnTransactions, makeEvidence, NO_EVIDENCE } from './sample-burns.ts';
import { OTHER } from './sample-ledgers.ts';
import { base, FOREIGN, idFromNumber, type Sample, trust } from './samples.ts';

const PUBLISHED: Published = { mapping: base, bytes: base.bytes(), signers: [1, 2] };

export const MAPS = ['current', 'stale', 'late', 'foreign', 'own', 'absent', 'damaged', 'lost'] as const;
export type MapKind = (typeof MAPS)[number];

const damagedMap = new Refusal('BASE_INVALID', 'map.json: not signed enough');
const lostMapping = new Refusal('OBJECT_MISSING', 'history/: gone');

function currentMappingOf({ own }: Sample, { mapping }: LedgerState): Published {
  if (mapping === base.digest) return PUBLISHED;
  return mapping === FOREIGN.mapping.digest ? FOREIGN : own;
}

function makeMapFact(sample: Sample, kind: MapKind, state: LedgerState): MapFact {
  switch (kind) {
    case 'current':
      return currentMappingOf(sample, state);
    case 'stale':
    case 'late':
      // The older mapping is the base mapping. If the base mapping is current, no older mapping exists, and
      // another tool's mapping is used in its place.
      return state.mapping === base.digest ? FOREIGN : PUBLISHED;
    case 'foreign':
      return state.mapping === FOREIGN.mapping.digest ? sample.own : FOREIGN;
    case 'own':
      return sample.own;
    case 'damaged':
      return damagedMap;
    default:
      return null;
  }
}

export const OLDERS = ['nothing', 'ours', 'ours in part', 'foreign'] as const;
export const LISTS = ['absent', 'without bars', 'with bars', 'damaged'] as const;

export interface StoreKind {
  readonly map: MapKind;
  readonly older: (typeof OLDERS)[number];
  readonly coins: boolean;
  /** Content of `rassets.json`. */
  readonly list: (typeof LISTS)[number];
}

/** Bytes of the list of redeemable bars. */
function redeemableListBytes({ derivation }: Sample, kind: StoreKind['list']): Uint8Array | null {
  if (kind === 'absent') return null;
  if (kind === 'damaged') return utf8('<html>');
  const bars = derivation.request.redemptions.map(({ reference }) => reference);
  const listed = ['627345-2017-Acem', ...(kind === 'with bars' ? bars : [])];
  return utf8(JSON.stringify({ assets: listed.map(ref => ({ ref, lock: false })) }));
}

export function makeStoreFacts(
  sample: Sample,
  ledger: LedgerState | Refusal | null,
  { map, older, coins, list }: StoreKind,
): StoreFacts {
  const olderFact = {
    nothing: { is: 'nothing' },
    ours: { is: 'ours', request: sample.digest, mapping: sample.derivation.mapping.digest },
    'ours in part': { is: 'ours', request: sample.digest, mapping: idFromNumber(5) },
    foreign: { is: 'foreign', bars: new Map([['x', 'y']]), mapping: idFromNumber(5), signers: [1] },
  }[older] as StoreFacts['older'];
  const text = older === 'nothing' ? null : utf8('{}');
  const common = {
    ...{ older: olderFact, olderMapping: text, olderTransactions: text },
    displaced: new Map<string, string>(),
    redeemable: redeemableListBytes(sample, list),
  };
  if (ledger === null || ledger instanceof Refusal)
    return {
      ...common,
      ledger: ledger ?? { state: null, entries: [], head: idFromNumber(0), time: 0 },
      ...{ earlierLayout: false, map: null, current: null, coinsFile: null },
    };
  return {
    ...common,
    ledger: { state: ledger, entries: [], head: idFromNumber(1), time: map === 'late' ? NOW : 0 },
    earlierLayout: false,
    map: makeMapFact(sample, map, ledger),
    current: map === 'lost' ? lostMapping : currentMappingOf(sample, ledger),
    coinsFile: coins ? coinsFileBytes(ledger.coins) : null,
  };
}

export const REQUESTS = ['whole', 'gone', 'damaged'] as const;
export interface SubjectKind {
  readonly request: (typeof REQUESTS)[number];
  /** Number of signatures in the store. `given` is the number in files. */
  readonly stored: number;
  readonly given: number;
  /** True if a third controller's signatures are damaged. */
  readonly damaged: boolean;
  /** True if the store has the burns' transactions. */
  readonly kept: boolean;
}

const subjects = new Map<string, SubjectFacts>();

export function makeSubjectFacts(sample: Sample, kind: SubjectKind): SubjectFacts {
  const name = sample.name + JSON.stringify(kind);
  const made = subjects.get(name) ?? makeNewSubjectFacts(sample, kind);
  subjects.set(name, made);
  return made;
}

function makeNewSubjectFacts(
  sample: Sample,
  { request, stored, given, damaged, kept }: SubjectKind,
): SubjectFacts {
  const { derivation, digest, signatures } = sample;
  const refusal = new Refusal('OBJECT_INVALID', 'request: damaged');
  const no = request === 'gone' ? new Refusal('OBJECT_MISSING', 'request: gone') : refusal;
  const isWhole = request === 'whole';
  return {
    digest,
    request: isWhole ? derivation.request : request === 'gone' ? null : refusal,
    isStored: request !== 'gone',
    derivation: isWhole ? derivation : no,
    stored: isWhole ? signatures.slice(0, stored) : [],
    damaged: new Map(damaged ? [[3, new Refusal('OBJECT_INVALID', 'signatures-3: damaged')]] : []),
    given: isWhole ? signatures.slice(stored, stored + given) : [],
    keptBurns: isWhole && kept ? keptBurnTransactions(sample) : [],
  };
}

export const ONCHAIN = [
  'unspent',
  'mempool',
  'shallow',
  'deep',
  'other',
  'other waits',
  'untraced',
  'gone',
] as const;
export type OnChain = (typeof ONCHAIN)[number];

const SPENDERS: Partial<Record<OnChain, Spender>> = {
  other: { is: 'other', txid: idFromNumber(0x99), confirmed: true },
  'other waits': { is: 'other', txid: idFromNumber(0x99), confirmed: false },
  untraced: { is: 'untraced', isGone: false },
  gone: { is: 'untraced', isGone: true },
};

function makeTransactionFact(sample: Sample, i: number, kind: OnChain, isComplete: boolean): TransactionFact {
  const issuance = sample.derivation.issuances[i] as (typeof sample.derivation.issuances)[number];
  const block = (confirmations: number) => ({ confirmations, blockHash: idFromNumber(3), hex: '00' });
  const known = { mempool: 'mempool', shallow: block(1), deep: block(3) }[kind as string] ?? null;
  return {
    issuance,
    coin: sample.coins[i] as PolicyCoin,
    own: isComplete ? { txid: idFromNumber(0x70 + i), hex: '00' } : null,
    txid: isComplete || known ? idFromNumber(0x70 + i) : null,
    known: known as TransactionFact['known'],
    state: kind === 'unspent' ? 'unspent' : 'spent-or-unknown',
    spender: SPENDERS[kind] ?? null,
  };
}

const HEIGHTS = { early: 2800, in: 3311, ending: 3359, over: 3400 } as const;
export const TIPS = ['in', 'ending', 'over', 'syncing', 'stale', 'other chain', 'away', 'early'] as const;
export type TipKind = (typeof TIPS)[number];
/** Milliseconds since 1970. */
const NOW = 1_763_795_200_000;

function makeBestBlock(kind: TipKind): Tip {
  const height = kind in HEIGHTS ? HEIGHTS[kind as keyof typeof HEIGHTS] : HEIGHTS.in;
  return {
    ...{ chain: kind === 'other chain' ? 'ocean_main' : 'gold_main', height, hash: idFromNumber(4) },
    ...{ time: NOW / 1000 - (kind === 'stale' ? 9999 : 5), medianTime: 0 },
    ...{ headers: kind === 'syncing' ? height + 50 : height, initialDownload: false, peers: 1 },
  };
}

const difference = { reference: 'x', assetId: idFromNumber(1), expected: 1n, found: 2n, block: null };
export const TOKENS: Record<string, TokenFacts> = {
  right: { wrong: [], none: [], less: [] },
  wrong: { wrong: [difference], none: [], less: [] },
  none: { wrong: [], none: [{ ...difference, block: idFromNumber(3) }], less: [] },
};

export interface ChainKind {
  readonly tip: TipKind;
  readonly on: readonly [OnChain, OnChain];
  readonly tokens: keyof typeof TOKENS;
  /**
   * What happened to published or adopted tokens: a reorganisation dropped them, or adopted tokens are in a
   * mempool again.
   */
  readonly missing: 'nothing' | 'dropped' | 'waiting';
  readonly unmapped: boolean;
  readonly stray: readonly [OnChain, OnChain] | null;
  readonly checks: 'right' | 'coin spent' | 'address' | 'built';
  readonly evidence: EvidenceKind;
}

type Built = NonNullable<ChainFacts['checks']>['built'];
const builds = new Map<string, Built>();

function builtByNode(sample: Sample, isRight: boolean): Built {
  const name = `${sample.name} ${isRight}`;
  const made = builds.get(name) ?? builtTransactions(sample, isRight);
  builds.set(name, made);
  return made;
}

const builtTransactions = ({ derivation }: Sample, isRight: boolean): Built =>
  derivation.issuances.map(({ transaction: tx, assetId, reissuanceTokenId }) => ({
    ...{ rawtx: isRight ? transactionHex(tx) : '00', asset: assetId, entropy: idFromNumber(2) },
    token: isRight ? reissuanceTokenId : idFromNumber(1),
  }));

function makeCheckFacts(
  sample: Sample,
  kind: ChainKind['checks'],
  on: readonly OnChain[],
): ChainFacts['checks'] {
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
  return {
    coins: sample.coins.map(state),
    whitelist: kind === 'address' ? [false, true] : 'off',
    built: builtByNode(sample, kind !== 'built'),
  };
}

/**
 * If a proposal has one of these statuses, its burns are read. For `prepare`, burns are read without a
 * proposal.
 */
const FOLLOWED: readonly (string | undefined)[] = ['open', 'sent', 'published'];
const MISSING = {
  ...{ request: OTHER, mapping: idFromNumber(8), missing: [idFromNumber(9)], all: 1 },
  traced: new Refusal('OBJECT_MISSING', 'gone'),
};

export function makeChainFacts(
  sample: Sample,
  kind: ChainKind,
  subject: SubjectFacts | null,
  state: LedgerState,
  isDrafting = false,
): ChainFacts | Refusal {
  if (kind.tip === 'away') return new Refusal('NODE_UNREACHABLE', 'node: away');
  const { digest, coins } = sample;
  const known = state.proposals.get(digest);
  const all = subject ? [...subject.stored, ...subject.given] : [];
  const isComplete = sendingSignatures(known?.controllers ?? null, all, trust.n).length >= trust.n;
  const isRead = subject !== null && !(subject.derivation instanceof Refusal);
  const on = kind.on.slice(0, coins.length);
  const transactions = isRead ? on.map((one, i) => makeTransactionFact(sample, i, one, isComplete)) : [];
  const isDeep = transactions.length > 0 && on.every(one => one === 'shallow' || one === 'deep');
  const tip = makeBestBlock(kind.tip);
  const names = coins.map(outpointText);
  return {
    ...{ tip, asked: NOW, transactions },
    spent: subject && !isRead ? names.filter((_, i) => on[i] !== 'unspent') : [],
    tokens: isDeep && known?.status !== 'published' ? (TOKENS[kind.tokens] as TokenFacts) : null,
    missing: kind.missing === 'dropped' ? [MISSING] : [],
    stray: kind.stray ? [makeClosedOnChainProposal(sample, kind.stray)] : [],
    missingAdopted:
      kind.missing === 'nothing'
        ? []
        : [{ reference: 'x', coin: idFromNumber(1), isWaiting: kind.missing === 'waiting' }],
    unmapped: kind.unmapped ? [{ reference: 'x', assetId: idFromNumber(1) }] : [],
    evidence:
      isDrafting || (isRead && FOLLOWED.includes(known?.status))
        ? makeEvidence(sample, kind.evidence, tip.height)
        : NO_EVIDENCE,
    checks: makeCheckFacts(sample, kind.checks, on),
  };
}

function makeClosedOnChainProposal(sample: Sample, stray: readonly OnChain[]): ChainFacts['stray'][number] {
  const transactions = stray.map((on, i) => makeTransactionFact(sample, i, on, true));
  return { digest: sample.digest, request: sample.derivation.request, status: 'abandoned', transactions };
}

const drafts = new WeakMap<LedgerState, Map<string, Facts['draft']>>();

function makeDraftFact(
  sample: Sample,
  store: StoreFacts,
  chain: ChainFacts | Refusal | null,
): Facts['draft'] {
  const state = ledgerStateOrNull(store);
  const { current, older } = store;
  if (!state || !current || current instanceof Refusal || !chain || chain instanceof Refusal) return null;
  const { height } = chain.tip;
  const { burns } = chain.evidence;
  const known = drafts.get(state) ?? new Map<string, Facts['draft']>();
  drafts.set(state, known);
  const kinds = burns.map(({ depth, problem, token, amount, height: at }) => [
    depth,
    problem?.is,
    token,
    amount,
    at,
  ]);
  const key = `${older.is} ${height} ${kinds.join('|')}`;
  const made =
    known.get(key) ??
    makeDraft(sample.wanted, { burns, state, current, older, displaced: new Map(), height, now: NOW, trust });
  known.set(key, made);
  return made;
}

export function makeFacts(
  sample: Sample,
  store: StoreFacts,
  subject: SubjectFacts | null,
  chain: ChainFacts | Refusal | null,
  memory: Partial<Memory> = {},
  isDrafting = false,
): Facts {
  return {
    ...{ at: NOW, store, subject, chain },
    draft: isDrafting ? makeDraftFact(sample, store, chain) : null,
    last: chain instanceof Refusal ? null : chain,
    memory: { ...FRESH, ...memory },
  };
}
