/** `countersign coins scan` and `coins list`: the policy coins. */
import { Command } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { MAX_MAPPING_BYTES } from '../../../../shared/mapping/mapping.ts';
import { outpoint, type PolicyCoin } from '../../../ledger/coins.ts';
import { coinsBytes, parseCoins } from '../../../legacy/coins-file.ts';
import { tipFacts, tipText } from '../../../node/checks/tip.ts';
import type { StopText } from '../../../platform/stop.ts';
import { table } from '../../../platform/text/table.ts';
import { counted, isAre } from '../../../platform/text/words.ts';
import { widthOf } from '../../../platform/world.ts';
import { checkCoin } from '../../../steps/coin-choice.ts';
import { keys, MAX_COINS_BYTES } from '../../../steps/objects.ts';
import { noMapping } from '../../../steps/published.ts';
import type { Services } from '../../../steps/services.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

export class CoinsScan extends ConfiguredCommand {
  static override paths = [['coins', 'scan']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'rebuild the list of policy coins from the node',
    details:
      'Imports the policy address into the node as watched, if it is not; that can take long on a large chain.',
    examples: [['At set-up, or when the list is wrong', '$0 coins scan']],
  });

  override stopped(): StopText {
    if (this.doings.written.size > 0) return super.stopped();
    return {
      message: `stopped: ${keys.coins} is as it was`,
      hint: 'If the node was importing the address, it goes on with that by itself: run the command again later.',
    };
  }

  async main(): Promise<Result> {
    const services = await this.services();
    const { store, node, trust, progress, state } = services;
    // An empty folder, on which the store's disk should be mounted, is no place for the list.
    if (state.seen && !(await store.get(keys.mapping, MAX_MAPPING_BYTES)))
      throw noMapping(store.name, state.seen);
    // One that catches up does not know every coin yet, and the list would lose the others.
    const tip = await node.tip();
    const now = this.world.now() / 1000;
    node.checkTip(tip, {
      network: trust.network.name,
      now,
      maxAge: Number.POSITIVE_INFINITY,
    });
    if (await node.watch(trust.address)) progress(`The node watches ${trust.address} from now on.`);
    const unspent = await node.listUnspent(trust.address);
    const found = unspent.filter(coin => coin.asset === trust.policyAsset);
    const coins: PolicyCoin[] = found.map(({ txid, vout, value }) => ({ txid, vout, amount: value }));
    // What is in the list keeps its place, so that two scans give the same list.
    const before = await this.listed(await store.get(keys.coins, MAX_COINS_BYTES));
    coins.push(...(await this.unseen(services, before, coins)));
    const place = new Map(before.map((coin, i) => [outpoint(coin), i]));
    coins.sort((a, b) => {
      const [x, y] = [place.get(outpoint(a)) ?? Infinity, place.get(outpoint(b)) ?? Infinity];
      if (x !== y) return x - y;
      return a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1;
    });
    await store.put(keys.coins, coinsBytes(coins), { contentType: 'text/plain' });
    const total = formatAmount(coins.reduce((sum, coin) => sum + coin.amount, 0n));
    return {
      json: { coins: coins.length, total, address: trust.address, tip: tipFacts(tip, now) },
      text: `${counted(coins.length, 'policy coin')}, ${total} in all, at ${trust.address} ${isAre(coins.length)} listed in ${keys.coins}.\nChain at ${tipText(tip, now)}.\n`,
    };
  }

  /** Coins of the list that the node's wallet does not show, though they are unspent and ours: they stay. */
  private async unseen(
    { node, trust, progress }: Services,
    before: readonly PolicyCoin[],
    found: readonly PolicyCoin[],
  ): Promise<PolicyCoin[]> {
    const names = new Set(found.map(outpoint));
    const dropped = before.filter(coin => !names.has(outpoint(coin)));
    const states = await node.coins(dropped);
    const kept = dropped.filter((coin, i) => {
      try {
        checkCoin(coin, states[i] as (typeof states)[number], trust);
        return true;
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
    });
    if (kept.length > 0)
      progress(
        `${counted(kept.length, 'coin')} of the list ${isAre(kept.length)} unspent, and not in the node's wallet, which may have looked through a part of the chain only: ${kept.map(outpoint).join(', ')}. ${kept.length === 1 ? 'It stays' : 'They stay'} in the list; have the node look through the whole chain (-rescan), and scan again.`,
      );
    return kept;
  }

  /** An unreadable list is no reason not to make a right one. */
  private async listed(bytes: Uint8Array | null): Promise<PolicyCoin[]> {
    try {
      return bytes ? parseCoins(bytes, keys.coins) : [];
    } catch {
      return [];
    }
  }
}

export class CoinsList extends ConfiguredCommand {
  static override paths = [['coins', 'list']];
  static override usage = Command.Usage({
    category: 'Look',
    description: 'show the policy coins and the state of each',
    examples: [['All of them', '$0 coins list']],
  });

  async main(): Promise<Result> {
    const { store, node, trust } = await this.services();
    const bytes = await store.get(keys.coins, MAX_COINS_BYTES);
    if (!bytes) {
      throw new Refusal(
        'OBJECT_MISSING',
        `${keys.coins}: there is none in ${store.name}`,
        'Make it with `countersign coins scan`.',
      );
    }
    const coins = parseCoins(bytes, keys.coins);
    const [states, tip] = await Promise.all([node.coins(coins), node.tip()]);
    const now = this.world.now() / 1000;
    const rows = coins.map((coin, i) => {
      let state = 'unspent';
      try {
        checkCoin(coin, states[i] as (typeof states)[number], trust);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        state = error.message.slice(error.message.indexOf(outpoint(coin)) + outpoint(coin).length + 1);
      }
      return { txid: coin.txid, vout: coin.vout, amount: formatAmount(coin.amount), state };
    });
    return {
      json: { coins: rows, tip: tipFacts(tip, now) },
      text: `${table(
        [{ title: 'coin' }, { title: 'amount', right: true }, { title: 'state' }],
        rows.map(row => [outpoint(row), row.amount, row.state]),
        widthOf(this.world),
      )}Chain at ${tipText(tip, now)}.\n`,
    };
  }
}
