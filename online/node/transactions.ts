/** Calls about single transactions: sending them, and reading their state. */
import { bytesToId, hexToBytes } from '../../shared/bytes.ts';
import { sha256d } from '../../shared/hash.ts';
import type { Sent } from './answer-types.ts';
import type { Known } from './chain-node.ts';
import { CODE, garbledRefusal, NodeError, rejectionFrom } from './rpc/node-errors.ts';
import { otherTransactionProblem } from './rpc/texts/connection.ts';
import type { Asker } from './shape-reader.ts';

const MAX_CONFIRMATIONS = 9_999_999;

/**
 * Checks that the bytes match the id. Bytes with a witness cannot be checked in this way. Countersign's
 * transactions never have a witness.
 */
function checkTransactionId({ source }: Asker, method: string, txid: string, hex: string): void {
  if (hex.slice(8, 10) !== '00' || bytesToId(sha256d(hexToBytes(hex, 'transaction'))) === txid) return;
  throw garbledRefusal(source.name, method, ...otherTransactionProblem(source.redact(txid)));
}

/** Sends transactions, and returns each result. If one is refused, the others are still sent. */
export function sendTransactions(node: Asker, transactions: readonly string[]): Promise<Sent[]> {
  return Promise.all(
    transactions.map(async (hex): Promise<Sent> => {
      const method = 'sendrawtransaction';
      const answer = await node.askAllowing(
        [CODE.decode, CODE.verify, CODE.rejected, CODE.inChain],
        method,
        hex,
      );
      if (answer instanceof NodeError) {
        if (answer.rpcCode === CODE.inChain) return { state: 'in-chain' };
        return { state: 'refused', ...rejectionFrom(answer.rpcCode, answer.rpcMessage) };
      }
      const txid = answer.id();
      checkTransactionId(node, method, txid, hex);
      return { state: 'sent', txid };
    }),
  );
}

/**
 * The state of each transaction: its block, 'mempool' or null. Null also for a transaction that is only in a
 * block that a reorganisation dropped.
 */
export function fetchTransactions(node: Asker, txids: readonly string[]): Promise<Known[]> {
  return Promise.all(
    txids.map(async txid => {
      const method = 'getrawtransaction';
      const answer = await node.askAllowing([CODE.notFound], method, txid, true);
      if (answer instanceof NodeError) return null;
      if (answer.member('txid').id() !== txid) throw answer.member('txid').fail(txid);
      const hex = answer.member('hex').hex();
      checkTransactionId(node, method, txid, hex);
      const block = answer.member('blockhash');
      if (block.isNull) return 'mempool';
      const confirmations = answer.member('confirmations').integer(-MAX_CONFIRMATIONS);
      return confirmations <= 0 ? null : { confirmations, blockHash: block.id(), hex };
    }),
  );
}
