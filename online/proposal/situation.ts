/** Determines the situation: exactly one stage, and the troubles in order of importance. Pure. */
import type { Derivation } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Request } from '../../shared/request.ts';
import { blocksLeft, periodEnd, periodOf } from '../../shared/schedule.ts';
import type { Trust } from '../../shared/trust.ts';
import { keys } from '../ledger/objects.ts';
import type { LedgerState, ProposalState, ProposalStatus, Publication } from '../ledger/state.ts';
import { checkTip } from '../node/checks/tip.ts';
import type {
  ChainFacts,
  Facts,
  MissingPublication,
  MissingToken,
  StoreFacts,
  SubjectFacts,
  TracedProposal,
  TransactionFact,
} from './facts/facts.ts';
import { isOwnMapping, signersOf } from './facts/proposals.ts';
import type { Question } from './facts/question.ts';
import { stateOf } from './facts/read.ts';
import { depthOf, isForeign, isThere } from './facts/transactions.ts';
import { type EvidenceTrouble, evidenceTrouble } from './plan/evidence.ts';
import { behind } from './projections.ts';

/** A proposal whose request, base and derivation are all available. */
export interface AtHand {
  readonly request: Request;
  readonly derivation: Derivation;
  readonly status: ProposalStatus;
  /**
   * Controllers with valid signatures: in the store, in files, or in the request's mapping that an older tool
   * published.
   */
  readonly signed: readonly number[];
  readonly transactions: readonly TransactionFact[];
}

/** The stage of the current proposal. */
export type Stage =
  /** The ledger cannot be read, so nothing else is known. */
  | { readonly kind: 'unreadable'; readonly refusal: Refusal }
  /** The store has no ledger. */
  | { readonly kind: 'not-begun'; readonly earlierLayout: boolean; readonly hasMap: boolean }
  | { readonly kind: 'none' }
  /** In the ledger, but its request, base or derivation is not available. */
  | { readonly kind: 'broken'; readonly proposal: ProposalState; readonly refusal: Refusal }
  /** The named request is in no entry of the ledger. */
  | { readonly kind: 'unknown'; readonly digest: string }
  | ({ readonly kind: 'proposed' } & AtHand)
  | ({ readonly kind: 'signed' } & AtHand)
  /** The ledger has the entry `send`; the node knows none of its transactions. */
  | ({ readonly kind: 'sending' } & AtHand)
  /** At least one transaction is in a mempool or a block, no matter who sent it. */
  | ({ readonly kind: 'sent' } & AtHand)
  | ({ readonly kind: 'confirmed' } & AtHand)
  | ({ readonly kind: 'published'; readonly publication: Publication } & AtHand)
  /** Abandoned or superseded. */
  | ({ readonly kind: 'closed' } & AtHand);

export type StageKind = Stage['kind'];

/** A problem; the kinds are in order of importance. */
export type Trouble =
  /** The node is unreachable, or its answers do not fit this chain. */
  | { readonly kind: 'node'; readonly refusal: Refusal }
  /** Neither `map.json` nor `history/` has the mapping that the ledger names. */
  | { readonly kind: 'mapping-lost'; readonly refusal: Refusal }
  /** `map.json` is a valid mapping that no entry names. */
  | {
      readonly kind: 'map-replaced';
      readonly digest: string;
      readonly height: number;
      /** True if a proposal on the ledger's mapping is sent, which has to be finished first. */
      readonly isSending: boolean;
    }
  /** `map.json` is an older mapping of the ledger. */
  | { readonly kind: 'map-stale'; readonly digest: string; readonly height: number }
  /** `map.json` is the mapping before the newest, which another PC has just published and will write. */
  | { readonly kind: 'map-late'; readonly request: string }
  | { readonly kind: 'map-absent' }
  | { readonly kind: 'map-damaged'; readonly refusal: Refusal }
  /** The node is on another chain, is catching up, or has an old best block. */
  | { readonly kind: 'tip'; readonly refusal: Refusal; readonly height: number; readonly headers: number }
  /** Published transactions are no longer on chain. */
  | { readonly kind: 'missing'; readonly publications: readonly MissingPublication[] }
  /** Tokens of an adopted mapping are no longer on chain. */
  | { readonly kind: 'missing-adopted'; readonly tokens: readonly MissingToken[] }
  /** An abandoned or superseded proposal is in a mempool or on chain. */
  | {
      readonly kind: 'stray';
      readonly proposal: TracedProposal;
      readonly part: 'waiting' | 'some' | 'all';
      /** True if all its transactions are on chain and its base is the current mapping: `finalise` publishes it. */
      readonly isPublishable: boolean;
    }
  /** Other transactions spent some of its coins, and some of its own are on chain, so it can never be completed. */
  | { readonly kind: 'dead-end'; readonly gone: readonly TransactionFact[]; readonly sent: readonly string[] }
  /** Other transactions spent some of its coins, and none of its own is on chain. */
  | {
      readonly kind: 'respent';
      readonly gone: readonly TransactionFact[];
      /** The block from which it can be abandoned; null if it can be abandoned now. */
      readonly until: number | null;
    }
  /** Coins are spent, and the node does not show the spending transaction. */
  | { readonly kind: 'untraced'; readonly coins: readonly TransactionFact[] }
  | EvidenceTrouble
  | {
      readonly kind: 'period';
      readonly is: 'early' | 'ending' | 'over';
      readonly height: number;
      readonly since: number;
      /** The block from which it can be abandoned; null if it can be abandoned now. */
      readonly until: number | null;
    }
  /** The `ps1_` objects have an older tool's own proposal. */
  | {
      readonly kind: 'older-proposal';
      readonly bars: ReadonlyMap<string, string>;
      readonly signers: readonly number[];
    }
  /** Objects that differ from the ledger. */
  | { readonly kind: 'behind'; readonly keys: readonly string[] }
  | { readonly kind: 'damaged-signatures'; readonly refusals: readonly Refusal[] };

export interface Situation {
  readonly state: LedgerState | null;
  readonly stage: Stage;
  readonly troubles: readonly Trouble[];
}

/** The pinned profile, and the settings by which the best block is judged. */
export interface Viewpoint {
  readonly trust: Trust;
  readonly node: { name: string; redact(text: string): string };
}

/** Number of blocks left in the period that an issuance needs. */
export const BLOCKS_NEEDED = 3;

function atHand(
  store: StoreFacts,
  subject: SubjectFacts,
  status: ProposalStatus,
  transactions: readonly TransactionFact[],
): AtHand | Refusal {
  const { request, derivation } = subject;
  if (request instanceof Refusal) return request;
  if (request === null || derivation instanceof Refusal) return derivation as Refusal;
  const signed = signersOf(store, subject, transactions);
  return { request, derivation, status, signed, transactions };
}

function stageOf({ store, subject, chain }: Facts, { trust }: Viewpoint): Stage {
  const { ledger } = store;
  if (ledger instanceof Refusal) return { kind: 'unreadable', refusal: ledger };
  const { state } = ledger;
  if (state === null)
    return { kind: 'not-begun', earlierLayout: store.earlierLayout, hasMap: store.map !== null };
  if (subject === null) return { kind: 'none' };
  const { digest } = subject;
  const known = state.proposals.get(digest);
  if (!known) return { kind: 'unknown', digest };
  const { status } = known;
  const transactions = chain instanceof Refusal ? [] : (chain?.transactions ?? []);
  const hand = atHand(store, subject, status, transactions);
  if (hand instanceof Refusal) return { kind: 'broken', proposal: known, refusal: hand };
  const publication = state.published.find(({ request }) => request === digest);
  if (publication) return { kind: 'published', publication, ...hand };
  if (status === 'abandoned' || status === 'superseded') return { kind: 'closed', ...hand };
  if (transactions.length > 0 && transactions.every(one => depthOf(one) > 0))
    return { kind: 'confirmed', ...hand };
  if (transactions.some(isThere)) return { kind: 'sent', ...hand };
  if (status === 'sent') return { kind: 'sending', ...hand };
  return { kind: hand.signed.length >= trust.n ? 'signed' : 'proposed', ...hand };
}

/** Milliseconds between the entry `publish` and the write of `map.json`, including differences between clocks. */
const RECENT_MS = 120_000;
const isRecent = ({ ledger }: StoreFacts, at: number) =>
  !(ledger instanceof Refusal) && Math.abs(at - ledger.time) < RECENT_MS;

function mapTrouble({ store, subject, at }: Facts, state: LedgerState): Trouble | null {
  const { map, current } = store;
  if (current instanceof Refusal) return { kind: 'mapping-lost', refusal: current };
  if (map === null) return { kind: 'map-absent' };
  if (map instanceof Refusal) return { kind: 'map-damaged', refusal: map };
  const { digest, height } = map.mapping;
  if (digest === state.mapping || isOwnMapping(subject, digest)) return null;
  const last = state.published.at(-1);
  const isLast = last?.base === digest && last.mapping === state.mapping;
  if (isLast && isRecent(store, at)) return { kind: 'map-late', request: last.request };
  if (state.mappings.includes(digest)) return { kind: 'map-stale', digest, height };
  return { kind: 'map-replaced', digest, height, isSending: state.open?.status === 'sent' };
}

function tipTrouble(chain: ChainFacts, { maxTipAge }: Question, view: Viewpoint): Trouble | null {
  const { tip, asked } = chain;
  const rules = {
    network: view.trust.network.name,
    now: asked / 1000,
    maxAge: maxTipAge ?? Number.POSITIVE_INFINITY,
  };
  try {
    checkTip(view.node, tip, rules);
    return null;
  } catch (error) {
    if (error instanceof Refusal)
      return { kind: 'tip', refusal: error, height: tip.height, headers: tip.headers };
    throw error;
  }
}

function strayTroubles({ stray }: ChainFacts, state: LedgerState): Trouble[] {
  return stray.flatMap((proposal): Trouble[] => {
    const there = proposal.transactions.filter(isThere);
    if (there.length === 0) return [];
    const isWaiting = there.every(({ known }) => known === 'mempool');
    const part = there.length === proposal.transactions.length ? 'all' : 'some';
    const isPublishable = part === 'all' && proposal.request.base.mapping === state.mapping;
    return [{ kind: 'stray', proposal, part: isWaiting ? 'waiting' : part, isPublishable }];
  });
}

/**
 * Until its period is over, a sent transaction may arrive from any node.
 * @param since height of the request
 * @param height height of the best block
 * @returns the block from which it can be abandoned; null if it can be abandoned now
 */
export function sentUntil(status: ProposalStatus, since: number, height: number): number | null {
  const isWithin = periodOf(height) <= periodOf(since);
  return status === 'sent' && isWithin ? periodEnd(since) : null;
}

function coinTroubles({ transactions, ...stage }: AtHand, height: number): Trouble[] {
  const found: Trouble[] = [];
  const coins = transactions.filter(({ spender }) => spender?.is === 'untraced');
  if (coins.length > 0) found.push({ kind: 'untraced', coins });
  if (stage.status !== 'open' && stage.status !== 'sent') return found;
  const gone = transactions.filter(isForeign);
  const sent = transactions.filter(isThere).map(({ issuance }) => issuance.reference);
  if (gone.length > 0 && sent.length > 0) found.push({ kind: 'dead-end', gone, sent });
  else if (gone.length > 0)
    found.push({ kind: 'respent', gone, until: sentUntil(stage.status, stage.request.height, height) });
  return found;
}

/** Only issuances depend on the period of the request. */
function periodTrouble({ tip }: ChainFacts, stage: AtHand): Trouble | null {
  if (stage.request.issuances.length === 0) return null;
  const { height: since } = stage.request;
  const { height } = tip;
  const [now, then] = [periodOf(height), periodOf(since)];
  if (now === then && blocksLeft(height) >= BLOCKS_NEEDED) return null;
  const is = now < then ? 'early' : now > then ? 'over' : 'ending';
  return { kind: 'period', is, height, since, until: sentUntil(stage.status, since, height) };
}

const isOpenStage = (stage: Stage): stage is Stage & AtHand =>
  ['proposed', 'signed', 'sending', 'sent', 'confirmed'].includes(stage.kind);

export function situationOf(facts: Facts, question: Question, view: Viewpoint): Situation {
  const state = stateOf(facts.store);
  const stage = stageOf(facts, view);
  if (state === null) return { state, stage, troubles: [] };
  const { chain, store, subject } = facts;
  const troubles: (Trouble | null)[] = [];
  if (chain instanceof Refusal) troubles.push({ kind: 'node', refusal: chain });
  const known = chain instanceof Refusal ? null : chain;
  const map = mapTrouble(facts, state);
  // A sent proposal is finished before another tool's mapping is handled.
  const isAfter = map?.kind === 'map-replaced' && map.isSending;
  if (!isAfter) troubles.push(map);
  if (known) {
    const tip = tipTrouble(known, question, view);
    troubles.push(tip);
    const { missing: publications, missingAdopted: tokens } = known;
    if (publications.length > 0) troubles.push({ kind: 'missing', publications });
    if (tokens.length > 0) troubles.push({ kind: 'missing-adopted', tokens });
    if ('transactions' in stage) troubles.push(...coinTroubles(stage, known.tip.height));
    // A node that is behind may lack the burns.
    if (isOpenStage(stage) && !tip) troubles.push(evidenceTrouble(stage.derivation, known, subject, state));
    // A proposal sent within its period is followed afterwards too.
    if (isOpenStage(stage) && !stage.transactions.some(isThere)) troubles.push(periodTrouble(known, stage));
  }
  if (isAfter) troubles.push(map);
  if (known) troubles.push(...strayTroubles(known, state));
  if (store.older.is === 'foreign') troubles.push({ kind: 'older-proposal', ...store.older });
  const late = behind(store, subject, view.trust, question).map(({ key }) => key);
  // This PC has a copy of a request that the store lacks.
  if (isOpenStage(stage) && subject?.isStored === false) late.push(keys.request(subject.digest));
  if (late.length > 0) troubles.push({ kind: 'behind', keys: late });
  if (subject && subject.damaged.size > 0)
    troubles.push({ kind: 'damaged-signatures', refusals: [...subject.damaged.values()] });
  return { state, stage, troubles: troubles.filter(one => one !== null) };
}
