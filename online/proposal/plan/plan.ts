/** From the situation and what a person wants to the next step. Pure: every decision of the protocol is made below here. */
import { Refusal } from '../../../shared/errors.ts';
import { PERIOD, periodOf } from '../../../shared/schedule.ts';
import { outpoint } from '../../ledger/coins.ts';
import type { TransactionFact } from '../facts/facts.ts';
import { isForeign, isThere } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import type { AtHand } from '../situation.ts';
import { planFinalise } from './finishing.ts';
import { blocked, refusedBy } from './gates.ts';
import { isOlderKey, notOpen, planPrepare, planReview, planSubmit, project } from './opening.ts';
import { DONE, type Plan, type Planning, refuse } from './step.ts';

/**
 * What neither the ledger's mapping has, nor one that another tool published and that waits for `map adopt`. A `map.json` that
 * follows the ledger, or is this proposal's own, settles nothing: it is a projection, and the proposal is to be published.
 */
function unsettled(
  { facts, situation }: Planning,
  { derivation, transactions }: AtHand,
): readonly TransactionFact[] {
  const { map, current } = facts.store;
  const isReplaced = situation.troubles.some(({ kind }) => kind === 'map-replaced');
  const tokens = new Set(derivation.issuances.map(({ assetId }) => assetId));
  const settled = new Set<string>();
  for (const one of isReplaced ? [current, map] : [current])
    if (one !== null && !(one instanceof Refusal))
      for (const token of one.mapping.contained(tokens, 'assetId')) settled.add(token);
  return transactions.filter(({ issuance }) => !settled.has(issuance.assetId));
}

/** Why an open proposal may not be abandoned: something of it is on chain, or may be on its way. */
function cannotAbandon(planning: Planning, stage: AtHand): RefusedData | null {
  const { facts, situation } = planning;
  const { chain } = facts;
  if (chain === null || chain instanceof Refusal) return null;
  const { request, transactions, status } = stage;
  const open = unsettled(planning, stage);
  const left = open.filter(one => !isForeign(one));
  const there = left.filter(one => isThere(one) || one.state !== 'unspent');
  const spent = there.map(({ issuance, coin }) => ({ reference: issuance.reference, coin: outpoint(coin) }));
  const end = (periodOf(request.height) + 1) * PERIOD;
  const { height } = chain.tip;
  const sent: RefusedData = {
    ...{ kind: 'already-sent', request: request.digest, isOpen: true },
    ...{ spent, all: transactions.length, end, height, isDead: transactions.some(isForeign) },
  };
  if (there.length > 0) return refusedBy(situation, 'dead-end') ?? sent;
  const isOver = periodOf(height) > periodOf(request.height);
  // Also where other transactions spent the coins, or another mapping has the tokens: until then another node may have ours.
  return status === 'sent' && !isOver ? sent : null;
}

function planAbandon(planning: Planning): Plan {
  const { facts, situation, question, store } = planning;
  const { stage } = situation;
  const { unsigned = false, mustAgree } = question;
  if (stage.kind === 'none' || stage.kind === 'unknown')
    return refuse({ kind: 'no-proposal', store, toAbandon: true });
  if (stage.kind === 'closed') {
    const late = stage.status === 'abandoned' ? project(planning, isOlderKey) : null;
    const isDone = stage.status === 'abandoned' && (facts.memory.acted || question.request !== undefined);
    return late ?? (isDone ? DONE : refuse({ kind: 'no-proposal', store, toAbandon: true }));
  }
  if (stage.kind === 'published')
    return refuse({ kind: 'published', request: stage.request.digest, abandoning: true });
  const gate =
    refusedBy(situation, 'node', 'mapping-lost', 'map-absent', 'map-damaged', 'map-stale', 'tip') ??
    notOpen(planning);
  if (gate || !('derivation' in stage))
    return refuse(gate ?? { kind: 'no-proposal', store, toAbandon: true });
  const no = cannotAbandon(planning, stage);
  if (no) return refuse(no);
  const { request } = stage;
  if (unsigned && (stage.signed.length > 0 || stage.status === 'sent'))
    return refuse({ kind: 'signed-already', request: request.digest, controllers: stage.signed });
  if (mustAgree && facts.memory.agreed !== request.digest) return { do: 'ask', request };
  return { do: 'abandon', request: request.digest, unsigned };
}

/** `repair` puts back what the ledger says and the store lacks. */
function planRepair(planning: Planning): Plan {
  const lost = refusedBy(planning.situation, 'mapping-lost');
  if (lost) return refuse(lost);
  const { subject } = planning.facts;
  if (subject && !subject.isStored && subject.request && !(subject.request instanceof Refusal))
    return { do: 'store', request: subject.request, signatures: [] };
  return project(planning, () => true) ?? DONE;
}

/** `map adopt` has something to take into the ledger, and nothing stands against it. */
function planAdopt(planning: Planning): Plan {
  const { state, troubles, stage } = planning.situation;
  if (!troubles.some(({ kind }) => kind === 'map-replaced'))
    return refuse({ kind: 'nothing-to-adopt', mapping: state?.mapping ?? '' });
  if (state?.open?.status !== 'sent') return DONE;
  const isKnown = 'transactions' in stage && stage.transactions.length > 0;
  const abandonFirst = isKnown && cannotAbandon(planning, stage) === null;
  return refuse({ kind: 'adopt-sent', request: state.open.request, abandonFirst });
}

export function plan(planning: Planning): Plan {
  const { situation, question, store } = planning;
  const block = blocked(situation, store);
  if (block) return question.intent === 'look' ? DONE : refuse(block);
  switch (question.intent) {
    case 'prepare':
      return planPrepare(planning);
    case 'submit':
      return planSubmit(planning);
    case 'review':
      return planReview(planning);
    case 'finalise':
      return planFinalise(planning);
    case 'abandon':
      return planAbandon(planning);
    case 'repair':
      return planRepair(planning);
    case 'adopt':
      return planAdopt(planning);
    case 'look':
      return DONE;
  }
}
