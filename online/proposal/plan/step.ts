/** What a command does next: one step, or it is done, or refused. */
import type { Derivation } from '../../../shared/derive.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { Confirmed, CountedBurn } from '../../ledger/event.ts';
import type { Facts } from '../facts/facts.ts';
import type { Question } from '../facts/question.ts';
import type { RefusedData } from '../refusals.ts';
import type { Situation, Viewpoint } from '../situation.ts';

/** A transaction to hand to the node. */
export interface Sendable {
  /** What its outcome is remembered by: the asset id of an issuance, the id of another transaction. */
  readonly key: string;
  readonly hex: string;
  /** The node has it in its mempool already. */
  readonly isWaiting: boolean;
}

export type Step =
  /** A person has to agree first; then everything is looked at again. */
  | { readonly do: 'ask'; readonly request: string }
  /** Stores the request, then opens the proposal and reserves its coins. */
  | { readonly do: 'propose'; readonly derivation: Derivation }
  /** Stores what the store lacks of the proposal. */
  | { readonly do: 'store'; readonly request: Request | null; readonly signatures: readonly Signatures[] }
  | { readonly do: 'decide-to-send'; readonly request: string; readonly controllers: readonly number[] }
  | {
      readonly do: 'send';
      readonly transactions: readonly Sendable[];
      /** Some were sent before. */
      readonly again: boolean;
      readonly all: number;
    }
  /** Lets time pass, then looks at the transactions again. */
  | { readonly do: 'wait' }
  /** Follows another proposal to its end first: one that was published and is missing. */
  | { readonly do: 'bring-back'; readonly request: string }
  /** Goes on with another proposal than the open one: a closed one that is on chain. */
  | { readonly do: 'turn-to'; readonly request: string }
  | {
      readonly do: 'publish';
      readonly request: string;
      /** With its signatures. */
      readonly mapping: Mapping;
      readonly bytes: Uint8Array;
      readonly transactions: Readonly<Record<string, Confirmed>>;
      readonly burns: Readonly<Record<string, CountedBurn>>;
      readonly corrected: Readonly<Record<string, string | null>>;
    }
  | { readonly do: 'abandon'; readonly request: string; readonly unsigned: boolean }
  /** Writes the objects that older tools read as the ledger says, and reads the ledger again. */
  | { readonly do: 'project' };

export type Plan = Step | { readonly do: 'done' } | { readonly do: 'refuse'; readonly why: RefusedData };

/** What a plan is made from. */
export interface Planning {
  readonly situation: Situation;
  readonly facts: Facts;
  readonly question: Question;
  readonly view: Viewpoint;
  /** The store's name, for people. */
  readonly store: string;
}

/** @returns the step that asks a person first, who has not agreed in this run; null where nobody has to */
export function askFirst({ facts, question }: Planning, request: string): Plan | null {
  return question.mustAgree && facts.memory.agreed !== request ? { do: 'ask', request } : null;
}

export const DONE: Plan = { do: 'done' };
export const refuse = (why: RefusedData): Plan => ({ do: 'refuse', why });
