/** Steps that send transactions and wait for confirmations. */
import { Refusal } from '../../../shared/errors.ts';
import { ledgerKey } from '../../ledger/ledger.ts';
import { MAX_ENTRY_BYTES } from '../../ledger/ledger-event.ts';
import type { Sent } from '../../node/answer-types.ts';
import { BURN_CONFIRMATIONS } from '../facts/burns.ts';
import type { ChainFacts, Facts, Memory } from '../facts/facts.ts';
import { ledgerStateOrNull, type Seed } from '../facts/read-facts.ts';
import { valueOrRefusal } from '../facts/store-facts.ts';
import { depthOfTransaction, isTransactionSent } from '../facts/transactions.ts';
import type { Services } from '../services.ts';
import { burnDepthsText } from '../texts/burns.ts';
import {
  bestBlockWarningText,
  confirmationWaitText,
  FOLLOWS,
  NO_PEERS,
  NODE_AWAY,
  sameIssuanceLines,
  transactionsSentText,
  wrongAmountText,
} from '../texts/progress.ts';
import type { Acted, Acting, Of } from './step-context.ts';

/**
 * Longest time between reading the chain and sending. After a longer pause, for example if the PC slept, all
 * facts are read again.
 */
const MAX_PAUSE_MS = 60_000;

const isTemporaryError = (error: unknown): error is Refusal =>
  error instanceof Refusal && ['NODE_UNREACHABLE', 'NODE_SYNCING'].includes(error.code);

/** A seed that keeps the facts. Only what changes during a wait is read again. */
function knownFactsForWatching(
  { at, store, subject, last, memory }: Facts,
  changed: Partial<Memory> = {},
): Seed {
  return { at, store, subject, watch: last as ChainFacts, memory: { ...memory, ...changed } };
}

function isMappingPublished({ store, subject }: Facts): boolean {
  const published = ledgerStateOrNull(store)?.published ?? [];
  return published.some(({ request }) => request === subject?.digest);
}

export async function performSend(acting: Acting, step: Of<'send'>): Promise<Acted> {
  const { services, facts, question } = acting;
  const { world, progress, node } = services;
  const { transactions, again, all } = step;
  const { memory } = facts;
  const known = (facts.last as ChainFacts).transactions;
  for (const line of sameIssuanceLines(known)) progress(line);
  // After a pause the proposal may have been abandoned, or its period may be over.
  if (!known.some(isTransactionSent) && world.now() - facts.at > MAX_PAUSE_MS) return { seed: { memory } };
  if (isMappingPublished(facts)) progress(FOLLOWS);
  if ((facts.last as ChainFacts).tip.peers === 0) progress(NO_PEERS);
  let outcomes: Sent[];
  try {
    outcomes = await node.send(transactions.map(({ hex }) => hex));
  } catch (error) {
    if (!isTemporaryError(error)) throw error;
    progress(`${error.message}. ${NODE_AWAY}`);
    await world.sleep((question.poll ?? 5) * 1000);
    return { seed: knownFactsForWatching(facts) };
  }
  const sent = transactions.map(({ key }) => key);
  const isWaiting = transactions.every(one => one.isWaiting);
  const taken = outcomes.filter(({ state }) => state !== 'refused').length;
  if (taken > 0) progress(transactionsSentText(taken, all, again, isWaiting));
  const hidden = sent.filter(
    (key, i) => outcomes[i]?.state === 'in-chain' && memory.outcomes.get(key)?.state === 'in-chain',
  );
  return {
    seed: knownFactsForWatching(facts, {
      outcomes: new Map(sent.map((key, i) => [key, outcomes[i] as Sent])),
      unseen: new Set(hidden),
      sentAt: (facts.last as ChainFacts).tip.height,
    }),
  };
}

/** Number of blocks after which the time between blocks is estimated. */
const PACE_BLOCKS = 2;

/** Seconds per block since the wait began, computed from block times; null if unknown. */
function measureSecondsPerBlock({ first }: Memory, { height, time }: ChainFacts['tip']): number | null {
  const blocks = first === null ? 0 : height - first.height;
  if (first === null || blocks < PACE_BLOCKS || time <= first.time) return null;
  return (time - first.time) / blocks;
}

/**
 * True if the ledger has a new entry while this proposal is open and not sent: another PC may have abandoned
 * or finished the proposal.
 */
async function hasLedgerGrown({ store }: Services, { store: { ledger }, subject }: Facts): Promise<boolean> {
  if (ledger instanceof Refusal) return false;
  const open = ledger.state?.open;
  if (open?.status !== 'open' || open.request !== subject?.digest) return false;
  const next = await valueOrRefusal(store.get(ledgerKey(ledger.entries.length), MAX_ENTRY_BYTES));
  return next !== null && !(next instanceof Refusal);
}

export async function performWait({ services, facts, question }: Acting): Promise<Acted> {
  const { chain, memory, subject } = facts;
  const { progress, world } = services;
  if (chain instanceof Refusal) {
    if (memory.away <= 1) progress(`${chain.message}. ${NODE_AWAY}`);
  } else if (chain && chain.tokens === null && subject && !(subject.derivation instanceof Refusal)) {
    for (const line of sameIssuanceLines(chain.transactions)) progress(line);
    const { tip, transactions, evidence } = chain;
    const confirmed = transactions.filter(
      one => depthOfTransaction(one) >= (question.confirmations ?? 1),
    ).length;
    const since = subject.derivation.request.height;
    const depths = evidence.burns.map(({ depth }) => depth ?? 0);
    const line =
      depths.length > 0
        ? burnDepthsText(
            depths,
            isMappingPublished(facts) ? 1 : (question.confirmations ?? BURN_CONFIRMATIONS),
            tip.height,
          )
        : confirmationWaitText(
            tip.height,
            since,
            confirmed,
            transactions.length,
            measureSecondsPerBlock(memory, tip),
          );
    progress(`${line}${bestBlockWarningText(tip, world.now() / 1000)}`);
  } else if (chain?.tokens)
    for (const one of [...chain.tokens.wrong, ...chain.tokens.none]) progress(wrongAmountText(one));
  await world.sleep((question.poll ?? 5) * 1000);
  return { seed: (await hasLedgerGrown(services, facts)) ? { memory } : knownFactsForWatching(facts) };
}
