/**
 * Computes the next step from the situation and the command's intent. The files of this folder make every
 * decision of the protocol. Pure.
 */
import { type Changes, kindOfChange } from '../../../shared/changes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { firstBlockOfNextPeriod } from '../../../shared/token-schedule.ts';
import type { ProposalState } from '../../ledger/ledger-state.ts';
import { assetIdOfOutpoint, outpointText } from '../../ledger/policy-coin.ts';
import type { ChainFacts } from '../facts/facts.ts';
import { mappingFinishedByOlderTool } from '../facts/proposal-transactions.ts';
import { isCoinSpentByOther, isTransactionSent } from '../facts/transactions.ts';
import type { RefusedData } from '../refusals.ts';
import { abandonableFromBlock } from '../situation/situation.ts';
import type { Stage } from '../situation/stage.ts';
import { findTrouble, ledgerRefusal, MAP_TROUBLES, troubleRefusal } from './common-refusals.ts';
import {
  anyPublishableClosedDigest,
  isKeyOfOlderScripts,
  planPrepare,
  planProjections,
  planReview,
  planSubmit,
} from './plan-before-finalise.ts';
import { planFinalise } from './plan-finalise.ts';
import { DONE, type Plan, type Planning, planAskForAgreement, refusalPlan } from './step-types.ts';

/**
 * Those of the tokens that need no publication. The current mapping has them, or `map.json` has them as a
 * mapping of another tool that waits for `map adopt`. A token that only this proposal's own mapping has is
 * not among them.
 */
function mappedTokens({ facts, situation }: Planning, tokens: ReadonlySet<string>): ReadonlySet<string> {
  const { map, current } = facts.store;
  const isReplaced = situation.troubles.some(({ kind }) => kind === 'map-replaced');
  const settled = new Set<string>();
  for (const one of isReplaced ? [current, map] : [current])
    if (one !== null && !(one instanceof Refusal))
      for (const token of one.mapping.contained(tokens, 'assetId')) settled.add(token);
  return settled;
}

/** Coins of the proposal that its own transactions may have spent, and whose tokens no mapping has. */
function coinsPerhapsSpent(
  planning: Planning,
  { reserves }: ProposalState,
  { spent, transactions }: ChainFacts,
) {
  const own = transactions.filter(
    one => !isCoinSpentByOther(one) && (isTransactionSent(one) || one.state !== 'unspent'),
  );
  const gone = new Set([...spent, ...own.map(({ coin }) => outpointText(coin))]);
  const found = [...reserves].flatMap(([reference, coin]) =>
    gone.has(coin) ? [{ reference, coin, token: assetIdOfOutpoint(coin) }] : [],
  );
  const settled = mappedTokens(planning, new Set(found.map(({ token }) => token)));
  return found.flatMap(({ token, ...one }) => (settled.has(token) ? [] : [one]));
}

const changeKindOfStage = (stage: Stage): keyof Changes =>
  'request' in stage ? kindOfChange(stage.request) : 'issuances';

/**
 * For a proposal without transactions: the refusal if an older tool published its mapping, otherwise null.
 * The burns in that mapping must be counted first, unless the chain contradicts them.
 */
function publishedByOlderToolRefusal({ facts, situation }: Planning, request: string): RefusedData | null {
  const isOut = mappingFinishedByOlderTool(facts.store, facts.subject, []) !== null;
  return isOut && !findTrouble(situation, 'evidence')
    ? { kind: 'published', request, abandoning: true, open: null }
    : null;
}

/**
 * The refusal to abandon a proposal if one of its transactions is on chain, or may still be sent. Null if it
 * can be abandoned.
 */
function abandonRefusal(planning: Planning, proposal: ProposalState): RefusedData | null {
  const { facts, situation } = planning;
  if (proposal.reserves.size === 0) return publishedByOlderToolRefusal(planning, proposal.request);
  const { chain } = facts;
  const { stage } = situation;
  if (chain === null || chain instanceof Refusal) return null;
  const { request, status, height: since, reserves } = proposal;
  const spent = coinsPerhapsSpent(planning, proposal, chain);
  const { height } = chain.tip;
  const until = abandonableFromBlock(status, since, height);
  // Without its request, nobody knows whether this proposal spent its coins.
  if (stage.kind === 'broken')
    return spent.length > 0 || until !== null ? { kind: 'broken', refusal: stage.refusal, until } : null;
  const sent: RefusedData = {
    ...{ kind: 'already-sent', request, does: changeKindOfStage(stage), spent, all: reserves.size, height },
    ...{ end: firstBlockOfNextPeriod(since), isDead: chain.transactions.some(isCoinSpentByOther) },
    isSigned: 'signed' in stage && stage.signed.length >= planning.view.trust.n,
  };
  if (spent.length > 0) return troubleRefusal(situation, 'dead-end') ?? sent;
  // A proposal is abandoned only after its period, even if other transactions spent the coins, or another mapping
  // has the tokens.
  // Until the end of the period, another node may have transactions of this proposal.
  return until === null ? null : sent;
}

/**
 * The refusal if no proposal is open. It names a closed proposal whose transactions are all on chain, if
 * there is one.
 */
function nothingToAbandonRefusal({ situation, store }: Planning): RefusedData {
  const request = anyPublishableClosedDigest(situation);
  return request === null
    ? { kind: 'no-proposal', store, toAbandon: true }
    : { kind: 'closed-on-chain', request };
}

function planAbandon(planning: Planning): Plan {
  const { facts, situation, question } = planning;
  const { state, stage } = situation;
  const { unsigned = false } = question;
  const proposal = state?.proposals.get(facts.subject?.digest ?? '');
  if (!proposal) return refusalPlan(nothingToAbandonRefusal(planning));
  const { request, status } = proposal;
  if (status === 'abandoned' || status === 'superseded') {
    const late = status === 'abandoned' ? planProjections(planning, isKeyOfOlderScripts) : null;
    const isDone = status === 'abandoned' && (facts.memory.acted || question.request !== undefined);
    return late ?? (isDone ? DONE : refusalPlan(nothingToAbandonRefusal(planning)));
  }
  if (status === 'published')
    return refusalPlan({ kind: 'published', request, abandoning: true, open: null });
  const no =
    troubleRefusal(situation, 'node', ...MAP_TROUBLES.filter(kind => kind !== 'map-replaced'), 'tip') ??
    abandonRefusal(planning, proposal);
  if (no) return refusalPlan(no);
  const signed = 'signed' in stage ? stage.signed : [];
  // Without the request, nobody can know who signed it.
  if (unsigned && (signed.length > 0 || status === 'sent' || stage.kind === 'broken'))
    return refusalPlan({ kind: 'signed-already', request, controllers: signed });
  return planAskForAgreement(planning, request) ?? { do: 'abandon', request, unsigned };
}

/** Plans `repair`, which restores what the ledger requires and the store lacks. */
function planRepair(planning: Planning): Plan {
  const lost = troubleRefusal(planning.situation, 'mapping-lost');
  if (lost) return refusalPlan(lost);
  const { subject } = planning.facts;
  if (subject && !subject.isStored && subject.request && !(subject.request instanceof Refusal))
    return { do: 'store', request: subject.request, signatures: [] };
  return planProjections(planning, () => true) ?? DONE;
}

/** Plans `map adopt`. The plan is `done` if there is a mapping to adopt and nothing prevents the adoption. */
function planAdopt(planning: Planning): Plan {
  const { state, troubles } = planning.situation;
  if (!troubles.some(({ kind }) => kind === 'map-replaced'))
    return refusalPlan({ kind: 'nothing-to-adopt', mapping: state?.mapping ?? '' });
  if (state?.open?.status !== 'sent') return DONE;
  const { chain } = planning.facts;
  const isKnown = chain !== null && !(chain instanceof Refusal);
  const no = isKnown ? abandonRefusal(planning, state.open) : troubleRefusal(planning.situation, 'node');
  // A sent proposal without reserved coins has no issuances. It is finished before the adoption, unless the
  // chain contradicts its burns.
  if (isKnown && no === null && state.open.reserves.size === 0) {
    const wrong = findTrouble(planning.situation, 'evidence');
    const abandonFirst = wrong !== undefined && !wrong.isKept;
    return refusalPlan({ kind: 'adopt-sent', request: state.open.request, abandonFirst, until: null });
  }
  // This refusal says what the controllers must do before the adoption.
  if (no?.kind === 'trouble' || no?.kind === 'broken') return refusalPlan(no);
  const until = no?.kind === 'already-sent' && no.isDead ? no.end : null;
  return refusalPlan({ kind: 'adopt-sent', request: state.open.request, abandonFirst: no === null, until });
}

export function planStep(planning: Planning): Plan {
  const { situation, question, store } = planning;
  const block = ledgerRefusal(situation, store);
  if (block) return question.intent === 'look' ? DONE : refusalPlan(block);
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
