/**
 * The loop of every command: it reads facts, determines the situation, plans a step and performs this step.
 * It ends when the plan has no further step, or refuses.
 */
import { performPlannedStep } from './act/perform-step.ts';
import type { Acting, Agree } from './act/step-context.ts';
import type { Facts } from './facts/facts.ts';
import type { Question } from './facts/question.ts';
import { readFacts, type Seed } from './facts/read-facts.ts';
import { planStep } from './plan/plan-step.ts';
import type { Services } from './services.ts';
import { type Situation, situationOf } from './situation/situation.ts';
import { RefusedError } from './texts/refused-error.ts';

export interface Outcome {
  /** The facts before anything was done. */
  first: Facts;
  /** The facts at the end. */
  facts: Facts;
  situation: Situation;
  question: Question;
}

/**
 * @param look function that is called with the facts after each read
 * @param agree function that asks the person. If it is given, the question's `mustAgree` is true
 * @throws RefusedError if the plan refuses; also refusals of the store, the node and files
 */
export async function runProposalLoop(
  services: Services,
  asked: Question,
  agree?: Agree,
  look: (facts: Facts) => void = () => undefined,
): Promise<Outcome> {
  let question: Question = agree ? { ...asked, mustAgree: true } : asked;
  let seed: Seed = {};
  let first: Facts | undefined;
  const view = { trust: services.trust, node: services.node.source };
  for (;;) {
    const facts = await readFacts(services, question, seed);
    look(facts);
    if (!first && question.intent === 'finalise') question = { ...question, began: facts.subject?.digest };
    first ??= facts;
    const situation = situationOf(facts, question, view);
    const next = planStep({ situation, facts, question, view, store: services.store.name });
    if (next.do === 'done') return { first, facts, situation, question };
    if (next.do === 'refuse') throw new RefusedError(next.why);
    const acting: Acting = {
      services,
      question,
      facts,
      agree,
      follow: other => runProposalLoop(services, other),
    };
    const acted = await performPlannedStep(acting, next);
    ({ seed, question = question } = acted);
  }
}
