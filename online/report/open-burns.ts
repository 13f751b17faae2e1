/**
 * Burns of the open redemption. The burnt tokens are not on chain any more. The mapping still has them until
 * the redemption is published.
 */
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import { tokenRatio } from '../../shared/redemption/remapping.ts';
import { PERIOD, periodOf } from '../../shared/token-schedule.ts';
import type { ChainFacts } from '../proposal/facts/facts.ts';
import { burnsWithFacts } from '../proposal/plan/evidence.ts';
import type { AtHand } from '../proposal/situation/stage.ts';

/** A burn of one token. */
export interface OpenBurn {
  /** Atoms. */
  readonly amount: bigint;
  /** Redemption height. */
  readonly height: number;
}

export interface OpenRedemption {
  readonly reviewCode: string;
  readonly bars: readonly string[];
  /** Confirmed burns by asset id. */
  readonly burns: ReadonlyMap<string, readonly OpenBurn[]>;
}

/** @returns null if the proposal redeems nothing */
export function findOpenRedemption(
  { request, derivation }: AtHand,
  chain: ChainFacts,
): OpenRedemption | null {
  if (request.redemptions.length === 0) return null;
  const burns = new Map<string, OpenBurn[]>();
  for (const { redemption, burn, fact } of burnsWithFacts(derivation, chain.evidence.burns)) {
    if (fact.block === null) continue;
    const one = { amount: parseAmount(burn.amount, 'amount'), height: redemption.height };
    burns.set(burn.token, [...(burns.get(burn.token) ?? []), one]);
  }
  const bars = request.redemptions.map(({ reference }) => reference);
  return { reviewCode: request.reviewCode, bars, burns };
}

export const sumOfBurns = (burns: readonly OpenBurn[]): bigint =>
  burns.reduce((sum, { amount }) => sum + amount, 0n);

/**
 * Number of atoms by which burns reduce the amount on chain in a period. This number includes the growth that
 * the burnt tokens would have had since the burn.
 */
export function burntAtomsWithGrowth(burns: readonly OpenBurn[], period: number): bigint {
  const grown = burns.map(({ amount, height }) => {
    if (period <= periodOf(height)) return amount;
    const now = (Number(formatAmount(amount)) * tokenRatio(height)) / tokenRatio(period * PERIOD);
    return parseAmount(now.toFixed(8), 'amount');
  });
  return grown.reduce((sum, amount) => sum + amount, 0n);
}
