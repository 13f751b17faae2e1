/** The legacy signature hash of Elements, hash type ALL. Source: Elements 0.14, `SignatureHash` in `script/interpreter.cpp`. */
import { concatBytes } from './bytes.ts';
import { sha256d } from './hash.ts';
import {
  compactSizeBytes,
  issuanceBytes,
  lengthPrefixedBytes,
  outpointBytes,
  outputBytes,
  type Transaction,
  u32Bytes,
} from './transaction.ts';

export const SIGHASH_ALL = 1;
const NOTHING = new Uint8Array(0);

/**
 * The 32 bytes that a signature of input `index` signs.
 * @param scriptCode the redeem script (P2SH) or the output script (P2PKH) of the spent output
 */
export function signatureHash(tx: Transaction, index: number, scriptCode: Uint8Array): Uint8Array {
  const inputs = tx.inputs.map(({ prevHash, prevIndex, sequence, issuance }, i) => {
    const script = lengthPrefixedBytes(i === index ? scriptCode : NOTHING);
    const issued = issuance ? issuanceBytes(issuance) : NOTHING;
    return concatBytes(outpointBytes(prevHash, prevIndex), script, u32Bytes(sequence), issued);
  });
  const ins = concatBytes(compactSizeBytes(inputs.length), ...inputs);
  const outs = concatBytes(compactSizeBytes(tx.outputs.length), ...tx.outputs.map(outputBytes));
  return sha256d(concatBytes(u32Bytes(tx.version), ins, outs, u32Bytes(tx.lockTime), u32Bytes(SIGHASH_ALL)));
}
