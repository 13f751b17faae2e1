/** Why a command goes no further, as data: sentences are made from it in `texts/`, the next step is read from it by programs. */
import type { Changes } from '../../shared/changes.ts';
import type { Refusal } from '../../shared/errors.ts';
import type { Sent, Tip } from '../node/types.ts';
import type { DraftRefused, TokenDifference, TransactionFact } from './facts/facts.ts';
import type { EvidenceProblem } from './plan/evidence.ts';
import type { Trouble } from './situation.ts';

/** What a person can do next. */
export type Way =
  /** A command of ours changes what stands in the way. */
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
  /** It passes by itself. */
  | { readonly wait: 'node' | 'block' | 'period' }
  /** Something outside of this tool: the node, a clock, a file, the input. */
  | { readonly correct: 'node' | 'clock' | 'file' | 'input' | 'store' }
  /** The controllers decide together: with `signer release`, or a mapping signed with the older scripts and adopted. */
  | { readonly call: 'controllers' };

export type RefusedData =
  | DraftRefused
  /** Refused below the protocol: a file, an object, the node. */
  | { readonly kind: 'other'; readonly refusal: Refusal; readonly way?: Way }
  /** What the proposal is about cannot be had. `until`: the block from which it can be abandoned, where it is sent. */
  | { readonly kind: 'broken'; readonly refusal: Refusal; readonly until: number | null }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly reviewCode: string | null }
  | {
      readonly kind: 'not-begun';
      readonly earlierLayout: boolean;
      readonly hasMap: boolean;
      readonly store: string;
    }
  | { readonly kind: 'no-proposal'; readonly store: string; readonly toAbandon: boolean }
  | {
      readonly kind: 'proposal-open';
      readonly request: string;
      /** Null where it cannot be read what it does. */
      readonly changes: Changes | null;
      readonly mine: string | null;
    }
  /** Of a redemption: the list of redeemable bars keeps it as it is meanwhile. */
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
      /** Bars of it that the current mapping has. */
      readonly there: readonly string[];
      readonly all: number;
      /** The request that brought them. */
      readonly by: string | null;
    }
  | { readonly kind: 'published'; readonly request: string; readonly abandoning: boolean }
  | {
      readonly kind: 'need-signatures';
      readonly request: string;
      readonly signed: readonly number[];
      readonly needed: number;
      /** Of the entry `send`: whose signatures are missing. */
      readonly chosen: readonly number[] | null;
      /** Files that nobody else can see. */
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
      /** Whose coins are spent by it, with the coins; empty where it may be on its way elsewhere. */
      readonly spent: readonly { reference: string; coin: string }[];
      readonly all: number;
      readonly end: number;
      readonly height: number;
      /** A coin of it is spent by another transaction: it can never be completed. */
      readonly isDead: boolean;
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
      /** The block at which its period ends. */
      readonly end: number;
    }
  | { readonly kind: 'unsendable'; readonly transaction: TransactionFact }
  /** Other requests spend the change of its transaction under this id, which signatures of others made. */
  | { readonly kind: 'built-upon'; readonly transaction: TransactionFact; readonly txid: string }
  | {
      readonly kind: 'stalled';
      /** Bars whose transactions are in no block; none where only depth is waited for. */
      readonly references: readonly string[];
      /** That came meanwhile; 0 where none came for an hour. */
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
      /** The other mapping holds all that the proposal has on chain. */
      readonly abandonFirst: boolean;
      /** The block from which it can be abandoned, where it can never be completed. */
      readonly until: number | null;
    };
