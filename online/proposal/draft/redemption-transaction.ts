/**
 * Reads a redemption transaction that was not sent. The holder will later burn each output that the
 * transaction freezes. Pure.
 */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { DecodingError, decodeTransaction } from '../../../shared/decode-transaction.ts';
import { p2pkhScript } from '../../../shared/output-scripts.ts';
import { type Output, transactionId } from '../../../shared/transaction.ts';
import { type BurnFact, isZeroAddressOutput } from '../facts/burns.ts';
import { notATransactionRefusal, notOfOneKeyRefusal, noZeroAddressRefusal } from '../texts/given-files.ts';

export interface Unsent {
  txid: string;
  /**
   * The frozen outputs, in order. Their redemption height is the height of the earliest block that could
   * include the transaction.
   */
  frozen: readonly BurnFact[];
  /** Hashes of the keys to which the transaction pays. */
  keyHashes: readonly Uint8Array[];
}

/** Hash of the key to which the output pays; null for another kind of script. */
function keyHashOfOutput({ scriptPubKey }: Output): Uint8Array | null {
  const hash = scriptPubKey.slice(3, 23);
  const isKey = hash.length === 20 && bytesToHex(p2pkhScript(hash)) === bytesToHex(scriptPubKey);
  return isKey ? hash : null;
}

/**
 * @param height height of the earliest block that could include the transaction
 * @param what name of the transaction in messages
 * @throws Refusal FORMAT_INVALID; BURN_INVALID naming the output
 */
export function readRedemptionTransaction(hex: string, height: number, what: string): Unsent {
  let transaction: ReturnType<typeof decodeTransaction>;
  try {
    transaction = decodeTransaction(hexToBytes(hex, what));
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error;
    throw notATransactionRefusal(what, error.message);
  }
  const [tag, ...outputs] = transaction.outputs;
  if (!tag || !isZeroAddressOutput(tag))
    throw noZeroAddressRefusal(what, tag ? bytesToHex(tag.scriptPubKey) : null);
  const keyHashes = outputs.map((output, i) => {
    const hash = keyHashOfOutput(output);
    if (hash && !isZeroAddressOutput(output)) return hash;
    throw notOfOneKeyRefusal(what, i + 1, bytesToHex(output.scriptPubKey));
  });
  const txid = transactionId(transaction);
  const frozen = outputs.map(({ asset, value }, i) => ({
    ...{ txid, vout: i + 1, depth: 1, block: height, height, transactions: [], problem: null },
    ...{ token: bytesToId(asset), amount: value },
  }));
  return { txid, frozen, keyHashes };
}
