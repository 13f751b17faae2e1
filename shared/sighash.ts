/** The legacy signature hash of Elements, hash type ALL. Source: Elements 0.14, `SignatureHash` in `script/interpreter.cpp`. */
import { concat } from './bytes.ts';
import { sha256d } from './hash.ts';
import { issuanceCodec, outpointCodec, outputCodec, type Transaction } from './transaction.ts';
import { compactSize, encode, u32, varBytes } from './wire.ts';

export const SIGHASH_ALL = 1;

/**
 * The 32 bytes that a signature of input `index` signs.
 * @param scriptCode the redeem script (P2SH) or the output script (P2PKH) that the input satisfies
 */
export function signatureHash(tx: Transaction, index: number, scriptCode: Uint8Array): Uint8Array {
  const inputs = tx.inputs.map((input, i) =>
    concat(
      encode(outpointCodec, { hash: input.prevHash, index: input.prevIndex }),
      encode(varBytes, i === index ? scriptCode : new Uint8Array(0)),
      encode(u32, input.sequence),
      input.issuance ? encode(issuanceCodec, input.issuance) : new Uint8Array(0),
    ),
  );
  return sha256d(
    concat(
      encode(u32, tx.version),
      encode(compactSize, inputs.length),
      ...inputs,
      encode(compactSize, tx.outputs.length),
      ...tx.outputs.map(output => encode(outputCodec, output)),
      encode(u32, tx.lockTime),
      encode(u32, SIGHASH_ALL),
    ),
  );
}
