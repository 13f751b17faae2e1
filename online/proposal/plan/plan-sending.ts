/**
 * Plans what follows the decision to send: sending, and waiting for confirmations. Every wait has a limit.
 * Pure.
 */
import { Refusal } from '../../../shared/errors.ts';
import { firstBlockOfNextPeriod } from '../../../shared/token-schedule.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { parseOutpoint } from '../../ledger/policy-coin.ts';
import type { ChainFacts, TransactionFact } from '../facts/facts.ts';
import { depthOfTransaction, isCoinSpentByOther } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import type { AtHand } from '../situation/stage.ts';
import { troubleRefusal } from './common-refusals.ts';
import { burnsWithFacts } from './evidence.ts';
import { type Plan, type Planning, refusalPlan, type Sendable } from './step-types.ts';

/** Seconds for which a wait tolerates an unreachable node. */
const PATIENCE_SECONDS = 600;
const MAX_AWAY = 200;
/** Blocks after which a waiting transaction is sent again, because the node may have had no peers. */
const RESEND_BLOCKS = 3;

/**
 * The plan if the node does not answer: to wait for some minutes if it answered before in this run, otherwise
 * to refuse. Null if the node answers.
 */
export function planNodeUnreachable({ facts, situation, question }: Planning): Plan | null {
  const refusal = troubleRefusal(situation, 'node');
  if (!refusal) return null;
  const { chain, memory } = facts;
  const isPassing =
    chain instanceof Refusal &&
    ['NODE_UNREACHABLE', 'NODE_SYNCING'].includes(chain.code) &&
    facts.last !== null;
  const tries = Math.min(MAX_AWAY, Math.ceil(PATIENCE_SECONDS / Math.max(question.poll ?? 5, 1)));
  return isPassing && memory.away <= tries ? { do: 'wait' } : refusalPlan(refusal);
}

/** True if the last sending is so long ago that waiting transactions are sent again. */
export function isSentLongAgo({ facts }: Planning, { tip }: ChainFacts): boolean {
  const { sentAt } = facts.memory;
  return sentAt !== null && tip.height - sentAt >= RESEND_BLOCKS;
}

/**
 * The refusal if the node refused transactions at the last sending, or reports transactions as confirmed and
 * does not show them. Null if there is none.
 */
export function rejectionRefusal(
  { facts }: Planning,
  stage: AtHand,
  isPublished: boolean,
): RefusedData | null {
  const { outcomes, unseen } = facts.memory;
  const unknown = stage.transactions.filter(({ known }) => known === null);
  const hidden = unknown.filter(({ issuance }) => unseen.has(issuance.assetId));
  if (hidden.length > 0)
    return {
      kind: 'trouble',
      trouble: { kind: 'untraced', coins: hidden },
      reviewCode: stage.request.reviewCode,
    };
  const refused = unknown.flatMap(transaction => {
    const outcome = outcomes.get(transaction.issuance.assetId);
    return outcome?.state === 'refused' ? [{ transaction, outcome }] : [];
  });
  if (refused.length === 0) return null;
  const { length: all } = stage.transactions;
  return { kind: 'rejected', refused, all, isPublished, end: firstBlockOfNextPeriod(stage.request.height) };
}

/**
 * Limits of the wait for a request's transactions: in blocks that do not contain them, and in time without a
 * new block.
 */
const MAX_WAIT_BLOCKS = 30;
const MAX_IDLE_SECONDS = 3600;

/** Refuses to wait longer than the limits, so that a person checks the node. Null before. */
export function planStalledWait(
  { facts, question }: Planning,
  stage: AtHand,
  chain: ChainFacts,
): Plan | null {
  const { first, best } = facts.memory;
  const waiting = [
    ...stage.transactions
      .filter(one => depthOfTransaction(one) === 0)
      .map(({ issuance }) => issuance.reference),
    ...burnsWithFacts(stage.derivation, chain.evidence.burns)
      .filter(({ fact }) => (fact.depth ?? 0) === 0)
      .map(({ redemption }) => redemption.reference),
  ];
  const blocks = first === null ? 0 : chain.tip.height - first.height;
  const isIdle = (best?.looks ?? 0) * Math.max(question.poll ?? 5, 1) > MAX_IDLE_SECONDS;
  if (!isIdle && (waiting.length === 0 || blocks < MAX_WAIT_BLOCKS)) return null;
  return refusalPlan({
    kind: 'stalled',
    references: [...new Set(waiting)],
    blocks: isIdle ? 0 : blocks,
    tip: chain.tip,
  });
}

const sendableTransactions = (facts: readonly TransactionFact[]): Sendable[] =>
  facts.flatMap(({ issuance, own, known }) =>
    own === null ? [] : [{ key: issuance.assetId, hex: own.hex, isWaiting: known === 'mempool' }],
  );

/**
 * Refuses to send a published transaction again if the available signatures would give it another id, and
 * another request depends on the old id. Null if there is no such transaction. The other request uses the
 * change of the old transaction as a coin, and this coin would never exist.
 */
function dependentRequestRefusal(
  { request }: AtHand,
  unknown: readonly TransactionFact[],
  state: LedgerState | null,
): RefusedData | null {
  const { transactions = {} } = state?.published.find(one => one.request === request.digest) ?? {};
  const reserved = [...(state?.proposals.values() ?? [])].flatMap(({ reserves }) => [...reserves.values()]);
  for (const transaction of unknown) {
    const { txid } = transactions[transaction.issuance.assetId] ?? {};
    if (txid === undefined || txid === transaction.own?.txid) continue;
    if (reserved.some(coin => parseOutpoint(coin).txid === txid))
      return { kind: 'built-upon', transaction, txid };
  }
  return null;
}

/**
 * Plans to send transactions that the node lacks, and to send waiting transactions again after some blocks.
 * @returns null once all transactions are confirmed
 */
export function planAfterDecision(
  planning: Planning,
  stage: AtHand,
  chain: ChainFacts,
  isPublished: boolean,
): Plan | null {
  const { facts, situation, question } = planning;
  const { transactions } = stage;
  const { memory } = facts;
  const isSent = memory.sentAt !== null;
  const unknown = transactions.filter(({ known }) => known === null);
  if (unknown.length > 0) {
    const stuck = troubleRefusal(situation, ...(isPublished ? [] : (['dead-end'] as const)), 'untraced');
    if (stuck && !(isPublished && unknown.some(isCoinSpentByOther))) return refusalPlan(stuck);
    const no = rejectionRefusal(planning, stage, isPublished);
    if (no) return refusalPlan(no);
    const [orphan] = unknown.filter(({ own }) => own === null);
    if (orphan) return refusalPlan({ kind: 'unsendable', transaction: orphan });
    const upon = dependentRequestRefusal(stage, unknown, situation.state);
    if (upon) return refusalPlan(upon);
    const send = {
      do: 'send',
      transactions: sendableTransactions(unknown),
      again: isSent,
      all: transactions.length,
    } as const;
    return planStalledWait(planning, stage, chain) ?? send;
  }
  const confirmations = question.confirmations ?? 1;
  if (transactions.every(one => depthOfTransaction(one) >= confirmations)) return null;
  const stop = planStalledWait(planning, stage, chain);
  if (stop) return stop;
  const waiting = transactions.filter(({ known, own, txid }) => known === 'mempool' && own?.txid === txid);
  if (waiting.length > 0 && isSentLongAgo(planning, chain))
    return { do: 'send', transactions: sendableTransactions(waiting), again: true, all: transactions.length };
  return { do: 'wait' };
}
