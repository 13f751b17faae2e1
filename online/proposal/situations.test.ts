/**
 * Every combination of facts within small bounds has exactly one situation. For every intent it has a next
 * step, or a refusal with advice. No step breaks an invariant.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../shared/errors.ts';
import type { Memory } from './facts/facts.ts';
import { ADVICE } from './plan/advice.ts';
import { BURNS, type BurnKind, keptBurnTransactions } from './tests/situations/sample-burns.ts';
import {
  type ChainKind,
  LISTS,
  MAPS,
  makeChainFacts,
  makeFacts,
  makeStoreFacts,
  makeSubjectFacts,
  OLDERS,
  ONCHAIN,
  type OnChain,
  REQUESTS,
  type StoreKind,
  type SubjectKind,
  TIPS,
} from './tests/situations/sample-facts.ts';
import { type NamedLedger, namedLedgersOf } from './tests/situations/sample-ledgers.ts';
import { CORRECTIONS, ISSUANCES, REDEMPTIONS, type Sample } from './tests/situations/samples.ts';
import { SituationChecker } from './tests/situations/situation-checker.ts';
import { STAGES } from './texts/stages.ts';

// Stack traces of hundreds of thousands of refusals would take time, and no test reads them.
Error.stackTraceLimit = 0;

const table = new SituationChecker();
const LEDGERS = new Map(
  [ISSUANCES, REDEMPTIONS, CORRECTIONS].map(sample => [sample, namedLedgersOf(sample)]),
);
const ledgersFor = (sample: Sample) => LEDGERS.get(sample) as NamedLedger[];
/**
 * True if the ledger has the sample's proposal. Without it, facts about coins and burns make no difference,
 * and are not combined.
 */
const hasProposal =
  ({ digest }: Sample) =>
  ([, state]: NamedLedger) =>
    state !== null && !(state instanceof Refusal) && state.proposals.has(digest);

const STORE: StoreKind = { map: 'current', older: 'nothing', coins: true, list: 'absent' };
const SUBJECT: SubjectKind = { request: 'whole', stored: 2, given: 0, damaged: false, kept: true };
const CHAIN: ChainKind = {
  ...{
    tip: 'in',
    on: ['unspent', 'unspent'],
    tokens: 'right',
    missing: 'nothing',
    unmapped: false,
    stray: null,
    checks: 'right',
  },
  evidence: { burns: ['deep', 'deep'], hasOutstanding: false },
};

interface Kinds {
  store?: Partial<StoreKind>;
  subject?: Partial<SubjectKind>;
  chain?: Partial<ChainKind>;
  memory?: Partial<Memory>;
  isUnknown?: boolean;
}

function checkCombinations(sample: Sample, [name, state]: NamedLedger, kinds: Kinds): void {
  const chainKind = { ...CHAIN, ...kinds.chain };
  const store = makeStoreFacts(sample, state, { ...STORE, ...kinds.store });
  const isKnown = state !== null && !(state instanceof Refusal);
  // The current proposal is never among the closed proposals on chain.
  const isSubject =
    isKnown && (state.proposals.has(sample.digest) || kinds.isUnknown) && chainKind.stray === null;
  const subject = isSubject ? makeSubjectFacts(sample, { ...SUBJECT, ...kinds.subject }) : null;
  const chain = (isDrafting: boolean) =>
    isKnown ? makeChainFacts(sample, chainKind, subject, state, isDrafting) : null;
  table.check(
    sample,
    makeFacts(sample, store, subject, chain(false), kinds.memory),
    makeFacts(sample, store, subject, chain(true), kinds.memory, true),
    `${name} ${JSON.stringify(kinds)}`,
  );
}

const SIGNED: Partial<SubjectKind>[] = [
  { stored: 0 },
  { stored: 1 },
  { stored: 1, damaged: true },
  { stored: 1, given: 1 },
  { stored: 2 },
];
const PAIRS: [OnChain, OnChain][] = ONCHAIN.flatMap((a, i) =>
  ONCHAIN.slice(i).map((b): [OnChain, OnChain] => [a, b]),
);
const allOrFirst = <T>(isAll: boolean, list: readonly T[]): readonly T[] => (isAll ? list : list.slice(0, 1));

test('coins and transactions in every state, in every ledger, with every mapping and every set of signatures', () => {
  for (const ledger of ledgersFor(ISSUANCES)) {
    const has = hasProposal(ISSUANCES)(ledger);
    for (const map of MAPS)
      for (const subject of allOrFirst(has, SIGNED))
        for (const on of allOrFirst(has, PAIRS))
          for (const tip of ['in', 'over'] as const)
            checkCombinations(ISSUANCES, ledger, { store: { map }, subject, chain: { on, tip } });
  }
});

const MISSING = ['nothing', 'dropped', 'waiting'] as const;

test('best blocks, tokens, missing and stray issuances, and checks by the node', () => {
  const places: [OnChain, OnChain][] = [
    ['unspent', 'unspent'],
    ['mempool', 'unspent'],
    ['deep', 'deep'],
    ['shallow', 'other'],
  ];
  const strays = [null, ['deep', 'deep'], ['deep', 'unspent'], ['mempool', 'mempool']] as const;
  for (const ledger of ledgersFor(ISSUANCES))
    for (const on of allOrFirst(hasProposal(ISSUANCES)(ledger), places))
      for (const tip of TIPS)
        for (const tokens of ['right', 'wrong', 'none'])
          for (const missing of MISSING)
            for (const stray of strays)
              for (const checks of ['right', 'coin spent', 'address', 'built'] as const)
                checkCombinations(ISSUANCES, ledger, { chain: { tip, on, tokens, missing, stray, checks } });
});

test('tokens of bars that the mapping lacks', () => {
  for (const ledger of ledgersFor(ISSUANCES))
    for (const on of allOrFirst(hasProposal(ISSUANCES)(ledger), PAIRS))
      for (const tip of ['in', 'over'] as const)
        for (const missing of MISSING)
          for (const stray of [null, ['deep', 'deep']] as const)
            checkCombinations(ISSUANCES, ledger, { chain: { tip, on, missing, unmapped: true, stray } });
});

const MEMORIES: Partial<Memory>[] = [
  {},
  { looks: 3 },
  { projected: 3 },
  { away: 1 },
  { agreed: ISSUANCES.digest, acted: true },
];

test("missing or damaged requests, older objects, lists of coins, and the loop's memory", () => {
  const places: [OnChain, OnChain][] = [
    ['unspent', 'unspent'],
    ['deep', 'deep'],
  ];
  for (const ledger of ledgersFor(ISSUANCES))
    for (const map of MAPS)
      for (const request of allOrFirst(hasProposal(ISSUANCES)(ledger), REQUESTS))
        for (const older of OLDERS)
          for (const coins of [true, false])
            for (const memory of MEMORIES)
              for (const on of places)
                for (const tip of request === 'whole' ? (['in'] as const) : (['in', 'over'] as const)) {
                  const store = { map, older, coins };
                  checkCombinations(ISSUANCES, ledger, {
                    store,
                    subject: { request },
                    chain: { on, tip },
                    memory,
                  });
                }
});

/** The loop's memory after hours of waiting, and after thirty blocks. */
const ENDLESS: Partial<Memory>[] = [
  { best: { height: 3311, looks: 10_000 } },
  { first: { height: 3311 - 30, time: 0 }, sentAt: 3311 },
];

test('every wait has an end', () => {
  for (const ledger of ledgersFor(ISSUANCES).filter(hasProposal(ISSUANCES)))
    for (const on of PAIRS)
      for (const memory of ENDLESS)
        for (const map of ['current', 'own'] as const)
          checkCombinations(ISSUANCES, ledger, { store: { map }, chain: { on }, memory });
});

test('a request that is in no entry of the ledger', () => {
  for (const sample of LEDGERS.keys())
    for (const ledger of ledgersFor(sample).filter(one => !hasProposal(sample)(one)))
      for (const map of MAPS)
        for (const subject of SIGNED)
          for (const tip of TIPS)
            checkCombinations(sample, ledger, { store: { map }, subject, chain: { tip }, isUnknown: true });
});

/** Pairs of burns: each kind in both positions, and pairs of two waiting or lost burns. */
const BURN_PAIRS: [BurnKind, BurnKind][] = [
  ...BURNS.map((kind): [BurnKind, BurnKind] => [kind, 'deep']),
  ...BURNS.filter(kind => kind !== 'deep').map((kind): [BurnKind, BurnKind] => ['deep', kind]),
  ...[['unknown', 'unknown'] as const, ['unknown', 'mempool'] as const, ['mempool', 'mempool'] as const].map(
    ([a, b]): [BurnKind, BurnKind] => [a, b],
  ),
  ['unknown', 'other token'],
  ['shallow', 'hidden'],
];

test('burns in every state, in every ledger, with every mapping and every set of signatures', () => {
  for (const ledger of ledgersFor(REDEMPTIONS)) {
    for (const map of MAPS)
      for (const subject of allOrFirst(hasProposal(REDEMPTIONS)(ledger), SIGNED))
        for (const burns of BURN_PAIRS)
          for (const kept of allOrFirst(burns.includes('unknown'), [true, false]))
            for (const hasOutstanding of allOrFirst(burns.join() === 'deep,deep', [false, true])) {
              const chain = { evidence: { burns, hasOutstanding } };
              checkCombinations(REDEMPTIONS, ledger, {
                store: { map },
                subject: { ...subject, kept },
                chain,
              });
            }
  }
});

test('redemptions with every best block, missing tokens, older objects, and the list of redeemable bars', () => {
  const pairs: [BurnKind, BurnKind][] = [
    ['deep', 'deep'],
    ['shallow', 'mempool'],
    ['unknown', 'deep'],
    ['deep', 'other amount'],
  ];
  for (const ledger of ledgersFor(REDEMPTIONS))
    for (const burns of pairs)
      for (const request of allOrFirst(hasProposal(REDEMPTIONS)(ledger), REQUESTS))
        for (const missing of MISSING) {
          for (const tip of TIPS) {
            const chain = { evidence: { burns, hasOutstanding: false }, missing, tip };
            checkCombinations(REDEMPTIONS, ledger, { chain, subject: { request } });
          }
          const chain = { evidence: { burns, hasOutstanding: false }, missing };
          for (const older of OLDERS)
            for (const list of LISTS)
              checkCombinations(REDEMPTIONS, ledger, { chain, subject: { request }, store: { older, list } });
          for (const memory of MEMORIES)
            checkCombinations(REDEMPTIONS, ledger, { chain, subject: { request }, memory });
        }
});

/** Kinds of burns that change with further blocks, or when the burn is sent again. */
const WAITING: readonly BurnKind[] = ['unknown', 'mempool', 'shallow', 'nearly', 'deep'];

test('waits for burns end, and a burn that the node refused or hid is not sent again', () => {
  const [kept] = keptBurnTransactions(REDEMPTIONS);
  const key = kept?.txid as string;
  const memories: Partial<Memory>[] = [
    ...ENDLESS,
    { sentAt: 3311 - 3 },
    { outcomes: new Map([[key, { state: 'sent', txid: key }]]), sentAt: 3311 },
    { outcomes: new Map([[key, { state: 'in-chain' }]]), sentAt: 3311 },
    { outcomes: new Map([[key, { state: 'in-chain' }]]), unseen: new Set([key]), sentAt: 3311 },
    {
      outcomes: new Map([
        [
          key,
          {
            state: 'refused',
            code: -26,
            message: 'txn-mempool-conflict',
            kind: 'spent',
            what: 'x',
            hint: 'y',
          },
        ],
      ]),
      sentAt: 3311,
    },
  ];
  for (const ledger of ledgersFor(REDEMPTIONS).filter(hasProposal(REDEMPTIONS)))
    for (const burns of BURN_PAIRS.filter(pair => pair.every(kind => WAITING.includes(kind))))
      for (const memory of memories)
        for (const map of ['current', 'own', 'foreign'] as const)
          for (const subject of [{ stored: 1 }, { stored: 2 }]) {
            const chain = { evidence: { burns, hasOutstanding: false } };
            checkCombinations(REDEMPTIONS, ledger, { store: { map }, subject, chain, memory });
          }
});

test("corrections, with the removed bar's token on chain or not", () => {
  for (const ledger of ledgersFor(CORRECTIONS))
    for (const map of MAPS)
      for (const subject of allOrFirst(hasProposal(CORRECTIONS)(ledger), SIGNED))
        for (const hasOutstanding of [false, true])
          for (const tip of allOrFirst(map === 'current' || map === 'own', TIPS)) {
            const chain = { evidence: { ...CHAIN.evidence, hasOutstanding }, tip };
            checkCombinations(CORRECTIONS, ledger, { store: { map }, subject, chain });
          }
  for (const ledger of ledgersFor(CORRECTIONS).filter(hasProposal(CORRECTIONS)))
    for (const map of MAPS)
      for (const request of REQUESTS)
        for (const tip of ['in', 'over'] as const)
          checkCombinations(CORRECTIONS, ledger, { store: { map }, subject: { request }, chain: { tip } });
});

test('no combination violates an invariant', () => {
  assert.equal([...table.wrong.values()].join('\n'), '');
});

test('every stage and every trouble occurred', () => {
  const kinds = [...Object.keys(STAGES), ...Object.keys(ADVICE)];
  assert.equal(
    kinds.filter(kind => !table.kinds.has(kind)),
    [],
  );
  console.log(`${table.combinations} combinations of facts and intent`);
});

test.run();
