/** What the page and its worker say to each other. The worker reads mappings: a million entries take seconds. */
import type { Code } from '../../shared/errors.ts';
import type { Comparison } from './compare.ts';
import type { Found } from './look-up.ts';

/** A mapping as the page shows it. */
export interface Shown {
  valid: boolean;
  /** The empty one, before the first issuance: nobody signed it. */
  begins: boolean;
  /** The verdict of the command line. */
  verdict: string;
  /** '' or what is doubtful of a valid one. */
  caution: string;
  digest: string;
  height: number;
  /** Seconds since 1970, as the mapping has it. */
  time: string;
  entries: number;
  bars: number;
  /** Fine troy ounces. */
  totalMass: string;
}

/** Each is answered by `done` or `refused`. A file's bytes are handed over, not copied. */
export type Order =
  | { kind: 'verify'; profile: string; name: string; bytes: ArrayBuffer }
  | { kind: 'look up'; question: string; height: number }
  | { kind: 'compare'; name: string; bytes: ArrayBuffer };

export interface Answers {
  verify: Shown;
  'look up': { found: Found[]; problems: string[] };
  /** No comparison with a copy that is not valid: whatever it says, anybody can have written it. */
  compare: { kept: Shown; comparison: Comparison | null };
}

export type Reply =
  | { kind: 'progress'; share: number }
  | { kind: 'done'; answer: Answers[Order['kind']] }
  | { kind: 'refused'; code: Code | 'INTERNAL'; message: string; hint: string };
