/** Files of the older scripts, so that those who still run them can read what we write and finish what we began. */
import { bytesToHex, utf8 } from '../../shared/bytes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { mappingMass } from '../../shared/derive.ts';
import { type Signatures, signedTransaction } from '../../shared/signatures.ts';
import { transactionHex } from '../../shared/transaction.ts';
import type { Trust } from '../../shared/trust.ts';

/** Python needs mass and vout as numbers; mass keeps Python's own digits, which JSON.stringify would not. */
export function olderTransactions(
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
      ['mass', mappingMass(mass)],
    ];
    return `"${i}": {${members.map(([name, value]) => `"${name}": ${value}`).join(', ')}}`;
  });
  return utf8(`{${[...entries, `"numiss": ${entries.length}`].join(', ')}}`);
}

/**
 * `ps1_map.json`. The older confirmer puts its signature under the label 2, whoever it is, beside those that are there. A label 2
 * of ours would then be in `map.json` twice, and a reader keeps one of them.
 */
export function olderPartlySigned(derivation: Derivation, signatures: readonly Signatures[]): Uint8Array {
  const labels = signatures.map(({ mapping }, i) => [i === 0 ? '1' : String(i + 2), mapping] as const);
  return derivation.mapping.withSignatures(new Map(labels)).bytes();
}

/** `controllers.json`: the policy and its keys. */
export function olderControllers(trust: Trust): string {
  const pubkeys = Object.fromEntries(trust.pubkeys.map((key, i) => [String(i + 1), bytesToHex(key)]));
  return `${JSON.stringify({ pubkeys, m: trust.m, n: trust.n })}\n`;
}

/** `p2sh.json`: the address that holds the policy coins, as the older scripts read it. */
export function olderP2sh(trust: Trust): string {
  const content = {
    address: trust.address,
    redeemScript: bytesToHex(trust.redeemScript),
    scriptPubKey: bytesToHex(trust.scriptPubKey),
    reissuanceToken: trust.reissuanceAddress,
  };
  return `${JSON.stringify(content)}\n`;
}
