/**
 * Reads `ps1_map.json` and `ps1_tx.json`: the bars and coins of a partially signed proposal. Countersign or
 * an older tool wrote it.
 */
import { Refusal } from '../../shared/errors.ts';
import { JsonNumber, readJson } from '../../shared/json.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import { nativeSha256 } from '../ledger/stored-mappings.ts';

export interface OlderProposal {
  /**
   * For each bar's reference: its coin, `txid:vout`. If the partial mapping lacks a bar, the key is the asset
   * id.
   */
  bars: ReadonlyMap<string, string>;
  mapping: Mapping;
}

const MAX_TRANSACTIONS_BYTES = 64 * 1024 * 1024;
const ID = /^[0-9a-f]{64}$/;

/** @returns null if `one` throws a refusal: the older scripts cannot read such an object either */
function readOrNull<T>(one: () => T): T | null {
  try {
    return one();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** For each asset id: the coin from which the asset is issued. Null if the object has no such coin. */
function coinsByAsset(bytes: Uint8Array): Map<string, string> | null {
  const value = readOrNull(() => readJson(bytes, 'ps1_tx.json', MAX_TRANSACTIONS_BYTES));
  if (!(value instanceof Map)) return null;
  const coins = new Map<string, string>();
  for (const [name, one] of value) {
    if (!/^[0-9]{1,4}$/.test(name) || !(one instanceof Map)) continue;
    const [asset, txid, vout] = ['asset', 'txid', 'vout'].map(member => one.get(member));
    if (typeof asset !== 'string' || typeof txid !== 'string' || !(vout instanceof JsonNumber)) continue;
    if (ID.test(asset) && ID.test(txid)) coins.set(asset, `${txid}:${vout.text}`);
  }
  return coins.size > 0 ? coins : null;
}

export function readOlderProposal(
  mappingBytes: Uint8Array | null,
  transactions: Uint8Array | null,
): OlderProposal | null {
  if (!mappingBytes || !transactions || mappingBytes.length > MAX_MAPPING_BYTES) return null;
  const coins = coinsByAsset(transactions);
  const mapping = coins && readOrNull(() => parseMapping(mappingBytes, 'ps1_map.json', nativeSha256));
  if (!coins || !mapping) return null;
  const references = new Map<string, string>();
  if (mapping.contained(new Set(coins.keys()), 'assetId').size > 0)
    for (const { assetId, reference } of listAssets(mapping))
      if (coins.has(assetId)) references.set(assetId, reference);
  return {
    bars: new Map([...coins].map(([asset, coin]) => [references.get(asset) ?? asset, coin])),
    mapping,
  };
}

/** True if the older scripts would continue with this object, because it begins as a JSON object. */
export function isUsableByOlderScripts(bytes: Uint8Array | null): boolean {
  return bytes !== null && /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}
