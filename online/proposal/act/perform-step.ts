/**
 * Performs one step of a plan. Each step is safe to repeat. Facts that are still current after the step are
 * passed on, and all others are read again.
 */
import type { Step } from '../plan/step-types.ts';
import { closedOnChainText, transactionsDroppedText } from '../texts/progress.ts';
import {
  appendSendDecision,
  performAbandon,
  performPropose,
  storeRequestAndSignatures,
} from './decision-steps.ts';
import { performProjection, performPublish } from './projection-steps.ts';
import { performSend, performWait } from './sending-steps.ts';
import type { Acted, Acting } from './step-context.ts';

/** @throws Refusal if the person does not agree; also refusals of the store and the node */
export async function performPlannedStep(acting: Acting, step: Step): Promise<Acted> {
  const { facts, question, services, agree } = acting;
  const { memory } = facts;
  switch (step.do) {
    case 'ask':
      await agree?.(facts);
      return { seed: { draft: facts.draft, memory: { ...memory, agreed: step.request } } };
    case 'propose':
      return performPropose(acting, step);
    case 'store':
      return storeRequestAndSignatures(acting, step);
    case 'decide-to-send':
      return appendSendDecision(acting, step);
    case 'send':
      return performSend(acting, step);
    case 'wait':
      return performWait(acting);
    case 'bring-back':
      services.progress(transactionsDroppedText(step.request));
      await acting.follow({ ...question, given: [], requestFile: undefined, request: step.request });
      return { seed: { memory } };
    case 'turn-to':
      services.progress(closedOnChainText(step.request));
      return { seed: { memory }, question: { ...question, request: step.request } };
    case 'publish':
      return performPublish(acting, step);
    case 'abandon':
      return performAbandon(acting, step);
    case 'project':
      return performProjection(acting);
  }
}
