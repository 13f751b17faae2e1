/**
 * Compares the burns of a bar with the amount that the bar needs, and finds a burn that would correct the
 * sum. Pure.
 */
import { parseAmount } from '../../../shared/amount.ts';
import { outpointText, type RedemptionRequest } from '../../../shared/changes.ts';
import { amountsForMass, type Needed } from '../../../shared/redemption/derive-redemptions.ts';
import { firstBlockOfNextPeriod } from '../../../shared/token-schedule.ts';
import type { DraftRefused } from './draft-refusals.ts';

export interface NamedAmount {
  readonly output: string;
  /** Atoms. */
  readonly amount: bigint;
}

interface Burnt extends NamedAmount {
  readonly reference: string;
}

const isSumAccepted = ({ least, most }: Needed, burnt: bigint) => burnt >= least && burnt <= most;

/** @returns atoms: negative if burns are missing, positive if too much is burnt, 0 if the sum is accepted */
export function sumDifference(mass: string, height: number, burnt: bigint): bigint {
  const { least, most } = amountsForMass(Number(mass), height);
  if (burnt < least) return burnt - least;
  return burnt > most ? burnt - most : 0n;
}

const burntAmounts = ({ reference, burns }: RedemptionRequest): Burnt[] =>
  burns.map(burn => {
    return { reference, output: outpointText(burn), amount: parseAmount(burn.amount, 'amount') };
  });

/**
 * The refusal for the first bar with a wrong sum of burns; null if every sum is accepted.
 * @param tip height of the best block
 */
export function sumRefusal(redemptions: readonly RedemptionRequest[], tip: number): DraftRefused | null {
  const all = redemptions.flatMap(burntAmounts);
  for (const { reference, mass, height } of redemptions) {
    const own = all.filter(one => one.reference === reference);
    const burnt = own.reduce((sum, { amount }) => sum + amount, 0n);
    const off = sumDifference(mass, height, burnt);
    if (off === 0n) continue;
    const needed = amountsForMass(Number(mass), height);
    const others = all.filter(one => one.reference !== reference);
    const end = firstBlockOfNextPeriod(height);
    return {
      ...{ kind: 'burn-sum', reference, mass, height, needed: needed.exact, burnt, off, end },
      left: Math.max(0, end - 1 - tip),
      elsewhere: off < 0n ? (others.find(one => isSumAccepted(needed, burnt + one.amount)) ?? null) : null,
      surplus: off > 0n ? (own.find(one => isSumAccepted(needed, burnt - one.amount)) ?? null) : null,
    };
  }
  return null;
}
