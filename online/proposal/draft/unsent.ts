/** Reads an unsent redemption transaction. Each output that it freezes is to be burnt later. Pure. */
import { bytesToHex, bytesToId, hexToBytes } from '../../../shared/bytes.ts';
import { decodeTransaction, WireError } from '../../../shared/decode-transaction.ts';
import { Refusal } from '../../../shared/errors.ts';
import { p2pkhScript } from '../../../shared/script.ts';
import { type Output, transactionId } from '../../../shared/transaction.ts';
import { type BurnFact, isZeroAddress } from '../facts/burns.ts';

export interface Unsent {
  txid: string;
  /** The frozen outputs, in order. The redemption height is that of the block that includes the transaction. */
  frozen: readonly BurnFact[];
  /** Hashes of the keys that it pays. */
  keyHashes: readonly Uint8Array[];
}

export const MAKE_AGAIN = 'Have the holder make the transaction again: nothing is frozen yet.';

/** The key hash; null for another kind of script. */
function keyHashOf({ scriptPubKey }: Output): Uint8Array | null {
  const hash = scriptPubKey.slice(3, 23);
  const isKey = hash.length === 20 && bytesToHex(p2pkhScript(hash)) === bytesToHex(scriptPubKey);
  return isKey ? hash : null;
}

/**
 * @param height of the block that could include it
 * @param what names the transaction in messages
 * @throws Refusal FORMAT_INVALID; BURN_INVALID naming the output
 */
export function readUnsent(hex: string, height: number, what: string): Unsent {
  let transaction: ReturnType<typeof decodeTransaction>;
  try {
    transaction = decodeTransaction(hexToBytes(hex, what));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new Refusal(
      'FORMAT_INVALID',
      `${what}: not a transaction of this chain: ${error.message}`,
      MAKE_AGAIN,
    );
  }
  const [tag, ...outputs] = transaction.outputs;
  if (!tag || !isZeroAddress(tag))
    throw new Refusal(
      'BURN_INVALID',
      `${what}: output 0: expected the zero address, which freezes the others, got the script ${tag ? bytesToHex(tag.scriptPubKey) : 'of no output'}`,
      MAKE_AGAIN,
    );
  const keyHashes = outputs.map((output, i) => {
    const hash = keyHashOf(output);
    if (hash && !isZeroAddress(output)) return hash;
    throw new Refusal(
      'BURN_INVALID',
      `${what}: output ${i + 1}: expected an address of the holder, of a single key, got the script ${bytesToHex(output.scriptPubKey) || 'of a fee'}`,
      MAKE_AGAIN,
    );
  });
  const txid = transactionId(transaction);
  const frozen = outputs.map(({ asset, value }, i) => ({
    ...{ txid, vout: i + 1, depth: 1, block: height, height, transactions: [], problem: null },
    ...{ token: bytesToId(asset), amount: value },
  }));
  return { txid, frozen, keyHashes };
}
