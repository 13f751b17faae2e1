import { Command, Option } from 'clipanion';
import { listed } from '../../../platform/text/words.ts';
import { widthOf } from '../../../platform/world.ts';
import { type Repair, repair } from '../../../proposal/upkeep/repair.ts';
import { difference } from '../../../report/difference.ts';
import { differenceText } from '../../../report/views/mapping-view.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import { yesOption } from '../options.ts';

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
    description: "also replace an older tool's proposal in ps1_map.json and ps1_tx.json",
  });
  yes = yesOption();

  async main(): Promise<Result> {
    const services = await this.services();
    const { world } = services;
    const confirm = async (one: Repair) => {
      world.stderr.write(this.shown(one));
      return this.yes || askYes(world, 'Restore this?');
    };
    const done = await repair(services, confirm, this.overOlder);
    const keys = done.flatMap(one => ('keys' in one ? one.keys : 'key' in one ? [one.key] : ['map.json']));
    return {
      json: { repaired: keys },
      text:
        keys.length === 0
          ? 'Nothing was changed: the store matches the ledger, or nothing was confirmed.\n'
          : `Restored: ${keys.join(', ')}.\n`,
    };
  }

  private shown(one: Repair): string {
    switch (one.kind) {
      case 'entries':
        return `The store lacks entries of the ledger: ${one.keys.join(', ')}. This PC has a copy.\n`;
      case 'history':
        return `The store lacks ${one.key}, the current mapping.\n`;
      case 'projections':
        return `These objects differ from the ledger: ${one.keys.join(', ')}.\n${one.drops.length > 0 ? `They contain a proposal of another tool, which is removed: ${listed(one.drops)}.\n` : ''}`;
      case 'map-replaced': {
        const [from, to] = [one.found.mapping, one.ledger.mapping];
        const diff = differenceText(from, to, difference(from, to), widthOf(this.world));
        return `map.json is a mapping of another tool, ${from.digest} of height ${from.height}. That mapping is kept in history/. The mapping of the ledger is restored:\n${diff}`;
      }
    }
  }
}
