/** `decoderawtransaction`, as far as this project's transactions go. */
import type { Shape } from './shape.ts';
import type { DecodedInput, DecodedTransaction } from './types.ts';

const MAX_U32 = 0xffff_ffff;

function readInput(input: Shape): DecodedInput {
  const issuance = input.member('issuance');
  return {
    txid: input.member('txid').id(),
    vout: input.member('vout').integer(0, MAX_U32),
    scriptSig: input.member('scriptSig').member('hex').hex(),
    sequence: input.member('sequence').integer(0, MAX_U32),
    issuance: issuance.isNull
      ? null
      : {
          asset: issuance.member('asset').id(),
          token: issuance.member('token').id(),
          entropy: issuance.member('assetEntropy').id(),
          assetAmount: issuance.member('assetamount').amount(),
          tokenAmount: issuance.member('tokenamount').amount(),
        },
  };
}

export function readDecoded(answer: Shape): DecodedTransaction {
  return {
    txid: answer.member('txid').id(),
    version: answer.member('version').integer(-(2 ** 31), MAX_U32),
    lockTime: answer.member('locktime').integer(0, MAX_U32),
    inputs: answer
      .member('vin')
      .list()
      .filter(input => input.member('coinbase').isNull)
      .map(readInput),
    outputs: answer
      .member('vout')
      .list()
      .map((output, i) => {
        if (output.member('n').integer() !== i) throw output.member('n').fail(String(i));
        return {
          asset: output.member('asset').id(),
          value: output.member('value').amount(),
          scriptPubKey: output.member('scriptPubKey').member('hex').hex(),
        };
      }),
  };
}
