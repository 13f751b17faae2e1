/** A policy coin as ledger and `ptxo.dat` list it. */
import { assetIdOf } from '../../shared/issuance.ts';

export interface PolicyCoin {
  /** As it is shown. */
  txid: string;
  vout: number;
  /** Atoms of the policy asset. */
  amount: bigint;
}

/** The coin's name: `txid:vout`. */
export const outpoint = ({ txid, vout }: { txid: string; vout: number }): string => `${txid}:${vout}`;

/** Reads the name of a coin that {@link outpoint} wrote. */
export function fromOutpoint(name: string): { txid: string; vout: number } {
  const [txid = '', vout] = name.split(':');
  return { txid, vout: Number(vout) };
}

/** The id of the token that an issuance from the coin of this name makes. */
export const assetIdFrom = (name: string): string => assetIdOf(fromOutpoint(name));
