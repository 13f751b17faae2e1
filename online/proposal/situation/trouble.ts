/** The kinds of trouble, in order of importance. */
import type { Refusal } from '../../../shared/errors.ts';
import type {
  MissingPublication,
  MissingToken,
  TracedProposal,
  TransactionFact,
  UnmappedToken,
} from '../facts/facts.ts';
import type { EvidenceTrouble } from '../plan/evidence.ts';

/** Number of blocks that an issuance needs before its period ends. */
export const BLOCKS_NEEDED = 3;

/** A problem that a command or a person has to solve. The kinds are in order of importance. */
export type Trouble =
  /** The node is unreachable, or its answers do not fit this chain. */
  | { readonly kind: 'node'; readonly refusal: Refusal }
  /** Neither `map.json` nor `history/` has the mapping that the ledger names. */
  | { readonly kind: 'mapping-lost'; readonly refusal: Refusal }
  /** `map.json` is a valid mapping that no entry names. */
  | {
      readonly kind: 'map-replaced';
      readonly digest: string;
      readonly height: number;
      /**
       * True if a proposal on the ledger's mapping is sent: it must be finished before `map.json` is adopted.
       */
      readonly isSending: boolean;
    }
  /** `map.json` is an older mapping of the ledger. */
  | { readonly kind: 'map-stale'; readonly digest: string; readonly height: number }
  /**
   * `map.json` is the mapping before the newest one. Another PC has just appended the entry `publish` and
   * will write the new `map.json`.
   */
  | { readonly kind: 'map-late'; readonly request: string }
  | { readonly kind: 'map-absent' }
  | { readonly kind: 'map-damaged'; readonly refusal: Refusal }
  /** The node is on another chain, does not have all blocks yet, or has an old best block. */
  | { readonly kind: 'tip'; readonly refusal: Refusal; readonly height: number; readonly headers: number }
  /** Published transactions are no longer on chain. */
  | { readonly kind: 'missing'; readonly publications: readonly MissingPublication[] }
  /** Tokens of an adopted mapping are no longer on chain. */
  | { readonly kind: 'missing-adopted'; readonly tokens: readonly MissingToken[] }
  /** Tokens on chain that an earlier mapping or another tool's mapping has, and the current mapping lacks. */
  | { readonly kind: 'unmapped'; readonly tokens: readonly UnmappedToken[] }
  /** Transactions of an abandoned or superseded proposal are in a mempool or on chain. */
  | {
      readonly kind: 'stray';
      readonly proposal: TracedProposal;
      /**
       * `waiting`: no transaction is in a block yet. `some` and `all`: at least one is in a block, and some
       * or all transactions were sent.
       */
      readonly part: 'waiting' | 'some' | 'all';
      /**
       * True if all its transactions were sent and its base mapping is the current one: `finalise` then
       * publishes its mapping.
       */
      readonly isPublishable: boolean;
    }
  /**
   * Some transactions of the current proposal (`sent`) were sent. Transactions that do not belong to the
   * proposal spent the coins of others (`gone`), so the proposal cannot be completed.
   */
  | { readonly kind: 'dead-end'; readonly gone: readonly TransactionFact[]; readonly sent: readonly string[] }
  /**
   * None of the current proposal's transactions was sent. Transactions that do not belong to the proposal
   * spent some of its coins.
   */
  | {
      readonly kind: 'respent';
      readonly gone: readonly TransactionFact[];
      /** The block from which the proposal can be abandoned; null if it can be abandoned now. */
      readonly until: number | null;
    }
  /** Coins of the current proposal are spent, and the node does not show the transactions that spent them. */
  | { readonly kind: 'untraced'; readonly coins: readonly TransactionFact[] }
  | EvidenceTrouble
  | {
      readonly kind: 'period';
      readonly is: 'early' | 'ending' | 'over';
      readonly height: number;
      readonly since: number;
      /** The block from which the proposal can be abandoned; null if it can be abandoned now. */
      readonly until: number | null;
    }
  /** The `ps1_` objects have an older tool's own proposal. */
  | {
      readonly kind: 'older-proposal';
      readonly bars: ReadonlyMap<string, string>;
      readonly signers: readonly number[];
    }
  /** Objects that differ from the ledger. */
  | { readonly kind: 'behind'; readonly keys: readonly string[] }
  | { readonly kind: 'damaged-signatures'; readonly refusals: readonly Refusal[] };
