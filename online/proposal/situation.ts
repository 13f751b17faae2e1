/** Where things stand: exactly one stage, and what is wrong, the most important first. */
import type { Derivation } from '../../shared/derive.ts';
import type { Refusal } from '../../shared/errors.ts';
import type { Request } from '../../shared/request.ts';
import type { LedgerState, ProposalStatus, Publication } from '../ledger/state.ts';
import type { MissingPublication, TracedProposal, TransactionFact } from './facts/facts.ts';

/** A proposal that can be worked with: everything of it is at hand. */
export interface AtHand {
  readonly request: Request;
  readonly derivation: Derivation;
  readonly status: ProposalStatus;
  /** Controllers with valid signatures, in the store or in files. */
  readonly signed: readonly number[];
  readonly transactions: readonly TransactionFact[];
}

/** How far the proposal at hand is. */
export type Stage =
  /** The ledger cannot be read: nothing else is known. */
  | { readonly kind: 'unreadable'; readonly refusal: Refusal }
  /** No ledger in this store. */
  | { readonly kind: 'not-begun'; readonly earlierLayout: boolean; readonly hasMap: boolean }
  | { readonly kind: 'none' }
  /** In the ledger, and its request, its base or its derivation cannot be had. */
  | {
      readonly kind: 'broken';
      readonly digest: string;
      readonly status: ProposalStatus;
      readonly refusal: Refusal;
    }
  /** The named request is in no entry of the ledger. */
  | { readonly kind: 'unknown'; readonly digest: string }
  | ({ readonly kind: 'proposed' } & AtHand)
  | ({ readonly kind: 'signed' } & AtHand)
  /** The entry `send` is there, and nothing of it is known to the node. */
  | ({ readonly kind: 'sending' } & AtHand)
  /** A part of it, or all, is in a mempool or a block, whoever sent it. */
  | ({ readonly kind: 'sent' } & AtHand)
  | ({ readonly kind: 'confirmed' } & AtHand)
  | ({ readonly kind: 'published'; readonly publication: Publication } & AtHand)
  /** Abandoned or superseded. */
  | ({ readonly kind: 'closed' } & AtHand);

export type StageKind = Stage['kind'];

/** What is wrong, in the order of its importance. */
export type Trouble =
  /** Away, of another chain, catching up, or with an old best block. */
  | { readonly kind: 'node'; readonly refusal: Refusal }
  /** Neither `map.json` nor `history/` has the mapping that the ledger names. */
  | { readonly kind: 'mapping-lost'; readonly refusal: Refusal }
  /** `map.json` is a valid mapping that no entry names. */
  | { readonly kind: 'map-replaced'; readonly digest: string; readonly height: number }
  /** `map.json` is an older mapping of the ledger. */
  | { readonly kind: 'map-stale'; readonly digest: string; readonly height: number }
  | { readonly kind: 'map-absent' }
  | { readonly kind: 'map-damaged'; readonly refusal: Refusal }
  /** Published, and not on chain any more. */
  | { readonly kind: 'missing'; readonly publications: readonly MissingPublication[] }
  /** Closed, and on chain or on the way all the same. */
  | { readonly kind: 'stray'; readonly proposal: TracedProposal; readonly part: 'waiting' | 'some' | 'all' }
  /** Coins of it were spent by other transactions, and a part of it is on chain: it can never be completed. */
  | { readonly kind: 'dead-end'; readonly gone: readonly TransactionFact[]; readonly sent: readonly string[] }
  /** Coins of it were spent by other transactions, and nothing of it is on chain. */
  | { readonly kind: 'respent'; readonly gone: readonly TransactionFact[] }
  /** Spent, and the node shows nothing that spent it. */
  | { readonly kind: 'untraced'; readonly coins: readonly TransactionFact[] }
  | {
      readonly kind: 'period';
      readonly is: 'early' | 'ending' | 'over';
      readonly height: number;
      readonly since: number;
    }
  /** An older tool's own proposal is in the `ps1_` objects. */
  | {
      readonly kind: 'older-proposal';
      readonly bars: ReadonlyMap<string, string>;
      readonly signers: readonly number[];
    }
  /** Objects that differ from what the ledger says. */
  | { readonly kind: 'behind'; readonly keys: readonly string[] }
  | { readonly kind: 'damaged-signatures'; readonly refusals: readonly Refusal[] };

export interface Situation {
  readonly state: LedgerState | null;
  readonly stage: Stage;
  readonly troubles: readonly Trouble[];
}
