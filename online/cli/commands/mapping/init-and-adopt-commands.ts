/** `countersign map init` and `map adopt`: begin a ledger, and add the published mapping of another tool. */
import { Command } from 'clipanion';
import type { Published } from '../../../ledger/stored-mappings.ts';
import { windowWidth } from '../../../platform/world.ts';
import { adoptMapping } from '../../../proposal/upkeep/adopt-mapping.ts';
import { beginLedger } from '../../../proposal/upkeep/begin-ledger.ts';
import { compareEntries } from '../../../report/mapping-difference.ts';
import { differenceText, summaryText } from '../../../report/views/mapping-view.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { yesOption } from '../options.ts';
import {
  adoptedText,
  begunText,
  commandNotConfirmedRefusal,
  noLedgerYetText,
  otherToolMappingText,
} from './texts.ts';

const CATEGORY = 'Set up';

export class MapInitCommand extends ConfiguredCommand {
  static override paths = [['map', 'init']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'begin the ledger of a store, once',
    details:
      'In a new store, the ledger begins with the empty mapping, which has no signatures. If an older tool has published a mapping in the store, the command shows that mapping, and the ledger begins with it. At a terminal, the command asks first. An existing ledger is never replaced.',
    examples: [['In a folder', '$0 map init --store file:store --trust trust.json']],
  });
  yes = yesOption('do not ask whether to begin the ledger');

  async main(): Promise<Result> {
    const trust = this.trust();
    const { world } = this;
    const services = { store: await this.store(true), trust, copy: this.copy(), world };
    const { name } = services.store;
    const { published, isNew } = await beginLedger(services, async ({ published: { mapping }, isNew }) => {
      // A person is asked, because the typed store may be the wrong store. A script begins a ledger in an
      // empty store without a question.
      const isAsked = !this.yes && (!isNew || world.stdin.isTTY === true);
      if (!isNew) world.stderr.write(otherToolMappingText(name) + summaryText(mapping));
      else if (isAsked) world.stderr.write(noLedgerYetText(name));
      const question = isNew ? 'Begin a new ledger in this store?' : 'Begin the ledger with this mapping?';
      if (isAsked && !(await askYes(world, question))) throw commandNotConfirmedRefusal('map init');
    });
    const { mapping } = published;
    return {
      json: { mapping: mapping.digest, assets: mapping.size },
      text: begunText(name, isNew, trust) + summaryText(mapping),
    };
  }
}

export class MapAdoptCommand extends ConfiguredCommand {
  static override paths = [['map', 'adopt']];
  static override usage = Command.Usage({
    category: 'When something failed',
    description: "add another tool's published mapping to the ledger",
    details:
      'Shows the changes, then asks. Later requests are based on the adopted mapping. The command is refused while a proposal is being sent.',
    examples: [['After an older script replaced map.json', '$0 map adopt']],
  });
  yes = yesOption();

  async main(): Promise<Result> {
    const services = await this.services();
    const { world } = services;
    const show = (before: Published, after: Published) => {
      const diff = compareEntries(before.mapping, after.mapping);
      world.stderr.write(differenceText(before.mapping, after.mapping, diff, windowWidth(world)));
    };
    const adopted = await adoptMapping(services, async (before, after) => {
      show(before, after);
      if (!this.yes && !(await askYes(world, 'Add this mapping to the ledger?')))
        throw commandNotConfirmedRefusal('map adopt');
    });
    const { published, settled, dropped, staleCoins } = adopted;
    const { mapping } = published;
    return {
      json: { mapping: mapping.digest, assets: mapping.size, settled, dropped, staleCoins },
      text: adoptedText(mapping, adopted),
    };
  }
}
