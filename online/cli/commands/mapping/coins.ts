/** `countersign coins scan` and `coins list`: the policy coins. */
import { Command } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import { outpoint } from '../../../ledger/coins.ts';
import { keys } from '../../../ledger/objects.ts';
import { checkTip, tipFacts, tipText } from '../../../node/checks/tip.ts';
import type { StopText } from '../../../platform/stop.ts';
import { table } from '../../../platform/text/table.ts';
import { counted, isAre } from '../../../platform/text/words.ts';
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
      'Imports the policy address into the node as watched, if it is not; that can take long on a large chain.',
    examples: [['At set-up, or when the list is wrong', '$0 coins scan']],
  });

  override stopped(): StopText {
    if (this.activity.written.size > 0) return super.stopped();
    return {
      message: `stopped: ${keys.coins} is as it was`,
      hint: 'If the node was importing the address, it goes on with that by itself: run the command again later.',
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
    if (await node.watch(trust.address)) progress(`The node watches ${trust.address} from now on.`);
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
      text: `${counted(coins.length, 'policy coin')}, ${total} in all, at ${trust.address} ${isAre(coins.length)} listed in ${keys.coins}.\nChain at ${tipText(tip, now)}.\n`,
    };
  }
}

/** Remarks of a scan besides the coins. */
function notes({ unseen, spent, respent, untraced }: Scanned): string[] {
  const lines: string[] = [];
  if (unseen.length > 0)
    lines.push(
      `${counted(unseen.length, 'coin')} listed or reserved before ${isAre(unseen.length)} unspent, and the node's wallet does not show ${unseen.length === 1 ? 'it' : 'them'}: ${unseen.map(outpoint).join(', ')}. The wallet may have looked through a part of the chain only. ${unseen.length === 1 ? 'It stays' : 'They stay'} in the list; have the node look through the whole chain (-rescan), and scan again.`,
    );
  if (spent.length > 0)
    lines.push(
      `The node shows ${counted(spent.length, 'coin')} that a published issuance spent: ${spent.join(', ')}. The node is behind; the list leaves ${spent.length === 1 ? 'it' : 'them'} out.`,
    );
  if (respent.length > 0)
    lines.push(
      `Another transaction spent ${counted(respent.length, 'reserved coin')}: ${respent.join(', ')}. No bar is reserved for ${respent.length === 1 ? 'it' : 'them'} any more; a signer that signed a bar on it needs \`signer release REFERENCE\`.`,
    );
  if (untraced.length > 0)
    lines.push(
      `${counted(untraced.length, 'reserved coin')} ${isAre(untraced.length)} not unspent, and ${untraced.length === 1 ? 'its' : 'their'} bars cannot be issued now: ${untraced.join(', ')}. \`countersign status\` and \`countersign report\` show whether the bars have their tokens; otherwise scan again with a node that has txindex=1 and all blocks.`,
    );
  return lines;
}

export class CoinsList extends ConfiguredCommand {
  static override paths = [['coins', 'list']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'show the policy coins and the state of each',
    examples: [['All of them', '$0 coins list']],
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
