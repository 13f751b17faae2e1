/**
 * The node interface that the protocol uses. `OceanNode` implements it over RPC, the simulation with a chain
 * in memory.
 */

import type {
  AssetInfo,
  BlockPosition,
  CoinState,
  ConfirmedTransaction,
  Outpoint,
  PolicyList,
  RawIssuance,
  RawIssuanceParams,
  Sent,
  Tip,
} from './answer-types.ts';
import type { Source } from './shape-reader.ts';

/** The state of a transaction: its block, 'mempool', or null if the node does not know the transaction. */
export type Known = ConfirmedTransaction | 'mempool' | null;

/**
 * Each method throws a Refusal (NODE_UNREACHABLE, NODE_GARBLED, …) if the node's answer is missing or not
 * valid.
 */
export interface ChainNode {
  /** Name of the node for messages, without its password. */
  readonly source: Source;
  /** The best block. */
  tip(): Promise<Tip>;
  /** Height of the best block. */
  height(): Promise<number>;
  /** States of the outpoints, in the given order. */
  coins(outpoints: readonly Outpoint[]): Promise<CoinState[]>;
  /**
   * The state of each transaction in the node. Without a transaction index, null may also mean a confirmed
   * transaction without unspent outputs, such as a burn: see {@link hasTransactionIndex}. The id is checked
   * against the bytes. Bytes with a witness are not checked, because `decodeTransaction` refuses them.
   */
  transaction(txids: readonly string[]): Promise<Known[]>;
  /**
   * The transactions in hex, from a block or the mempool; null for a transaction that the node does not show.
   */
  rawTransactions(txids: readonly string[]): Promise<(string | null)[]>;
  /** True if {@link transaction} finds every confirmed transaction. */
  hasTransactionIndex(): Promise<boolean>;
  /** Blocks by hash; null if the node does not know the block, or it is not in the best chain. */
  blocks(hashes: readonly string[]): Promise<(BlockPosition | null)[]>;
  /** Hash of the block at each height; null above the best block. */
  blockHashes(heights: readonly number[]): Promise<(string | null)[]>;
  /** Ids of all transactions of each block; null if the node does not show the block. */
  blockTransactions(hashes: readonly string[]): Promise<(string[] | null)[]>;
  /** Ids of the transactions in the mempool. */
  mempool(): Promise<string[]>;
  /** Coins at an address that the node's wallet watches. */
  listUnspent(address: string, minConfirmations?: number): Promise<(Outpoint & { confirmations: number })[]>;
  /**
   * Sends transactions, and returns each result. If one is refused, the others are still sent. Safe to
   * repeat.
   */
  send(transactions: readonly string[]): Promise<Sent[]>;
  /**
   * By asset id: spendable and frozen amounts in unspent outputs of blocks. A completely burnt asset is
   * absent.
   */
  assetInfo(): Promise<ReadonlyMap<string, Pick<AssetInfo, 'spendable' | 'frozen'>>>;
  /** The node's own unsigned issuances, for comparison with ours. */
  createRawIssuance(issuances: readonly RawIssuanceParams[]): Promise<RawIssuance[]>;
  /** Whether each address is in the whitelist; 'off' if the node shows no whitelist. */
  whitelisted(addresses: readonly string[]): Promise<boolean[] | 'off'>;
  /**
   * Whether each address is in this node's freezelist or burnlist; 'off' if the node lacks the method. A node
   * that has the method but no lists answers false.
   */
  policyListed(list: PolicyList, addresses: readonly string[]): Promise<boolean[] | 'off'>;
}
