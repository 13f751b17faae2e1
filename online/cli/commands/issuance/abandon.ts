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
import { maxTipAgeOption, tipAge } from '../options.ts';

const NOBODY = 'nobody signed';

/** What happens to the proposal's bars and coins. */
function after({ does, references }: Abandoned, unsigned: boolean): string {
  switch (does) {
    case 'redemptions':
      return `Its burns stay good: the redemption can be prepared again. A laptop that signed it refuses these burns for another bar until another mapping is published and \`signer release ${references.length === 1 ? shellWord(references[0] as string) : 'REFERENCE'}\` was run on it.`;
    case 'corrections':
      return 'The mapping is as it was.';
    case 'issuances':
    case null:
      return unsigned
        ? 'Its coins are free again.'
        : 'Prepared again, these assets are put on the same coins.';
  }
}

export class Abandon extends ConfiguredCommand {
  static override paths = [['abandon']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'abandon the open proposal',
    details:
      'Refused once anything may have been sent; one that is being sent can be abandoned when its period is over and none of its coins is spent. The coins of an issuance stay reserved: the same assets, proposed again, are put on the same coins. Only where nobody signed the request are they freed, with --unsigned. The burns of a redemption stay good.',
    examples: [
      ['The open one', '$0 abandon'],
      ['One that nobody signed', '$0 abandon --unsigned'],
    ],
  });
  request = Option.String('--request', { description: 'the digest of the proposal that is meant' });
  unsigned = Option.Boolean('--unsigned', false, {
    description: 'nobody signed it: its coins are freed for other assets',
  });
  nobodySigned = Option.Boolean('--i-asked-every-controller-and-nobody-signed', false, {
    description: 'with --unsigned, in place of typing so',
  });
  yes = Option.Boolean('--yes', false, { description: 'do not ask' });
  maxTipAge = maxTipAgeOption();

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const services = await this.services();
    const agree = async ({ digest, references, signed }: Abandoned) => {
      const which = `the proposal ${reviewCode(digest)} of ${listed(references)}`;
      if (!this.yes && signed.length > 0)
        services.world.stderr.write(
          `Signed by ${sayControllers(signed)}. A \`countersign finalise\` of it may be waiting on another PC: it ends then.\n`,
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
      `Only if no controller signed ${which}, on any laptop, may its coins go to other assets. Ask each of them.\n`,
    );
    const typed = await ask(world, `Type "${NOBODY}": `, '--i-asked-every-controller-and-nobody-signed', {
      fresh: true,
    });
    if (typed.trim().toLowerCase() === NOBODY) return;
    throw new Refused({ kind: 'not-confirmed', intent: 'that nobody signed it', unseen: [] });
  }
}
