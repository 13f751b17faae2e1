/** The plan of a command: its next step, its end, or its refusal. */
import type { Derivation } from '../../../shared/derive.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { Confirmed, CountedBurn } from '../../ledger/ledger-event.ts';
import type { Facts } from '../facts/facts.ts';
import type { Question } from '../facts/question.ts';
import type { RefusedData } from '../refusals.ts';
import type { Situation, Viewpoint } from '../situation/situation.ts';

/** A transaction to send to the node. */
export interface Sendable {
  /**
   * The key under which the result of sending is kept: the asset id of an issuance, or the id of any other
   * transaction.
   */
  readonly key: string;
  readonly hex: string;
  /** True if the node has the transaction in its mempool already. */
  readonly isWaiting: boolean;
}

export type Step =
  /** Asks a person. After the answer, all facts except the draft are read again. */
  | { readonly do: 'ask'; readonly request: string }
  /** Stores the request, then opens the proposal and reserves its coins. */
  | { readonly do: 'propose'; readonly derivation: Derivation }
  /** Stores objects of the proposal that the store lacks. */
  | { readonly do: 'store'; readonly request: Request | null; readonly signatures: readonly Signatures[] }
  | { readonly do: 'decide-to-send'; readonly request: string; readonly controllers: readonly number[] }
  | {
      readonly do: 'send';
      readonly transactions: readonly Sendable[];
      /** True if transactions of the request were sent before, in this run or an earlier one. */
      readonly again: boolean;
      readonly all: number;
    }
  /** Waits, then reads the transactions again. */
  | { readonly do: 'wait' }
  /** Runs `finalise` first for a published proposal whose transactions are no longer on chain. */
  | { readonly do: 'bring-back'; readonly request: string }
  /** Continues with a closed proposal whose transactions are on chain. */
  | { readonly do: 'turn-to'; readonly request: string }
  | {
      readonly do: 'publish';
      readonly request: string;
      /** The mapping with its signatures. */
      readonly mapping: Mapping;
      readonly bytes: Uint8Array;
      readonly transactions: Readonly<Record<string, Confirmed>>;
      readonly burns: Readonly<Record<string, CountedBurn>>;
      readonly corrected: Readonly<Record<string, string | null>>;
    }
  | { readonly do: 'abandon'; readonly request: string; readonly unsigned: boolean }
  /** Writes the objects for older tools as the ledger requires, and reads the ledger again. */
  | { readonly do: 'project' };

export type Plan = Step | { readonly do: 'done' } | { readonly do: 'refuse'; readonly why: RefusedData };

/** The inputs of a plan. */
export interface Planning {
  readonly situation: Situation;
  readonly facts: Facts;
  readonly question: Question;
  readonly view: Viewpoint;
  /** The store's name, for messages. */
  readonly store: string;
}

/** @returns the step that asks a person; null if nobody has to agree, or the person agreed in this run */
export function planAskForAgreement({ facts, question }: Planning, request: string): Plan | null {
  return question.mustAgree && facts.memory.agreed !== request ? { do: 'ask', request } : null;
}

export const DONE: Plan = { do: 'done' };
export const refusalPlan = (why: RefusedData): Plan => ({ do: 'refuse', why });
