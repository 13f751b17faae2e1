/**
 * Determines which unmapped tokens come from the controllers' policy coins. The ids of a token and of its
 * reissuance token are computed from the coin that the issuance spent. So the controllers' coins, present and
 * past, show which tokens are theirs.
 */
import { bytesToId, hexToBytes, idToBytes } from '../../shared/bytes.ts';
import { decodeTransaction } from '../../shared/decode-transaction.ts';
import { Refusal } from '../../shared/errors.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import type { LedgerState } from '../ledger/ledger-state.ts';
import { keys, MAX_COINS_BYTES } from '../ledger/object-keys.ts';
import { outpointText, type PolicyCoin, parseOutpoint } from '../ledger/policy-coin.ts';
import { parseCoins } from '../legacy/coins-file.ts';
import { readCoin } from '../node/answer-readers.ts';
import { fetchWatchState } from '../node/checks/watch-and-policy-asset.ts';
import type { UnspentCoin, Watch } from '../node/node.ts';
import type { ReportServices as Services } from './published-requests.ts';
import {
  addressNotWatchedText,
  coinsNotInWalletText,
  noWallet,
  unknownTransactionsText,
} from './texts/report-gaps.ts';

/** Largest number of steps back from the coins. Each step is one call of the node. */
const MAX_DEPTH = 20_000;

type OutpointOf = { txid: string; vout: number };

export interface Origins {
  /** Wanted tokens that were issued from policy coins of the controllers. */
  ours: ReadonlySet<string>;
  /**
   * Wanted tokens that are reissuance tokens of issuances from such coins. The mapping may have the tokens
   * that these issuances issued.
   */
  reissuance: ReadonlySet<string>;
  /** Wanted tokens that the chain's first block created. */
  early: ReadonlySet<string>;
  watch: Watch;
  /**
   * Sentences about origins that could not be checked, with the next step. If there is such a gap, a token
   * without a known origin may be from the controllers or from another issuer.
   */
  gaps: readonly string[];
}

/**
 * Collects the wanted tokens whose origin is found. `left` has the wanted tokens whose origin is not found
 * yet.
 */
class ExplainedTokens {
  readonly ours = new Set<string>();
  readonly reissuance = new Set<string>();
  readonly left: Set<string>;
  private readonly seen = new Set<string>();

  constructor(wanted: Iterable<string>) {
    this.left = new Set(wanted);
  }

  add(coins: Iterable<OutpointOf>): void {
    for (const coin of coins) {
      const name = outpointText(coin);
      if (this.seen.has(name)) continue;
      this.seen.add(name);
      const ids = issuanceIds(idToBytes(coin.txid, 'coin.txid'), coin.vout);
      const [asset, token] = [bytesToId(ids.asset), bytesToId(ids.token)];
      if (this.left.delete(asset)) this.ours.add(asset);
      if (this.left.delete(token)) this.reissuance.add(token);
    }
  }
}

/** Coins spent by the transaction's issuances; empty if the transaction cannot be decoded. */
function coinsSpentByIssuances(hex: string): OutpointOf[] {
  try {
    const { inputs } = decodeTransaction(hexToBytes(hex, 'transaction'));
    const issuing = inputs.filter(input => input.issuance);
    return issuing.map(i => ({ txid: bytesToId(i.prevHash), vout: i.prevIndex }));
  } catch {
    return [];
  }
}

/**
 * Finds earlier issuances in steps back from each coin. A step goes to the transaction that created the coin,
 * and to the coins that this transaction's issuances spent. Earlier issuances are found because each issuance
 * returns the change of its coin as a new coin at the policy address.
 * @param first ids of the first block's transactions, where the steps end
 * @returns ids of transactions that the node does not know
 */
async function addEarlierIssuances(
  { node }: Services,
  coins: Iterable<OutpointOf>,
  found: ExplainedTokens,
  first: ReadonlySet<string>,
): Promise<string[]> {
  const seen = new Set(first);
  const unknown: string[] = [];
  let level = [...coins].map(({ txid }) => txid);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && found.left.size > 0; depth++) {
    const fresh = [...new Set(level)].filter(txid => !seen.has(txid));
    for (const txid of fresh) seen.add(txid);
    const answers = await node.rpc.batch(
      fresh.map(txid => ({ method: 'getrawtransaction', params: [txid, false] })),
    );
    level = [];
    for (const [i, answer] of answers.entries()) {
      if (!('result' in answer) || typeof answer.result !== 'string') {
        unknown.push(fresh[i] as string);
        continue;
      }
      const spent = coinsSpentByIssuances(answer.result);
      found.add(spent);
      level.push(...spent.map(({ txid }) => txid));
    }
  }
  return unknown;
}

/** Largest number of outputs of a transaction in the first block, by Ocean's configuration. */
const FIRST_OUTPUTS = 100;

/**
 * Ids of the first block's transactions, and the assets in their unspent outputs. No policy coin issued these
 * assets.
 */
async function fetchFirstBlock({ node }: Services): Promise<{ txids: Set<string>; assets: Set<string> }> {
  const [hash] = await node.blockHashes([0]);
  const block = await node.ask('getblock', hash as string);
  const txids = block
    .member('tx')
    .list()
    .map(txid => txid.id());
  const outputs = txids.flatMap(txid => Array.from({ length: FIRST_OUTPUTS }, (_, vout) => ({ txid, vout })));
  // The outputs are requested as coins, because a real node may not find these transactions by id.
  const coins = await Promise.all(
    outputs.map(coin => node.ask('gettxout', coin.txid, coin.vout, false).then(one => readCoin(one, coin))),
  );
  return { txids: new Set(txids), assets: new Set(coins.flatMap(coin => coin?.asset ?? [])) };
}

/**
 * A sentence about policy coins that the node's wallet does not show; empty if it shows all unspent coins of
 * `listed`.
 */
async function walletGapTexts(
  { node, trust }: Services,
  watch: Watch,
  listed: readonly PolicyCoin[],
  shown: readonly UnspentCoin[],
): Promise<string[]> {
  if (watch === 'no wallet') return [noWallet];
  if (watch === 'not watched') return [addressNotWatchedText(trust.address)];
  const names = new Set(shown.map(outpointText));
  const missing = listed.filter(coin => !names.has(outpointText(coin)));
  const states = await node.coins(missing);
  const lacking = states.filter(({ state }) => state === 'unspent').length;
  return lacking === 0 ? [] : [coinsNotInWalletText(lacking)];
}

/**
 * Coins of `ptxo.dat`; none if the file is missing or damaged. For a damaged file, adds a sentence to `gaps`.
 */
async function readListedCoins({ store }: Services, gaps: string[]): Promise<PolicyCoin[]> {
  const bytes = await store.get(keys.coins, MAX_COINS_BYTES);
  if (!bytes) return [];
  try {
    return parseCoins(bytes, keys.coins);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    gaps.push(`${error.message}. ${error.hint}`);
    return [];
  }
}

/** All coins of the ledger: listed coins, and coins that a proposal reserved. */
function ledgerCoins({ coins, proposals }: LedgerState): OutpointOf[] {
  const reserved = [...proposals.values()].flatMap(({ reserves }) => [...reserves.values()]);
  return [...coins, ...reserved.map(parseOutpoint)];
}

/** @param wanted ids of tokens on chain that the mapping lacks */
export async function findOrigins(
  services: Services,
  state: LedgerState,
  wanted: Iterable<string>,
): Promise<Origins> {
  const { node, trust } = services;
  const gaps: string[] = [];
  const early = new Set<string>();
  const found = new ExplainedTokens(wanted);
  const [listed, watch] = await Promise.all([
    readListedCoins(services, gaps),
    fetchWatchState(node, trust.address),
  ]);
  const held = watch === 'no wallet' ? [] : await node.listUnspent(trust.address, 0);
  const shown = held.filter(coin => coin.asset === trust.policyAsset);
  found.add(listed);
  const wallet = await walletGapTexts(services, watch, listed, shown);
  const named = ledgerCoins(state);
  found.add(named);
  if (found.left.size > 0) {
    const first = await fetchFirstBlock(services);
    for (const asset of first.assets) if (found.left.delete(asset)) early.add(asset);
    const unknown = await addEarlierIssuances(services, [...listed, ...shown, ...named], found, first.txids);
    if (unknown.length > 0) gaps.push(unknownTransactionsText(unknown, await node.hasTransactionIndex()));
  }
  const { ours, reissuance } = found;
  return { ours, reissuance, early, watch, gaps: [...wallet, ...gaps] };
}
