/** The issuance transaction, byte for byte as the node's `createrawissuance` makes it, and the ids computed from it. */
import { bytesToId, idToBytes } from './bytes.ts';
import { merkleStep, sha256d } from './hash.ts';
import { outpointBytes, type Transaction } from './transaction.ts';

const ZEROS = new Uint8Array(32);
/**
 * The id of the reissuance token is the hash of the entropy and this value. For an explicit (unblinded) issuance, the
 * first byte of this value is 1.
 */
const EXPLICIT_TOKEN = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));

export interface IssuanceIds {
  /** Entropy, asset id and id of the reissuance token: 32 bytes each, in wire order. */
  entropy: Uint8Array;
  asset: Uint8Array;
  token: Uint8Array;
}

/**
 * The ids of an issuance that spends this coin. Source: Elements, `issuance.cpp` (`GenerateAssetEntropy`,
 * `CalculateAsset`, `CalculateReissuanceToken`).
 * @param prevHash transaction id of the coin, in wire order
 */
export function issuanceIds(prevHash: Uint8Array, prevIndex: number): IssuanceIds {
  const outpoint = outpointBytes(prevHash, prevIndex);
  const entropy = merkleStep(sha256d(outpoint), ZEROS);
  return { entropy, asset: merkleStep(entropy, ZEROS), token: merkleStep(entropy, EXPLICIT_TOKEN) };
}

/** Asset id, in displayed byte order, of the token that a transaction issues when it spends this coin. */
export const assetIdOf = ({ txid, vout }: { txid: string; vout: number }): string =>
  bytesToId(issuanceIds(idToBytes(txid, 'txid'), vout).asset);

export interface IssuancePlan {
  /** The policy coin: transaction id in wire order, output index, amount in atoms. */
  coin: { hash: Uint8Array; index: number; amount: bigint };
  policyAsset: Uint8Array;
  /** Amount of the asset, in atoms. */
  tokens: bigint;
  reissuanceTokens: bigint;
  /** Output scripts of the asset, its reissuance token and the policy change. */
  assetScript: Uint8Array;
  reissuanceScript: Uint8Array;
  changeScript: Uint8Array;
}

export interface UnsignedIssuance {
  transaction: Transaction;
  /** Ids in displayed byte order. */
  assetId: string;
  reissuanceTokenId: string;
  entropy: string;
}

export function buildIssuance(plan: IssuancePlan): UnsignedIssuance {
  const { coin, policyAsset, tokens, reissuanceTokens } = plan;
  const ids = issuanceIds(coin.hash, coin.index);
  const issuance = { nonce: ZEROS, entropy: ZEROS, assetAmount: tokens, reissuanceAmount: reissuanceTokens };
  const input = { prevHash: coin.hash, prevIndex: coin.index, scriptSig: new Uint8Array(0), sequence: 0xffff_ffff };
  const outputs = [
    { asset: ids.asset, value: tokens, scriptPubKey: plan.assetScript },
    { asset: ids.token, value: reissuanceTokens, scriptPubKey: plan.reissuanceScript },
    { asset: policyAsset, value: coin.amount, scriptPubKey: plan.changeScript },
  ];
  const transaction = { version: 2, inputs: [{ ...input, issuance }], outputs, lockTime: 0 };
  const [assetId, reissuanceTokenId] = [bytesToId(ids.asset), bytesToId(ids.token)];
  return { transaction, assetId, reissuanceTokenId, entropy: bytesToId(ids.entropy) };
}
