/** Reasons why the facts do not allow a new request. */
import type { Refusal } from '../../../shared/errors.ts';
import type { GoneBar } from '../../ledger/gone-bars.ts';
import type { BurnProblem } from '../facts/burns.ts';

/** The reason why no request can be made for the bars of the question. */
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
      /**
       * The block from which the open proposal can be abandoned. Null if it can be abandoned now, or if none
       * is open.
       */
      readonly until: number | null;
    }
  | ({ readonly kind: 'burn' } & BurnProblem)
  /**
   * The given list of burnt amounts differs from the chain. `tokens` has each token with a difference, and
   * both of its amounts in atoms.
   */
  | {
      readonly kind: 'burnt-other';
      readonly tokens: readonly { token: string; listed: bigint; onChain: bigint }[];
    }
  /** The mapping lacks a bar of a redemption or correction. */
  | {
      readonly kind: 'bar-unknown';
      readonly reference: string;
      /** References of bars that the person may have meant. */
      readonly near: readonly string[];
      /** The request that removed or renamed the bar of this name; null if there is none. */
      readonly gone: GoneBar | null;
    }
  /** The mapping already has the new name of a correction. */
  | {
      readonly kind: 'name-taken';
      readonly reference: string;
      readonly to: string;
      /** True if the mapping lacks the old name. The person may have exchanged the old and the new name. */
      readonly isExchanged: boolean;
    }
  /** The burns of a bar are not the amount that the bar needs. Amounts are in atoms. */
  | {
      readonly kind: 'burn-sum';
      readonly reference: string;
      readonly mass: string;
      readonly height: number;
      readonly needed: bigint;
      readonly burnt: bigint;
      /** The burnt amount minus the nearest accepted amount: negative if burns are missing. */
      readonly off: bigint;
      /**
       * `end` is the first block after the burns' period. `left` is the number of blocks that can still come
       * before it.
       */
      readonly end: number;
      readonly left: number;
      /** A burn of another bar in the request which would make the sum right if it counted for this bar. */
      readonly elsewhere: {
        readonly reference: string;
        readonly output: string;
        readonly amount: bigint;
      } | null;
      /** A burn without which the sum would be right. */
      readonly surplus: { readonly output: string; readonly amount: bigint } | null;
    }
  | { readonly kind: 'bars-issued'; readonly references: readonly string[] }
  | { readonly kind: 'bars-older'; readonly references: readonly string[] };
