import { Command, Option } from 'clipanion';
import { listed } from '../../../platform/text/words.ts';
import { widthOf } from '../../../platform/world.ts';
import { type Repair, repair } from '../../../proposal/upkeep/repair.ts';
import { difference } from '../../../report/difference.ts';
import { differenceText } from '../../../report/views/mapping-view.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

export class RepairCommand extends ConfiguredCommand {
  static override paths = [['repair']];
  static override usage = Command.Usage({
    category: 'When something failed',
    description: 'restore objects that are missing, or that differ from the ledger',
    details:
      'Shows each thing and asks before it changes it: lost entries of the ledger from the copy of this PC, map.json, history/, ptxo.dat, and the objects of the older scripts.',
    examples: [['When status says that objects differ', '$0 repair']],
  });
  overOlder = Option.Boolean('--over-older', false, {
    description: 'also replace the proposal of an older tool in the ps1_ objects',
  });
  yes = Option.Boolean('--yes', false, { description: 'do not ask' });

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
          ? 'Nothing was changed: the store is as the ledger says, or nothing was confirmed.\n'
          : `Restored: ${keys.join(', ')}.\n`,
    };
  }

  private shown(one: Repair): string {
    switch (one.kind) {
      case 'entries':
        return `The store lacks entries of the ledger that this PC has a copy of: ${one.keys.join(', ')}.\n`;
      case 'history':
        return `The store lacks ${one.key}, the current mapping.\n`;
      case 'projections':
        return `These objects are not as the ledger says: ${one.keys.join(', ')}.\n${one.drops.length > 0 ? `The proposal of another tool in them is dropped: of ${listed(one.drops)}.\n` : ''}`;
      case 'map-replaced': {
        const [from, to] = [one.found.mapping, one.ledger.mapping];
        const diff = differenceText(from, to, difference(from, to), widthOf(this.world));
        return `map.json is a mapping of another tool, ${from.digest} of height ${from.height}. It is kept in history/, and the mapping of the ledger is put back:\n${diff}`;
      }
    }
  }
}
