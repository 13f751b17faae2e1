/**
 * Plans the steps of `finalise`: decide to send, send, wait, check, publish. Each call continues from the
 * current facts. Pure.
 */
import { kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { signedMapping } from '../../../shared/signatures.ts';
import type { Confirmed } from '../../ledger/ledger-event.ts';
import type { ChainFacts, SubjectFacts, TransactionFact } from '../facts/facts.ts';
import {
  allSignatures,
  isMappingOfProposal,
  mappingFinishedByOlderTool,
  sendingSignatures,
} from '../facts/proposal-transactions.ts';
import { depthOfTransaction, isTransactionSent } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import { abandonableFromBlock } from '../situation/situation.ts';
import type { AtHand } from '../situation/stage.ts';
import { coinsRefusal, troubleRefusal, whitelistRefusal } from './common-refusals.ts';
import { correctedBars, countedBurns } from './evidence.ts';
import {
  closedRefusal,
  notOpenRefusal,
  otherPublishableClosedDigest,
  planProjections,
} from './plan-before-finalise.ts';
import { planBurns } from './plan-burns.ts';
import { planAfterDecision, planNodeUnreachable, rejectionRefusal } from './plan-sending.ts';
import { DONE, type Plan, type Planning, planAskForAgreement, refusalPlan } from './step-types.ts';

/**
 * Number of reads of the chain after which a difference is final. Then wrong amounts are refused. Tokens that
 * the chain lacks although their transactions are confirmed no longer stop the publication.
 */
const TOKEN_LOOKS = 3;

function signaturesRefusalPlan(
  { facts, situation, question, view }: Planning,
  { request, signed, transactions }: AtHand,
  chosen: readonly number[] | null,
): Plan {
  const damaged = facts.subject?.damaged ?? new Map<number, Refusal>();
  const wanted = chosen?.filter(controller => !signed.includes(controller));
  for (const [controller, refusal] of damaged)
    if (!wanted || wanted.includes(controller))
      return refusalPlan({ kind: 'other', refusal, way: { run: 'submit' } });
  const stored = new Set(facts.subject?.stored.map(({ controller }) => controller));
  const files = [...new Map((question.given ?? []).map(one => [one.signatures.controller, one.file]))];
  return refusalPlan({
    ...{ kind: 'need-signatures', request: request.digest, signed, needed: view.trust.n, chosen },
    unseen: files.filter(([controller]) => !stored.has(controller)).map(([, file]) => file),
    isOnChain: transactions.some(isTransactionSent),
    isOpen: situation.state?.open?.request === request.digest,
    does: kindOfChange(request),
  });
}

/** The refusal if a condition for sending the first transaction does not hold; null if all hold. */
function cannotBeginRefusal(planning: Planning, stage: AtHand, chain: ChainFacts): RefusedData | null {
  const { situation, view } = planning;
  const { checks } = chain;
  if (!checks) throw new TypeError('facts before sending without coins and whitelist');
  return (
    troubleRefusal(situation, 'tip', 'period') ??
    coinsRefusal(
      stage.derivation,
      checks,
      view.trust,
      false,
      abandonableFromBlock(stage.status, stage.request.height, chain.tip.height),
    ) ??
    whitelistRefusal(stage.derivation, checks, view.trust)
  );
}

/**
 * Plans the decision to send: checks, agreement, storing all objects that another PC would need, and then the
 * entry `send`.
 * @param burns the plan to wait for burns; null if the burns have enough confirmations
 */
function planSendDecision(planning: Planning, stage: AtHand, chain: ChainFacts, burns: Plan | null): Plan {
  const { facts, view } = planning;
  const subject = facts.subject as SubjectFacts;
  const { request, signed } = stage;
  if (signed.length < view.trust.n) return signaturesRefusalPlan(planning, stage, null);
  const isBegun = stage.transactions.some(isTransactionSent);
  const problem = isBegun
    ? troubleRefusal(planning.situation, 'tip')
    : cannotBeginRefusal(planning, stage, chain);
  if (problem) return refusalPlan(problem);
  const ask = planAskForAgreement(planning, request.digest);
  if (ask) return ask;
  const stored = new Set(subject.stored.map(({ controller }) => controller));
  const signatures = subject.given.filter(({ controller }) => !stored.has(controller));
  if (signatures.length > 0 || !subject.isStored)
    return { do: 'store', request: subject.isStored ? null : request, signatures };
  if (burns) return burns;
  return { do: 'decide-to-send', request: request.digest, controllers: signed.slice(0, view.trust.n) };
}

/** For each asset id: the id and the height of the transaction that issued it. */
function confirmedIssuances(
  transactions: readonly TransactionFact[],
  height: number,
): Record<string, Confirmed> {
  return Object.fromEntries(
    transactions.map(one => [
      one.issuance.assetId,
      { txid: one.txid as string, height: Math.max(0, height - depthOfTransaction(one) + 1) },
    ]),
  );
}

/**
 * Plans to wait until the tokens are on chain, or refuses if amounts stay wrong. Null if the tokens no longer
 * stop the publication, or if the request has no issuances.
 */
function planTokenWait({ facts }: Planning, stage: AtHand, { tokens }: ChainFacts): Plan | null {
  if (stage.transactions.length === 0) return null;
  const isSure = tokens !== null && (tokens.none.length === 0 || facts.memory.looks >= TOKEN_LOOKS);
  if (tokens !== null && tokens.wrong.length === 0 && isSure) return null;
  if (tokens !== null && facts.memory.looks >= TOKEN_LOOKS)
    return refusalPlan({ kind: 'token-mismatch', wrong: tokens.wrong });
  return { do: 'wait' };
}

/** Plans the publication. Before it, waits for the tokens on chain and for the confirmations of burns. */
function planPublish(planning: Planning, stage: AtHand, chain: ChainFacts): Plan {
  const { facts, situation, view } = planning;
  const { map } = facts.store;
  const subject = facts.subject as SubjectFacts;
  const { request, derivation } = stage;
  const early = planTokenWait(planning, stage, chain) ?? planBurns(planning, stage, chain, false);
  if (early) return early;
  const replaced = troubleRefusal(situation, 'map-replaced', 'mapping-lost');
  if (replaced) return refusalPlan(replaced);
  const transactions = confirmedIssuances(stage.transactions, chain.tip.height);
  const { digest } = request;
  const made = {
    do: 'publish',
    request: digest,
    transactions,
    burns: countedBurns(derivation, chain),
    corrected: correctedBars(derivation),
  } as const;
  // If an older tool published the mapping, the mapping keeps the signatures that it has.
  if (map !== null && !(map instanceof Refusal) && isMappingOfProposal(subject, map.mapping.digest))
    return { ...made, mapping: map.mapping, bytes: map.bytes };
  const controllers = situation.state?.proposals.get(digest)?.controllers ?? null;
  const { n } = view.trust;
  const all = allSignatures(subject);
  const chosen = sendingSignatures(controllers, all, n);
  // All transactions are on chain. If a chosen controller's signatures are not available, those of any n
  // controllers are enough.
  const from = chosen.length >= n ? chosen : all.slice(0, n);
  if (from.length < n) return signaturesRefusalPlan(planning, stage, null);
  const mapping = signedMapping(derivation, from);
  return { ...made, mapping, bytes: mapping.bytes() };
}

/**
 * Plans the steps for an abandoned or superseded proposal. If all its transactions were sent, its mapping is
 * published. A transaction of it that was not sent is never sent.
 */
function planClosedProposal(planning: Planning, stage: AtHand, chain: ChainFacts): Plan {
  const { facts, situation, view } = planning;
  const { state } = situation;
  const { request, transactions } = stage;
  // Tokens of the current mapping need no publication, whichever tool published the mapping.
  const { current } = facts.store;
  const assets = new Set(transactions.map(({ issuance }) => issuance.assetId));
  const mapped =
    current && !(current instanceof Refusal) ? current.mapping.contained(assets, 'assetId') : new Set();
  const there = transactions
    .filter(one => isTransactionSent(one) && !mapped.has(one.issuance.assetId))
    .map(({ issuance }) => issuance.reference);
  if (there.length === 0) return refusalPlan(closedRefusal(stage, situation, facts));
  if (request.base.mapping !== state?.mapping) {
    const proposal = { digest: request.digest, request, status: stage.status, transactions };
    const part = there.length < transactions.length ? 'some' : 'all';
    return refusalPlan({
      kind: 'trouble',
      trouble: { kind: 'stray', proposal, part, isPublishable: false },
      reviewCode: request.reviewCode,
    });
  }
  const untraced = troubleRefusal(situation, 'untraced');
  if (untraced) return refusalPlan(untraced);
  if (there.length < transactions.length)
    return refusalPlan({ kind: 'stray-part', request: request.digest, there, all: transactions.length });
  if (state.open?.status === 'sent')
    return refusalPlan({
      kind: 'other-sent',
      request: request.digest,
      references: there,
      sent: state.open.request,
    });
  if (stage.signed.length < view.trust.n) return signaturesRefusalPlan(planning, stage, null);
  return planAfterDecision(planning, stage, chain, false) ?? planPublish(planning, stage, chain);
}

function planOpenProposal(planning: Planning, stage: AtHand, chain: ChainFacts): Plan {
  const { facts, situation, view } = planning;
  const known = situation.state?.proposals.get(stage.request.digest);
  const isBegun = stage.transactions.some(isTransactionSent);
  // Lost burns are sent again even if signatures are missing, because `review` needs the burns on chain.
  const burns = planBurns(planning, stage, chain, false);
  if (burns && burns.do !== 'wait') return burns;
  const replaced = troubleRefusal(situation, 'map-replaced', 'mapping-lost');
  if (replaced) return refusalPlan(replaced);
  // If an older tool finished the request, nothing is left to decide.
  if (mappingFinishedByOlderTool(facts.store, facts.subject, stage.transactions) !== null)
    return planAfterDecision(planning, stage, chain, false) ?? planPublish(planning, stage, chain);
  if (known?.status !== 'sent') return planSendDecision(planning, stage, chain, burns);
  const controllers = known.controllers ?? [];
  const isAllThere = stage.transactions.every(isTransactionSent);
  const signatures = allSignatures(facts.subject as SubjectFacts);
  if (!isAllThere && sendingSignatures(controllers, signatures, view.trust.n).length < view.trust.n)
    return signaturesRefusalPlan(planning, stage, controllers);
  if (!isBegun) {
    const problem = rejectionRefusal(planning, stage, false) ?? cannotBeginRefusal(planning, stage, chain);
    if (problem) return refusalPlan(problem);
  }
  return planAfterDecision(planning, stage, chain, false) ?? planPublish(planning, stage, chain);
}

export function planFinalise(planning: Planning): Plan {
  const { facts, situation, question } = planning;
  const { stage } = situation;
  const away = planNodeUnreachable(planning);
  if (away) return away;
  const { chain } = facts;
  if (chain === null || chain instanceof Refusal) throw new TypeError('facts of finalise without the node');
  const [missing] = chain.missing.filter(({ request }) => request !== facts.subject?.digest);
  // If the chain lost transactions of several publications, those of the oldest are sent first. Their change
  // may be a coin of a later publication, or of this command's proposal.
  const isFirst = missing !== undefined && !isOwnPublishedBefore(planning, missing.request);
  if (isFirst && question.intent === 'finalise' && stage.kind !== 'unknown')
    return { do: 'bring-back', request: missing.request };
  switch (stage.kind) {
    case 'published':
      return (
        planAfterDecision(planning, stage, chain, true) ??
        planBurns(planning, stage, chain, true) ??
        planAfterPublication(planning)
      );
    case 'closed':
      return planClosedProposal(planning, stage, chain);
    case 'none': {
      const stray = otherPublishableClosedDigest(situation);
      return stray === null
        ? (planProjections(planning, () => true) ?? planWithoutProposal(planning))
        : { do: 'turn-to', request: stray };
    }
    case 'proposed':
    case 'signed':
    case 'sending':
    case 'sent':
    case 'confirmed':
      return planOpenProposal(planning, stage, chain);
    default:
      return planWithoutProposal(planning);
  }
}

/**
 * True if the command's proposal was published before this request. The command restores only publications
 * before its own proposal.
 */
function isOwnPublishedBefore({ situation, facts }: Planning, request: string): boolean {
  const order = situation.state?.published.map(one => one.request) ?? [];
  const [own, other] = [order.indexOf(facts.subject?.digest ?? ''), order.indexOf(request)];
  return own >= 0 && other > own;
}

/**
 * Plans the steps after a publication. A closed proposal that is on chain comes next, unless a request or
 * signatures were given to the command.
 */
function planAfterPublication(planning: Planning): Plan {
  const { question, situation } = planning;
  const replaced = troubleRefusal(situation, 'map-replaced');
  if (replaced) return refusalPlan(replaced);
  const isNamed = question.request !== undefined || (question.given ?? []).length > 0;
  const stray = isNamed ? null : otherPublishableClosedDigest(situation);
  return planProjections(planning, () => true) ?? (stray === null ? DONE : { do: 'turn-to', request: stray });
}

function planWithoutProposal(planning: Planning): Plan {
  return refusalPlan(
    notOpenRefusal(planning) ?? { kind: 'no-proposal', store: planning.store, toAbandon: false },
  );
}
