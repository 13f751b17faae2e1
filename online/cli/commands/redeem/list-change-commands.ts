/** `countersign redeem add`, `remove`, `lock` and `unlock`: change the list of redeemable bars. */
import { Command, Option } from 'clipanion';
import { keys } from '../../../ledger/object-keys.ts';
import { countText, joinFirstTexts } from '../../../platform/text/words.ts';
import { checkNotBeingRedeemed, readCurrentMapping } from '../../../redeemable/current-mapping.ts';
import {
  addBarsChange,
  type Change,
  changeList,
  lockBarChange,
  removeBarsChange,
  unlockBarChange,
} from '../../../redeemable/redeemable-list.ts';
import { type CliServices, ConfiguredCommand, type Result } from '../base-command.ts';

const CATEGORY = 'A redemption';

/**
 * @param done words to print before the changed bars, such as `Listed`
 * @param already text to print if the list has all changes already
 */
async function runListChange(
  services: CliServices,
  references: readonly string[],
  change: Change,
  done: string,
  already: string,
): Promise<Result> {
  await checkNotBeingRedeemed(services, references);
  const { bars, changed } = await changeList(services, change);
  const locked = bars.filter(({ lock }) => lock).length;
  return {
    json: { changed, bars: bars.map(({ reference, lock }) => ({ reference, lock })) },
    text: `${changed ? done : already}: ${joinFirstTexts(references)}.\n${keys.redeemable} has ${countText(bars.length, 'bar')} (${locked} locked).\n`,
  };
}

export class RedeemAddCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'add']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'add bars of the mapping to the list of redeemable bars',
    examples: [['Two bars', '$0 redeem add 031037-2019-PAMP 030727-2019-PAMP']],
  });
  references = Option.Rest({ required: 1, name: 'REFERENCE' });

  async main(): Promise<Result> {
    const services = await this.services();
    const { published } = await readCurrentMapping(services);
    return runListChange(
      services,
      this.references,
      addBarsChange(published.mapping, this.references),
      'Listed',
      'Listed already',
    );
  }
}

export class RedeemRemoveCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'remove']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'remove bars from the list of redeemable bars',
    details:
      'A locked bar is refused, because it is kept for a holder. Unlock the bar first with `redeem unlock`.',
    examples: [['One bar', '$0 redeem remove 031037-2019-PAMP']],
  });
  references = Option.Rest({ required: 1, name: 'REFERENCE' });

  async main(): Promise<Result> {
    const { references } = this;
    return runListChange(
      await this.services(),
      references,
      removeBarsChange(references),
      'Removed from the list',
      'Not in the list',
    );
  }
}

export class RedeemLockCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'lock']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'lock a listed bar: it is kept for one holder',
    details: 'A locked bar is refused, because it may be kept for another holder.',
    examples: [['Before tokens are frozen for the bar', '$0 redeem lock 031037-2019-PAMP']],
  });
  reference = Option.String({ required: true, name: 'REFERENCE' });

  async main(): Promise<Result> {
    const services = await this.services();
    const { published } = await readCurrentMapping(services);
    return runListChange(
      services,
      [this.reference],
      lockBarChange(published.mapping, this.reference),
      'Locked',
      'Locked already',
    );
  }
}

export class RedeemUnlockCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'unlock']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'unlock a bar: any holder can redeem the bar again',
    examples: [['When the holder does not redeem the bar', '$0 redeem unlock 031037-2019-PAMP']],
  });
  reference = Option.String({ required: true, name: 'REFERENCE' });

  async main(): Promise<Result> {
    return runListChange(
      await this.services(),
      [this.reference],
      unlockBarChange(this.reference),
      'Unlocked',
      'Not locked',
    );
  }
}
