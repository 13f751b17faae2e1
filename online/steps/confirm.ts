/** Sends transactions and waits until every one is confirmed; what the node forgets is sent again. */
import type { DerivedIssuance } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { blocksLeft } from '../../shared/schedule.ts';
import type { PolicyCoin } from '../coins-file.ts';
import type { Services } from '../commands/base.ts';

export interface SentTransaction {
  issuance: DerivedIssuance;
  hex: string;
  txid: string;
  coin: PolicyCoin;
}

export interface WaitOptions {
  /** Seconds between two looks. */
  poll: number;
  confirmations: number;
}

/** Sends all of them. @throws Refusal TX_REJECTED naming those that can never confirm */
async function sendAll(services: Services, pending: readonly SentTransaction[]): Promise<void> {
  const outcomes = await services.node.send(pending.map(t => t.hex));
  const refused = pending.flatMap((transaction, i) => {
    const outcome = outcomes[i];
    return outcome?.state === 'refused' ? [{ transaction, reason: outcome.what }] : [];
  });
  if (refused.length === 0) return;
  const others = pending.length - refused.length;
  throw new Refusal(
    'TX_REJECTED',
    refused
      .map(
        ({ transaction, reason }) =>
          `${transaction.issuance.reference}: the node refuses ${transaction.txid}: ${reason}`,
      )
      .join('; '),
    `${others > 0 ? `The other ${others} were sent. ` : ''}Nothing was published. Look with \`countersign report\` what is on chain, and do not issue these assets again before it is clear.`,
  );
}

export async function confirmAll(
  services: Services,
  sent: readonly SentTransaction[],
  options: WaitOptions,
): Promise<void> {
  const { node, world, progress } = services;
  let told = '';
  for (let first = true; ; first = false) {
    const known = await node.transaction(sent.map(t => t.txid));
    const missing = sent.filter((_, i) => known[i] === null);
    if (missing.length > 0) {
      await sendAll(services, missing);
      progress(
        first
          ? `Sent ${missing.length} of ${sent.length} transactions.`
          : `${missing.length} transactions were dropped by the node and sent again.`,
      );
    }
    known.forEach((transaction, i) => {
      if (transaction === null || transaction === 'mempool') return;
      const { hex, issuance, txid } = sent[i] as SentTransaction;
      if (transaction.hex === hex) return;
      throw new Refusal(
        'NODE_GARBLED',
        `${issuance.reference}: the node gives another transaction for ${txid} than was sent`,
        'Do not trust this node: finalise with another one.',
      );
    });
    const confirmed = known.filter(
      t => t !== null && t !== 'mempool' && t.confirmations >= options.confirmations,
    );
    if (confirmed.length === sent.length) return;
    const { height } = await node.tip();
    const line = `Block ${height}: ${confirmed.length} of ${sent.length} transactions confirmed, ${blocksLeft(height)} blocks of the period left.`;
    if (line !== told) progress(line);
    told = line;
    await world.sleep(options.poll * 1000);
  }
}

/** The change that replaces a spent policy coin. */
export function changeCoin(transaction: SentTransaction): PolicyCoin {
  const { outputs } = transaction.issuance.transaction;
  const vout = outputs.length - 1;
  return { txid: transaction.txid, vout, amount: (outputs[vout] as { value: bigint }).value };
}
