/** A policy coin, as the ledger and `ptxo.dat` list it. */
import { assetIdOf } from '../../shared/issuance.ts';

export interface PolicyCoin {
  /** Transaction id, in displayed byte order. */
  txid: string;
  vout: number;
  /** Atoms of the policy asset. */
  amount: bigint;
}

/** The coin's outpoint as text: `txid:vout`. */
export const outpointText = ({ txid, vout }: { txid: string; vout: number }): string => `${txid}:${vout}`;

/** Parses the text of {@link outpointText}. */
export function parseOutpoint(name: string): { txid: string; vout: number } {
  const [txid = '', vout] = name.split(':');
  return { txid, vout: Number(vout) };
}

/** Asset id of the token that an issuance from this outpoint creates. */
export const assetIdOfOutpoint = (name: string): string => assetIdOf(parseOutpoint(name));
