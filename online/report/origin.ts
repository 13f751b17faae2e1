/**
 * Whose the tokens are that the mapping lacks. A token's id, and the id of its reissuance token, follow from the coin that
 * its issuance spent: so tokens are recognised by the coins that we ever had, and by nothing that a node may leave out.
 */
import { bytesToId, hexToBytes, idToBytes } from '../../shared/bytes.ts';
import { decodeTransaction } from '../../shared/decode-transaction.ts';
import { Refusal } from '../../shared/errors.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import { fromOutpoint, outpoint, type PolicyCoin } from '../ledger/coins.ts';
import { keys, MAX_COINS_BYTES } from '../ledger/objects.ts';
import type { LedgerState } from '../ledger/state.ts';
import { parseCoins } from '../legacy/coins-file.ts';
import { fetchWatch } from '../node/checks/capabilities.ts';
import type { UnspentCoin, Watch } from '../node/node.ts';
import { readCoin } from '../node/readers.ts';
import { counted, isAre } from '../platform/text/words.ts';
import type { ReportServices as Services } from './issuances.ts';

/** Steps back from a coin; each is a question to the node. */
const MAX_DEPTH = 20_000;

type OutpointOf = { txid: string; vout: number };

export interface Origins {
  /** Tokens that coins of ours issued. */
  ours: ReadonlySet<string>;
  /** Reissuance tokens that came with them. */
  reissuance: ReadonlySet<string>;
  /** Assets that the chain began with. */
  early: ReadonlySet<string>;
  watch: Watch;
  /** What could not be looked at, and what to do about it: where there is any, others' tokens cannot be told from ours. */
  gaps: readonly string[];
}

/** Takes from what is left to explain whatever these coins explain. */
class Explained {
  readonly ours = new Set<string>();
  readonly reissuance = new Set<string>();
  readonly left: Set<string>;
  private readonly seen = new Set<string>();

  constructor(wanted: Iterable<string>) {
    this.left = new Set(wanted);
  }

  add(coins: Iterable<OutpointOf>): void {
    for (const coin of coins) {
      const name = outpoint(coin);
      if (this.seen.has(name)) continue;
      this.seen.add(name);
      const ids = issuanceIds(idToBytes(coin.txid, 'coin.txid'), coin.vout);
      const [asset, token] = [bytesToId(ids.asset), bytesToId(ids.token)];
      if (this.left.delete(asset)) this.ours.add(asset);
      if (this.left.delete(token)) this.reissuance.add(token);
    }
  }
}

/** What the issuances of this transaction spent; nothing of a transaction of another form, where coins first came from. */
function spentBy(hex: string): OutpointOf[] {
  try {
    const { inputs } = decodeTransaction(hexToBytes(hex, 'transaction'));
    const issuing = inputs.filter(input => input.issuance);
    return issuing.map(i => ({ txid: bytesToId(i.prevHash), vout: i.prevIndex }));
  } catch {
    return [];
  }
}

/**
 * Every issuance gives its coin's change back to the policy address. So the issuances behind a coin are found by walking
 * from it to the transaction that made it, and on to the coin which that one spent.
 * @param first transactions of the first block, where the walk ends: nothing made what they spend
 * @returns transactions that the node does not know
 */
async function walkBack(
  { node }: Services,
  coins: Iterable<OutpointOf>,
  found: Explained,
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
      const spent = spentBy(answer.result);
      found.add(spent);
      level.push(...spent.map(({ txid }) => txid));
    }
  }
  return unknown;
}

/** Outputs of a transaction of the first block, which Ocean makes for each of the assets that its configuration begins with. */
const FIRST_OUTPUTS = 100;

/** Transactions of the first block, and the assets in their unspent outputs: no coin of ours issued those. */
async function firstBlock({ node }: Services): Promise<{ txids: Set<string>; assets: Set<string> }> {
  const [hash] = await node.blockHashes([0]);
  const block = await node.ask('getblock', hash as string);
  const txids = block
    .member('tx')
    .list()
    .map(txid => txid.id());
  const outputs = txids.flatMap(txid => Array.from({ length: FIRST_OUTPUTS }, (_, vout) => ({ txid, vout })));
  // Asked for as coins, since a real node may not find these transactions by their id.
  const coins = await Promise.all(
    outputs.map(coin => node.ask('gettxout', coin.txid, coin.vout, false).then(one => readCoin(one, coin))),
  );
  return { txids: new Set(txids), assets: new Set(coins.flatMap(coin => coin?.asset ?? [])) };
}

function unknownText(txids: readonly string[], indexed: boolean): string {
  const what = `The node does not find ${counted(txids.length, 'transaction')} behind our policy coins (${txids[0]}${txids.length > 1 ? ', …' : ''})`;
  return indexed
    ? `${what}: use a node that keeps all blocks.`
    : `${what}, because it runs without txindex: start it with txindex=1 and, once, -reindex.`;
}

/** What the wallet of the node does not show, though it should. */
async function walletGaps(
  { node, trust }: Services,
  watch: Watch,
  listed: readonly PolicyCoin[],
  shown: readonly UnspentCoin[],
): Promise<string[]> {
  const unseen = 'policy coins that no list ever had are not known';
  if (watch === 'no wallet')
    return [
      `The node has no wallet, so ${unseen}: start it without disablewallet, then run \`countersign coins scan\` on this PC.`,
    ];
  if (watch === 'not watched')
    return [
      `The node's wallet does not watch ${trust.address}, so ${unseen}: run \`countersign coins scan\` on this PC, which imports the address.`,
    ];
  const names = new Set(shown.map(outpoint));
  const missing = listed.filter(coin => !names.has(outpoint(coin)));
  const states = await node.coins(missing);
  const lacking = states.filter(({ state }) => state === 'unspent').length;
  if (lacking === 0) return [];
  return [
    `${counted(lacking, 'unspent coin')} of ${keys.coins} ${isAre(lacking)} not in the node's wallet, which may have looked through a part of the chain only: restart the node with -rescan.`,
  ];
}

/** Coins of the list; of a damaged one nothing, which is a gap. */
async function listedCoins({ store }: Services, gaps: string[]): Promise<PolicyCoin[]> {
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

/** Coins that the ledger names: listed, or reserved by a proposal that is open, abandoned or published. */
function ledgerCoins({ coins, proposals }: LedgerState): OutpointOf[] {
  const reserved = [...proposals.values()].flatMap(({ reserves }) => [...reserves.values()]);
  return [...coins, ...reserved.map(fromOutpoint)];
}

/** @param wanted ids of tokens on chain that the mapping does not have */
export async function findOrigins(
  services: Services,
  state: LedgerState,
  wanted: Iterable<string>,
): Promise<Origins> {
  const { node, trust } = services;
  const gaps: string[] = [];
  const early = new Set<string>();
  const found = new Explained(wanted);
  const [listed, watch] = await Promise.all([listedCoins(services, gaps), fetchWatch(node, trust.address)]);
  const held = watch === 'no wallet' ? [] : await node.listUnspent(trust.address, 0);
  const shown = held.filter(coin => coin.asset === trust.policyAsset);
  found.add(listed);
  const wallet = await walletGaps(services, watch, listed, shown);
  const named = ledgerCoins(state);
  found.add(named);
  if (found.left.size > 0) {
    const first = await firstBlock(services);
    for (const asset of first.assets) if (found.left.delete(asset)) early.add(asset);
    const unknown = await walkBack(services, [...listed, ...shown, ...named], found, first.txids);
    if (unknown.length > 0) gaps.push(unknownText(unknown, await node.hasTransactionIndex()));
  }
  const { ours, reissuance } = found;
  return { ours, reissuance, early, watch, gaps: [...wallet, ...gaps] };
}
