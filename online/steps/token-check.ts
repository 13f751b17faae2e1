/** After confirmation: every token exists on chain in exactly the amount issued. */
import { formatAmount } from '../../shared/amount.ts';
import { Refusal } from '../../shared/errors.ts';
import { PERIOD, periodOf, tokenAmount } from '../../shared/schedule.ts';
import type { SentTransaction } from './sending.ts';
import type { Services } from './services.ts';

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
  /** A sentence for each token of which there is more than the schedule ever gives. */
  wrong: string[];
  /** A sentence for each that is not there at all, though its transaction is confirmed. */
  none: string[];
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
  const found: TokenCheck = { wrong: [], none: [], less: [] };
  const info = await node.assetInfo();
  const totals = sent.map(({ issuance, txid }) => {
    const now = info.get(issuance.assetId);
    return { issuance, txid, total: now ? now.spendable + now.frozen : 0n };
  });
  const others = totals.filter(({ issuance, total }) => total !== issuance.tokens);
  if (others.length === 0) return found;
  const tip = await node.tip();
  for (const { issuance, txid, total } of others) {
    const { request, reference, assetId, tokens } = issuance;
    if (periodOfAmount(request.mass, total, periodOf(height), periodOf(tip.height)) !== null) continue;
    // The transaction is confirmed and proved to be ours, so that less can only have become less since.
    const isMore = total > tokenAmount(request.mass, Math.max(height, tip.height));
    const said = `${reference}: token ${assetId}: expected ${formatAmount(tokens)} on chain, found ${formatAmount(total)}`;
    const block = total === 0n && txid !== null ? await blockOf(services, txid) : null;
    if (block !== null) found.none.push(`${said}. Its transaction is in block ${block} of the chain`);
    else (isMore || total === 0n ? found.wrong : found.less).push(said);
  }
  return found;
}

/** The block of the best chain that has it: asked of the block, and not of the transaction alone. */
async function blockOf({ node }: Services, txid: string): Promise<string | null> {
  const [known] = await node.transaction([txid]);
  if (!known || known === 'mempool') return null;
  const [answer] = await node.rpc.batch([{ method: 'getblock', params: [known.blockHash] }]);
  const block = answer && 'result' in answer && answer.result instanceof Map ? answer.result : null;
  const txs = block?.get('tx');
  if (!Array.isArray(txs) || !txs.includes(txid)) return null;
  const { height } = await node.tip();
  const [best] = await node.blockHashes([height - known.confirmations + 1]);
  return best === known.blockHash ? best : null;
}

export function tokenMismatch(wrong: readonly string[]): Refusal {
  return new Refusal(
    'TOKEN_MISMATCH',
    wrong.join('; '),
    'Nothing was published. Check the node, look with `countersign report`, and run finalise again when it is in step.',
  );
}
