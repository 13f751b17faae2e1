/** Checks after confirmation that every token exists on chain in exactly the amount issued. */
import { PERIOD, periodOf, tokenAmount } from '../../../shared/schedule.ts';
import type { Services } from '../services.ts';
import type { TokenDifference, TokenFacts, TransactionFact } from './facts.ts';

/**
 * The period in which the mass has this amount. Tokens grow with every period after their issuance.
 * @returns null if no period from the first to the last has this amount
 */
function periodOfAmount(mass: string, total: bigint, first: number, last: number): number | null {
  for (let period = last; period >= first; period--) {
    const amount = tokenAmount(mass, period * PERIOD);
    if (amount === total) return period;
    if (amount < total) return null; // Later amounts are only larger.
  }
  return null;
}

/** @param height of the request; after its period the chain may have grown the tokens by the schedule */
export async function checkTokens(
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
    // The confirmed transaction is the derived one, so a smaller amount means that tokens left the chain
    // afterwards.
    const isMore = total > tokenAmount(request.mass, Math.max(height, tip));
    const block = total === 0n && txid !== null ? await findBlock(node, txid) : null;
    const difference = { reference, assetId, expected: tokens, found: total, block };
    const kind = block !== null ? 'none' : isMore || total === 0n ? 'wrong' : 'less';
    found[kind].push(difference);
  }
  return found;
}

/**
 * Hash of the best chain's block with the transaction. The block itself is read too, as a check of the node's answer.
 */
async function findBlock(node: Services['node'], txid: string): Promise<string | null> {
  const [known] = await node.transaction([txid]);
  if (!known || known === 'mempool') return null;
  const [transactions] = await node.blockTransactions([known.blockHash]);
  if (!transactions?.includes(txid)) return null;
  const height = await node.height();
  const [best] = await node.blockHashes([height - known.confirmations + 1]);
  return best === known.blockHash ? best : null;
}
