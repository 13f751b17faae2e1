/** Every combination of facts within small bounds: one situation, a next step or a way out for every intent, and no step that breaks an invariant. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../shared/errors.ts';
import { assetIdOf } from '../../shared/issuance.ts';
import { periodOf } from '../../shared/schedule.ts';
import { fromOutpoint } from '../ledger/coins.ts';
import type { LedgerEvent } from '../ledger/event.ts';
import { illegal } from '../ledger/legal.ts';
import type { ChainFacts, Facts, TransactionFact } from './facts/facts.ts';
import type { Question } from './facts/question.ts';
import { stateOf } from './facts/read.ts';
import { depthOf, isThere } from './facts/transactions.ts';
import { ADVICE } from './plan/advice.ts';
import { nextWay } from './plan/next.ts';
import { plan } from './plan/plan.ts';
import type { Plan, Step } from './plan/step.ts';
import type { Way } from './refusals.ts';
import { isOwnMapping, type Situation, situationOf } from './situation.ts';
import {
  type ChainKind,
  chainFacts,
  derivation,
  factsOf,
  LEDGERS,
  MAPS,
  type Olders,
  ONCHAIN,
  type OnChain,
  REQUESTS,
  storeFacts,
  subjectFacts,
  TIPS,
  trust,
  view,
} from './tests/situations.ts';
import { Refused } from './texts/refused.ts';
import { nextText, STAGES, stateName } from './texts/stages.ts';
import { explainTrouble } from './texts/troubles.ts';

// Hundreds of thousands of refusals are made, and no stack of them is read.
Error.stackTraceLimit = 0;

const A = derivation.request.digest;
const QUESTIONS: Record<string, Question> = {
  prepare: { intent: 'prepare', wanted: { assets: derivation.request.issuances }, maxTipAge: 100 },
  submit: { intent: 'submit' },
  review: { intent: 'review', maxTipAge: 100 },
  finalise: { intent: 'finalise', maxTipAge: 100, confirmations: 2, poll: 5 },
  'finalise, asking': { intent: 'finalise', maxTipAge: 100, confirmations: 1, poll: 5, mustAgree: true },
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

const planOf = (facts: Facts, question: Question): Plan => {
  const situation = situationOf(facts, question, view);
  return plan({ situation, facts, question, view, store: 'memory:' });
};

function eventOf(step: Step): LedgerEvent | null {
  switch (step.do) {
    case 'propose': {
      const { request, issuances } = step.derivation;
      const reserves = Object.fromEntries(
        issuances.map(({ reference, request: { coin } }) => [reference, `${coin.txid}:${coin.vout}`]),
      );
      const { digest, height } = request;
      return { event: 'propose', request: digest, base: request.base.mapping, height, reserves };
    }
    case 'decide-to-send':
      return { event: 'send', request: step.request, controllers: step.controllers };
    case 'abandon':
      return { event: 'abandon', request: step.request, unsigned: step.unsigned };
    case 'publish':
      return {
        ...{ event: 'publish', request: step.request, mapping: step.mapping.digest },
        transactions: step.transactions,
      };
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

/** What each step must never do. */
function checkStep(step: Step, facts: Facts, what: string): void {
  const state = stateOf(facts.store);
  const event = eventOf(step);
  if (event) assert.is(illegal(state, event)?.kind ?? null, null, `${what}: ${event.event} is illegal`);
  const chain = facts.chain as ChainFacts;
  const { map } = facts.store;
  const isReplaced =
    map !== null &&
    !(map instanceof Refusal) &&
    !state?.mappings.includes(map.mapping.digest) &&
    map.mapping.digest !== derivation.mapping.digest;
  const there = chain && !(chain instanceof Refusal) ? chain.transactions.filter(isThere) : [];
  switch (step.do) {
    case 'send': {
      const status = state?.proposals.get(A)?.status;
      assert.ok(status === 'sent' || status === 'published', `${what}: sends what is ${status}`);
      assert.not.ok(
        chain.transactions.some(
          ({ issuance, spender }) =>
            spender?.is === 'other' &&
            status === 'sent' &&
            step.transactions.some(({ key }) => key === issuance.assetId),
        ),
        what,
      );
      assert.not.ok(isReplaced && status === 'sent', `${what}: sends on a mapping that was replaced`);
      if (there.length === 0 && status === 'sent') {
        assert.is(periodOf(chain.tip.height), periodOf(3310), `${what}: sends in another period`);
        assert.ok(
          chain.transactions.every(one => one.state === 'unspent'),
          `${what}: a coin is spent`,
        );
      }
      break;
    }
    case 'decide-to-send': {
      assert.ok(step.controllers.length === trust.n, what);
      const stored = facts.subject?.stored.map(s => s.controller) ?? [];
      assert.ok(
        step.controllers.every(c => stored.includes(c)),
        `${what}: signatures are not in the store`,
      );
      if (there.length === 0)
        assert.is(periodOf(chain.tip.height), periodOf(3310), `${what}: decides in another period`);
      assert.not.ok(isReplaced, what);
      break;
    }
    case 'publish':
      assert.ok(
        chain.transactions.every(one => depthOf(one) >= 1),
        `${what}: not confirmed`,
      );
      assert.is(chain.tokens?.wrong.length, 0, `${what}: wrong tokens`);
      assert.not.ok(isReplaced, `${what}: over another mapping`);
      break;
    case 'abandon':
      checkAbandon(step, facts, there, what);
      break;
    default:
  }
}

function checkAbandon(
  step: Extract<Step, { do: 'abandon' }>,
  facts: Facts,
  there: ChainFacts['transactions'],
  what: string,
): void {
  const chain = facts.chain as ChainFacts;
  const { map } = facts.store;
  const state = stateOf(facts.store);
  const status = state?.proposals.get(A)?.status;
  // Its own mapping, and one of the ledger, are projections; another's waits for `map adopt`, which comes after.
  const isOther =
    map !== null &&
    !(map instanceof Refusal) &&
    !isOwnMapping(facts.subject, map.mapping.digest) &&
    !state?.mappings.includes(map.mapping.digest);
  const isIn = ({ issuance }: TransactionFact) =>
    isOther && map.mapping.contained(new Set([issuance.assetId]), 'assetId').size > 0;
  assert.is(there.filter(one => !isIn(one)).length, 0, `${what}: something of it is on chain`);
  const isElsewhere = (coin: string) =>
    isOther && map.mapping.contained(new Set([assetIdOf(fromOutpoint(coin))]), 'assetId').size > 0;
  assert.is(chain.spent.filter(coin => !isElsewhere(coin)).length, 0, `${what}: a coin of it is spent`);
  if (step.unsigned) assert.is(facts.subject?.stored.length, 0, `${what}: it is signed`);
  if (status === 'sent') assert.ok(chain.tip.height >= 3360, `${what}: in its period`);
}

/** Follows the printed ways from a refusal: they end in a step, in waiting, or with people; never where they began. */
function checkWay(
  from: string,
  way: Way,
  plans: Map<string, Plan>,
  situation: Situation,
  what: string,
): void {
  const seen = [from];
  for (let now = way; ; ) {
    if (!('run' in now)) return;
    const run = now.run === 'status' ? nextWay(situation, trust) : now;
    if (!('run' in run)) return;
    if (run.run === 'map init' || run.run === 'coins scan') return;
    const command = COMMANDS[run.run] as string;
    const next = plans.get(command);
    if (next?.do !== 'refuse') return; // it changes something, or says that nothing is left
    assert.not.ok(seen.includes(command), `${what}: a circle of advice: ${[...seen, command].join(' → ')}`);
    seen.push(command);
    now = new Refused(next.why).way;
  }
}

const KEEPS_OPEN: readonly string[] = [
  'node',
  'tip',
  'mapping-lost',
  'map-absent',
  'map-damaged',
  'map-stale',
  'map-late',
];

/** A proposal whose request is gone is no dead end: while its coins are unspent, it can be abandoned. */
function checkBroken(
  { chain }: Facts,
  plans: ReadonlyMap<string, Plan>,
  stage: Situation['stage'],
  troubles: Situation['troubles'],
  what: string,
): void {
  if (stage.kind !== 'broken' || chain === null || chain instanceof Refusal) return;
  if (troubles.some(({ kind }) => KEEPS_OPEN.includes(kind)) || chain.spent.length > 0) return;
  const { status } = stage.proposal;
  if (status === 'open' || (status === 'sent' && chain.tip.height >= 3360))
    assert.is(plans.get('abandon')?.do, 'abandon', `${what}: broken, and cannot be abandoned`);
}

/** What depends on the bars, on the moment, or on what the loop remembers, and not on where things stand. */
const OF_MOMENT: readonly string[] = [
  ...['few-blocks', 'coins-short', 'coin-spent', 'coin-other', 'addresses', 'built-other'],
  ...['other', 'stalled', 'read-back'],
];

/** What can never be completed is not put back for its sake. */
function checkAdopt(plans: ReadonlyMap<string, Plan>, { stage }: Situation, what: string): void {
  const next = plans.get('adopt');
  if (next?.do !== 'refuse' || next.why.kind !== 'adopt-sent' || !('transactions' in stage)) return;
  const isDead = stage.transactions.some(one => one.spender?.is === 'other');
  const { way } = new Refused(next.why);
  assert.ok(
    !isDead || !('run' in way && way.run === 'repair'),
    `${what}: repairs for what can never be sent`,
  );
}

/** The command that `next` prints is not refused for what `next` knows. */
function checkNext(plans: ReadonlyMap<string, Plan>, situation: Situation, what: string): void {
  const way = nextWay(situation, trust);
  const command = 'run' in way ? COMMANDS[way.run] : undefined;
  const next = command === undefined ? undefined : plans.get(command);
  if (next?.do !== 'refuse' || OF_MOMENT.includes(next.why.kind)) return;
  // `next` does not ask how old the best block is.
  if (next.why.kind === 'trouble' && next.why.trouble.kind === 'tip') return;
  assert.unreachable(`${what}: next prints ${command}, which is refused as ${next.why.kind}`);
}

let combinations = 0;
const kinds = new Set<string>();

/** What is wrong, each kind once. */
const wrong = new Map<string, string>();

function check(facts: Facts, drafting: Facts, what: string): void {
  try {
    checkAll(facts, drafting, what);
  } catch (error) {
    const message = (error as Error).message;
    const kind = message.slice(message.lastIndexOf(': '));
    if (!wrong.has(kind)) wrong.set(kind, message);
  }
}

function checkAll(facts: Facts, drafting: Facts, what: string): void {
  const plans = new Map<string, Plan>();
  let situation: Situation | undefined;
  for (const [name, question] of Object.entries(QUESTIONS)) {
    combinations++;
    const of = question.intent === 'prepare' ? drafting : facts;
    const label = `${what}, ${name}`;
    let next: Plan;
    try {
      next = planOf(of, question);
    } catch (error) {
      throw new Error(`${label}: ${(error as Error).message}`);
    }
    plans.set(name, next);
    if (question.intent === 'look') situation = situationOf(of, question, view);
    if (next.do === 'refuse') {
      const { message, hint, code } = new Refused(next.why);
      assert.ok(message.length > 5 && hint.length > 5, `${label}: ${code}`);
      assert.not.match(message + hint, /undefined|\[object|NaN/, label);
    } else if (next.do !== 'done') checkStep(next, of, label);
    const { best, first } = of.memory;
    const isEndless = first !== null || (best?.looks ?? 0) > 1000;
    const isDeepening =
      of.chain !== null &&
      !(of.chain instanceof Refusal) &&
      of.chain.transactions.every(one => depthOf(one) > 0);
    if (isEndless && !(first !== null && isDeepening))
      assert.ok(next.do !== 'wait' && next.do !== 'send', `${label}: goes on without end`);
  }
  const { stage, troubles } = situation as Situation;
  checkBroken(facts, plans, stage, troubles, what);
  kinds.add(stage.kind);
  for (const trouble of troubles) kinds.add(trouble.kind);
  assert.is(plans.get('look')?.do, 'done');
  assert.ok(stateName(stage).length > 0);
  const lead = troubles[0];
  assert.not.match(nextText(situation as Situation, trust, facts, undefined), /undefined|NaN/);
  if (lead) assert.not.match(explainTrouble(lead, null).message, /undefined|NaN/);
  // Of another one that is open, what is next is said where that one is at hand.
  const state = stateOf(facts.store);
  if (facts.subject && state?.open && state.open.request !== facts.subject.digest) return;
  checkNext(plans, situation as Situation, what);
  checkAdopt(plans, situation as Situation, what);
  for (const [name, next] of plans)
    if (next.do === 'refuse')
      checkWay(name, new Refused(next.why).way, plans, situation as Situation, `${what}, ${name}`);
}

/** Without the request at hand, what is said of its coins makes no difference. */
const hasProposal = ([, state]: (typeof LEDGERS)[number]) =>
  state !== null && !(state instanceof Refusal) && state.proposals.has(A);

const PAIRS: [OnChain, OnChain][] = ONCHAIN.flatMap((a, i) =>
  ONCHAIN.slice(i).map((b): [OnChain, OnChain] => [a, b]),
);
const PLAIN: ChainKind = {
  ...{ tip: 'in', on: ['unspent', 'unspent'], tokens: 'right', missing: false, stray: null, checks: 'right' },
};
const SIGNED: [stored: number, given: number, damaged: boolean][] = [
  [0, 0, false],
  [1, 0, false],
  [1, 0, true],
  [1, 1, false],
  [2, 0, false],
];

function facts(
  ledger: (typeof LEDGERS)[number],
  map: (typeof MAPS)[number],
  request: (typeof REQUESTS)[number],
  signed: (typeof SIGNED)[number],
  chain: ChainKind,
  more: { older?: Olders; coins?: boolean; memory?: object; isUnknown?: boolean } = {},
): void {
  const [name, state] = ledger;
  const store = storeFacts(state, map, more.older ?? 'nothing', more.coins ?? true);
  const isKnown = state !== null && !(state instanceof Refusal);
  // What is at hand is not among those that came all the same.
  const isSubject = isKnown && (state.proposals.has(A) || more.isUnknown) && chain.stray === null;
  const subject = isSubject ? subjectFacts(request, ...signed) : null;
  const known = isKnown ? chainFacts(chain, subject, state) : null;
  const what = [name, map, request, signed.join('/'), chain.tip, chain.on.join('+'), chain.tokens]
    .concat(chain.missing ? 'missing' : [], chain.stray ? 'stray' : [], chain.checks, JSON.stringify(more))
    .join(', ');
  check(factsOf(store, subject, known, more.memory), factsOf(store, subject, known, more.memory, true), what);
}

test('where the coins and transactions are, in every ledger, with every mapping and every set of signatures', () => {
  for (const ledger of LEDGERS)
    for (const map of MAPS)
      for (const signed of hasProposal(ledger) ? SIGNED : SIGNED.slice(0, 1))
        for (const on of hasProposal(ledger) ? PAIRS : PAIRS.slice(0, 1))
          for (const tip of ['in', 'over'] as const)
            facts(ledger, map, 'whole', signed, { ...PLAIN, on, tip });
});

test('tips, tokens, missing and stray issuances, checks by the node', () => {
  const PLACES: [OnChain, OnChain][] = [
    ['unspent', 'unspent'],
    ['mempool', 'unspent'],
    ['deep', 'deep'],
    ['shallow', 'other'],
  ];
  for (const ledger of LEDGERS)
    for (const on of hasProposal(ledger) ? PLACES : PLACES.slice(0, 1))
      for (const tip of [...TIPS, 'away', 'early'] as const)
        for (const tokens of ['right', 'wrong', 'none'])
          for (const missing of [false, true])
            for (const stray of [
              null,
              ['deep', 'deep'],
              ['deep', 'unspent'],
              ['mempool', 'mempool'],
            ] as const)
              for (const checks of ['right', 'coin spent', 'address', 'built'] as const)
                facts(ledger, 'current', 'whole', [2, 0, false], { tip, on, tokens, missing, stray, checks });
});

test('requests that are gone or damaged, older objects, lists of coins, and what the loop remembers', () => {
  for (const ledger of LEDGERS)
    for (const map of MAPS)
      for (const request of hasProposal(ledger) ? REQUESTS : REQUESTS.slice(0, 1))
        for (const older of ['nothing', 'ours', 'foreign'] as const)
          for (const coins of [true, false])
            for (const memory of [
              {},
              { looks: 3 },
              { projected: 3 },
              { away: 1 },
              { agreed: A, acted: true },
            ])
              for (const on of [
                ['unspent', 'unspent'],
                ['deep', 'deep'],
              ] as [OnChain, OnChain][])
                for (const tip of request === 'whole' ? (['in'] as const) : (['in', 'over'] as const))
                  facts(ledger, map, request, [2, 0, false], { ...PLAIN, on, tip }, { older, coins, memory });
});

test('nothing is waited for without end', () => {
  const endless: object[] = [
    { best: { height: 3311, looks: 10_000 } },
    { first: { height: 3311 - 30, time: 0 }, sentAt: 3311 },
  ];
  for (const ledger of LEDGERS.filter(hasProposal))
    for (const on of PAIRS)
      for (const memory of endless)
        for (const map of ['current', 'own'] as const)
          facts(ledger, map, 'whole', [2, 0, false], { ...PLAIN, on }, { memory });
});

test('a request that is in no entry of the ledger', () => {
  for (const ledger of LEDGERS.filter(one => !hasProposal(one)))
    for (const map of MAPS)
      for (const signed of SIGNED)
        for (const tip of [...TIPS, 'away', 'early'] as const)
          facts(ledger, map, 'whole', signed, { ...PLAIN, tip }, { isUnknown: true });
});

test('no combination is wrong', () => {
  assert.equal([...wrong.values()].join('\n'), '');
});

test('every stage and every trouble came up', () => {
  const all = [...Object.keys(STAGES), ...Object.keys(ADVICE)];
  assert.equal(
    all.filter(kind => !kinds.has(kind)),
    [],
  );
  console.log(`${combinations} combinations of facts and intent`);
});

test.run();
