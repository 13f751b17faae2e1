/** After confirmation: every token exists on chain in exactly the amount issued. */
import { formatAmount } from '../../shared/amount.ts';
import { Refusal } from '../../shared/errors.ts';
import { periodOf, tokenAmount } from '../../shared/schedule.ts';
import type { Services } from '../commands/base.ts';
import type { SentTransaction } from './confirm.ts';

/**
 * @param height the request's; once its period is over, the chain may have grown the tokens by the schedule
 * @throws Refusal TOKEN_MISMATCH naming each token
 */
export async function checkTokens(
  services: Services,
  height: number,
  sent: readonly SentTransaction[],
): Promise<void> {
  const { node } = services;
  const [info, tip] = await Promise.all([node.assetInfo(), node.tip()]);
  const wrong = sent.flatMap(({ issuance }) => {
    const found = info.get(issuance.assetId);
    const total = found ? found.spendable + found.frozen : 0n;
    if (total === issuance.tokens) return [];
    const later = periodOf(tip.height) > periodOf(height);
    if (later && total === tokenAmount(issuance.request.mass, tip.height)) return [];
    return [
      `${issuance.reference}: token ${issuance.assetId}: expected ${formatAmount(issuance.tokens)} on chain, found ${formatAmount(total)}`,
    ];
  });
  if (wrong.length === 0) return;
  throw new Refusal(
    'TOKEN_MISMATCH',
    wrong.join('; '),
    'Nothing was published. Check the node, look with `countersign report`, and run finalise again when it is in step.',
  );
}
