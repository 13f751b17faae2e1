/** After confirmation: every token exists on chain in exactly the amount issued. */
import { formatAmount } from '../../shared/amount.ts';
import { Refusal } from '../../shared/errors.ts';
import { PERIOD, periodOf, tokenAmount } from '../../shared/schedule.ts';
import type { Services } from '../services.ts';
import type { SentTransaction } from './sending.ts';

/**
 * The period of which this is the amount of tokens for the mass: tokens grow with every period once they are issued.
 * @returns null if it is the amount of none from the first to the last
 */
export function periodOfAmount(mass: string, total: bigint, first: number, last: number): number | null {
  for (let period = last; period >= first; period--) {
    const amount = tokenAmount(mass, period * PERIOD);
    if (amount === total) return period;
    if (amount < total) return null; // amounts only grow
  }
  return null;
}

/**
 * @param height the request's; once its period is over, the chain may have grown the tokens by the schedule
 * @returns a sentence for each token that is not as it should be
 */
export async function wrongTokens(
  services: Services,
  height: number,
  sent: readonly SentTransaction[],
): Promise<string[]> {
  const { node } = services;
  const info = await node.assetInfo();
  const totals = sent.map(({ issuance }) => {
    const found = info.get(issuance.assetId);
    return { issuance, total: found ? found.spendable + found.frozen : 0n };
  });
  const others = totals.filter(({ issuance, total }) => total !== issuance.tokens);
  if (others.length === 0) return [];
  const tip = await node.tip();
  return others
    .filter(({ issuance: { request }, total }) => {
      return periodOfAmount(request.mass, total, periodOf(height), periodOf(tip.height)) === null;
    })
    .map(
      ({ issuance: { reference, assetId, tokens }, total }) =>
        `${reference}: token ${assetId}: expected ${formatAmount(tokens)} on chain, found ${formatAmount(total)}`,
    );
}

export function tokenMismatch(wrong: readonly string[]): Refusal {
  return new Refusal(
    'TOKEN_MISMATCH',
    wrong.join('; '),
    'Nothing was published. Check the node, look with `countersign report`, and run finalise again when it is in step.',
  );
}
