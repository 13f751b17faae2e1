/** The command status: prints the situation as a sentence, and the next step. */
import { Refusal } from '../../../shared/errors.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import type { Tip } from '../../node/answer-types.ts';
import { capitalisedText } from '../../platform/text/words.ts';
import type { Facts } from '../facts/facts.ts';
import { ADVICE, firstTroubleWithAdvice } from '../plan/advice.ts';
import { ledgerRefusal } from '../plan/common-refusals.ts';
import { runProposalLoop } from '../proposal-loop.ts';
import type { Services } from '../services.ts';
import type { Situation } from '../situation/situation.ts';
import type { Stage } from '../situation/stage.ts';
import { RefusedError } from '../texts/refused-error.ts';
import { nextStepText, type State, stateOfStage } from '../texts/stages.ts';
import { hintWithoutObjectRemark } from '../texts/stored-objects.ts';
import { explainTrouble, synchronisingText } from '../texts/troubles.ts';

export interface Status {
  state: State;
  /** Sentences with the next step and the troubles. */
  next: string;
  situation: Situation;
  facts: Facts;
  /** The ledger's current mapping; null if it is not available. */
  published: Published | null;
  /** Indices of the controllers that have not signed. */
  missing: number[];
  /** Height of the best block; null if the node does not answer. */
  height: number | null;
  tip: Tip | null;
  /** A problem because of which most other commands refuse. `status` reports it as an error. */
  problem?: Refusal;
}

/**
 * For each damaged object with signatures in the store, prints a line. The signatures in such an object do
 * not count.
 */
export function printDamagedSignatures(
  { progress }: Pick<Services, 'progress'>,
  { troubles }: Situation,
): void {
  for (const trouble of troubles)
    if (trouble.kind === 'damaged-signatures')
      for (const { message, hint } of trouble.refusals)
        progress(`${message}. These signatures do not count. ${hintWithoutObjectRemark(hint)}`);
}

function refusalOfSituation({ troubles, stage }: Situation): Refusal | undefined {
  const code = 'request' in stage ? stage.request.reviewCode : null;
  const trouble = firstTroubleWithAdvice(troubles, 'status', 'error');
  if (trouble) return new RefusedError({ kind: 'trouble', trouble, reviewCode: code });
  return stage.kind === 'broken' ? stage.refusal : undefined;
}

function nextStepSentences(situation: Situation, services: Services, facts: Facts): string[] {
  const { troubles, stage } = situation;
  const code = 'request' in stage ? stage.request.reviewCode : null;
  const texts: string[] = [];
  const lead = firstTroubleWithAdvice(troubles, 'status', 'leads');
  const isChecked = 'request' in stage && services.state.request(stage.request.digest) !== null;
  const first = nextStepText(situation, services.trust, facts, lead, isChecked);
  texts.push(first);
  for (const trouble of troubles) {
    if (trouble === lead || ['error', 'progress'].includes(ADVICE[trouble.kind].status)) continue;
    if (trouble.kind === 'tip' && trouble.headers > trouble.height) {
      const { height, headers } = trouble;
      texts.push(synchronisingText(height, headers));
      continue;
    }
    const { message, hint } = explainTrouble(trouble, code);
    texts.push(`${capitalisedText(message)}. ${hint}`);
  }
  return texts;
}

const signersOfStage = (stage: Stage) => ('signed' in stage ? stage.signed : []);

/** @throws RefusedError if the store has no ledger, or a ledger that cannot be read */
export async function readStatus(services: Services): Promise<Status> {
  const { facts, situation } = await runProposalLoop(services, { intent: 'look' });
  const block = ledgerRefusal(situation, services.store.name);
  if (block) throw new RefusedError(block);
  const { stage } = situation;
  const { current } = facts.store;
  const { pubkeys } = services.trust;
  printDamagedSignatures(services, situation);
  const isNone = stage.kind === 'none';
  const have = signersOfStage(stage);
  const problem = refusalOfSituation(situation);
  const tip = facts.chain === null || facts.chain instanceof Refusal ? null : facts.chain.tip;
  return {
    state: stateOfStage(stage),
    next: nextStepSentences(situation, services, facts).join(' '),
    ...{ situation, facts, tip, height: tip?.height ?? null },
    published: current instanceof Refusal ? null : current,
    missing: isNone ? [] : pubkeys.map((_, i) => i + 1).filter(c => !have.includes(c)),
    ...(problem ? { problem } : {}),
  };
}
