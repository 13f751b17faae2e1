/** For each kind of trouble: when `next` prints the command that solves it, and how `status` prints it. */
import type { Trouble } from '../situation/trouble.ts';

interface Advice {
  /**
   * When `next` prints the command that solves the trouble. `first`: always, in place of the stage's command.
   * The others: only if no proposal is open, or never.
   */
  readonly next: 'first' | 'where-none-is-open' | 'never';
  /**
   * How `status` prints the trouble. `error`: as an error with exit code 1, because most other commands
   * refuse. `leads`: as the next step, in place of the stage's next step. `remark`: after the stage.
   * `progress`: not at all, because a line on stderr has reported it.
   */
  readonly status: 'error' | 'leads' | 'remark' | 'progress';
}

export const ADVICE: Record<Trouble['kind'], Advice> = {
  node: { next: 'first', status: 'error' },
  'mapping-lost': { next: 'first', status: 'error' },
  'map-replaced': { next: 'first', status: 'error' },
  'map-stale': { next: 'first', status: 'error' },
  'map-late': { next: 'first', status: 'remark' },
  'map-absent': { next: 'first', status: 'error' },
  'map-damaged': { next: 'first', status: 'error' },
  tip: { next: 'first', status: 'remark' },
  missing: { next: 'first', status: 'leads' },
  'missing-adopted': { next: 'where-none-is-open', status: 'remark' },
  unmapped: { next: 'where-none-is-open', status: 'remark' },
  stray: { next: 'where-none-is-open', status: 'remark' },
  'dead-end': { next: 'first', status: 'leads' },
  respent: { next: 'first', status: 'leads' },
  untraced: { next: 'first', status: 'leads' },
  evidence: { next: 'first', status: 'leads' },
  period: { next: 'first', status: 'leads' },
  'older-proposal': { next: 'never', status: 'remark' },
  behind: { next: 'where-none-is-open', status: 'remark' },
  'damaged-signatures': { next: 'never', status: 'progress' },
};

/** The first trouble for which this member of its advice has this value. */
export function firstTroubleWithAdvice<K extends keyof Advice>(
  troubles: readonly Trouble[],
  member: K,
  value: Advice[K],
): Trouble | undefined {
  return troubles.find(({ kind }) => ADVICE[kind][member] === value);
}
