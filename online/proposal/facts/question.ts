/** What a command asks of the protocol. */
import type { AssetEntry, Changes, CorrectionRequest } from '../../../shared/changes.ts';
import type { Request } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { NamedBurn } from './burns.ts';

/** What a command was asked for. */
export type Intent =
  | 'prepare'
  | 'submit'
  | 'review'
  | 'finalise'
  | 'abandon'
  | 'repair'
  | 'adopt'
  /** To say where things stand. */
  | 'look';

/** A bar that a holder takes, and the outputs in which its tokens were burnt. */
export interface NewRedemption {
  readonly reference: string;
  readonly burns: readonly NamedBurn[];
}

/** What a new request is to do; exactly one of the lists. */
export interface Wanted {
  readonly assets?: readonly AssetEntry[];
  readonly redemptions?: readonly NewRedemption[];
  /** What the holder's wallet says that it burnt for them: atoms by asset id. The chain decides; a difference refuses. */
  readonly burnt?: ReadonlyMap<string, bigint> | undefined;
  readonly corrections?: readonly CorrectionRequest[];
  readonly reason?: string;
}

export interface Question {
  readonly intent: Intent;
  /** Of a new request; undefined where only is asked whether one of the kind can be prepared. */
  readonly wanted?: Wanted | undefined;
  readonly kind?: keyof Changes;
  /** Digest of the request that is meant; the open one, or what comes after it, where none is named. */
  readonly request?: string | undefined;
  /** What the command began with, where none is named: another PC may close it or open another one meanwhile. */
  readonly began?: string | undefined;
  /** Signatures from files, of one request. */
  readonly given?: readonly GivenSignatures[];
  /** The request from a file, where the store may not have it. */
  readonly requestFile?: Request | undefined;
  /** Seconds that the best block may be old; not checked without. */
  readonly maxTipAge?: number | undefined;
  /** Blocks on top of a transaction, its own included; of an issuance 1, of a burn 30 where it is not given. */
  readonly confirmations?: number | undefined;
  /** Seconds between two looks while waiting. */
  readonly poll?: number;
  /** Abandon: a person typed that nobody signed. */
  readonly unsigned?: boolean;
  /** Submit: `ps1_` objects of an older tool's own proposal may be replaced. */
  readonly overOlder?: boolean;
  /** A person has to agree first. */
  readonly mustAgree?: boolean;
}

export interface GivenSignatures {
  readonly file: string;
  readonly signatures: Signatures;
}

/** What kind of request is asked for. */
export function kindAsked({ wanted, kind = 'issuances' }: Question): keyof Changes {
  if (!wanted) return kind;
  if (wanted.redemptions) return 'redemptions';
  return wanted.corrections ? 'corrections' : 'issuances';
}
