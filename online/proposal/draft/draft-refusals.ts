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
      /** The block from which the open request can be abandoned; null if it can be abandoned now. */
      readonly until: number | null;
    }
  | ({ readonly kind: 'burn' } & BurnProblem)
  /**
   * The given list of burnt amounts differs from the chain. The members are amounts of each token, in atoms.
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
      /** What a request of the ledger did to the bar of that name. */
      readonly gone: GoneBar | null;
    }
  /** The mapping already has the new name of a correction. */
  | {
      readonly kind: 'name-taken';
      readonly reference: string;
      readonly to: string;
      /** True if the mapping does not have the old name any more. */
      readonly isExchanged: boolean;
    }
  /** The burns of a bar differ from the amount that it needs. Atoms. */
  | {
      readonly kind: 'burn-sum';
      readonly reference: string;
      readonly mass: string;
      readonly height: number;
      readonly needed: bigint;
      readonly burnt: bigint;
      /** The burnt amount minus the needed amount: negative if burns are missing. */
      readonly off: bigint;
      /** First block after the burns' period, and the number of blocks until then. */
      readonly end: number;
      readonly left: number;
      /** A burn of another bar in the request which would make the sum right if it counted for this bar. */
      readonly elsewhere: {
        readonly reference: string;
        readonly output: string;
        readonly amount: bigint;
      } | null;
      /** A burn without which the sum is right. */
      readonly surplus: { readonly output: string; readonly amount: bigint } | null;
    }
  | { readonly kind: 'bars-issued'; readonly references: readonly string[] }
  | { readonly kind: 'bars-older'; readonly references: readonly string[] };
