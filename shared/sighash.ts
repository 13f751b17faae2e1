/** The legacy signature hash of Elements, hash type ALL. Source: Elements 0.14, `SignatureHash` in `script/interpreter.cpp`. */
import { concat } from './bytes.ts';
import { sha256d } from './hash.ts';
import {
  compactSize,
  issuanceBytes,
  outpointBytes,
  outputBytes,
  type Transaction,
  u32,
  varBytes,
} from './transaction.ts';

export const SIGHASH_ALL = 1;
const NOTHING = new Uint8Array(0);

/**
 * The 32 bytes that a signature of input `index` signs.
 * @param scriptCode the redeem script (P2SH) or the output script (P2PKH) of the spent output
 */
export function signatureHash(tx: Transaction, index: number, scriptCode: Uint8Array): Uint8Array {
  const inputs = tx.inputs.map(({ prevHash, prevIndex, sequence, issuance }, i) => {
    const script = varBytes(i === index ? scriptCode : NOTHING);
    const issued = issuance ? issuanceBytes(issuance) : NOTHING;
    return concat(outpointBytes(prevHash, prevIndex), script, u32(sequence), issued);
  });
  const ins = concat(compactSize(inputs.length), ...inputs);
  const outs = concat(compactSize(tx.outputs.length), ...tx.outputs.map(outputBytes));
  return sha256d(concat(u32(tx.version), ins, outs, u32(tx.lockTime), u32(SIGHASH_ALL)));
}
