/** Everything that the protocol knows when it decides: values alone, read and never written. What could not be read is a fact too. */

import type { Derivation, DerivedIssuance } from '../../../shared/derive.ts';
import type { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { PolicyCoin } from '../../ledger/coins.ts';
import type { Gone } from '../../ledger/gone.ts';
import type { RawTransaction } from '../../ledger/kept-burns.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Published } from '../../ledger/mappings.ts';
import type { ProposalStatus } from '../../ledger/state.ts';
import type { Known } from '../../node/chain-node.ts';
import type { CoinState, RawIssuance, Sent, Tip } from '../../node/types.ts';
import type { BurnProblem, Evidence } from './burns.ts';

/** `map.json`: valid, absent, or what is wrong with it. */
export type MapFact = Published | null | Refusal;

/** What `ps1_map.json` and `ps1_tx.json` hold. */
export type OlderFact =
  /** Nothing, text that the older scripts stop at, half of a pair, or what an older tool finished: the current mapping has its tokens. */
  | { readonly is: 'nothing' }
  | {
      readonly is: 'ours';
      /** Digest of the request in the ledger whose coins the transactions spend. */
      readonly request: string;
      /** Digest of the partially signed mapping: of another request where two PCs wrote a half each. */
      readonly mapping: string;
    }
  /** Bars and coins of a proposal that is in no entry of the ledger: an older tool made it. */
  | {
      readonly is: 'foreign';
      readonly bars: ReadonlyMap<string, string>;
      /** Digest of the partially signed mapping. */
      readonly mapping: string;
      readonly signers: readonly number[];
    };

/** What the store says. */
export interface StoreFacts {
  /** A refusal where it is forked, damaged, or made for another profile. */
  readonly ledger: Ledger | Refusal;
  /** The store has objects of an earlier layout of ours. */
  readonly earlierLayout: boolean;
  readonly map: MapFact;
  /** The mapping that the ledger names, from `map.json` or `history/`; a refusal where neither has it. */
  readonly current: Published | Refusal | null;
  readonly coinsFile: Uint8Array | null;
  /** The list of redeemable bars; read where a redemption or correction was published. */
  readonly redeemable: Uint8Array | null;
  readonly olderMapping: Uint8Array | null;
  readonly olderTransactions: Uint8Array | null;
  readonly older: OlderFact;
  /**
   * Bars, with their asset ids, of mappings in `history/` that are in no entry: another tool published them, and `repair` put
   * the ledger's back. Read for a new request.
   */
  readonly displaced: ReadonlyMap<string, string>;
}

/** The proposal at hand: the open one, the one that is named, or the last one. */
export interface SubjectFacts {
  readonly digest: string;
  /** A refusal where its object is damaged, null where it is gone. */
  readonly request: Request | null | Refusal;
  /** The store's object is whole; false where another source was used. */
  readonly isStored: boolean;
  /** A refusal where the base cannot be had or the request does not derive. */
  readonly derivation: Derivation | Refusal;
  /** In the store, verified, one a controller, ascending. */
  readonly stored: readonly Signatures[];
  /** Controllers whose object in the store is no good, and why. */
  readonly damaged: ReadonlyMap<number, Refusal>;
  /** From files, verified, one a controller, ascending. */
  readonly given: readonly Signatures[];
  /** Of redemptions: the transactions that the store keeps, should the chain lose them, in the order of sending. */
  readonly keptBurns: readonly RawTransaction[];
}

/** Where a coin went that is not unspent. */
export type Spender =
  /** The same issuance, signed by n controllers: its id. */
  | { readonly is: 'same'; readonly txid: string; readonly hex: string }
  /** Another transaction. */
  | { readonly is: 'other'; readonly txid: string; readonly confirmed: boolean }
  /**
   * The node shows none that spent it. `isGone`: it shows every transaction, and not the one that makes the coin, which a
   * reorganisation dropped.
   */
  | { readonly is: 'untraced'; readonly isGone: boolean };

export interface TransactionFact {
  readonly issuance: DerivedIssuance;
  readonly coin: PolicyCoin;
  /** As the signatures complete it; null where they are not enough, or not at hand. */
  readonly own: { readonly txid: string; readonly hex: string } | null;
  /** What issues the token: the own one or the same issuance with other signatures; null while the node knows none. */
  readonly txid: string | null;
  readonly known: Known;
  readonly state: CoinState['state'];
  /** Null while the coin is unspent, or spent by what is known. */
  readonly spender: Spender | null;
}

export interface TokenDifference {
  readonly reference: string;
  readonly assetId: string;
  /** Atoms. */
  readonly expected: bigint;
  readonly found: bigint;
  /** The block that has its transaction; null where that was not looked for, or there is none. */
  readonly block: string | null;
}

export interface TokenFacts {
  /** More of a token than the schedule ever gives, or none at all without its transaction in a block. */
  readonly wrong: readonly TokenDifference[];
  /** None at all, though its transaction is in a block. */
  readonly none: readonly TokenDifference[];
  /** Less: a part may have been redeemed. */
  readonly less: readonly TokenDifference[];
}

/** A proposal on chain: the one at hand, one that was published and is missing, one that was closed and came all the same. */
export interface TracedProposal {
  readonly digest: string;
  readonly request: Request;
  readonly status: ProposalStatus;
  readonly transactions: readonly TransactionFact[];
}

/** What the node says. */
export interface ChainFacts {
  readonly tip: Tip;
  /** Milliseconds since 1970, of this computer, when the best block was asked for. */
  readonly asked: number;
  /** Of the proposal at hand; empty where there is none. */
  readonly transactions: readonly TransactionFact[];
  /** Coins that the proposal at hand reserves and that are not unspent; asked where its transactions are not known. */
  readonly spent: readonly string[];
  /** Looked at once all transactions are confirmed. */
  readonly tokens: TokenFacts | null;
  /** Published, and not on chain any more: the oldest first. */
  readonly missing: readonly MissingPublication[];
  /** Of a mapping that another tool published, and not on chain any more. */
  readonly missingAdopted: readonly MissingToken[];
  /** Abandoned or superseded, and a coin of it is spent. */
  readonly stray: readonly TracedProposal[];
  /** Bars of the question whose tokens are on chain though no entry of the mapping has them. */
  readonly issuedBefore: readonly string[];
  /** Of the new request, or of the proposal at hand. */
  readonly evidence: Evidence;
  /** What the node says of the coins and addresses of a request, and what it builds itself; where it was asked. */
  readonly checks: CheckFacts | null;
}

export interface MissingPublication {
  readonly request: string;
  readonly mapping: string;
  /** Ids that are in no block. */
  readonly missing: readonly string[];
  readonly all: number;
  /** A refusal where what is needed to send it again cannot be had. */
  readonly traced: TracedProposal | Refusal;
}

export interface MissingToken {
  readonly reference: string;
  readonly coin: string;
  /** Its transaction is in a mempool again; otherwise the coin is unspent. */
  readonly isWaiting: boolean;
}

export interface CheckFacts {
  readonly coins: readonly CoinState[];
  readonly whitelist: readonly boolean[] | 'off';
  /** Null where the node was not asked to build. */
  readonly built: readonly RawIssuance[] | null;
}

/** What the loop remembers from one look to the next. */
export interface Memory {
  /** The person agreed to this request. */
  readonly agreed: string | null;
  /** Looks in a row that the node did not answer. */
  readonly away: number;
  /** Looks in a row at confirmed transactions with wrong tokens. */
  readonly looks: number;
  /** Times that the projections were written. */
  readonly projected: number;
  /** What became of the last sending, by asset id; what the node shows by now is left out. */
  readonly outcomes: ReadonlyMap<string, Sent>;
  /** Asset ids of transactions that the node said a block has in the sending before, though it did not show them. */
  readonly unseen: ReadonlySet<string>;
  /** Height at which transactions were last sent; null before. */
  readonly sentAt: number | null;
  /** This run appended to the ledger. */
  readonly acted: boolean;
  /** The first block that was seen while waiting: how fast blocks come is measured from it, and how many came. */
  readonly first: { readonly height: number; readonly time: number } | null;
  /** The best block at the last look, and the looks in a row that it was the best one. */
  readonly best: { readonly height: number; readonly looks: number } | null;
}

/** Why no request can be made for the bars of the question. */
export type DraftRefused =
  | { readonly kind: 'other'; readonly refusal: Refusal }
  | { readonly kind: 'coins-short'; readonly bars: number; readonly listed: number; readonly kept: number }
  | {
      readonly kind: 'coin-unlisted';
      readonly reference: string;
      readonly coin: string;
      readonly request: string;
    }
  | {
      readonly kind: 'coin-spent';
      readonly reference: string | null;
      readonly coin: string;
      readonly waits: boolean;
      /** The block from which the request can be abandoned; null where it can be now. */
      readonly until: number | null;
    }
  | ({ readonly kind: 'burn' } & BurnProblem)
  /** Another list of what was burnt differs from the chain: atoms of each token. */
  | {
      readonly kind: 'burnt-other';
      readonly tokens: readonly { token: string; listed: bigint; onChain: bigint }[];
    }
  /** Of a redemption or correction: the mapping lacks the bar. */
  | {
      readonly kind: 'bar-unknown';
      readonly reference: string;
      /** Bars that may be meant. */
      readonly near: readonly string[];
      /** What a request of the ledger did to the bar of that name. */
      readonly gone: Gone | null;
    }
  /** The mapping has the new name of a correction. */
  | {
      readonly kind: 'name-taken';
      readonly reference: string;
      readonly to: string;
      /** It lacks the old one. */
      readonly isExchanged: boolean;
    }
  /** The burns of a bar are not what it needs: atoms. */
  | {
      readonly kind: 'burn-sum';
      readonly reference: string;
      readonly mass: string;
      readonly height: number;
      readonly needed: bigint;
      readonly burnt: bigint;
      /** Below 0 where there are too few. */
      readonly off: bigint;
      /** The block with which the period of the burns is over, and the blocks before it that are still to come. */
      readonly end: number;
      readonly left: number;
      /** A burn of another bar of the request with which it is enough. */
      readonly elsewhere: {
        readonly reference: string;
        readonly output: string;
        readonly amount: bigint;
      } | null;
      /** A burn without which it is right. */
      readonly surplus: { readonly output: string; readonly amount: bigint } | null;
    }
  | { readonly kind: 'bars-issued'; readonly references: readonly string[] }
  | { readonly kind: 'bars-older'; readonly references: readonly string[] };

export interface Facts {
  /** Milliseconds since 1970, when reading began. */
  readonly at: number;
  readonly store: StoreFacts;
  /** A new request for the bars of the question; a refusal where none can be made. */
  readonly draft: Derivation | DraftRefused | null;
  readonly subject: SubjectFacts | null;
  /** A refusal where the node did not answer; null where it was not needed. */
  readonly chain: ChainFacts | Refusal | null;
  /** What the node said when it last answered. */
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
