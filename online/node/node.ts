/**
 * The client of an Ocean node. The form of every answer is checked. A wrong answer is refused with NODE_GARBLED, and
 * the message names method and member. Only `rawTransactions` and `blockTransactions` give null for such an answer.
 * Calls made at the same moment share a round trip (see `rpc-client.ts`).
 */
import { formatAmount } from '../../shared/amount.ts';
import type { JsonValue } from '../../shared/json.ts';
import {
  readBlockPosition,
  readCoin,
  readRawIssuance,
  readTip,
  readUnspentCoin,
  readValidatedAddress,
} from './answer-readers.ts';
import type {
  AssetInfo,
  BlockPosition,
  Coin,
  CoinState,
  Outpoint,
  PolicyList,
  RawIssuance,
  RawIssuanceParams,
  Sent,
  Tip,
  UnspentCoin,
  Validated,
} from './answer-types.ts';
import { readAssetInfo } from './asset-amounts.ts';
import type { ChainNode, Known } from './chain-node.ts';
import { checkChain } from './checks/best-block.ts';
import { fetchListMembership } from './checks/policy-lists.ts';
import { fetchWhitelistMembership } from './checks/whitelist.ts';
import { CODE, NodeError } from './rpc/node-errors.ts';
import { type Param, RpcClient, type RpcOptions } from './rpc/rpc-client.ts';
import { ShapeReader, type Source } from './shape-reader.ts';
import { fetchTransactions, sendTransactions } from './transactions.ts';

export type * from './answer-types.ts';

const LABEL = 'policyasset';
/** An id that no transaction has. */
const NO_TRANSACTION = '0'.repeat(64);
const MAX_CONFIRMATIONS = 9_999_999;
/** Deadline for a rescan, in milliseconds. The node reads the whole chain before it answers. */
const RESCAN_MS = 60 * 60_000;
/** Limits of `getutxoassetinfo`. An asset takes 300 bytes. A bar has two assets: token and reissuance token. */
const ASSETS = { maxBytes: 512 * 1024 * 1024, deadlineMs: 120_000 };

export class OceanNode implements ChainNode {
  readonly rpc: RpcClient;
  private readonly network: string | undefined;
  /** The check of the network, which is sent with the first question. Undefined before this, and after an error. */
  private chainChecked: Promise<void> | undefined;

  /**
   * Makes a client; sends nothing yet.
   * @param network network of the trust profile; answers from a node of another chain are refused
   * @param url `http(s)://[user:password@]host[:port]`
   * @throws Refusal CONFIG_INVALID
   * @example
   * const node = new OceanNode('http://ocean@127.0.0.1:7041', { credentials: { password } });
   * const [tip, coins] = await Promise.all([node.tip(), node.coins(outpoints)]);
   */
  constructor(url: string, { network, ...options }: RpcOptions & { network?: string } = {}) {
    this.rpc = new RpcClient(url, options);
    this.network = network;
  }

  /** Number of HTTP requests so far. */
  get roundTrips(): number {
    return this.rpc.roundTrips;
  }

  private shape(method: string, value: JsonValue): ShapeReader {
    return new ShapeReader(this.rpc.endpoint, method, value);
  }

  /** Asks a question. Returns the answer only if the node belongs to the network. */
  async ask(method: string, ...params: Param[]): Promise<ShapeReader> {
    const answer = this.rpc.call(method, params);
    // An error of the answer is thrown below. A wrong chain is reported first, because it explains the error.
    answer.catch(() => undefined);
    await this.checkNetwork();
    return this.shape(method, await answer);
  }

  /** @throws Refusal CHAIN_WRONG */
  private checkNetwork(): Promise<void> | undefined {
    const { network } = this;
    if (network === undefined) return undefined;
    this.chainChecked ??= this.rpc
      .call('getblockchaininfo')
      .then(value => {
        const chain = this.shape('getblockchaininfo', value).member('chain').word();
        checkChain(this.rpc.endpoint, { chain }, network);
      })
      .catch(error => {
        this.chainChecked = undefined; // The check is repeated, because the node may be reachable later.
        throw error;
      });
    return this.chainChecked;
  }

  /** Asks a question. Returns the answer, or the node's error if it has one of these codes. */
  async askAllowing(
    codes: readonly number[],
    method: string,
    ...params: Param[]
  ): Promise<ShapeReader | NodeError> {
    try {
      return await this.ask(method, ...params);
    } catch (error) {
      if (error instanceof NodeError && codes.includes(error.rpcCode)) return error;
      throw error;
    }
  }

  /**
   * The best block, with the number of peers. Takes two round trips, because the header is requested by the hash in the
   * first answer.
   */
  async tip(): Promise<Tip> {
    const info = await this.ask('getblockchaininfo');
    const header = this.ask('getblockheader', info.member('bestblockhash').id());
    const [found, peers] = await Promise.all([header, this.peers()]);
    return readTip(info, found, peers);
  }

  /** Number of connections to other nodes; null if the node does not report it. */
  async peers(): Promise<number | null> {
    const answer = await this.askAllowing([CODE.noMethod, CODE.noPeerToPeer], 'getnetworkinfo');
    if (answer instanceof NodeError) return null;
    const connections = answer.member('connections');
    return connections.isNull ? null : connections.integer();
  }

  /** States of the outpoints, in the given order. */
  coins(outpoints: readonly Outpoint[]): Promise<CoinState[]> {
    return Promise.all(
      outpoints.map(async outpoint => {
        const [now, inChain] = await Promise.all([this.txout(outpoint, true), this.txout(outpoint, false)]);
        if (now) return { state: 'unspent', coin: now } as const;
        return inChain
          ? ({ state: 'spent-in-mempool', coin: inChain } as const)
          : ({ state: 'spent-or-unknown' } as const);
      }),
    );
  }

  private async txout(outpoint: Outpoint, mempool: boolean): Promise<Coin | null> {
    return readCoin(await this.ask('gettxout', outpoint.txid, outpoint.vout, mempool), outpoint);
  }

  /** Coins at this address. The node's wallet has to watch the address, see {@link watch}. */
  async listUnspent(address: string, minConfirmations = 1): Promise<UnspentCoin[]> {
    const answer = await this.ask('listunspent', minConfirmations, MAX_CONFIRMATIONS, [address]);
    return answer.list().map(entry => readUnspentCoin(entry, address));
  }

  /**
   * Makes the node watch the address. A new import can take long, because the node reads the whole chain. A watched
   * address is not imported again.
   * @returns true if the address was imported now
   */
  async watch(address: string): Promise<boolean> {
    if ((await this.ask('getaccount', address)).word() === LABEL) return false;
    const options = { deadlineMs: RESCAN_MS, attempts: 1 };
    try {
      await this.rpc.call('importaddress', [address, LABEL, true], options);
      return true;
    } catch (error) {
      const mine =
        error instanceof NodeError && error.rpcCode === CODE.wallet && /private key/.test(error.rpcMessage);
      if (!mine) throw error;
      return false;
    }
  }

  /** The node's own unsigned issuances, for comparison with ours. */
  createRawIssuance(issuances: readonly RawIssuanceParams[]): Promise<RawIssuance[]> {
    return Promise.all(
      issuances.map(async i => {
        const made = await this.ask(
          'createrawissuance',
          i.assetAddress,
          formatAmount(i.assetAmount),
          i.tokenAddress,
          formatAmount(i.reissuanceAmount),
          i.changeAddress,
          formatAmount(i.changeAmount),
          '1',
          i.coin.txid,
          String(i.coin.vout),
        );
        return readRawIssuance(made);
      }),
    );
  }

  /** Sends transactions, and returns each result. If one is refused, the others are still sent. Safe to repeat. */
  send(transactions: readonly string[]): Promise<Sent[]> {
    return sendTransactions(this, transactions);
  }

  /** State of each transaction: its block, 'mempool', or null. Null if a reorganisation dropped its only block. */
  transaction(txids: readonly string[]): Promise<Known[]> {
    return fetchTransactions(this, txids);
  }

  /**
   * True if the node finds every confirmed transaction by id. Asks for an id that no transaction has, because the
   * node's error depends on whether it has an index.
   */
  async hasTransactionIndex(): Promise<boolean> {
    const answer = await this.askAllowing([CODE.notFound], 'getrawtransaction', NO_TRANSACTION, false);
    return !(answer instanceof NodeError && /-txindex/.test(answer.rpcMessage));
  }

  get source(): Source {
    return this.rpc.endpoint;
  }

  async height(): Promise<number> {
    return (await this.ask('getblockcount')).integer();
  }

  async rawTransactions(txids: readonly string[]): Promise<(string | null)[]> {
    const answers = await this.rpc.batch(
      txids.map(txid => ({ method: 'getrawtransaction', params: [txid, false] })),
    );
    return answers.map(answer => {
      const hex = 'result' in answer ? answer.result : null;
      return typeof hex === 'string' && /^([0-9a-f]{2})+$/.test(hex) ? hex : null;
    });
  }

  async blockTransactions(hashes: readonly string[]): Promise<(string[] | null)[]> {
    const blocks = await this.rpc.batch(hashes.map(hash => ({ method: 'getblock', params: [hash] })));
    return blocks.map(block => {
      const txs = 'result' in block && block.result instanceof Map ? block.result.get('tx') : undefined;
      if (!Array.isArray(txs)) return null;
      return txs.filter((txid): txid is string => typeof txid === 'string' && /^[0-9a-f]{64}$/.test(txid));
    });
  }

  /** Amounts by asset id. Takes a separate round trip. */
  assetInfo(): Promise<Map<string, AssetInfo>> {
    const { endpoint } = this.rpc;
    return this.rpc.raw(
      'getutxoassetinfo',
      (answer, question) => readAssetInfo(endpoint, question, answer),
      ASSETS,
    );
  }

  /** Ids of the transactions in the mempool. */
  async mempool(): Promise<string[]> {
    return (await this.ask('getrawmempool')).list().map(one => one.id());
  }

  validate(addresses: readonly string[]): Promise<Validated[]> {
    return Promise.all(
      addresses.map(async address => readValidatedAddress(await this.ask('validateaddress', address))),
    );
  }

  /** Whether each address is in the node's whitelist, or 'off': see `whitelist.ts`. */
  whitelisted(addresses: readonly string[]): Promise<boolean[] | 'off'> {
    return fetchWhitelistMembership(this, addresses);
  }

  /** Whether each address is in the node's freezelist or burnlist, or 'off': see `policy-lists.ts`. */
  policyListed(list: PolicyList, addresses: readonly string[]): Promise<boolean[] | 'off'> {
    return fetchListMembership(this, list, addresses);
  }

  /** Blocks by hash. Null for a block that the node does not know, or that is not in the best chain. */
  blocks(hashes: readonly string[]): Promise<(BlockPosition | null)[]> {
    return Promise.all(
      hashes.map(async hash => {
        const answer = await this.askAllowing([CODE.notFound], 'getblockheader', hash);
        return answer instanceof NodeError ? null : readBlockPosition(answer, hash);
      }),
    );
  }

  /** Hash of the block at each height; null above the best block. */
  blockHashes(heights: readonly number[]): Promise<(string | null)[]> {
    return Promise.all(
      heights.map(async height => {
        const answer = await this.askAllowing([CODE.outOfRange], 'getblockhash', height);
        return answer instanceof NodeError ? null : answer.id();
      }),
    );
  }
}
