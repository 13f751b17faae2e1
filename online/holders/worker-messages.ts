/**
 * Messages between the page and its worker. The worker reads mappings, because a million entries take
 * seconds.
 */
import type { Code } from '../../shared/errors.ts';
import type { Comparison } from './compare-mappings.ts';
import type { Found } from './look-up.ts';

/** What the page shows about a mapping. */
export interface Shown {
  valid: boolean;
  /** True for the empty mapping before the first issuance. Nobody signs this mapping. */
  begins: boolean;
  /** The verdict, in the same words as on the command line. */
  verdict: string;
  /** A doubt about a valid mapping; empty if there is none. */
  caution: string;
  digest: string;
  height: number;
  /** Seconds since 1970, as in the mapping. */
  time: string;
  entries: number;
  bars: number;
  /** Fine troy ounces. */
  totalMass: string;
}

/**
 * Orders to the worker, which answers each order with `done` or `refused`. The bytes of a file are
 * transferred and not copied.
 */
export type Order =
  | { kind: 'verify'; profile: string; name: string; bytes: ArrayBuffer }
  | { kind: 'look up'; question: string; height: number }
  | { kind: 'compare'; name: string; bytes: ArrayBuffer };

export interface Answers {
  verify: Shown;
  'look up': { found: Found[]; problems: string[] };
  /** `comparison` is null if the copy is not valid, because anybody can have written such a copy. */
  compare: { kept: Shown; comparison: Comparison | null };
}

export type Reply =
  | { kind: 'progress'; share: number }
  | { kind: 'done'; answer: Answers[Order['kind']] }
  | { kind: 'refused'; code: Code | 'INTERNAL'; message: string; hint: string };
