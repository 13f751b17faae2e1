/** The node's answers in Countersign's types: amounts in atoms, ids and scripts as lower-case hex. */
import type { Rejection } from './rpc/node-errors.ts';

export interface Outpoint {
  txid: string;
  vout: number;
}

export interface Tip {
  chain: string;
  /** Height of the best block. */
  height: number;
  hash: string;
  /** Seconds since 1970, from the block's header. */
  time: number;
  medianTime: number;
  /**
   * Height of the best known header. It is above `height` if the node does not have all blocks yet, or if it
   * rejected a block.
   */
  headers: number;
  /**
   * True if the node says that it still downloads the chain. Older nodes do not say this; then it is true if
   * blocks are missing.
   */
  initialDownload: boolean;
  /**
   * Connections to other nodes; null if the node does not report them. Without connections, transactions
   * reach no other node.
   */
  peers: number | null;
}

export interface Coin extends Outpoint {
  asset: string;
  /** Atoms. */
  value: bigint;
  scriptPubKey: string;
  /** Confirmations; 0 while the coin's transaction is in the mempool. */
  confirmations: number;
}

export type CoinState =
  | { state: 'unspent'; coin: Coin }
  /**
   * Confirmed, and spent by a transaction in the mempool. If that transaction is dropped, the coin can be
   * spent again.
   */
  | { state: 'spent-in-mempool'; coin: Coin }
  /** Spent by a transaction in a block, or never created. The node does not distinguish the two. */
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
  /** The transaction is in the mempool. It was sent now or before. */
  | { state: 'sent'; txid: string }
  | { state: 'in-chain' }
  /**
   * The node also refuses a confirmed transaction that has no unspent output, for example as
   * `missing-inputs`. So callers ask `transaction` first.
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

/**
 * The two lists of a node: addresses whose tokens may be frozen, and addresses whose tokens may be burnt.
 * Each node has its own lists.
 */
export type PolicyList = 'freezelist' | 'burnlist';

export interface AssetInfo {
  /** Atoms in all unspent outputs of blocks, without the mempool. */
  spendable: bigint;
  /** Atoms in outputs that pay to the zero address. Neither `frozen` nor `spendable` contains burnt atoms. */
  frozen: bigint;
}

/** Says whether the node's wallet shows the coins of an address. */
export type Watch = 'watched' | 'not watched' | 'no wallet';

export type Validated =
  | { valid: false }
  | { valid: true; scriptPubKey: string; isScript: boolean; mine: boolean; watched: boolean };
