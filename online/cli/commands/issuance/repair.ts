/** `countersign repair`: restores objects of the store that are missing, or that differ from the ledger. */
import { Command, Option } from 'clipanion';
import { windowWidth } from '../../../platform/world.ts';
import { type Repair, repairStore } from '../../../proposal/upkeep/repair-store.ts';
import { compareEntries } from '../../../report/mapping-difference.ts';
import { differenceText } from '../../../report/views/mapping-view.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { OVER_OLDER_HELP, yesOption } from '../options.ts';
import { repairedText, repairText } from './texts.ts';

export class RepairCommand extends ConfiguredCommand {
  static override paths = [['repair']];
  static override usage = Command.Usage({
    category: 'When something failed',
    description: 'restore objects that are missing, or that differ from the ledger',
    details:
      'Shows each change, and asks before it makes the change. It restores lost entries of the ledger from the copy on this PC. It also restores map.json, history/, ptxo.dat, and the objects of the older scripts.',
    examples: [['When status says that objects differ', '$0 repair']],
  });
  overOlder = Option.Boolean('--over-older', false, {
    description: OVER_OLDER_HELP,
  });
  yes = yesOption();

  async main(): Promise<Result> {
    const services = await this.services();
    const { world } = services;
    const confirm = async (one: Repair) => {
      world.stderr.write(this.shown(one));
      return this.yes || askYes(world, 'Restore this?');
    };
    const done = await repairStore(services, confirm, this.overOlder);
    const keys = done.flatMap(one => ('keys' in one ? one.keys : 'key' in one ? [one.key] : ['map.json']));
    return {
      json: { repaired: keys },
      text: repairedText(keys),
    };
  }

  private shown(one: Repair): string {
    return repairText(one, ({ found: { mapping: from }, ledger: { mapping: to } }) =>
      differenceText(from, to, compareEntries(from, to), windowWidth(this.world)),
    );
  }
}
