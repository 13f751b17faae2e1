/** Determines the situation: exactly one stage, and the troubles in order of importance. Pure. */
import { Refusal } from '../../../shared/errors.ts';
import { blocksLeft, firstBlockOfNextPeriod, periodOf } from '../../../shared/token-schedule.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { LedgerState, ProposalStatus } from '../../ledger/ledger-state.ts';
import { keys } from '../../ledger/object-keys.ts';
import { checkTip } from '../../node/checks/best-block.ts';
import type { ChainFacts, Facts, StoreFacts } from '../facts/facts.ts';
import { isMappingOfProposal } from '../facts/proposal-transactions.ts';
import type { Question } from '../facts/question.ts';
import { ledgerStateOrNull } from '../facts/read-facts.ts';
import { isCoinSpentByOther, isTransactionSent } from '../facts/transactions.ts';
import { findEvidenceTrouble } from '../plan/evidence.ts';
import { outdatedProjections } from '../projections.ts';
import { type AtHand, isOpenStage, type Stage, stageOf } from './stage.ts';
import { BLOCKS_NEEDED, type Trouble } from './trouble.ts';

export interface Situation {
  readonly state: LedgerState | null;
  readonly stage: Stage;
  readonly troubles: readonly Trouble[];
}

/** The trust profile, and the name of the node for messages. */
export interface Viewpoint {
  readonly trust: Trust;
  readonly node: { name: string; redact(text: string): string };
}

/**
 * Largest time in milliseconds from the entry `publish` to the write of `map.json`, including the difference
 * between two clocks.
 */
const RECENT_MS = 120_000;
const isLedgerRecent = ({ ledger }: StoreFacts, at: number) =>
  !(ledger instanceof Refusal) && Math.abs(at - ledger.time) < RECENT_MS;

function findMapTrouble({ store, subject, at }: Facts, state: LedgerState): Trouble | null {
  const { map, current } = store;
  if (current instanceof Refusal) return { kind: 'mapping-lost', refusal: current };
  if (map === null) return { kind: 'map-absent' };
  if (map instanceof Refusal) return { kind: 'map-damaged', refusal: map };
  const { digest, height } = map.mapping;
  if (digest === state.mapping || isMappingOfProposal(subject, digest)) return null;
  const last = state.published.at(-1);
  const isLast = last?.base === digest && last.mapping === state.mapping;
  if (isLast && isLedgerRecent(store, at)) return { kind: 'map-late', request: last.request };
  if (state.mappings.includes(digest)) return { kind: 'map-stale', digest, height };
  return { kind: 'map-replaced', digest, height, isSending: state.open?.status === 'sent' };
}

function findTipTrouble(chain: ChainFacts, { maxTipAge }: Question, view: Viewpoint): Trouble | null {
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

function findClosedOnChainTroubles({ stray }: ChainFacts, state: LedgerState): Trouble[] {
  return stray.flatMap((proposal): Trouble[] => {
    const there = proposal.transactions.filter(isTransactionSent);
    if (there.length === 0) return [];
    const isWaiting = there.every(({ known }) => known === 'mempool');
    const part = there.length === proposal.transactions.length ? 'all' : 'some';
    const isPublishable = part === 'all' && proposal.request.base.mapping === state.mapping;
    return [{ kind: 'stray', proposal, part: isWaiting ? 'waiting' : part, isPublishable }];
  });
}

/**
 * A sent proposal with issuances can be abandoned only after its period. Until then, any node may still send
 * its transactions.
 * @param since height of the request
 * @param height height of the best block
 * @returns the block from which the proposal can be abandoned; null if it can be abandoned now
 */
export function abandonableFromBlock(status: ProposalStatus, since: number, height: number): number | null {
  const isWithin = periodOf(height) <= periodOf(since);
  return status === 'sent' && isWithin ? firstBlockOfNextPeriod(since) : null;
}

function findCoinTroubles({ transactions, ...stage }: AtHand, height: number): Trouble[] {
  const found: Trouble[] = [];
  const coins = transactions.filter(({ spender }) => spender?.is === 'untraced');
  if (coins.length > 0) found.push({ kind: 'untraced', coins });
  if (stage.status !== 'open' && stage.status !== 'sent') return found;
  const gone = transactions.filter(isCoinSpentByOther);
  const sent = transactions.filter(isTransactionSent).map(({ issuance }) => issuance.reference);
  if (gone.length > 0 && sent.length > 0) found.push({ kind: 'dead-end', gone, sent });
  else if (gone.length > 0)
    found.push({
      kind: 'respent',
      gone,
      until: abandonableFromBlock(stage.status, stage.request.height, height),
    });
  return found;
}

/**
 * The trouble if the best block is outside the request's period, or near its end; otherwise null. Only
 * issuances depend on the period.
 */
function findPeriodTrouble({ tip }: ChainFacts, stage: AtHand): Trouble | null {
  if (stage.request.issuances.length === 0) return null;
  const { height: since } = stage.request;
  const { height } = tip;
  const [now, then] = [periodOf(height), periodOf(since)];
  if (now === then && blocksLeft(height) >= BLOCKS_NEEDED) return null;
  const is = now < then ? 'early' : now > then ? 'over' : 'ending';
  return { kind: 'period', is, height, since, until: abandonableFromBlock(stage.status, since, height) };
}

export function situationOf(facts: Facts, question: Question, view: Viewpoint): Situation {
  const state = ledgerStateOrNull(facts.store);
  const stage = stageOf(facts, view.trust);
  if (state === null) return { state, stage, troubles: [] };
  const { chain, store, subject } = facts;
  const troubles: (Trouble | null)[] = [];
  if (chain instanceof Refusal) troubles.push({ kind: 'node', refusal: chain });
  const known = chain instanceof Refusal ? null : chain;
  const map = findMapTrouble(facts, state);
  // A sent proposal is finished before anything is done about another tool's mapping, so this trouble comes
  // later.
  const isAfter = map?.kind === 'map-replaced' && map.isSending;
  if (!isAfter) troubles.push(map);
  if (known) {
    const tip = findTipTrouble(known, question, view);
    troubles.push(tip);
    const { missing: publications, missingAdopted: tokens, unmapped } = known;
    if (publications.length > 0) troubles.push({ kind: 'missing', publications });
    if (tokens.length > 0) troubles.push({ kind: 'missing-adopted', tokens });
    if (unmapped.length > 0) troubles.push({ kind: 'unmapped', tokens: unmapped });
    if ('transactions' in stage) troubles.push(...findCoinTroubles(stage, known.tip.height));
    // A node that does not have all blocks may lack the burns.
    if (isOpenStage(stage) && !tip)
      troubles.push(findEvidenceTrouble(stage.derivation, known, subject, state));
    // A proposal with a sent transaction continues after its period, so the end of the period is no trouble.
    if (isOpenStage(stage) && !stage.transactions.some(isTransactionSent))
      troubles.push(findPeriodTrouble(known, stage));
  }
  if (isAfter) troubles.push(map);
  if (known) troubles.push(...findClosedOnChainTroubles(known, state));
  if (store.older.is === 'foreign') troubles.push({ kind: 'older-proposal', ...store.older });
  const late = outdatedProjections(store, subject, view.trust, question).map(({ key }) => key);
  // The store lacks the request, which comes from a file or from this PC's copy.
  if (isOpenStage(stage) && subject?.isStored === false) late.push(keys.request(subject.digest));
  if (late.length > 0) troubles.push({ kind: 'behind', keys: late });
  if (subject && subject.damaged.size > 0)
    troubles.push({ kind: 'damaged-signatures', refusals: [...subject.damaged.values()] });
  return { state, stage, troubles: troubles.filter(one => one !== null) };
}
