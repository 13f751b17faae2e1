/** Plans the wait for the confirmations of burns. If the chain lost burns, they are sent again. Pure. */
import { outpointText } from '../../../shared/changes.ts';
import { BURN_CONFIRMATIONS, type BurnFact, type BurnProblem } from '../facts/burns.ts';
import type { ChainFacts, Memory, SubjectFacts } from '../facts/facts.ts';
import type { AtHand } from '../situation/stage.ts';
import { troubleRefusal } from './common-refusals.ts';
import { burnsWithFacts } from './evidence.ts';
import { isSentLongAgo, planStalledWait } from './plan-sending.ts';
import { type Plan, type Planning, refusalPlan } from './step-types.ts';

const isBurnLost = ({ problem }: BurnFact): boolean => problem?.is === 'unknown' && problem.hasIndex;

const isBurnHidden = ({ problem }: BurnFact): boolean => problem?.is === 'unknown' && !problem.hasIndex;

/** The reason why a lost burn cannot be sent again, or why sending it failed. Null if there is none. */
function unsendableReason(
  { txid }: BurnFact,
  { outcomes, unseen }: Memory,
  isKept: boolean,
): BurnProblem['problem'] | null {
  const outcome = outcomes.get(txid);
  if (outcome?.state === 'refused') return { is: 'refused', message: outcome.message };
  // The node reports the transaction as confirmed, but does not show it.
  if (unseen.has(txid)) return { is: 'unknown', hasIndex: false };
  return isKept ? null : { is: 'unknown', hasIndex: true };
}

/**
 * Plans to send lost burns again with the transactions in the store, so that the holder need not do anything.
 */
function planSendingBurnsAgain(
  planning: Planning,
  stage: AtHand,
  chain: ChainFacts,
  isPublished: boolean,
): Plan {
  const { memory, subject } = planning.facts;
  const kept = subject?.keptBurns ?? [];
  for (const { redemption, burn, fact } of burnsWithFacts(stage.derivation, chain.evidence.burns)) {
    const isKept = kept.some(({ txid }) => txid === fact.txid);
    const why = isBurnLost(fact) ? unsendableReason(fact, memory, isKept) : null;
    if (why === null) continue;
    const { reference } = redemption;
    const problem = { kind: 'burn', reference, output: outpointText(burn), problem: why } as const;
    const trouble = { kind: 'evidence', problem, isKept: false, isPublished } as const;
    return refusalPlan({ kind: 'trouble', trouble, reviewCode: stage.request.reviewCode });
  }
  return planStalledWait(planning, stage, chain) ?? planSendOfKeptBurns(planning, kept, false);
}

function planSendOfKeptBurns({ facts }: Planning, kept: SubjectFacts['keptBurns'], isWaiting: boolean): Plan {
  const transactions = kept.map(({ txid, hex }) => ({ key: txid, hex, isWaiting }));
  return { do: 'send', transactions, again: facts.memory.sentAt !== null, all: kept.length };
}

/**
 * @param isPublished true if a published mapping counts the burns. The burns then need no further
 * confirmations, and only have to be on chain
 * @returns null once nothing is left to do
 */
export function planBurns(
  planning: Planning,
  stage: AtHand,
  chain: ChainFacts,
  isPublished: boolean,
): Plan | null {
  const { facts, situation, question } = planning;
  const { burns, amounts } = chain.evidence;
  // A node that does not have all blocks may lack the burns, or report too small amounts of tokens.
  const tip = amounts === null ? null : troubleRefusal(situation, 'tip');
  if (tip) return refusalPlan(tip);
  if (burns.some(isBurnLost)) return planSendingBurnsAgain(planning, stage, chain, isPublished);
  const problem = isPublished ? null : troubleRefusal(situation, 'evidence');
  if (problem) return refusalPlan(problem);
  const needed = isPublished ? 1 : (question.confirmations ?? BURN_CONFIRMATIONS);
  // If a published mapping counts the burns, the command does not wait for hidden burns. A node without a
  // transaction index may never show them.
  const seen = isPublished ? burns.filter(burn => !isBurnHidden(burn)) : burns;
  if (seen.every(({ depth }) => (depth ?? 0) >= needed)) return null;
  const stop = planStalledWait(planning, stage, chain);
  if (stop) return stop;
  const kept = facts.subject?.keptBurns ?? [];
  const isWaiting = seen.some(({ depth }) => depth === 0) && kept.length > 0;
  return isWaiting && isSentLongAgo(planning, chain)
    ? planSendOfKeptBurns(planning, kept, true)
    : { do: 'wait' };
}
