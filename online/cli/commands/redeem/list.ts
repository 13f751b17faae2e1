/** `countersign redeem list`: the redeemable bars and their prices in tokens. */
import { Command, Option } from 'clipanion';
import { tipForJson } from '../../../node/checks/best-block.ts';
import { windowWidth } from '../../../platform/world.ts';
import { barTableText, readRedeemableBars } from '../../../redeemable/redeemable-bars.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { maxTipAgeOption, parseTipAge } from '../options.ts';

export class RedeemListCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'list']];
  static override usage = Command.Usage({
    category: 'A redemption',
    description: 'show the redeemable bars, and how many tokens each costs now',
    details:
      "Shows the bars of rassets.json, and whether each bar is locked. The mass (fine troy ounces) is from the published mapping. The amount of tokens is what a holder has to burn for the bar at the node's best block. The command changes nothing.",
    examples: [
      ['The listed bars', '$0 redeem list'],
      ['All bars of the mapping', '$0 redeem list --all'],
    ],
  });
  all = Option.Boolean('--all', false, { description: 'also show the bars that are not listed' });
  maxTipAge = maxTipAgeOption();

  override readonly isPaged = true;

  async main(): Promise<Result> {
    const maxTipAge = parseTipAge(this.maxTipAge);
    const found = await readRedeemableBars(await this.services(), this.all, maxTipAge);
    const { bars, tip, asked, blocksLeft } = found;
    return {
      json: { height: tip.height, blocksLeft, bars, tip: tipForJson(tip, asked / 1000) },
      text: barTableText(found, windowWidth(this.world)),
    };
  }
}
