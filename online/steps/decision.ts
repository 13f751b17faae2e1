/**
 * Send it, or give it up: one object, made only if absent, so that whoever is first has decided. It also says whose
 * signatures go into the transactions, since another choice would give them other ids.
 */
import { Refusal } from '../../shared/errors.ts';
import type { Store } from '../store/store.ts';
import { keys } from './objects.ts';
import { fetchGivenUpMark } from './proposals.ts';
import { createRecord, fetchRecord, readControllers } from './records.ts';

export type Decision =
  /** Indices, ascending. */
  { decision: 'send'; controllers: number[] } | { decision: 'give-up' };

export function fetchDecision(store: Store, request: string): Promise<Decision | null> {
  const key = keys.decision(request);
  return fetchRecord(store, key, 'decision', ['decision', 'controllers?'], (fields): Decision => {
    const decision = fields.text('decision', /^(send|give-up)$/, 'send or give-up');
    return decision === 'send' ? { decision, controllers: readControllers(fields) } : { decision: 'give-up' };
  });
}

/** @returns the decision that stands: this one, or the one that came before */
export async function decide(store: Store, request: string, decision: Decision): Promise<Decision> {
  if (await createRecord(store, keys.decision(request), 'decision', { ...decision })) return decision;
  const standing = await fetchDecision(store, request);
  if (standing) return standing;
  throw new Refusal(
    'STORE_FAILED',
    `${keys.decision(request)}: ${store.name} says that it is there, and then that it is not`,
    'Run the command again; if it stays so, look at the store.',
  );
}

/** Decided so before anything was sent, or marked so after its period without anything sent. */
export async function isGivenUp(store: Store, request: string): Promise<boolean> {
  const [isMarked, decision] = await Promise.all([
    fetchGivenUpMark(store, request),
    fetchDecision(store, request),
  ]);
  return isMarked || decision?.decision === 'give-up';
}

export function givenUp(reviewCode: string): Refusal {
  return new Refusal(
    'NO_PROPOSAL',
    `the proposal ${reviewCode} was given up`,
    'Prepare the assets again: they are put on the same coins. If that was done, sign and submit the new request; `countersign status` says where it stands.',
  );
}
