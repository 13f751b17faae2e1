/** Writes the older scripts' files, so that their users can read our proposals and finish them. */
import { bytesToHex, utf8 } from '../../shared/bytes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { mappingMassText } from '../../shared/derive.ts';
import { type Signatures, signedTransaction } from '../../shared/signatures.ts';
import { transactionHex } from '../../shared/transaction.ts';
import type { Trust } from '../../shared/trust.ts';

/**
 * `ps1_tx.json`. The older scripts need mass and vout as JSON numbers. JSON.stringify would change the digits
 * of the mass, so the members are joined as text.
 */
export function olderTransactionsFile(
  derivation: Derivation,
  signatures: readonly Signatures[],
  trust: Trust,
): Uint8Array {
  const complete = signatures.length >= trust.n;
  const entries = derivation.issuances.map((issuance, i) => {
    const { coin, mass } = issuance.request;
    const members = [
      ['hex', JSON.stringify(transactionHex(signedTransaction(issuance, i, signatures, trust)))],
      ['complete', String(complete)],
      ['scriptPubKey', JSON.stringify(bytesToHex(trust.scriptPubKey))],
      ['txid', JSON.stringify(coin.txid)],
      ['vout', String(coin.vout)],
      ['asset', JSON.stringify(issuance.assetId)],
      ['mass', mappingMassText(mass)],
    ];
    return `"${i}": {${members.map(([name, value]) => `"${name}": ${value}`).join(', ')}}`;
  });
  return utf8(`{${[...entries, `"numiss": ${entries.length}`].join(', ')}}`);
}

/**
 * `ps1_map.json`. The older confirmer always adds its signature under the label 2. If our file used the label
 * 2 too, `map.json` would have this label twice. Readers keep only one signature for each label.
 */
export function olderMappingFile(derivation: Derivation, signatures: readonly Signatures[]): Uint8Array {
  const labels = signatures.map(({ mapping }, i) => [i === 0 ? '1' : String(i + 2), mapping] as const);
  return derivation.mapping.withSignatures(new Map(labels)).bytes();
}

/**
 * `controllers.json`: the controllers' public keys, their number m, and the number n of controllers that must
 * sign.
 */
export function olderControllersFile(trust: Trust): string {
  const pubkeys = Object.fromEntries(trust.pubkeys.map((key, i) => [String(i + 1), bytesToHex(key)]));
  return `${JSON.stringify({ pubkeys, m: trust.m, n: trust.n })}\n`;
}

/** `p2sh.json`: the address of the policy coins. */
export function olderP2shFile(trust: Trust): string {
  const content = {
    address: trust.address,
    redeemScript: bytesToHex(trust.redeemScript),
    scriptPubKey: bytesToHex(trust.scriptPubKey),
    reissuanceToken: trust.reissuanceAddress,
  };
  return `${JSON.stringify(content)}\n`;
}
