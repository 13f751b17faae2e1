/** A policy coin as ledger and `ptxo.dat` list it. */

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
