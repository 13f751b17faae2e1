/** `countersign submit`: verifies and uploads signatures. */
import { Command, Option } from 'clipanion';
import type { Derivation } from '../../../../shared/derive.ts';
import { firstBlockOfNextPeriod } from '../../../../shared/token-schedule.ts';
import { type Answer, olderScriptAnswers } from '../../../legacy/redemption-answers.ts';
import { submitSignatures } from '../../../proposal/commands/submit.ts';
import { findNextCommandLine, type NextCommandLine } from '../../carried/next-command-line.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { OVER_OLDER_HELP } from '../options.ts';
import { readRequestFile, readSignaturesFiles } from './given-files.ts';
import {
  FINALISE_NEXT,
  nextSignatureText,
  olderScriptIntroText,
  submittedText,
  wrongControllerText,
} from './texts.ts';

/**
 * @param me controller of this PC; undefined if none is configured, or if this controller has signed
 * @returns a sentence, and the command for this PC. The command is null if another controller is next
 */
export function stepAfterSubmit(
  missing: number,
  me: string | undefined,
  { command, why }: Pick<NextCommandLine, 'command' | 'why'>,
): { command: string | null; text: string } {
  if (missing <= 0) return { command: 'countersign finalise', text: FINALISE_NEXT };
  if (me === undefined || command === null) return { command: null, text: nextSignatureText(missing, null) };
  return { command, text: nextSignatureText(missing, { controller: me, command, why }) };
}

/**
 * A sentence about a wrong controller number in the configuration. Without this sentence, a PC with a
 * wrong number would ask its controller to sign again and again.
 */
export function wrongControllerSentences(
  files: readonly { controller: number }[],
  configured: string | undefined,
  signed: readonly number[],
): string[] {
  const me = Number(configured);
  const given = files.map(({ controller }) => controller);
  const isRight = configured === undefined || signed.includes(me) || given.includes(me);
  return isRight ? [] : [wrongControllerText(me, given)];
}

function olderScriptAnswerLines(answers: readonly Answer[], { redemptions }: Derivation): string[] {
  const end = Math.min(...redemptions.map(({ request }) => firstBlockOfNextPeriod(request.height)));
  return [
    olderScriptIntroText(redemptions.length, end),
    ...answers.map(({ question, answer }) => `  ${question} ${answer}`),
  ];
}

export class SubmitCommand extends ConfiguredCommand {
  static override paths = [['submit']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'coordinator: verify signatures and upload the proposal',
    details:
      'Uploads the request, its signatures, and the partially signed objects that the older scripts read. Signatures may be given one at a time, in any order, and more than once.',
    examples: [['After signing', '$0 submit signatures.json']],
  });
  signatures = Option.Rest({ required: 1, name: 'SIGNATURES' });
  request = Option.String('--request', {
    description: 'file of the request, if the store has lost the request',
  });
  overOlder = Option.Boolean('--over-older', false, {
    description: OVER_OLDER_HELP,
  });

  async main(): Promise<Result> {
    const services = await this.services();
    const { request, derivation, controllers, files, situation } = await submitSignatures(services, {
      files: readSignaturesFiles(this.world, this.signatures),
      requestFile: this.request === undefined ? undefined : readRequestFile(this.world, this.request),
      overOlder: this.overOlder,
    });
    const required = services.trust.n;
    const missing = required - controllers.length;
    const { controller } = this.config;
    const me = controllers.includes(Number(controller)) ? undefined : controller;
    const next = stepAfterSubmit(missing, me, findNextCommandLine(services, this.config, situation));
    const answers = missing > 0 ? olderScriptAnswers(derivation) : null;
    return {
      json: {
        ...{ digest: request.digest, controllers, required, files },
        command: next.command,
        ...(answers ? { answers } : {}),
      },
      text: [
        submittedText(request.reviewCode, services.store.name, controllers, required),
        next.text,
        ...wrongControllerSentences(files, controller, controllers),
        ...(answers ? olderScriptAnswerLines(answers, derivation) : []),
        '',
      ].join('\n'),
    };
  }
}
