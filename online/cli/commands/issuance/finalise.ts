/** `countersign finalise`: completes a proposal, from its signatures to the published mapping. */
import { Command, Option } from 'clipanion';
import { blocksLeft } from '../../../../shared/schedule.ts';
import { keys } from '../../../ledger/objects.ts';
import type { StopText } from '../../../platform/stop.ts';
import { counted, isAre } from '../../../platform/text/words.ts';
import { blocksText } from '../../../platform/waiting.ts';
import { widthOf } from '../../../platform/world.ts';
import { finalise, type ToSend } from '../../../proposal/commands/finalise.ts';
import { Refused } from '../../../proposal/texts/refused.ts';
import { issuanceTable, sumOfMasses } from '../../../report/views/issuance-view.ts';
import { sayControllers } from '../../../report/views/mapping-view.ts';
import { warningsOf, warningsText } from '../../assets/warnings.ts';
import { askYes } from '../../terminal/prompts.ts';
import { type CliServices, ConfiguredCommand, type Result } from '../base.ts';
import { maxTipAgeOption, seconds, tipAge, wholeNumber } from '../options.ts';
import { readGivenFiles, readRequestFile } from './files.ts';

const EARLIER = '; an earlier run may have sent transactions';

export class Finalise extends ConfiguredCommand {
  static override paths = [['finalise'], ['finalize']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'confirmer: send the transactions, wait, verify on chain, publish the mapping',
    details:
      'Safe to repeat: killed at any point, the same command goes on where it stopped. Signatures in the store need not be given again.',
    examples: [['After signing', '$0 finalise signatures.json']],
  });
  /** Clipanion names none that may be left out. */
  static operands = '[SIGNATURES ...]';
  signatures = Option.Rest({ name: 'SIGNATURES' });
  request = Option.String('--request', {
    description: 'the request, if neither this PC nor the store has it',
  });
  yes = Option.Boolean('--yes', false, { description: 'do not ask before sending' });
  poll = Option.String('--poll', '5', { description: 'seconds between two looks at the chain (5)' });
  confirmations = Option.String('--confirmations', '1', { description: 'blocks to wait for (1)' });
  maxTipAge = maxTipAgeOption();

  override stopped(): StopText {
    const { written, sent } = this.activity;
    const state = written.has(keys.mapping)
      ? 'the mapping is published, or was about to be; what follows it may be missing'
      : sent > 0
        ? 'transactions are on their way, and the mapping is not published yet'
        : written.size > 0
          ? `this run has sent nothing; the request and its signatures are in the store${EARLIER}`
          : `this run has sent nothing and changed nothing${EARLIER}`;
    return {
      message: `stopped: ${state}`,
      hint: 'Run the same command again: it goes on where it stopped, and nothing is sent twice. `countersign status` shows where it stands.',
    };
  }

  async main(): Promise<Result> {
    const poll = seconds('--poll', this.poll);
    const confirmations = wholeNumber('--confirmations', this.confirmations, 1, 1000);
    const maxTipAge = tipAge(this.maxTipAge);
    const services = await this.services();
    const { derivation, mapping, transactions } = await finalise(services, {
      files: readGivenFiles(this.world, this.signatures),
      requestFile: this.request === undefined ? undefined : readRequestFile(this.world, this.request),
      ...{ maxTipAge, poll, confirmations },
      agree: this.yes ? undefined : toSend => this.ask(services, toSend),
    });
    const assets = derivation.issuances.map(({ reference, assetId }) => ({ reference, assetId }));
    return {
      json: { mapping, transactions, assets },
      text: [
        ...assets.map(({ reference }, i) => `  ${reference}  ${transactions[i]}\n`),
        `${counted(assets.length, 'asset')} of ${sumOfMasses(derivation)} ${isAre(assets.length)} issued, and the mapping is published: ${counted(derivation.mapping.size, 'asset')}, total mass ${derivation.mapping.totalMass}.\n`,
        `mapping  ${mapping}\n`,
      ].join(''),
    };
  }

  private async ask(
    { world, trust }: CliServices,
    { derivation, signed, height, files }: ToSend,
  ): Promise<void> {
    world.stderr.write(issuanceTable(derivation, widthOf(world)));
    world.stderr.write(warningsText(warningsOf(derivation, trust)));
    world.stderr.write(
      `Signed by ${sayControllers(signed)}; ${blocksText(blocksLeft(height))} of the period are left.\n`,
    );
    if (await askYes(world, 'Send these transactions? This cannot be undone.')) return;
    const unseen = files.filter(({ isNew }) => isNew).map(({ file }) => file);
    throw new Refused({ kind: 'not-confirmed', intent: 'the sending', unseen });
  }
}
