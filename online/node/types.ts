/** What the node tells, in the types of this project: amounts in atoms, ids and scripts as lower-case hex. */
import type { Rejection } from './rpc/errors.ts';

export interface Outpoint {
  txid: string;
  vout: number;
}

export interface Tip {
  chain: string;
  /** Of the best block. */
  height: number;
  hash: string;
  /** Seconds since 1970, from the block's header. */
  time: number;
  medianTime: number;
  /** How far the node knows headers: above `height`, it is catching up, or a block was invalidated there. */
  headers: number;
  /** What the node says itself; older ones do not, then whether blocks are missing. */
  initialDownload: boolean;
  /** Connections to other nodes; null where the node does not say. Without any, nothing that it is sent goes further. */
  peers: number | null;
}

export interface Coin extends Outpoint {
  asset: string;
  /** Atoms. */
  value: bigint;
  scriptPubKey: string;
  /** 0 while its transaction is in the mempool. */
  confirmations: number;
}

export type CoinState =
  | { state: 'unspent'; coin: Coin }
  /** In the chain, and spent by a transaction of the mempool: it may still become spendable again. */
  | { state: 'spent-in-mempool'; coin: Coin }
  /** Spent by a block, or never was: the node cannot tell these apart. */
  | { state: 'spent-or-unknown' };

export interface UnspentCoin extends Coin {
  address: string;
}

export interface RawIssuanceParams {
  assetAddress: string;
  assetAmount: bigint;
  tokenAddress: string;
  reissuanceAmount: bigint;
  changeAddress: string;
  changeAmount: bigint;
  coin: Outpoint;
}

export interface RawIssuance {
  rawtx: string;
  asset: string;
  token: string;
  entropy: string;
}

export type Sent =
  /** In the mempool now, or again, or still. */
  | { state: 'sent'; txid: string }
  | { state: 'in-chain' }
  /**
   * `missing-inputs` is also what the node says of a confirmed transaction whose outputs are all spent again: look at
   * `transaction` before believing it.
   */
  | ({ state: 'refused' } & Rejection);

export interface ConfirmedTransaction {
  confirmations: number;
  blockHash: string;
  hex: string;
}

/** A block of the best chain. */
export interface BlockPosition {
  height: number;
  /** 1 for the best block. */
  confirmations: number;
  /** Seconds since 1970, from the block's header. */
  time: number;
}

/** Addresses of a node's mempool policy: what may be frozen, and what may be burnt. No other node need have the same. */
export type PolicyList = 'freezelist' | 'burnlist';

export interface AssetInfo {
  /** Atoms, of all unspent coins in blocks; the mempool does not count. */
  spendable: bigint;
  /** Outputs of transactions that pay to the zero address. A burnt amount is in neither. */
  frozen: bigint;
}

/** Whether the node's wallet shows the coins of an address. */
export type Watch = 'watched' | 'not watched' | 'no wallet';

export type Validated =
  | { valid: false }
  | { valid: true; scriptPubKey: string; isScript: boolean; mine: boolean; watched: boolean };
