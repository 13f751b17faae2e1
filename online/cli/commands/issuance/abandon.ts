/** `countersign abandon`: gives up the open proposal. */
import { Command, Option } from 'clipanion';
import { Refusal } from '../../../../shared/errors.ts';
import { type Request, referenceOf } from '../../../../shared/request.ts';
import { listed } from '../../../platform/text/words.ts';
import { abandon } from '../../../steps/abandon.ts';
import { askYes } from '../../terminal/prompts.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import { tipAge } from '../options.ts';

export class Abandon extends ConfiguredCommand {
  static override paths = [['abandon']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'give up the open proposal',
    details:
      'Refused once anything may have been sent; one that was begun can be given up when its period is over and none of its coins is spent. Its coins are remembered: the same assets, proposed again, are put on the same coins.',
    examples: [['The open one', '$0 abandon']],
  });
  request = Option.String('--request', { description: 'the digest, if several are open' });
  yes = Option.Boolean('--yes', false, { description: 'do not ask' });
  maxTipAge = Option.String('--max-tip-age', '100', {
    description: 'refuse a best block older than this many seconds (100)',
  });

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const services = await this.services();
    const agree = async ({ reviewCode, issuances }: Request) => {
      const question = `Give up the proposal ${reviewCode} of ${listed(issuances.map(referenceOf))}?`;
      if (this.yes || (await askYes(services.world, question))) return;
      throw new Refusal('NOT_CONFIRMED', 'giving up was not confirmed', 'The proposal stays open.');
    };
    const request = await abandon(services, { request: this.request, maxTipAge, agree });
    const assets = request.issuances.map(referenceOf);
    return {
      json: { digest: request.digest, assets },
      text: `The proposal ${request.reviewCode} is given up: ${assets.join(', ')}. Prepared again, these assets are put on the same coins.\n`,
    };
  }
}
