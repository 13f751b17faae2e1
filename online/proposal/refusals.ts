/**
 * Refusals of the protocol as data. The files in `texts/` make sentences from them, and programs read the
 * next step from them.
 */
import type { Changes } from '../../shared/changes.ts';
import type { Refusal } from '../../shared/errors.ts';
import type { Sent, Tip } from '../node/answer-types.ts';
import type { DraftRefused } from './draft/draft-refusals.ts';
import type { TokenDifference, TransactionFact } from './facts/facts.ts';
import type { EvidenceProblem } from './plan/evidence.ts';
import type { Trouble } from './situation/trouble.ts';

/** The next step of a person. */
export type Way =
  /** A Countersign command removes the cause. */
  | {
      readonly run:
        | 'prepare'
        | 'submit'
        | 'review'
        | 'finalise'
        | 'abandon'
        | 'repair'
        | 'map adopt'
        | 'map init'
        | 'coins scan'
        | 'status';
    }
  /** No action is needed: the cause ends when the node answers, or with a later block or period. */
  | { readonly wait: 'node' | 'block' | 'period' }
  /** The cause is outside of Countersign, such as the node, a clock, a file, or the input. */
  | { readonly correct: 'node' | 'clock' | 'file' | 'input' | 'store' }
  /**
   * The controllers have to decide together, because no command of one PC is enough. The way out may be
   * `signer release`, or a mapping that the older scripts sign and `map adopt` takes over.
   */
  | { readonly call: 'controllers' };

export type RefusedData =
  | DraftRefused
  /** A refusal about a file, an object or the node, from the code that reads it. */
  | { readonly kind: 'other'; readonly refusal: Refusal; readonly way?: Way }
  /**
   * The proposal's request or base mapping is not available. `until`: the block before which a sent proposal
   * cannot be abandoned; otherwise null.
   */
  | { readonly kind: 'broken'; readonly refusal: Refusal; readonly until: number | null }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly reviewCode: string | null }
  | {
      readonly kind: 'not-begun';
      readonly earlierLayout: boolean;
      readonly hasMap: boolean;
      readonly store: string;
    }
  | { readonly kind: 'no-proposal'; readonly store: string; readonly toAbandon: boolean }
  /**
   * `abandon` is refused because all transactions of this closed proposal were sent, so its mapping has to be
   * published.
   */
  | { readonly kind: 'closed-on-chain'; readonly request: string }
  | {
      readonly kind: 'proposal-open';
      readonly request: string;
      /** Null if the request cannot be read. */
      readonly changes: Changes | null;
      readonly mine: string | null;
    }
  /** The bar is in an open redemption, so its entry in the list of redeemable bars cannot change. */
  | { readonly kind: 'bar-open'; readonly reference: string; readonly request: string }
  | {
      readonly kind: 'unknown-request';
      readonly request: string;
      readonly store: string;
      readonly open: string | null;
    }
  | { readonly kind: 'abandoned'; readonly request: string; readonly does: keyof Changes }
  | {
      readonly kind: 'superseded';
      readonly request: string;
      readonly does: keyof Changes;
      readonly base: string;
      readonly mapping: string;
      /** Those bars of the request that the current mapping has. */
      readonly there: readonly string[];
      readonly all: number;
      /** Digest of the request that was published on the same base mapping; null if there is none. */
      readonly by: string | null;
    }
  | {
      readonly kind: 'published';
      readonly request: string;
      readonly abandoning: boolean;
      /** Digest of the open proposal; null if none is open. */
      readonly open: string | null;
    }
  | {
      readonly kind: 'need-signatures';
      readonly request: string;
      readonly signed: readonly number[];
      readonly needed: number;
      /**
       * The controllers of the entry `send`, if all their signatures are needed. Null if any n controllers
       * are enough.
       */
      readonly chosen: readonly number[] | null;
      /** Given files whose signatures are not in the store. */
      readonly unseen: readonly string[];
      readonly isOnChain: boolean;
      readonly isOpen: boolean;
      readonly does: keyof Changes;
    }
  | {
      readonly kind: 'few-blocks';
      readonly height: number;
      readonly left: number;
    }
  | {
      readonly kind: 'coin-other';
      readonly reference: string | null;
      readonly coin: string;
      readonly member: 'script' | 'asset' | 'amount' | 'confirmations';
      readonly expected: string;
      readonly got: string;
    }
  | EvidenceProblem
  | { readonly kind: 'bars-dropped'; readonly references: readonly string[] }
  | {
      readonly kind: 'addresses';
      readonly refused: readonly { reference: string; address: string; isScript: boolean }[];
    }
  | {
      readonly kind: 'built-other';
      readonly reference: string;
      readonly ours: { hex: string; asset: string };
      readonly theirs: { hex: string; asset: string } | null;
    }
  | {
      readonly kind: 'already-sent';
      readonly request: string;
      readonly does: keyof Changes;
      /**
       * Coins that the proposal's own transactions may have spent, with their bars. Empty if `abandon` is
       * refused only because the period is not over: until then, the transactions may still reach the chain.
       */
      readonly spent: readonly { reference: string; coin: string }[];
      readonly all: number;
      readonly end: number;
      readonly height: number;
      /**
       * True if another transaction spent a coin of the proposal, so that the proposal cannot be completed.
       */
      readonly isDead: boolean;
      /** True if enough controllers signed its mapping. */
      readonly isSigned: boolean;
    }
  | { readonly kind: 'signed-already'; readonly request: string; readonly controllers: readonly number[] }
  | {
      readonly kind: 'other-sent';
      readonly request: string;
      readonly references: readonly string[];
      readonly sent: string;
    }
  | {
      readonly kind: 'stray-part';
      readonly request: string;
      readonly there: readonly string[];
      readonly all: number;
    }
  | {
      readonly kind: 'rejected';
      readonly refused: readonly {
        transaction: TransactionFact;
        outcome: Extract<Sent, { state: 'refused' }>;
      }[];
      readonly all: number;
      readonly isPublished: boolean;
      /** First block after the request's period. */
      readonly end: number;
    }
  | { readonly kind: 'unsendable'; readonly transaction: TransactionFact }
  /**
   * `txid` is the id that the transaction got on chain with other signatures. Other requests reserve the
   * transaction's change output by this id.
   */
  | { readonly kind: 'built-upon'; readonly transaction: TransactionFact; readonly txid: string }
  | {
      readonly kind: 'stalled';
      /** Bars whose transactions are in no block; empty if only confirmations are missing. */
      readonly references: readonly string[];
      /** Number of blocks since the wait began; 0 if no block came for an hour. */
      readonly blocks: number;
      readonly tip: Tip;
    }
  | { readonly kind: 'token-mismatch'; readonly wrong: readonly TokenDifference[] }
  | { readonly kind: 'not-confirmed'; readonly intent: string; readonly unseen: readonly string[] }
  | { readonly kind: 'read-back'; readonly keys: readonly string[]; readonly expected: string }
  | { readonly kind: 'nothing-to-adopt'; readonly mapping: string }
  | {
      readonly kind: 'adopt-sent';
      readonly request: string;
      /** True if the sent proposal has to be abandoned before the adoption. */
      readonly abandonFirst: boolean;
      /**
       * If the proposal can never be completed: the block from which a person can abandon it. Otherwise null.
       */
      readonly until: number | null;
    };
