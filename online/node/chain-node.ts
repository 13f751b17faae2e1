/** What the protocol asks of a node: `OceanNode` answers it over RPC, the simulation from a chain in memory. */
import type { Source } from './shape.ts';
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
} from './types.ts';

/** In a block, in the mempool, or null: not known. */
export type Known = ConfirmedTransaction | 'mempool' | null;

/** Each method throws a Refusal (NODE_UNREACHABLE, NODE_GARBLED, …) where the node does not answer as it should. */
export interface ChainNode {
  /** Names the node in messages, without its password. */
  readonly source: Source;
  /** The best block. */
  tip(): Promise<Tip>;
  /** Height of the best block. */
  height(): Promise<number>;
  /** In the order asked. */
  coins(outpoints: readonly Outpoint[]): Promise<CoinState[]>;
  /**
   * Ids of transactions, each with what the node knows of it. Of a node without index, null is also what is confirmed and
   * has no unspent output, as every burn: see {@link hasTransactionIndex}. The bytes hash to the id unless they have a
   * witness (`decodeTransaction` refuses those).
   */
  transaction(txids: readonly string[]): Promise<Known[]>;
  /** The transactions themselves, hex, in a block or in the mempool; null where the node does not show one. */
  rawTransactions(txids: readonly string[]): Promise<(string | null)[]>;
  /** Whether {@link transaction} finds every confirmed transaction. */
  hasTransactionIndex(): Promise<boolean>;
  /** Blocks by their hash; null where the node does not know the block, or it is not in the best chain. */
  blocks(hashes: readonly string[]): Promise<(BlockPosition | null)[]>;
  /** The block at each height, or null above the tip. */
  blockHashes(heights: readonly number[]): Promise<(string | null)[]>;
  /** Ids of all transactions of each block; null where the node does not show the block. */
  blockTransactions(hashes: readonly string[]): Promise<(string[] | null)[]>;
  /** Ids of the transactions that wait for a block. */
  mempool(): Promise<string[]>;
  /** Coins at an address that the node's wallet watches. */
  listUnspent(address: string, minConfirmations?: number): Promise<(Outpoint & { confirmations: number })[]>;
  /** Each transaction's fate; one refusal does not keep the others from being sent. Safe to repeat. */
  send(transactions: readonly string[]): Promise<Sent[]>;
  /** By asset id: what is unspent in blocks, spendable and frozen. An asset that was burnt wholly is not in it. */
  assetInfo(): Promise<ReadonlyMap<string, Pick<AssetInfo, 'spendable' | 'frozen'>>>;
  /** The node's own unsigned issuances, to compare ours with. */
  createRawIssuance(issuances: readonly RawIssuanceParams[]): Promise<RawIssuance[]>;
  /** Which addresses the whitelist has; 'off' where the chain keeps none. */
  whitelisted(addresses: readonly string[]): Promise<boolean[] | 'off'>;
  /** Which addresses this node's freezelist or burnlist has; 'off' where it does not know such lists. */
  policyListed(list: PolicyList, addresses: readonly string[]): Promise<boolean[] | 'off'>;
}
