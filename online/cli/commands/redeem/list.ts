/** `countersign redeem list`: the redeemable bars and their prices in tokens. */
import { Command, Option } from 'clipanion';
import { tipFacts } from '../../../node/checks/tip.ts';
import { widthOf } from '../../../platform/world.ts';
import { barsText, redeemableBars } from '../../../redeemable/bars.ts';
import { page } from '../../terminal/pager.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import { maxTipAgeOption, tipAge } from '../options.ts';

export class RedeemList extends ConfiguredCommand {
  static override paths = [['redeem', 'list']];
  static override usage = Command.Usage({
    category: 'A redemption',
    description: 'bars to be had for tokens, with the amount now',
    details:
      'The bars of rassets.json: the mass of each in the published mapping, the tokens that a holder gives for it at the height of the node, and whether it is locked. It changes nothing.',
    examples: [
      ['Those that are listed', '$0 redeem list'],
      ['All bars of the mapping', '$0 redeem list --all'],
    ],
  });
  all = Option.Boolean('--all', false, { description: 'show the bars that are not listed as well' });
  maxTipAge = maxTipAgeOption();

  /** Paged, because all bars may be more lines than the window has. */
  override print(text: string): Promise<void> {
    return page(this.world, text);
  }

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const found = await redeemableBars(await this.services(), this.all, maxTipAge);
    const { bars, tip, asked, blocksLeft } = found;
    return {
      json: { height: tip.height, blocksLeft, bars, tip: tipFacts(tip, asked / 1000) },
      text: barsText(found, widthOf(this.world)),
    };
  }
}
