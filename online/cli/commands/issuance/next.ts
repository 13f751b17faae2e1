/** `countersign next`: the state in one sentence, and the command to run now. */
import { Command } from 'clipanion';
import { runProposalLoop } from '../../../proposal/proposal-loop.ts';
import { situationSentence } from '../../../proposal/texts/stages.ts';
import { findNextCommandLine, nextCommandLineText } from '../../carried/next-command-line.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { checkController } from '../setup/answer-checks.ts';

/** A short timeout, as for `status`. */
const PATIENCE = { deadlineMs: 8000, attempts: 1 };

export class NextCommand extends ConfiguredCommand {
  static override paths = [['next']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'show the state in one sentence, and the command to run now',
    details:
      '`countersign` without a command does the same in a folder with a configuration. `countersign status` shows more. The command looks for files of the open proposal in this folder and on the configured stick.',
    examples: [['At any time', '$0 next']],
  });

  async main(): Promise<Result> {
    // A missing folder counts as a store without a ledger. Then `next` prints `map init`.
    const services = await this.services(PATIENCE, true);
    const { controller } = this.config;
    if (controller !== undefined) checkController(controller, services.trust.m);
    const { situation } = await runProposalLoop(services, { intent: 'look' });
    const line = findNextCommandLine(services, this.config, situation);
    const stage = situationSentence(situation);
    const who = controller === undefined ? '' : `Controller ${controller}. `;
    return {
      json: {
        controller: controller === undefined ? null : Number(controller),
        stage: situation.stage.kind,
        command: line.command,
        on: line.on,
      },
      text: `${who}${stage}\n${nextCommandLineText(line)}`,
    };
  }
}
