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

export interface TokenCheck {
  /** A sentence for each token that is missing, or of which there is more than the schedule ever gives. */
  wrong: string[];
  /** A sentence for each of which there is less: its holder may have redeemed a part since it was confirmed. */
  less: string[];
}

/** @param height the request's; once its period is over, the chain may have grown the tokens by the schedule */
export async function checkTokens(
  services: Services,
  height: number,
  sent: readonly SentTransaction[],
): Promise<TokenCheck> {
  const { node } = services;
  const found: TokenCheck = { wrong: [], less: [] };
  const info = await node.assetInfo();
  const totals = sent.map(({ issuance }) => {
    const now = info.get(issuance.assetId);
    return { issuance, total: now ? now.spendable + now.frozen : 0n };
  });
  const others = totals.filter(({ issuance, total }) => total !== issuance.tokens);
  if (others.length === 0) return found;
  const tip = await node.tip();
  for (const { issuance, total } of others) {
    const { request, reference, assetId, tokens } = issuance;
    if (periodOfAmount(request.mass, total, periodOf(height), periodOf(tip.height)) !== null) continue;
    // The transaction is confirmed and proved to be ours, so that less can only have become less since.
    const isWrong = total === 0n || total > tokenAmount(request.mass, Math.max(height, tip.height));
    const list = isWrong ? found.wrong : found.less;
    list.push(
      `${reference}: token ${assetId}: expected ${formatAmount(tokens)} on chain, found ${formatAmount(total)}`,
    );
  }
  return found;
}

export function tokenMismatch(wrong: readonly string[]): Refusal {
  return new Refusal(
    'TOKEN_MISMATCH',
    wrong.join('; '),
    'Nothing was published. Check the node, look with `countersign report`, and run finalise again when it is in step.',
  );
}
