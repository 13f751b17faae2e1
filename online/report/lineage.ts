/**
 * Which assets were issued from our policy coins. Every issuance gives its coin's change back to the policy address, so
 * the issuances behind today's coins are found by walking from each coin to the transaction that made it, and on to the coin
 * that one spent. Only walked when the chain has assets that the mapping does not know.
 */
import { bytesToId, hexToBytes } from '../../shared/bytes.ts';
import { decodeTransaction } from '../../shared/decode-transaction.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import type { Services } from '../steps/services.ts';

/** Steps back from today's coins; each is a question to the node. */
const MAX_DEPTH = 20_000;

/** Assets that this transaction issues, and the transactions that made what it spends. */
function behind(hex: string): { assets: string[]; before: string[] } {
  try {
    const { inputs } = decodeTransaction(hexToBytes(hex, 'transaction'));
    const issuing = inputs.filter(input => input.issuance);
    return {
      assets: issuing.map(input => bytesToId(issuanceIds(input.prevHash, input.prevIndex).asset)),
      before: issuing.map(input => bytesToId(input.prevHash)),
    };
  } catch {
    return { assets: [], before: [] }; // of another form than any issuance of ours: where the coins came from
  }
}

/** @returns of the wanted assets, those that were issued from coins behind these */
export async function issuedBehind(
  services: Services,
  coins: readonly { txid: string }[],
  wanted: ReadonlySet<string>,
): Promise<Set<string>> {
  const found = new Set<string>();
  const seen = new Set<string>();
  let level = coins.map(({ txid }) => txid);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && found.size < wanted.size; depth++) {
    const fresh = [...new Set(level)].filter(txid => !seen.has(txid));
    for (const txid of fresh) seen.add(txid);
    const answers = await services.node.rpc.batch(
      fresh.map(txid => ({ method: 'getrawtransaction', params: [txid, false] })),
    );
    level = [];
    for (const answer of answers) {
      const hex = 'result' in answer && typeof answer.result === 'string' ? answer.result : '';
      const { assets, before } = behind(hex);
      for (const asset of assets) if (wanted.has(asset)) found.add(asset);
      level.push(...before);
    }
  }
  return found;
}
