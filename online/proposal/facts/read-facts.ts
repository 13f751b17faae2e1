/**
 * Reads all facts that a question needs, except facts that are still current after the last step. Never
 * writes.
 */

import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { GoneBars } from '../../ledger/gone-bars.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { whyReservationIllegal } from '../../ledger/legality.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import type { Tip } from '../../node/answer-types.ts';
import { isDraftRefused, makeDraft } from '../draft/make-draft.ts';
import type { Services } from '../services.ts';
import type { Evidence } from './burns.ts';
import {
  readChainAgain,
  readChainFacts,
  readEvidenceForNewRequest,
  readProposalEvidence,
  valueOrNodeRefusal,
} from './chain-facts.ts';
import { type ChainFacts, type Facts, FRESH, type Memory, type StoreFacts } from './facts.ts';
import type { Question } from './question.ts';
import { readStoreFacts } from './store-facts.ts';
import { readSubjectFacts } from './subject-facts.ts';

/** Facts that are known to be current and are not read again. */
export interface Seed extends Partial<Pick<Facts, 'at' | 'store' | 'subject' | 'draft' | 'chain'>> {
  readonly memory?: Memory;
  /**
   * Earlier facts from the node. Only what changes during a wait is read again: transactions, burns, tokens
   * and best block.
   */
  readonly watch?: ChainFacts;
}

const NEEDS_NODE: Record<Question['intent'], boolean> = {
  prepare: true,
  submit: false,
  review: true,
  finalise: true,
  abandon: true,
  repair: false,
  adopt: true,
  look: true,
};

export function ledgerStateOrNull({ ledger }: Pick<StoreFacts, 'ledger'>): LedgerState | null {
  return ledger instanceof Refusal ? null : ledger.state;
}

export const goneBarsOfLedger = (store: Pick<StoreFacts, 'ledger'>): GoneBars =>
  ledgerStateOrNull(store)?.gone ?? new Map();

/** The loop's memory after this read. */
function memoryAfterRead(memory: Memory, chain: Facts['chain'], isWatching: boolean): Memory {
  if (chain === null) return memory;
  if (chain instanceof Refusal) return isWatching ? { ...memory, away: memory.away + 1 } : memory;
  const { tokens, transactions } = chain;
  const isOdd = tokens !== null && tokens.wrong.length + tokens.none.length > 0;
  const unknown = new Set([
    ...transactions.filter(one => one.known === null).map(one => one.issuance.assetId),
    ...chain.evidence.burns.filter(({ depth }) => depth === null).map(({ txid }) => txid),
  ]);
  const outcomes = new Map([...memory.outcomes].filter(([asset]) => unknown.has(asset)));
  // If a transaction was in the mempool before this run, it is unknown when it was sent. The blocks until it
  // is sent again are counted from this read on.
  const waits =
    transactions.some(({ known }) => known === 'mempool') ||
    chain.evidence.burns.some(({ depth }) => depth === 0);
  const { height, time } = chain.tip;
  const sentAt = memory.sentAt ?? (waits ? height : null);
  const best = { height, looks: memory.best?.height === height ? memory.best.looks + 1 : 1 };
  const first = memory.first ?? (isWatching ? { height, time } : null);
  return { ...memory, away: 0, looks: isOdd ? memory.looks + 1 : 0, outcomes, sentAt, best, first };
}

/**
 * True if the draft can still be proposed: another PC may have changed the ledger while a person read the
 * draft. Also true for a request that this PC has just proposed.
 */
function isDraftLegal({ request, issuances }: Derivation, state: LedgerState): boolean {
  if (state.proposals.has(request.digest)) return true;
  const coins = issuances.map(({ reference, request: { coin } }) => [reference, outpointText(coin)] as const);
  if (request.base.mapping !== state.mapping || state.open) return false;
  return coins.every(([reference, coin]) => whyReservationIllegal(state, reference, coin) === null);
}

interface DraftSources {
  store: StoreFacts;
  state: LedgerState;
  seed: Seed;
  tip: Tip | null;
  evidence: Evidence | Refusal | null;
}

/** The new request. If a person has read a draft that is still legal, this draft is kept. */
function draftForQuestion(
  { trust, world }: Services,
  { wanted }: Question,
  { store, state, seed, tip, evidence }: DraftSources,
): Facts['draft'] {
  if (seed.draft && !isDraftRefused(seed.draft) && isDraftLegal(seed.draft, state)) return seed.draft;
  const { current, older, displaced } = store;
  if (!wanted || !tip || !evidence || evidence instanceof Refusal) return null;
  if (current === null || current instanceof Refusal) return null;
  const { burns } = evidence;
  return makeDraft(wanted, {
    state,
    current,
    older,
    displaced,
    burns,
    trust,
    height: tip.height,
    now: world.now(),
  });
}

export async function readFacts(services: Services, question: Question, seed: Seed = {}): Promise<Facts> {
  const { world, node } = services;
  const at = seed.at ?? world.now();
  const isWanted = NEEDS_NODE[question.intent] && seed.chain === undefined && seed.watch === undefined;
  const tipAsked = isWanted ? valueOrNodeRefusal(node.tip()) : null;
  // Requests made at the same moment share round trips.
  const wantedAsked =
    isWanted && question.intent === 'prepare'
      ? valueOrNodeRefusal(readEvidenceForNewRequest(services, question))
      : null;
  for (const asked of [tipAsked, wantedAsked]) asked?.catch(() => undefined); // If store and node fail, the error of the store is reported.
  const store = seed.store ?? (await readStoreFacts(services, question.intent === 'prepare'));
  const state = ledgerStateOrNull(store);
  const memory = seed.memory ?? FRESH;
  if (state === null) return { at, store, draft: null, subject: null, chain: null, last: null, memory };
  const subject =
    seed.subject !== undefined ? seed.subject : await readSubjectFacts(services, question, store, state);
  const tip = await tipAsked;
  const known = tip instanceof Refusal ? null : tip;
  const evidence =
    known &&
    (await (wantedAsked ?? valueOrNodeRefusal(readProposalEvidence(services, question, subject, state))));
  const draft = draftForQuestion(services, question, { store, state, seed, tip: known, evidence });
  const from = { question, store, state, subject, draft: isDraftRefused(draft) ? null : draft };
  const { watch } = seed;
  const chain =
    seed.chain ??
    (watch
      ? await valueOrNodeRefusal(readChainAgain(services, from, watch))
      : tip === null || tip instanceof Refusal
        ? tip
        : evidence === null || evidence instanceof Refusal
          ? evidence
          : await valueOrNodeRefusal(readChainFacts(services, { ...from, tip, asked: at, evidence })));
  const last = chain instanceof Refusal ? (watch ?? null) : chain;
  return {
    at,
    store,
    draft,
    subject,
    chain,
    last,
    memory: memoryAfterRead(memory, chain, watch !== undefined),
  };
}
