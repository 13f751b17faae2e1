import { Command, Option } from 'clipanion';
import { Refusal } from '../../../../shared/errors.ts';
import type { Published } from '../../../ledger/mappings.ts';
import { counted, isAre, listed } from '../../../platform/text/words.ts';
import { widthOf } from '../../../platform/world.ts';
import { adopt } from '../../../proposal/upkeep/adopt.ts';
import { begin } from '../../../proposal/upkeep/begin.ts';
import { difference } from '../../../report/difference.ts';
import { differenceText, summary } from '../../../report/views/mapping-view.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

const CATEGORY = 'Set up';

const notConfirmed = (what: string) =>
  new Refusal('NOT_CONFIRMED', `${what}: not confirmed`, 'Nothing was changed.');

export class MapInit extends ConfiguredCommand {
  static override paths = [['map', 'init']];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: 'begin the ledger of a store, once',
    details:
      'On the empty mapping, which carries no signatures; or, where an older tool has published a mapping in the store, on that one, after showing it. Never over an existing ledger.',
    examples: [['In a folder', '$0 map init --store file:store --trust trust.json']],
  });
  yes = Option.Boolean('--yes', false, { description: "begin on an older tool's mapping without asking" });

  async main(): Promise<Result> {
    const trust = this.trust();
    const { world } = this;
    const services = { store: await this.store(true), trust, copy: this.copy(), world };
    const { published, isNew } = await begin(services, async ({ mapping }) => {
      world.stderr.write(`${services.store.name} has a mapping of another tool:\n${summary(mapping)}`);
      if (!this.yes && !(await askYes(world, 'Begin the ledger on this mapping?')))
        throw notConfirmed('map init');
    });
    const { mapping } = published;
    const what = isNew ? 'The empty mapping is' : 'The ledger begins on the mapping that was';
    return {
      json: { mapping: mapping.digest, assets: mapping.size },
      text: `${what} in ${services.store.name}, for a policy of ${trust.n} of ${trust.m}.\n${summary(mapping)}`,
    };
  }
}

export class MapAdopt extends ConfiguredCommand {
  static override paths = [['map', 'adopt']];
  static override usage = Command.Usage({
    category: 'When something failed',
    description: 'take a mapping that another tool published into the ledger',
    details:
      'Shows what it changes first. From then on requests are made on it. Refused while a proposal is being sent.',
    examples: [['After an older script replaced map.json', '$0 map adopt']],
  });
  yes = Option.Boolean('--yes', false, { description: 'do not ask' });

  async main(): Promise<Result> {
    const services = await this.services();
    const { world } = services;
    const show = (before: Published, after: Published) => {
      const diff = difference(before.mapping, after.mapping);
      world.stderr.write(differenceText(before.mapping, after.mapping, diff, widthOf(world)));
    };
    const { published, settled, dropped, staleCoins } = await adopt(services, async (before, after) => {
      show(before, after);
      if (!this.yes && !(await askYes(world, 'Take this mapping into the ledger?')))
        throw notConfirmed('map adopt');
    });
    const { mapping } = published;
    const lines = [`The mapping ${mapping.digest} of height ${mapping.height} is the current one.`];
    if (settled.length > 0)
      lines.push(
        `${listed(settled)} ${isAre(settled.length)} settled by it: no coin is reserved for them any more.`,
      );
    if (dropped.length > 0)
      lines.push(
        `It lacks ${listed(dropped)}, which the mapping before had: \`countersign report\` shows their tokens.`,
      );
    if (staleCoins.length > 0)
      lines.push(
        `It spent ${counted(staleCoins.length, 'coin')} of the list: run \`countersign coins scan\` before the next issuance.`,
      );
    return {
      json: { mapping: mapping.digest, assets: mapping.size, settled, dropped, staleCoins },
      text: `${lines.join('\n')}\n`,
    };
  }
}
