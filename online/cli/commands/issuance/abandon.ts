/** `countersign abandon`: abandons the open proposal. */
import { Command, Option } from 'clipanion';
import { reviewCode } from '../../../../shared/review-code.ts';
import { shellWord } from '../../../../shared/shell.ts';
import { listed, sayControllers } from '../../../platform/text/words.ts';
import type { World } from '../../../platform/world.ts';
import { type Abandoned, abandon } from '../../../proposal/commands/abandon.ts';
import { Refused } from '../../../proposal/texts/refused.ts';
import { ask, askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import { digestOption, maxTipAgeOption, tipAge, yesOption } from '../options.ts';

const NOBODY = 'nobody signed';

/** What happens to the proposal's bars and coins. */
function after({ does, references }: Abandoned, unsigned: boolean): string {
  switch (does) {
    case 'redemptions':
      return `Its burns stay valid, and the redemption can be prepared again. A laptop that signed the proposal refuses these burns for another bar. The laptop accepts these burns after another mapping is published and \`signer release ${references.length === 1 ? shellWord(references[0] as string) : 'REFERENCE'}\` was run on the laptop.`;
    case 'corrections':
      return 'The mapping was not changed.';
    case 'issuances':
    case null:
      return unsigned
        ? 'Its coins are free again.'
        : 'If these assets are prepared again, they get the same coins.';
  }
}

export class Abandon extends ConfiguredCommand {
  static override paths = [['abandon']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'abandon the open proposal',
    details:
      'Refused if anything may have been sent. A proposal that is being sent can be abandoned when its period is over and none of its coins is spent. The coins of an issuance stay reserved: if the same assets are prepared again, they get the same coins. If no controller signed the request, --unsigned frees the coins. The burns of a redemption stay valid.',
    examples: [
      ['The open proposal', '$0 abandon'],
      ['A proposal that no controller signed', '$0 abandon --unsigned'],
    ],
  });
  request = digestOption();
  unsigned = Option.Boolean('--unsigned', false, {
    description: 'no controller signed the proposal: free its coins for other assets',
  });
  nobodySigned = Option.Boolean('--i-asked-every-controller-and-nobody-signed', false, {
    description: `with --unsigned: do not ask to type "${NOBODY}"`,
  });
  yes = yesOption();
  maxTipAge = maxTipAgeOption();

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const services = await this.services();
    const agree = async ({ digest, references, signed }: Abandoned) => {
      const which = `the proposal ${reviewCode(digest)} of ${listed(references)}`;
      if (!this.yes && signed.length > 0)
        services.world.stderr.write(
          `Signed by ${sayControllers(signed)}. If \`countersign finalise\` is waiting on another PC for this proposal, that command ends.\n`,
        );
      if (this.unsigned) return this.askUnsigned(services.world, which);
      if (this.yes || (await askYes(services.world, `Abandon ${which}?`))) return;
      throw new Refused({ kind: 'not-confirmed', intent: 'abandoning', unseen: [] });
    };
    const abandoned = await abandon(services, {
      ...{ request: this.request, maxTipAge, unsigned: this.unsigned },
      agree,
    });
    const { digest, references: assets, does } = abandoned;
    return {
      json: { digest, does, assets },
      text: `The proposal ${reviewCode(digest)} is abandoned: ${assets.join(', ')}. ${after(abandoned, this.unsigned)}\n`,
    };
  }

  /** Requires more than a yes: a mistake frees a coin that a signed transaction may still spend. */
  private async askUnsigned(world: World, which: string): Promise<void> {
    if (this.nobodySigned) return;
    world.stderr.write(
      `If a controller signed ${which} on any laptop, its coins must not go to other assets. Ask each controller first.\n`,
    );
    const typed = await ask(world, `Type "${NOBODY}": `, '--i-asked-every-controller-and-nobody-signed', {
      fresh: true,
    });
    if (typed.trim().toLowerCase() === NOBODY) return;
    throw new Refused({ kind: 'not-confirmed', intent: 'that nobody signed it', unseen: [] });
  }
}
