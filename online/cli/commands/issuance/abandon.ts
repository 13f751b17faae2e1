/** `countersign abandon`: abandons the open proposal. */
import { Command, Option } from 'clipanion';
import { reviewCode } from '../../../../shared/review-code.ts';
import { joinFirstTexts } from '../../../platform/text/words.ts';
import type { World } from '../../../platform/world.ts';
import { type Abandoned, abandonProposal } from '../../../proposal/commands/abandon.ts';
import { RefusedError } from '../../../proposal/texts/refused-error.ts';
import { askLine, askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { digestOption, maxTipAgeOption, parseTipAge, yesOption } from '../options.ts';
import { abandonedText, askEveryControllerText, finaliseMayWaitText, NOBODY } from './texts.ts';

export class AbandonCommand extends ConfiguredCommand {
  static override paths = [['abandon']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'abandon the open proposal',
    details:
      'The command is refused if a coin of the proposal is spent. If transactions may have been sent, it is also refused until the period is over. The coins of an issuance stay reserved: if the same assets are prepared again, they get the same coins. If no controller signed the request, --unsigned frees the coins. The burns of a redemption stay valid.',
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
    const maxTipAge = parseTipAge(this.maxTipAge);
    const services = await this.services();
    const agree = async ({ digest, references, signed }: Abandoned) => {
      const which = `the proposal ${reviewCode(digest)} of ${joinFirstTexts(references)}`;
      if (!this.yes && signed.length > 0) services.world.stderr.write(finaliseMayWaitText(signed));
      if (this.unsigned) return this.askUnsigned(services.world, which);
      if (this.yes || (await askYes(services.world, `Abandon ${which}?`, { isFinal: true }))) return;
      throw new RefusedError({ kind: 'not-confirmed', intent: 'abandoning', unseen: [] });
    };
    const abandoned = await abandonProposal(services, {
      ...{ request: this.request, maxTipAge, unsigned: this.unsigned },
      agree,
    });
    const { digest, references: assets, does } = abandoned;
    return {
      json: { digest, does, assets },
      text: `The proposal ${reviewCode(digest)} is abandoned: ${assets.join(', ')}. ${abandonedText(abandoned, this.unsigned)}\n`,
    };
  }

  /**
   * Asks for two words in place of `yes`, because a wrong answer frees a coin that a signed transaction may
   * still spend.
   */
  private async askUnsigned(world: World, which: string): Promise<void> {
    if (this.nobodySigned) return;
    world.stderr.write(askEveryControllerText(which));
    const typed = await askLine(world, `Type "${NOBODY}": `, '--i-asked-every-controller-and-nobody-signed', {
      fresh: true,
    });
    if (typed.trim().toLowerCase() === NOBODY) return;
    throw new RefusedError({ kind: 'not-confirmed', intent: `the statement "${NOBODY}"`, unseen: [] });
  }
}
