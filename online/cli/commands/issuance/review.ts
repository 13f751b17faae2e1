/** `countersign review`, for the confirmer: fetches and verifies the open proposal. */
import { Command } from 'clipanion';
import { windowWidth } from '../../../platform/world.ts';
import { requestFileBytes, signCommandLine } from '../../../proposal/commands/request-file.ts';
import { reviewProposal } from '../../../proposal/commands/review.ts';
import { compareEntries } from '../../../report/mapping-difference.ts';
import { differenceText } from '../../../report/views/mapping-view.ts';
import { requestJson, requestView } from '../../../report/views/request-view.ts';
import { RequestOutput } from '../../carried/request-output.ts';
import { requestWarnings, warningsText } from '../../warnings/warnings.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import {
  digestOption,
  maxTipAgeOption,
  outOption,
  overwriteOption,
  parseTipAge,
  withoutBaseOption,
} from '../options.ts';
import { reviewedText, reviewVerdictText } from './texts.ts';

export class ReviewCommand extends ConfiguredCommand {
  static override paths = [['review']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'confirmer: fetch the open proposal, check everything, and write the request to sign',
    examples: [
      ['Before signing', '$0 review'],
      ['With another file name', '$0 review --out usb/request.json'],
    ],
  });
  out = outOption();
  request = digestOption();
  maxTipAge = maxTipAgeOption();
  withoutBase = withoutBaseOption();
  overwrite = overwriteOption();

  override readonly isPaged = true;

  async main(): Promise<Result> {
    const maxTipAge = parseTipAge(this.maxTipAge);
    const { stick } = this.config;
    const output = new RequestOutput(this.world, { ...this, stick });
    output.check();
    const services = await this.services();
    const { request, derivation, signatures, blocksLeft, chain, gone } = await reviewProposal(services, {
      maxTipAge,
      request: this.request,
    });
    const out = output.write(request, requestFileBytes(derivation, !this.withoutBase, signatures));
    services.state.keepRequest(request);
    const diff = compareEntries(derivation.base, derivation.mapping);
    const have = signatures.map(s => s.controller);
    const warnings = await requestWarnings(services, derivation, chain, gone);
    const view = requestView(derivation, chain.evidence.burns);
    return {
      json: {
        ...requestJson(derivation, view, out, blocksLeft, warnings),
        controllers: have,
      },
      text: [
        view.text(windowWidth(this.world)),
        '\nThe mapping\n',
        differenceText(derivation.base, derivation.mapping, diff, windowWidth(this.world), null),
        warningsText(warnings),
        reviewVerdictText(have, services.trust),
        reviewedText(out, view.hasPeriod ? blocksLeft : null),
        signCommandLine(out),
        `review code  ${request.reviewCode}\n`,
      ].join(''),
    };
  }
}
