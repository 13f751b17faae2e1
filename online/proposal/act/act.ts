/**
 * Performs one step of a plan. Each step is safe to repeat. Facts that are still current after the step are
 * passed on, and all others are read again.
 */
import type { Step } from '../plan/step.ts';
import { broughtBack, strayPublished } from '../texts/progress.ts';
import type { Acted, Acting } from './acting.ts';
import { abandon, decideToSend, propose, store } from './deciding.ts';
import { project, publish } from './projecting.ts';
import { send, wait } from './sending.ts';

/** @throws Refusal if the person does not agree, and those of store and node */
export async function perform(acting: Acting, step: Step): Promise<Acted> {
  const { facts, question, services, agree } = acting;
  const { memory } = facts;
  switch (step.do) {
    case 'ask':
      await agree?.(facts);
      return { seed: { draft: facts.draft, memory: { ...memory, agreed: step.request } } };
    case 'propose':
      return propose(acting, step);
    case 'store':
      return store(acting, step);
    case 'decide-to-send':
      return decideToSend(acting, step);
    case 'send':
      return send(acting, step);
    case 'wait':
      return wait(acting);
    case 'bring-back':
      services.progress(broughtBack(step.request));
      await acting.follow({ ...question, given: [], requestFile: undefined, request: step.request });
      return { seed: { memory } };
    case 'turn-to':
      services.progress(strayPublished(step.request));
      return { seed: { memory }, question: { ...question, request: step.request } };
    case 'publish':
      return publish(acting, step);
    case 'abandon':
      return abandon(acting, step);
    case 'project':
      return project(acting);
  }
}
