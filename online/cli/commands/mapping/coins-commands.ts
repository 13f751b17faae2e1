/** `countersign coins scan` and `coins list`: the policy coins. */
import { Command } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import { outpointText } from '../../../ledger/policy-coin.ts';
import { checkTip, tipForJson, tipText } from '../../../node/checks/best-block.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { tableText } from '../../../platform/text/text-table.ts';
import { windowWidth } from '../../../platform/world.ts';
import { listCoins } from '../../../proposal/upkeep/list-coins.ts';
import { scanCoins } from '../../../proposal/upkeep/scan-coins.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { addressWatchedText, coinListSummaryText, SCAN_STOPPED, scanNotes } from './texts.ts';

export class CoinsScanCommand extends ConfiguredCommand {
  static override paths = [['coins', 'scan']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'rebuild the list of policy coins from the node',
    details:
      'If the node does not watch the policy address yet, the command imports the address into the node. This can take long on a large chain.',
    examples: [['At set-up, or when the list is wrong', '$0 coins scan']],
  });

  override stopped(): StopText {
    if (this.activity.written.size > 0) return super.stopped();
    return SCAN_STOPPED;
  }

  async main(): Promise<Result> {
    const services = await this.services();
    const { node, trust, progress } = services;
    // The node must have all blocks. Otherwise it does not know some coins, and the new list would lack these
    // coins.
    const tip = await node.tip();
    const now = this.world.now() / 1000;
    checkTip(node.source, tip, {
      network: trust.network.name,
      now,
      maxAge: Number.POSITIVE_INFINITY,
    });
    if (await node.watch(trust.address)) progress(addressWatchedText(trust.address));
    const unspent = await node.listUnspent(trust.address);
    const found = unspent.filter(coin => coin.asset === trust.policyAsset);
    const scanned = await scanCoins(
      services,
      found.map(({ txid, vout, value }) => ({ txid, vout, amount: value })),
    );
    for (const line of scanNotes(scanned)) progress(line);
    const { coins } = scanned;
    const total = formatAmount(coins.reduce((sum, coin) => sum + coin.amount, 0n));
    return {
      json: { coins: coins.length, total, address: trust.address, tip: tipForJson(tip, now) },
      text: `${coinListSummaryText(coins.length, trust.address, total)}Chain at ${tipText(tip, now)}.\n`,
    };
  }
}

export class CoinsListCommand extends ConfiguredCommand {
  static override paths = [['coins', 'list']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'show the policy coins and the state of each',
    examples: [['All policy coins', '$0 coins list']],
  });
  override readonly isPaged = true;

  async main(): Promise<Result> {
    const services = await this.services();
    const [coins, tip] = await Promise.all([listCoins(services), services.node.tip()]);
    const now = this.world.now() / 1000;
    const rows = coins.map(({ coin, state, reservedFor }) => {
      const { txid, vout, amount } = coin;
      return { txid, vout, amount: formatAmount(amount), state, reservedFor };
    });
    return {
      json: { coins: rows, tip: tipForJson(tip, now) },
      text: `${tableText(
        [{ title: 'coin' }, { title: 'amount', right: true }, { title: 'state' }],
        rows.map(row => [
          outpointText(row),
          row.amount,
          row.reservedFor === null ? row.state : `${row.state}, reserved for ${row.reservedFor}`,
        ]),
        windowWidth(this.world),
      )}Chain at ${tipText(tip, now)}.\n`,
    };
  }
}
