/** The question that a command asks of the protocol. */
import type { AssetEntry, Changes, CorrectionRequest } from '../../../shared/changes.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { NamedBurn } from './burns.ts';

/** The goal of a command. */
export type Intent =
  | 'prepare'
  | 'submit'
  | 'review'
  | 'finalise'
  | 'abandon'
  | 'repair'
  | 'adopt'
  /** Only reports the situation. */
  | 'look';

/** A bar that a holder redeems, and the outputs that burnt its tokens. */
export interface NewRedemption {
  readonly reference: string;
  readonly burns: readonly NamedBurn[];
}

/** The changes of a new request. Exactly one of `assets`, `redemptions` and `corrections` is given. */
export interface Wanted {
  readonly assets?: readonly AssetEntry[];
  readonly redemptions?: readonly NewRedemption[];
  /**
   * For each asset id: the burnt atoms, as the holder's wallet reports them. If an amount differs from the
   * chain, the request is refused.
   */
  readonly burnt?: ReadonlyMap<string, bigint> | undefined;
  readonly corrections?: readonly CorrectionRequest[];
  readonly reason?: string;
}

export interface Question {
  readonly intent: Intent;
  /** The changes of a new request; undefined to ask only whether a request of the kind can be prepared. */
  readonly wanted?: Wanted | undefined;
  readonly kind?: keyof Changes;
  /**
   * Digest of the request that the command is about, if no signatures are given. Given signatures name their
   * request themselves. Without both, the command is about the open proposal.
   */
  readonly request?: string | undefined;
  /**
   * For `finalise`: digest of the request with which the command started. The command stays with this
   * request, even if another PC closes its proposal.
   */
  readonly began?: string | undefined;
  /** Signatures from files, all of one request. */
  readonly given?: readonly GivenSignatures[];
  /** The request from a file, for a store that lacks the request. */
  readonly requestFile?: Request | undefined;
  /** Largest age of the best block, in seconds; not checked if undefined. */
  readonly maxTipAge?: number | undefined;
  /**
   * Confirmations needed, counting the transaction's own block. By default 1 for an issuance and 30 for a
   * burn.
   */
  readonly confirmations?: number | undefined;
  /** Seconds between two reads while waiting. */
  readonly poll?: number;
  /** For `abandon`: true if a person typed that nobody signed. */
  readonly unsigned?: boolean;
  /** For `submit` and `repair`: true if `ps1_` objects with an older tool's own proposal may be replaced. */
  readonly overOlder?: boolean;
  /** True if a person has to agree before the command opens, sends or abandons a proposal. */
  readonly mustAgree?: boolean;
}

export interface GivenSignatures {
  readonly file: string;
  readonly signatures: Signatures;
}

/** The kind of request that the question asks for. */
export function changeKindOfQuestion({ wanted, kind = 'issuances' }: Question): keyof Changes {
  if (!wanted) return kind;
  if (wanted.redemptions) return 'redemptions';
  return wanted.corrections ? 'corrections' : 'issuances';
}
