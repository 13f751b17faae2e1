/** `countersign coins scan` and `coins list`: the policy coins. */
import { Command } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import { outpoint } from '../../../ledger/coins.ts';
import { keys } from '../../../ledger/objects.ts';
import { checkTip, tipFacts, tipText } from '../../../node/checks/tip.ts';
import type { StopText } from '../../../platform/stop.ts';
import { table } from '../../../platform/text/table.ts';
import { counted } from '../../../platform/text/words.ts';
import { widthOf } from '../../../platform/world.ts';
import { listCoins } from '../../../proposal/upkeep/coins.ts';
import { type Scanned, scanCoins } from '../../../proposal/upkeep/scan.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

export class CoinsScan extends ConfiguredCommand {
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
    return {
      message: `stopped: ${keys.coins} was not changed`,
      hint: 'Run the command again later. If the node was importing the address, it continues by itself.',
    };
  }

  async main(): Promise<Result> {
    const services = await this.services();
    const { node, trust, progress } = services;
    // A node that is catching up lacks some coins, and the list would lose them.
    const tip = await node.tip();
    const now = this.world.now() / 1000;
    checkTip(node.source, tip, {
      network: trust.network.name,
      now,
      maxAge: Number.POSITIVE_INFINITY,
    });
    if (await node.watch(trust.address)) progress(`The node now watches ${trust.address}.`);
    const unspent = await node.listUnspent(trust.address);
    const found = unspent.filter(coin => coin.asset === trust.policyAsset);
    const scanned = await scanCoins(
      services,
      found.map(({ txid, vout, value }) => ({ txid, vout, amount: value })),
    );
    for (const line of notes(scanned)) progress(line);
    const { coins } = scanned;
    const total = formatAmount(coins.reduce((sum, coin) => sum + coin.amount, 0n));
    return {
      json: { coins: coins.length, total, address: trust.address, tip: tipFacts(tip, now) },
      text: `${keys.coins} lists ${counted(coins.length, 'policy coin')} at ${trust.address}, ${total} in total.\nChain at ${tipText(tip, now)}.\n`,
    };
  }
}

const theseCoins = ({ length }: readonly unknown[]) => (length === 1 ? 'this coin' : 'these coins');

/** Remarks of a scan besides the coins. */
function notes({ unseen, spent, respent, untraced }: Scanned): string[] {
  const lines: string[] = [];
  if (unseen.length > 0)
    lines.push(
      `The node's wallet does not show ${counted(unseen.length, 'unspent coin')} that ${unseen.length === 1 ? 'was' : 'were'} listed or reserved before: ${unseen.map(outpoint).join(', ')}. The wallet may have searched only a part of the chain. The list keeps ${theseCoins(unseen)}. Let the node search the whole chain (-rescan), then scan again.`,
    );
  if (spent.length > 0)
    lines.push(
      `The node shows ${counted(spent.length, 'coin')} that a published issuance spent: ${spent.join(', ')}. The node does not have all blocks yet. The list leaves ${theseCoins(spent)} out.`,
    );
  if (respent.length > 0)
    lines.push(
      `Another transaction spent ${counted(respent.length, 'reserved coin')}: ${respent.join(', ')}. No bar is reserved for ${theseCoins(respent)} any more. Each laptop that signed a bar on ${respent.length === 1 ? 'this coin' : 'one of these coins'} needs \`signer release REFERENCE\`.`,
    );
  if (untraced.length > 0)
    lines.push(
      `The chain has no unspent output for ${counted(untraced.length, 'reserved coin')}: ${untraced.join(', ')}. The bars of ${theseCoins(untraced)} cannot be issued now. \`countersign status\` and \`countersign report\` show whether the bars have tokens. If not, scan again with a node that has txindex=1 and all blocks.`,
    );
  return lines;
}

export class CoinsList extends ConfiguredCommand {
  static override paths = [['coins', 'list']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'show the policy coins and the state of each',
    examples: [['All policy coins', '$0 coins list']],
  });

  async main(): Promise<Result> {
    const services = await this.services();
    const [coins, tip] = await Promise.all([listCoins(services), services.node.tip()]);
    const now = this.world.now() / 1000;
    const rows = coins.map(({ coin, state, reservedFor }) => {
      const { txid, vout, amount } = coin;
      return { txid, vout, amount: formatAmount(amount), state, reservedFor };
    });
    return {
      json: { coins: rows, tip: tipFacts(tip, now) },
      text: `${table(
        [{ title: 'coin' }, { title: 'amount', right: true }, { title: 'state' }],
        rows.map(row => [
          outpoint(row),
          row.amount,
          row.reservedFor === null ? row.state : `${row.state}, reserved for ${row.reservedFor}`,
        ]),
        widthOf(this.world),
      )}Chain at ${tipText(tip, now)}.\n`,
    };
  }
}
