/** Compares the tokens on chain with the issued amounts, after the transactions are confirmed. */
import { PERIOD, periodOf, tokenAmount } from '../../../shared/token-schedule.ts';
import type { Services } from '../services.ts';
import type { TokenDifference, TokenFacts, TransactionFact } from './facts.ts';

/**
 * The period in which this mass has this amount of tokens. The amount grows with every period after the
 * issuance.
 * @returns null if no period from the first to the last has this amount
 */
function periodOfAmount(mass: string, total: bigint, first: number, last: number): number | null {
  for (let period = last; period >= first; period--) {
    const amount = tokenAmount(mass, period * PERIOD);
    if (amount === total) return period;
    if (amount < total) return null; // Earlier periods have even smaller amounts.
  }
  return null;
}

/**
 * @param height height of the request. After the period of this height, the amount on chain may have grown by
 * the schedule
 */
export async function findTokenDifferences(
  { node }: Pick<Services, 'node'>,
  height: number,
  sent: readonly TransactionFact[],
): Promise<TokenFacts> {
  const found: Record<keyof TokenFacts, TokenDifference[]> = { wrong: [], none: [], less: [] };
  const info = await node.assetInfo();
  const totals = sent.map(({ issuance, txid }) => {
    const now = info.get(issuance.assetId);
    return { issuance, txid, total: now ? now.spendable + now.frozen : 0n };
  });
  const others = totals.filter(({ issuance, total }) => total !== issuance.tokens);
  if (others.length === 0) return found;
  const tip = await node.height();
  for (const { issuance, txid, total } of others) {
    const { request, reference, assetId, tokens } = issuance;
    if (periodOfAmount(request.mass, total, periodOf(height), periodOf(tip)) !== null) continue;
    // The confirmed transaction issued the right amount, so a smaller amount means that tokens were burnt
    // afterwards.
    const isMore = total > tokenAmount(request.mass, Math.max(height, tip));
    const block = total === 0n && txid !== null ? await findBlockHashOfTransaction(node, txid) : null;
    const difference = { reference, assetId, expected: tokens, found: total, block };
    const kind = block !== null ? 'none' : isMore || total === 0n ? 'wrong' : 'less';
    found[kind].push(difference);
  }
  return found;
}

/**
 * Hash of the block in the best chain that has the transaction; null if there is none. Reads this block too,
 * to check the node's answer.
 */
async function findBlockHashOfTransaction(node: Services['node'], txid: string): Promise<string | null> {
  const [known] = await node.transaction([txid]);
  if (!known || known === 'mempool') return null;
  const [transactions] = await node.blockTransactions([known.blockHash]);
  if (!transactions?.includes(txid)) return null;
  const height = await node.height();
  const [best] = await node.blockHashes([height - known.confirmations + 1]);
  return best === known.blockHash ? best : null;
}
