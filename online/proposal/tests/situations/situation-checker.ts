/**
 * Checks every combination of facts: there is one situation, each intent has a step or advice, and no step is
 * forbidden.
 */
import * as assert from 'uvu/assert';
import { Refusal } from '../../../../shared/errors.ts';
import type { LedgerEvent } from '../../../ledger/ledger-event.ts';
import { whyEventIllegal } from '../../../ledger/legality.ts';
import { outpointText } from '../../../ledger/policy-coin.ts';
import type { BurnFact } from '../../facts/burns.ts';
import type { Facts } from '../../facts/facts.ts';
import type { Question } from '../../facts/question.ts';
import { ledgerStateOrNull } from '../../facts/read-facts.ts';
import { depthOfTransaction } from '../../facts/transactions.ts';
import { nextWayOfSituation } from '../../plan/next-way.ts';
import { planStep } from '../../plan/plan-step.ts';
import type { Plan, Step } from '../../plan/step-types.ts';
import type { RefusedData, Way } from '../../refusals.ts';
import { type Situation, situationOf } from '../../situation/situation.ts';
import { RefusedError } from '../../texts/refused-error.ts';
import { nextStepText, stateOfStage } from '../../texts/stages.ts';
import { explainTrouble } from '../../texts/troubles.ts';
import { checkStep, hasUnexplainedTokens, isBurnAsRequested } from './forbidden-steps.ts';
import { type Sample, trust, view } from './samples.ts';

const QUESTIONS: Record<string, Question> = {
  prepare: { intent: 'prepare', maxTipAge: 100 },
  submit: { intent: 'submit' },
  review: { intent: 'review', maxTipAge: 100 },
  finalise: { intent: 'finalise', maxTipAge: 100, confirmations: 2, poll: 5 },
  'finalise, asking': { intent: 'finalise', maxTipAge: 100, confirmations: 1, poll: 5, mustAgree: true },
  'finalise, as deep as usual': { intent: 'finalise', maxTipAge: 100 },
  abandon: { intent: 'abandon', maxTipAge: 100 },
  'abandon, unsigned': { intent: 'abandon', maxTipAge: 100, unsigned: true },
  repair: { intent: 'repair' },
  adopt: { intent: 'adopt' },
  look: { intent: 'look' },
};
const COMMANDS: Partial<Record<string, string>> = {
  prepare: 'prepare',
  submit: 'submit',
  review: 'review',
  finalise: 'finalise',
  abandon: 'abandon',
  repair: 'repair',
  'map adopt': 'adopt',
};

/**
 * Checks that following the advice ends in a step, a wait, or a decision of people, and never at the same
 * advice.
 */
function checkAdvice(
  from: string,
  way: Way,
  plans: Map<string, Plan>,
  situation: Situation,
  what: string,
): void {
  const seen = [from];
  for (let now = way; ; ) {
    if (!('run' in now)) return;
    const run = now.run === 'status' ? nextWayOfSituation(situation, trust) : now;
    if (!('run' in run)) return;
    if (run.run === 'map init' || run.run === 'coins scan') return;
    const command = COMMANDS[run.run] as string;
    const next = plans.get(command);
    if (next?.do !== 'refuse') return; // The command changes a fact, or reports that nothing is left to do.
    assert.not.ok(seen.includes(command), `${what}: a circle of advice: ${[...seen, command].join(' → ')}`);
    seen.push(command);
    now = new RefusedError(next.why).way;
  }
}

/** True if the refusal is about the best block. Commands that only read ignore the age of this block. */
const isOldTipRefusal = (why: RefusedData) => why.kind === 'trouble' && why.trouble.kind === 'tip';

const KEEPS_OPEN: readonly string[] = [
  ...['node', 'tip', 'mapping-lost', 'map-absent', 'map-damaged', 'map-stale', 'map-late'],
];

/**
 * Checks that a proposal which can never be completed can be abandoned while none of its transactions is on
 * chain.
 */
function checkDeadEnds(
  { chain }: Facts,
  plans: ReadonlyMap<string, Plan>,
  situation: Situation,
  what: string,
): void {
  const { stage, troubles } = situation;
  if (chain === null || chain instanceof Refusal) return;
  if (troubles.some(({ kind }) => KEEPS_OPEN.includes(kind)) || chain.spent.length > 0) return;
  const abandon = plans.get('abandon');
  if (abandon?.do === 'refuse' && isOldTipRefusal(abandon.why)) return;
  const isDead = troubles.some(
    one => one.kind === 'evidence' && 'run' in explainTrouble(one, null).way && !one.isKept,
  );
  if (isDead)
    assert.is(plans.get('abandon')?.do, 'abandon', `${what}: not what is burnt, and cannot be abandoned`);
  if (stage.kind !== 'broken') return;
  const { status, reserves } = stage.proposal;
  const isOver = chain.tip.height >= 3360 || reserves.size === 0;
  if (status === 'open' || (status === 'sent' && isOver))
    assert.is(plans.get('abandon')?.do, 'abandon', `${what}: broken, and cannot be abandoned`);
}

/** Checks that waiting burns, and burns that the store keeps, are no reason to abandon a proposal. */
function checkNoAbandonAdvice(
  sample: Sample,
  { chain, store, subject }: Facts,
  { troubles }: Situation,
  what: string,
): void {
  if (chain === null || chain instanceof Refusal || chain.evidence.burns.length === 0) return;
  const { burns, amounts } = chain.evidence;
  const isKept = ({ txid }: BurnFact) => subject?.keptBurns.some(kept => kept.txid === txid) ?? false;
  const isLost = (one: BurnFact) => one.problem?.is === 'unknown' && one.problem.hasIndex && isKept(one);
  const before = ledgerStateOrNull(store)?.burnt;
  const isCounted = burns.some(({ txid, vout }) => before?.has(`${txid}:${vout}`));
  const isRight = burns.every(one => isLost(one) || (one.problem === null && isBurnAsRequested(sample, one)));
  if (!isRight || isCounted || amounts === null || hasUnexplainedTokens(sample, chain)) return;
  const alarm = troubles.find(one => one.kind === 'evidence' && !one.isKept);
  assert.is(alarm, undefined, `${what}: an alarm for burns that wait`);
}

/** Kinds of refusals that depend on the bars, the time or the loop's memory, and not on the situation. */
const OF_MOMENT: readonly string[] = [
  ...['few-blocks', 'coins-short', 'coin-spent', 'coin-other', 'bars-issued', 'addresses', 'built-other'],
  ...['other', 'stalled', 'read-back', 'burn', 'burn-sum', 'bar-unknown', 'outstanding'],
];

/** Checks that a proposal which can never be completed does not prevent an adoption. */
function checkAdoptPossible(plans: ReadonlyMap<string, Plan>, { stage }: Situation, what: string): void {
  const next = plans.get('adopt');
  if (next?.do !== 'refuse' || next.why.kind !== 'adopt-sent' || !('transactions' in stage)) return;
  const isDead = stage.transactions.some(one => one.spender?.is === 'other');
  const { way } = new RefusedError(next.why);
  assert.ok(
    !isDead || !('run' in way && way.run === 'repair'),
    `${what}: repairs for what can never be sent`,
  );
}

/** Checks that the command printed by `next` is not refused for a reason that `next` knows. */
function checkNextCommand(plans: ReadonlyMap<string, Plan>, situation: Situation, what: string): void {
  const way = nextWayOfSituation(situation, trust);
  const command = 'run' in way ? COMMANDS[way.run] : undefined;
  const next = command === undefined ? undefined : plans.get(command);
  if (next?.do !== 'refuse' || OF_MOMENT.includes(next.why.kind)) return;
  if (isOldTipRefusal(next.why)) return;
  assert.unreachable(`${what}: next prints ${command}, which is refused as ${next.why.kind}`);
}

/**
 * Checks that a refusal has a message and a next step. A burn of an open proposal may be refused only because
 * it has too few confirmations. Any other problem of burns has to be a trouble.
 */
function checkRefusal(why: Extract<Plan, { do: 'refuse' }>['why'], { intent }: Question, what: string): void {
  const { message, hint, code } = new RefusedError(why);
  assert.ok(message.length > 5 && hint.length > 5, `${what}: ${code}`);
  assert.not.match(message + hint, /undefined|\[object|NaN/, what);
  if (intent === 'prepare' || (why.kind !== 'burn' && why.kind !== 'outstanding')) return;
  assert.ok(why.kind === 'burn' && why.problem.is === 'waiting', `${what}: ${why.kind} of an open proposal`);
}

/** Checks that a wait ends at its limit. */
function checkWaitEnds(next: Plan, { memory: { best, first }, chain }: Facts, what: string): void {
  const isEndless = first !== null || (best?.looks ?? 0) > 1000;
  if (!isEndless) return;
  const isDeepening =
    chain !== null &&
    !(chain instanceof Refusal) &&
    chain.transactions.every(one => depthOfTransaction(one) > 0) &&
    chain.evidence.burns.every(({ depth }) => (depth ?? 0) > 0);
  if (first !== null && isDeepening) return;
  assert.ok(next.do !== 'wait' && next.do !== 'send', `${what}: goes on without end`);
}

export function eventOfStep(step: Step): LedgerEvent | null {
  switch (step.do) {
    case 'propose': {
      const { request, issuances } = step.derivation;
      const reserves = Object.fromEntries(
        issuances.map(({ reference, request: { coin } }) => [reference, outpointText(coin)]),
      );
      const { digest, height } = request;
      return { event: 'propose', request: digest, base: request.base.mapping, height, reserves };
    }
    case 'decide-to-send':
      return { event: 'send', request: step.request, controllers: step.controllers };
    case 'abandon':
      return { event: 'abandon', request: step.request, unsigned: step.unsigned };
    case 'publish': {
      const { request, mapping, transactions, burns, corrected } = step;
      return { event: 'publish', request, mapping: mapping.digest, transactions, burns, corrected };
    }
    case 'ask':
    case 'store':
    case 'send':
    case 'wait':
    case 'bring-back':
    case 'turn-to':
    case 'project':
      return null;
  }
}

/** Checks combinations of facts, counts them, and collects violations. */
export class SituationChecker {
  combinations = 0;
  /** Stages and troubles that occurred. */
  readonly kinds = new Set<string>();
  /** The first violation of each kind. */
  readonly wrong = new Map<string, string>();

  /** @param drafting the facts for `prepare` */
  check(sample: Sample, facts: Facts, drafting: Facts, what: string): void {
    try {
      this.checkAll(sample, facts, drafting, `${sample.name}, ${what}`);
    } catch (error) {
      const message = (error as Error).message;
      const kind = message.slice(message.lastIndexOf(': '));
      if (!this.wrong.has(kind)) this.wrong.set(kind, message);
    }
  }

  private planOf(sample: Sample, name: string, of: Facts, what: string): [Plan, Situation] {
    const asked = QUESTIONS[name] as Question;
    const question = asked.intent === 'prepare' ? { ...asked, wanted: sample.wanted } : asked;
    this.combinations++;
    let situation: Situation;
    let next: Plan;
    try {
      situation = situationOf(of, question, view);
      next = planStep({ situation, facts: of, question, view, store: 'memory:' });
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`);
    }
    if (next.do === 'refuse') checkRefusal(next.why, question, what);
    else if (next.do !== 'done') {
      const event = eventOfStep(next);
      const kind = event && whyEventIllegal(ledgerStateOrNull(of.store), event)?.kind;
      assert.is(kind ?? null, null, `${what}: ${event?.event} is illegal`);
      checkStep(sample, next, of, question, what);
    }
    checkWaitEnds(next, of, what);
    return [next, situation];
  }

  private checkAll(sample: Sample, facts: Facts, drafting: Facts, what: string): void {
    const plans = new Map<string, Plan>();
    let looked: Situation | undefined;
    for (const name of Object.keys(QUESTIONS)) {
      const of = name === 'prepare' ? drafting : facts;
      const [next, situation] = this.planOf(sample, name, of, `${what}, ${name}`);
      plans.set(name, next);
      if (name === 'look') looked = situation;
    }
    const situation = looked as Situation;
    const { stage, troubles } = situation;
    checkDeadEnds(facts, plans, situation, what);
    checkNoAbandonAdvice(sample, facts, situation, what);
    this.kinds.add(stage.kind);
    for (const trouble of troubles) this.kinds.add(trouble.kind);
    assert.is(plans.get('look')?.do, 'done');
    assert.ok(stateOfStage(stage).length > 0);
    assert.not.match(nextStepText(situation, trust, facts, undefined), /undefined|NaN/);
    for (const trouble of troubles) assert.not.match(explainTrouble(trouble, null).message, /undefined|NaN/);
    // The check is skipped if another proposal is open, because the facts of that proposal decide the next
    // step.
    const open = ledgerStateOrNull(facts.store)?.open;
    if (facts.subject && open && open.request !== facts.subject.digest) return;
    // The check is skipped after a sending, because `next` does not know the results of the sending.
    if (facts.memory.outcomes.size === 0) checkNextCommand(plans, situation, what);
    checkAdoptPossible(plans, situation, what);
    for (const [name, next] of plans)
      if (next.do === 'refuse')
        checkAdvice(name, new RefusedError(next.why).way, plans, situation, `${what}, ${name}`);
  }
}
