/**
 * An Ocean node, as the steps of an issuance use it. Every answer is checked for its form; one that does not fit is
 * refused with NODE_GARBLED, naming method and member. Calls made at the same moment share a round trip (see `rpc.ts`).
 */
import { formatAmount } from '../../shared/amount.ts';
import { bytesToId, hexToBytes } from '../../shared/bytes.ts';
import { sha256d } from '../../shared/hash.ts';
import type { JsonValue } from '../../shared/json.ts';
import { readAssetInfo } from './assets.ts';
import { readDecoded } from './decoded.ts';
import { garbled, NodeError, rejection } from './errors.ts';
import { type Param, RpcClient, type RpcOptions } from './rpc.ts';
import { Shape } from './shape.ts';
import type {
  Accept,
  AssetInfo,
  Coin,
  CoinState,
  ConfirmedTransaction,
  DecodedTransaction,
  Outpoint,
  RawIssuance,
  RawIssuanceParams,
  Sent,
  Tip,
  UnspentCoin,
  Validated,
} from './types.ts';

export type * from './types.ts';

const LABEL = 'policyasset';
const MAX_CONFIRMATIONS = 9_999_999;
const MAX_TIME = 0xffff_ffff;
/** The whole chain is read again; the node answers nothing meanwhile. */
const RESCAN_MS = 60 * 60_000;
/** 300 bytes an asset, twice a bar. */
const ASSETS = { maxBytes: 512 * 1024 * 1024, deadlineMs: 120_000 };

const CODE = {
  notFound: -5,
  outOfRange: -8,
  noMethod: -32601,
  decode: -22,
  verify: -25,
  rejected: -26,
  inChain: -27,
  wallet: -4,
  misc: -1,
};

export class OceanNode {
  readonly rpc: RpcClient;

  /**
   * @param url `http(s)://[user:password@]host[:port]`; nothing is asked yet
   * @throws Refusal CONFIG_INVALID
   * @example
   * const node = new OceanNode('http://ocean@127.0.0.1:7041', { password: process.env['COUNTERSIGN_NODE_PASSWORD'] });
   * const [tip, coins] = await Promise.all([node.tip(), node.coins(outpoints)]);
   * checkTip(tip, { network: trust.network.name, now: Date.now() / 1000, maxAge: 100 });
   */
  constructor(url: string, options: RpcOptions = {}) {
    this.rpc = new RpcClient(url, options);
  }

  /** HTTP requests made so far. */
  get roundTrips(): number {
    return this.rpc.roundTrips;
  }

  private shape(method: string, value: JsonValue): Shape {
    return new Shape(this.rpc.endpoint, method, value);
  }

  private async ask(method: string, ...params: Param[]): Promise<Shape> {
    return this.shape(method, await this.rpc.call(method, params));
  }

  /** The result, or null where the node answers one of these codes. */
  private async askOr(
    codes: readonly number[],
    method: string,
    ...params: Param[]
  ): Promise<Shape | NodeError> {
    try {
      return await this.ask(method, ...params);
    } catch (error) {
      if (error instanceof NodeError && codes.includes(error.rpcCode)) return error;
      throw error;
    }
  }

  /** The best block. Two round trips, since the header is asked for by its hash. */
  async tip(): Promise<Tip> {
    const info = await this.ask('getblockchaininfo');
    const height = info.member('blocks').integer();
    const hash = info.member('bestblockhash').id();
    const headers = info.member('headers').integer();
    const chain = info.member('chain').word();
    const download = info.member('initialblockdownload');
    const header = await this.ask('getblockheader', hash);
    if (header.member('hash').id() !== hash) throw header.member('hash').fail(`the header of ${hash}`);
    if (header.member('height').integer() !== height) throw header.member('height').fail(`height ${height}`);
    return {
      chain,
      height,
      hash,
      headers,
      time: header.member('time').integer(0, MAX_TIME),
      medianTime: header.member('mediantime').integer(0, MAX_TIME),
      initialDownload: download.isNull ? headers > height : download.boolean(),
    };
  }

  /** In the order asked. */
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

  private async txout({ txid, vout }: Outpoint, mempool: boolean): Promise<Coin | null> {
    const out = await this.ask('gettxout', txid, vout, mempool);
    if (out.isNull) return null;
    return {
      txid,
      vout,
      asset: out.member('asset').id(),
      value: out.member('value').amount(),
      scriptPubKey: out.member('scriptPubKey').member('hex').hex(),
      confirmations: out.member('confirmations').integer(),
    };
  }

  /** Coins that the node's wallet watches at this address; only after {@link watch}. */
  async listUnspent(address: string, minConfirmations = 1): Promise<UnspentCoin[]> {
    const list = await this.ask('listunspent', minConfirmations, MAX_CONFIRMATIONS, [address]);
    return list.list().map(one => {
      const at = one.member('address');
      if (at.word() !== address) throw at.fail(`the address asked for, ${address}`);
      return {
        txid: one.member('txid').id(),
        vout: one.member('vout').integer(0, 0x3fff_ffff),
        address,
        asset: one.member('asset').id(),
        value: one.member('amount').amount(),
        scriptPubKey: one.member('scriptPubKey').hex(),
        confirmations: one.member('confirmations').integer(),
      };
    });
  }

  /**
   * Makes the node watch the address, looking through the whole chain, which can take long; nothing if it does.
   * @returns whether it had to be imported
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

  /** The node's own unsigned issuances, to compare ours with. */
  createRawIssuance(issuances: readonly RawIssuanceParams[]): Promise<RawIssuance[]> {
    return Promise.all(
      issuances.map(async i => {
        const made = await this.ask(
          'createrawissuance',
          i.assetAddress,
          formatAmount(i.assetAmount),
          i.tokenAddress,
          formatAmount(i.tokenAmount),
          i.changeAddress,
          formatAmount(i.changeAmount),
          '1',
          i.coin.txid,
          String(i.coin.vout),
        );
        return {
          rawtx: made.member('rawtx').hex(),
          asset: made.member('asset').id(),
          token: made.member('token').id(),
          entropy: made.member('entropy').id(),
        };
      }),
    );
  }

  /** What the node's mempool would say. It checks no scripts: see {@link Accept}. */
  testAccept(transactions: readonly string[]): Promise<Accept[]> {
    return Promise.all(
      transactions.map(async (hex): Promise<Accept> => {
        const method = 'testmempoolaccept';
        const answer = await this.askOr([CODE.decode, CODE.verify, CODE.rejected, CODE.inChain], method, hex);
        if (answer instanceof NodeError) {
          if (answer.rpcCode === CODE.inChain) return { state: 'known' };
          return { state: 'refused', ...rejection(answer.rpcCode, answer.rpcMessage) };
        }
        const txid = answer.member('txid').id();
        this.checkId(method, txid, hex);
        if (answer.member('allowed').flag()) return { state: 'accepted', txid };
        const reason = answer.member('reject-reason').text(/./, 'a reason');
        if (/txn-already-(known|in-mempool)/.test(reason)) return { state: 'known' };
        return { state: 'refused', ...rejection(CODE.rejected, this.rpc.endpoint.redact(reason)) };
      }),
    );
  }

  /** Each transaction's fate; one refusal does not keep the others from being sent. Safe to repeat. */
  send(transactions: readonly string[]): Promise<Sent[]> {
    return Promise.all(
      transactions.map(async (hex): Promise<Sent> => {
        const method = 'sendrawtransaction';
        const answer = await this.askOr([CODE.decode, CODE.verify, CODE.rejected, CODE.inChain], method, hex);
        if (answer instanceof NodeError) {
          if (answer.rpcCode === CODE.inChain) return { state: 'in-chain' };
          return { state: 'refused', ...rejection(answer.rpcCode, answer.rpcMessage) };
        }
        const txid = answer.id();
        this.checkId(method, txid, hex);
        return { state: 'sent', txid };
      }),
    );
  }

  /** The node may not pass one transaction off as another. With a witness (never ours) the bytes do not tell. */
  private checkId(method: string, txid: string, hex: string): void {
    if (hex.slice(8, 10) !== '00' || bytesToId(sha256d(hexToBytes(hex, 'transaction'))) === txid) return;
    throw garbled(
      this.rpc.name,
      method,
      `it answers for transaction ${txid}, which is not the one asked for`,
      'This node does not tell the truth: use another one.',
    );
  }

  /** In a block, in the mempool, or null: not known, or only in a block that was reorganised away. */
  transaction(txids: readonly string[]): Promise<(ConfirmedTransaction | 'mempool' | null)[]> {
    return Promise.all(
      txids.map(async txid => {
        const method = 'getrawtransaction';
        const answer = await this.askOr([CODE.notFound], method, txid, true);
        if (answer instanceof NodeError) return null;
        if (answer.member('txid').id() !== txid) throw answer.member('txid').fail(txid);
        const hex = answer.member('hex').hex();
        this.checkId(method, txid, hex);
        const block = answer.member('blockhash');
        if (block.isNull) return 'mempool';
        const confirmations = answer.member('confirmations').integer();
        return confirmations === 0 ? null : { confirmations, blockHash: block.id(), hex };
      }),
    );
  }

  /** By asset id. A round trip of its own. */
  async assetInfo(): Promise<Map<string, AssetInfo>> {
    const { answer, question } = await this.rpc.raw('getutxoassetinfo', ASSETS);
    return readAssetInfo(this.rpc.endpoint, question, answer);
  }

  /** Transaction ids. */
  async mempool(): Promise<string[]> {
    return (await this.ask('getrawmempool')).list().map(one => one.id());
  }

  validate(addresses: readonly string[]): Promise<Validated[]> {
    return Promise.all(
      addresses.map(async (address): Promise<Validated> => {
        const answer = await this.ask('validateaddress', address);
        if (!answer.member('isvalid').boolean()) return { valid: false };
        return {
          valid: true,
          scriptPubKey: answer.member('scriptPubKey').hex(),
          isScript: answer.member('isscript').boolean(),
          mine: answer.member('ismine').boolean(),
          watched: answer.member('iswatchonly').boolean(),
        };
      }),
    );
  }

  /**
   * Which addresses the node's whitelist has, or 'off' where it keeps none, or none that can be seen.
   *
   * A node without whitelisting answers false to every address. It tells by `getnunassignedkycpubkeys`, which is an
   * error there; where that is missing too (no wallet), all false reads as 'off'. What the node will enforce is
   * what `testAccept` says of the transaction (`kind: 'whitelist'`); this names the address.
   */
  async whitelisted(addresses: readonly string[]): Promise<boolean[] | 'off'> {
    const probe = this.askOr([CODE.noMethod, CODE.misc, CODE.wallet], 'getnunassignedkycpubkeys');
    const asked = addresses.map(address =>
      this.askOr([CODE.noMethod, CODE.misc, CODE.notFound], 'querywhitelist', address),
    );
    const [enabled, ...answers] = await Promise.all([probe, ...asked]);
    if (answers.some(answer => answer instanceof NodeError && answer.rpcCode !== CODE.notFound)) return 'off';
    // -5: a script's address, which Ocean's whitelist cannot hold.
    const listed = answers.map(answer => (answer instanceof NodeError ? false : answer.boolean()));
    return enabled instanceof NodeError && !listed.includes(true) ? 'off' : listed;
  }

  /** The block at each height, or null above the tip. */
  blockHashes(heights: readonly number[]): Promise<(string | null)[]> {
    return Promise.all(
      heights.map(async height => {
        const answer = await this.askOr([CODE.outOfRange], 'getblockhash', height);
        return answer instanceof NodeError ? null : answer.id();
      }),
    );
  }

  async decode(hex: string): Promise<DecodedTransaction> {
    const decoded = readDecoded(await this.ask('decoderawtransaction', hex));
    this.checkId('decoderawtransaction', decoded.txid, hex);
    return decoded;
  }
}
