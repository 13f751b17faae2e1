/**
 * `burns.json` of a proposal: the transactions that burnt tokens for its redemptions, and the transactions on
 * which they depend. If a reorganisation removes these transactions from the chain, a PC can send them again.
 */
import { bytesToId, hexToBytes, utf8 } from '../../shared/bytes.ts';
import { MAX_BURNS, MAX_REDEMPTIONS } from '../../shared/changes.ts';
import { sha256d } from '../../shared/hash.ts';
import { readJson } from '../../shared/json.ts';
import { checkField, Fields } from '../../shared/json-fields.ts';
import { MAX_BURNS_BYTES, parseStoredObject } from './object-keys.ts';

export interface RawTransaction {
  readonly txid: string;
  readonly hex: string;
}

const TYPE = 'countersign/burns';
/** Room for two transactions for each burn: one that froze the tokens, and one that burnt them. */
const MAX_TRANSACTIONS = 2 * MAX_REDEMPTIONS * MAX_BURNS;

/** @param transactions the transactions, in the order of sending */
export function burnTransactionsBytes(request: string, transactions: readonly RawTransaction[]): Uint8Array {
  const hexes = transactions.map(({ hex }) => hex);
  return utf8(`${JSON.stringify({ type: TYPE, version: 1, request, transactions: hexes })}\n`);
}

/** @throws Refusal OBJECT_INVALID, naming the key and the member */
export function readBurnTransactions(bytes: Uint8Array, key: string, request: string): RawTransaction[] {
  return parseStoredObject(key, () => {
    const fields = Fields.file(readJson(bytes, key, MAX_BURNS_BYTES), TYPE, ['request', 'transactions']);
    fields.constant('request', request);
    return fields.list('transactions', 0, MAX_TRANSACTIONS).map((hex, i) => {
      checkField(typeof hex === 'string', `transactions[${i}]`, 'a transaction in hex', hex);
      return { txid: bytesToId(sha256d(hexToBytes(hex, `transactions[${i}]`))), hex };
    });
  });
}
