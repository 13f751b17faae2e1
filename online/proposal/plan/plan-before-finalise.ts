/** Plans `prepare`, `submit` and `review`. Pure. */

import { barReference, barsOfChanges, kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { blocksLeft } from '../../../shared/token-schedule.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { isDraftRefused } from '../draft/make-draft.ts';
import { ONE_CONFIRMATION } from '../facts/burns.ts';
import type { Facts } from '../facts/facts.ts';
import { changeKindOfQuestion } from '../facts/question.ts';
import { isTransactionSent } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import type { Situation } from '../situation/situation.ts';
import type { AtHand } from '../situation/stage.ts';
import { BLOCKS_NEEDED } from '../situation/trouble.ts';
import {
  builtDifferenceRefusal,
  coinsRefusal,
  findTrouble,
  MAP_TROUBLES,
  troubleRefusal,
  whitelistRefusal,
} from './common-refusals.ts';
import { findEvidenceProblem } from './evidence.ts';
import { DONE, type Plan, type Planning, planAskForAgreement, refusalPlan } from './step-types.ts';

/**
 * Largest number of attempts to write projections. After the last attempt, the store is reported as faulty.
 */
const MAX_PROJECTED = 3;

/**
 * Plans to write the objects that differ from the ledger. Refuses if the store does not return the written
 * objects.
 */
export function planProjections(
  { facts, situation }: Pick<Planning, 'facts' | 'situation'>,
  matters: (key: string) => boolean,
): Plan | null {
  const late = findTrouble(situation, 'behind')?.keys.filter(matters) ?? [];
  if (late.length === 0) return null;
  if (facts.memory.projected < MAX_PROJECTED) return { do: 'project' };
  return refusalPlan({ kind: 'read-back', keys: late, expected: situation.state?.mapping ?? '' });
}

export const isKeyOfOlderScripts = (key: string): boolean => key.startsWith('ps1_');

/**
 * Digest of a closed issuance whose transactions were all sent, and not all still wait in a mempool. Its
 * mapping has to be published before a new request. Null if there is none.
 */
export function otherPublishableClosedDigest({ troubles }: Situation): string | null {
  for (const one of troubles)
    if (one.kind === 'stray' && one.part === 'all' && one.isPublishable) return one.proposal.digest;
  return null;
}

/**
 * Digest of the command's proposal, if it is closed and its mapping can still be published; otherwise null.
 */
function ownPublishableClosedDigest({ stage, state }: Situation): string | null {
  if (stage.kind !== 'closed' || stage.transactions.length === 0) return null;
  const { request, transactions } = stage;
  return transactions.every(isTransactionSent) && request.base.mapping === state?.mapping
    ? request.digest
    : null;
}

/**
 * Digest of the closed issuance whose mapping has to be published: the command's proposal, or another one.
 * Null if there is none.
 */
export const anyPublishableClosedDigest = (situation: Situation): string | null =>
  ownPublishableClosedDigest(situation) ?? otherPublishableClosedDigest(situation);

function alreadyOpenRefusal({ state, stage }: Situation, mine: string | null): RefusedData | null {
  const open = state?.open;
  if (!open) return null;
  const changes = 'request' in stage ? stage.request : null;
  return { kind: 'proposal-open', request: open.request, changes, mine };
}

/** The reason why every new request of this kind would be refused; null if there is none. */
function notReadyRefusal({ situation, facts, question }: Planning): RefusedData | null {
  const { chain } = facts;
  const gate = troubleRefusal(situation, 'node', ...MAP_TROUBLES, 'tip');
  if (gate) return gate;
  if (chain === null || chain instanceof Refusal) return null;
  const open = alreadyOpenRefusal(situation, null);
  if (open) return open;
  const { height } = chain.tip;
  const left = blocksLeft(height);
  // Only the amounts of issuances depend on the period of the request.
  if (changeKindOfQuestion(question) === 'issuances' && left < BLOCKS_NEEDED)
    return { kind: 'few-blocks', height, left };
  const first = otherPublishableClosedDigest(situation);
  const stray = situation.troubles.find(one => one.kind === 'stray' && one.proposal.digest === first);
  return (
    troubleRefusal(situation, 'missing') ??
    (stray ? { kind: 'trouble', trouble: stray, reviewCode: null } : null)
  );
}

/** True if this command has just opened the proposal. */
function isJustProposed({ draft }: Facts, { state }: Situation): boolean {
  return draft !== null && !isDraftRefused(draft) && state?.open?.request === draft.request.digest;
}

export function planPrepare(planning: Planning): Plan {
  const { facts, situation, question, view } = planning;
  const { draft, chain } = facts;
  if (isJustProposed(facts, situation)) return DONE;
  const problem = notReadyRefusal(planning);
  if (problem) return refusalPlan(problem);
  if (!question.wanted) return DONE;
  if (chain === null || chain instanceof Refusal || draft === null || chain.checks === null) {
    if (isDraftRefused(draft)) return refusalPlan(draft);
    throw new TypeError('facts of a new request without the node');
  }
  const unmapped = new Set(chain.unmapped.map(({ reference }) => reference));
  const issuedBefore = (question.wanted.assets ?? []).map(barReference).filter(bar => unmapped.has(bar));
  if (issuedBefore.length > 0) return refusalPlan({ kind: 'bars-dropped', references: issuedBefore });
  if (isDraftRefused(draft)) return refusalPlan(draft);
  const { checks } = chain;
  const state = situation.state as LedgerState;
  const wrong =
    coinsRefusal(draft, checks, view.trust, true) ??
    whitelistRefusal(draft, checks, view.trust) ??
    builtDifferenceRefusal(draft, checks) ??
    findEvidenceProblem(draft, chain, state, ONE_CONFIRMATION);
  if (wrong) return refusalPlan(wrong);
  return planAskForAgreement(planning, draft.request.digest) ?? { do: 'propose', derivation: draft };
}

/**
 * The refusal if there is no proposal, or if it is closed, published, unknown or without a valid request.
 * Null while it is open.
 */
export function notOpenRefusal({ situation, store, facts }: Planning): RefusedData | null {
  const { stage, state } = situation;
  switch (stage.kind) {
    case 'none':
      return { kind: 'no-proposal', store, toAbandon: false };
    case 'unknown':
      return { kind: 'unknown-request', request: stage.digest, store, open: state?.open?.request ?? null };
    case 'broken':
      return { kind: 'broken', refusal: stage.refusal, until: null };
    case 'published':
      return {
        ...{ kind: 'published', request: stage.request.digest, abandoning: false },
        open: state?.open?.request ?? null,
      };
    case 'closed':
      return closedRefusal(stage, situation, facts);
    default:
      return null;
  }
}

/** Refusal for an abandoned or superseded proposal. */
export function closedRefusal(stage: AtHand, { state }: Situation, { store }: Facts): RefusedData {
  const { request, derivation, status } = stage;
  const mapping = state?.mapping ?? '';
  const { current } = store;
  const references = new Set(derivation.issuances.map(({ reference }) => reference));
  const there =
    current && !(current instanceof Refusal) ? [...current.mapping.contained(references)].sort() : [];
  const does = kindOfChange(request);
  if (status === 'abandoned' && there.length === 0)
    return { kind: 'abandoned', request: request.digest, does };
  const by = state?.published.find(({ base }) => base === request.base.mapping)?.request ?? null;
  return {
    ...{ kind: 'superseded', request: request.digest, does, base: request.base.mapping, mapping },
    ...{ there, all: barsOfChanges(request).length, by },
  };
}

export function planSubmit(planning: Planning): Plan {
  const { facts, situation, question, store } = planning;
  const { subject } = facts;
  const refused = notOpenRefusal(planning) ?? troubleRefusal(situation, ...MAP_TROUBLES);
  if (refused || !subject) return refusalPlan(refused ?? { kind: 'no-proposal', store, toAbandon: false });
  const { overOlder = false } = question;
  const older = troubleRefusal(situation, 'older-proposal');
  if (older && !overOlder) return refusalPlan(older);
  const stored = new Set(subject.stored.map(({ controller }) => controller));
  const signatures = subject.given.filter(({ controller }) => !stored.has(controller));
  const { request, isStored } = subject;
  if (signatures.length > 0 || !isStored) {
    const missing = isStored || request === null || request instanceof Refusal ? null : request;
    return { do: 'store', request: missing, signatures };
  }
  return planProjections(planning, isKeyOfOlderScripts) ?? DONE;
}

export function planReview(planning: Planning): Plan {
  const { facts, situation, question, view } = planning;
  const { stage } = situation;
  const gate = troubleRefusal(situation, 'node', ...MAP_TROUBLES, 'tip');
  if (gate) return refusalPlan(gate);
  const stray = question.request === undefined ? otherPublishableClosedDigest(situation) : null;
  if (stage.kind === 'none' && stray !== null) return { do: 'turn-to', request: stray };
  if (ownPublishableClosedDigest(situation) !== null) return DONE;
  const closed = notOpenRefusal(planning);
  if (closed) return refusalPlan(closed);
  const trouble = troubleRefusal(situation, 'untraced', 'dead-end', 'period', 'evidence');
  if (trouble) return refusalPlan(trouble);
  const { chain } = facts;
  if (!('derivation' in stage) || chain === null || chain instanceof Refusal || !chain.checks)
    throw new TypeError('facts of a review without the node');
  const isBegun = stage.transactions.some(isTransactionSent);
  const wrong =
    (isBegun ? null : coinsRefusal(stage.derivation, chain.checks, view.trust, false)) ??
    (isBegun ? null : whitelistRefusal(stage.derivation, chain.checks, view.trust)) ??
    builtDifferenceRefusal(stage.derivation, chain.checks) ??
    findEvidenceProblem(stage.derivation, chain, situation.state as LedgerState, ONE_CONFIRMATION);
  return wrong ? refusalPlan(wrong) : DONE;
}
