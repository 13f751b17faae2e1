/**
 * All facts on which the protocol decides. No code changes a fact. If a value is not available, the facts say
 * so.
 */

import type { Derivation, DerivedIssuance } from '../../../shared/derive.ts';
import type { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { RawTransaction } from '../../ledger/burn-transactions.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ProposalStatus } from '../../ledger/ledger-state.ts';
import type { PolicyCoin } from '../../ledger/policy-coin.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import type { CoinState, RawIssuance, Sent, Tip } from '../../node/answer-types.ts';
import type { Known } from '../../node/chain-node.ts';
import type { DraftRefused } from '../draft/draft-refusals.ts';
import type { Evidence } from './burns.ts';

/** `map.json`: a valid mapping, null if absent, or the refusal that describes its error. */
export type MapFact = Published | null | Refusal;

/** The content of `ps1_map.json` and `ps1_tx.json`. */
export type OlderFact =
  /**
   * An older tool cannot finish a proposal from these objects. The older scripts stop because an object is
   * absent or has another content, or the current mapping has the tokens already.
   */
  | { readonly is: 'nothing' }
  | {
      readonly is: 'ours';
      /** Digest of the request in the ledger whose coins the transactions spend. */
      readonly request: string;
      /**
       * Digest of the partially signed mapping. It may differ from the digest of the request's mapping,
       * because one PC may write `ps1_map.json` while another PC writes `ps1_tx.json`.
       */
      readonly mapping: string;
    }
  /** Bars and coins of an older tool's proposal that is not in the ledger. */
  | {
      readonly is: 'foreign';
      readonly bars: ReadonlyMap<string, string>;
      /** Digest of the partially signed mapping. */
      readonly mapping: string;
      readonly signers: readonly number[];
    };

/** The facts from the store. */
export interface StoreFacts {
  /** A refusal if the ledger is forked, damaged, or made for another profile. */
  readonly ledger: Ledger | Refusal;
  /** True if the store has objects of an earlier Countersign layout. */
  readonly earlierLayout: boolean;
  readonly map: MapFact;
  /**
   * The ledger's current mapping, from `map.json` or `history/`. A refusal if neither has it; null if the
   * ledger has no entry or cannot be read.
   */
  readonly current: Published | Refusal | null;
  readonly coinsFile: Uint8Array | null;
  /**
   * The list of redeemable bars. It is read only if a redemption or a correction was published; otherwise
   * null.
   */
  readonly redeemable: Uint8Array | null;
  readonly olderMapping: Uint8Array | null;
  readonly olderTransactions: Uint8Array | null;
  readonly older: OlderFact;
  /**
   * For each bar of the mappings in `history/` that no ledger entry names: its asset id. Most of these
   * mappings were published by another tool and then replaced with `repair`. Bars of the current mapping are
   * left out. Read only for a new request.
   */
  readonly displaced: ReadonlyMap<string, string>;
}

/**
 * The current proposal: the proposal that the command names, otherwise the open one. If none is open: for
 * `finalise` the last published one, and for `abandon` the last one if it is abandoned.
 */
export interface SubjectFacts {
  readonly digest: string;
  /**
   * A refusal if the object in the store is damaged. Null if neither the store, a file nor this PC has the
   * request.
   */
  readonly request: Request | null | Refusal;
  /** True if the store has the request's object, even if the object is damaged. */
  readonly isStored: boolean;
  /**
   * The derived transactions and mapping. A refusal if the request or its base mapping is not available or
   * not valid, or if the ledger's entry does not match the request.
   */
  readonly derivation: Derivation | Refusal;
  /** Verified signatures in the store, one for each controller, ascending. */
  readonly stored: readonly Signatures[];
  /** For each controller whose signatures in the store are damaged: the reason. */
  readonly damaged: ReadonlyMap<number, Refusal>;
  /** Verified signatures from files, one for each controller, ascending. */
  readonly given: readonly Signatures[];
  /** For redemptions: the stored transactions with which lost burns can be sent again, in sending order. */
  readonly keptBurns: readonly RawTransaction[];
}

/** The transaction that spent a coin. */
export type Spender =
  /** The transaction that issues the token, with signatures of any n controllers. */
  | { readonly is: 'same'; readonly txid: string; readonly hex: string }
  /** Another transaction. */
  | { readonly is: 'other'; readonly txid: string; readonly confirmed: boolean }
  /**
   * The node shows no transaction that spent the coin. `isGone` is true if the coin does not exist, because a
   * reorganisation dropped the transaction that created it.
   */
  | { readonly is: 'untraced'; readonly isGone: boolean };

export interface TransactionFact {
  readonly issuance: DerivedIssuance;
  readonly coin: PolicyCoin;
  /** The transaction completed with the available signatures; null if there are not enough. */
  readonly own: { readonly txid: string; readonly hex: string } | null;
  /**
   * Id of the transaction that issues the token, whoever signed it. Null while the node knows no such
   * transaction.
   */
  readonly txid: string | null;
  readonly known: Known;
  readonly state: CoinState['state'];
  /**
   * The transaction that spent the coin. It is searched only if the coin is spent, and the node knows none of
   * the ids that the issuing transaction may have. Otherwise null.
   */
  readonly spender: Spender | null;
}

export interface TokenDifference {
  readonly reference: string;
  readonly assetId: string;
  /** Atoms. */
  readonly expected: bigint;
  readonly found: bigint;
  /** Hash of the block with the token's transaction; null if it was not read, or there is none. */
  readonly block: string | null;
}

export interface TokenFacts {
  /**
   * Tokens with a larger amount than the schedule has at the best block. Also tokens that are not on chain,
   * if no block was found with their transaction.
   */
  readonly wrong: readonly TokenDifference[];
  /** Tokens that the chain lacks although their transactions are confirmed. */
  readonly none: readonly TokenDifference[];
  /** Tokens with a smaller amount than expected. A part of each may have been burnt. */
  readonly less: readonly TokenDifference[];
}

/**
 * A proposal with its transactions. It is the current proposal, a published proposal whose transactions are
 * missing on chain, or a closed proposal with transactions on chain.
 */
export interface TracedProposal {
  readonly digest: string;
  readonly request: Request;
  readonly status: ProposalStatus;
  readonly transactions: readonly TransactionFact[];
}

/** The facts from the node. */
export interface ChainFacts {
  readonly tip: Tip;
  /** This computer's time when the best block was requested, milliseconds since 1970. */
  readonly asked: number;
  /** Transactions of the current proposal; empty if there is no proposal, or if they cannot be derived. */
  readonly transactions: readonly TransactionFact[];
  /** Spent coins that the current proposal reserves. Read only if its transactions are unknown. */
  readonly spent: readonly string[];
  /**
   * How the tokens on chain differ from the request. `finalise` reads this after all transactions are
   * confirmed, and before the publication. Otherwise null.
   */
  readonly tokens: TokenFacts | null;
  /** Publications with transactions that are no longer on chain, oldest first. */
  readonly missing: readonly MissingPublication[];
  /** Tokens of an adopted mapping that are not on chain any more. */
  readonly missingAdopted: readonly MissingToken[];
  /** Abandoned or superseded proposals with a spent coin, other than the current proposal. */
  readonly stray: readonly TracedProposal[];
  /** Bars of other mappings whose tokens are on chain, and not in the current mapping. */
  readonly unmapped: readonly UnmappedToken[];
  /** Evidence for the new request, or for the current proposal. */
  readonly evidence: Evidence;
  /**
   * The node's data about coins and addresses, and the transactions that the node built. Null if they were
   * not requested.
   */
  readonly checks: CheckFacts | null;
}

export interface MissingPublication {
  readonly request: string;
  readonly mapping: string;
  /** Ids of the transactions that are in no block. */
  readonly missing: readonly string[];
  readonly all: number;
  /** The proposal. A refusal if the data to send its transactions again are not available. */
  readonly traced: TracedProposal | Refusal;
}

export interface MissingToken {
  readonly reference: string;
  readonly coin: string;
  /** True if a transaction in a mempool spends the coin. Otherwise the coin is unspent. */
  readonly isWaiting: boolean;
}

export interface UnmappedToken {
  readonly reference: string;
  readonly assetId: string;
}

export interface CheckFacts {
  readonly coins: readonly CoinState[];
  readonly whitelist: readonly boolean[] | 'off';
  /** The transactions that the node built; null if it was not asked. */
  readonly built: readonly RawIssuance[] | null;
}

/** Facts that the loop keeps from one read to the next. */
export interface Memory {
  /** Digest of the request that the person agreed to in this run; null before. */
  readonly agreed: string | null;
  /** Number of consecutive reads at which the node did not answer. */
  readonly away: number;
  /** Number of consecutive reads in which confirmed transactions had wrong tokens, or none. */
  readonly looks: number;
  /** Number of times that the projections were written. */
  readonly projected: number;
  /**
   * For each asset id, or each id of a transaction that burns: the result of the last sending. Transactions
   * that the node shows now are left out.
   */
  readonly outcomes: ReadonlyMap<string, Sent>;
  /**
   * Keys as in `outcomes`. At each of the last two sendings, the node reported these transactions as
   * confirmed, and it did not show them in between.
   */
  readonly unseen: ReadonlySet<string>;
  /**
   * Height of the best block when transactions were last sent, or when a read first found them in the
   * mempool. Null before.
   */
  readonly sentAt: number | null;
  /** True if this run appended to the ledger. */
  readonly acted: boolean;
  /**
   * The best block when the wait began. The number of blocks and the time between blocks are measured from
   * this block.
   */
  readonly first: { readonly height: number; readonly time: number } | null;
  /** The best block at the last read, and the number of consecutive reads at which it was the best. */
  readonly best: { readonly height: number; readonly looks: number } | null;
}

export interface Facts {
  /** Time when reading began, milliseconds since 1970. */
  readonly at: number;
  readonly store: StoreFacts;
  /**
   * A new request for the bars of the question, or the reason why none can be made. Null if the question has
   * no bars, or if facts that a request needs are not available.
   */
  readonly draft: Derivation | DraftRefused | null;
  readonly subject: SubjectFacts | null;
  /** A refusal if the node gave no usable answer; null if the command does not need the node. */
  readonly chain: ChainFacts | Refusal | null;
  /** Facts from the node's last answer. They are used if the node does not answer at a later read. */
  readonly last: ChainFacts | null;
  readonly memory: Memory;
}

export const FRESH: Memory = {
  agreed: null,
  away: 0,
  looks: 0,
  projected: 0,
  outcomes: new Map(),
  unseen: new Set(),
  sentAt: null,
  acted: false,
  first: null,
  best: null,
};
