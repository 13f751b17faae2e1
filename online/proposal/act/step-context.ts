/** What a step needs to run, and how it appends to the ledger. */

import { appendEvent, type Ledger } from '../../ledger/ledger.ts';
import type { LedgerEvent } from '../../ledger/ledger-event.ts';
import type { Facts } from '../facts/facts.ts';
import type { Question } from '../facts/question.ts';
import type { Seed } from '../facts/read-facts.ts';
import type { Step } from '../plan/step-types.ts';
import type { Services } from '../services.ts';

/** Asks the person; throws if the person does not agree. */
export type Agree = (facts: Facts) => Promise<void>;

export interface Acting {
  services: Services;
  question: Question;
  facts: Facts;
  agree: Agree | undefined;
  /** Runs a second command, which finishes another proposal. */
  follow(question: Question): Promise<unknown>;
}

export interface Acted {
  seed: Seed;
  question?: Question;
}

export type Of<D extends Step['do']> = Extract<Step, { do: D }>;

/**
 * Appends an event if the ledger has not changed since the decision. If another PC appended an entry first,
 * nothing is appended. Even if the event is still legal, the decision must be made again.
 * @returns null if nothing was appended
 */
export async function appendIfUnchanged(
  { services, facts }: Acting,
  event: LedgerEvent,
): Promise<Ledger | null> {
  const { store, copy, world } = services;
  const known = facts.store.ledger as Ledger;
  let isSame = true;
  const ledger = await appendEvent(
    store,
    copy,
    () => world.now(),
    state => {
      isSame = state === known.state;
      return isSame ? event : null;
    },
    known,
  );
  return isSame ? ledger : null;
}

/** The same facts, but with one more entry of the ledger. */
export function knownFactsWithLedger(
  { at, store, subject, chain, draft, memory }: Facts,
  ledger: Ledger,
): Seed {
  const seed = { at, store: { ...store, ledger }, subject, draft, memory: { ...memory, acted: true } };
  return chain === null ? seed : { ...seed, chain };
}

/** The same facts without the draft. */
export function knownFactsOf({ at, store, subject, chain, memory }: Facts): Seed {
  return chain === null ? { at, store, subject, memory } : { at, store, subject, chain, memory };
}
