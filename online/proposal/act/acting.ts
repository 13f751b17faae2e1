/** What a step is performed with, and how it appends to the ledger. */
import type { LedgerEvent } from '../../ledger/event.ts';
import { append, type Ledger } from '../../ledger/ledger.ts';
import type { Facts } from '../facts/facts.ts';
import type { Question } from '../facts/question.ts';
import type { Seed } from '../facts/read.ts';
import type { Step } from '../plan/step.ts';
import type { Services } from '../services.ts';

/** Asks the person; throws where they do not agree. */
export type Agree = (facts: Facts) => Promise<void>;

export interface Acting {
  services: Services;
  question: Question;
  facts: Facts;
  agree: Agree | undefined;
  /** Follows another proposal to its end. */
  follow(question: Question): Promise<unknown>;
}

export interface Acted {
  seed: Seed;
  question?: Question;
}

export type Of<D extends Step['do']> = Extract<Step, { do: D }>;

/**
 * Appends where the ledger is as it was when this was decided. Where another PC was faster, nothing: an event may be legal after
 * its entry too, and yet be another decision. @returns null then, and everything is looked at again
 */
export async function appended({ services, facts }: Acting, event: LedgerEvent): Promise<Ledger | null> {
  const { store, copy, world } = services;
  const known = facts.store.ledger as Ledger;
  let isSame = true;
  const ledger = await append(
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

/** Everything is as it was, but the ledger has one entry more. */
export function withLedger({ at, store, subject, chain, draft, memory }: Facts, ledger: Ledger): Seed {
  const seed = { at, store: { ...store, ledger }, subject, draft, memory: { ...memory, acted: true } };
  return chain === null ? seed : { ...seed, chain };
}

/** Everything is as it was. */
export function seedOf({ at, store, subject, chain, memory }: Facts): Seed {
  return chain === null ? { at, store, subject, memory } : { at, store, subject, chain, memory };
}
