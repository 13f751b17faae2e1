/** `countersign tokens`: amounts of tokens for masses at a height. */
import { Command, Option } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import { checkAssetField } from '../../../../shared/changes.ts';
import { MAX_HEIGHT, tokenAmount } from '../../../../shared/token-schedule.ts';
import { BaseCommand, type Result } from '../base-command.ts';
import { parseWholeNumber, requireValue } from '../options.ts';

export class TokensCommand extends BaseCommand {
  static override paths = [['tokens']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'print the amount of tokens for each mass at a block height',
    examples: [['Two masses at height 3310', '$0 tokens --height 3310 --mass 389.142 --mass 400']],
  });

  height = Option.String('--height', { description: 'block height' });
  masses = Option.Array('--mass', {
    description: 'a mass in fine troy ounces; give the option once for each mass',
  });

  async main(): Promise<Result> {
    const height = parseWholeNumber('--height', requireValue('--height', this.height), 0, MAX_HEIGHT);
    const amounts = requireValue('--mass', this.masses).map(mass => {
      checkAssetField('mass', mass, '--mass');
      return { mass, tokens: formatAmount(tokenAmount(mass, height)) };
    });
    return { json: { height, amounts }, text: amounts.map(({ tokens }) => `${tokens}\n`).join('') };
  }
}
