/** `countersign finalise`: completes a proposal, from its signatures to the published mapping. */
import { dirname } from 'node:path';
import { Command, Option } from 'clipanion';
import type { Changes } from '../../../../shared/changes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { reviewCode } from '../../../../shared/review-code.ts';
import { blocksLeft } from '../../../../shared/token-schedule.ts';
import { keys } from '../../../ledger/object-keys.ts';
import { printablePath } from '../../../platform/files.ts';
import type { StopText } from '../../../platform/stop-signals.ts';
import { pathWord } from '../../../platform/text/shell-words.ts';
import { windowWidth } from '../../../platform/world.ts';
import { finaliseProposal, type ToSend } from '../../../proposal/commands/finalise.ts';
import { RefusedError } from '../../../proposal/texts/refused-error.ts';
import { requestView } from '../../../report/views/request-view.ts';
import { findCarriedFiles } from '../../carried/carried-files.ts';
import { askYes } from '../../terminal/prompts.ts';
import { requestWarnings, warningsText } from '../../warnings/warnings.ts';
import { type CliServices, ConfiguredCommand, type Result } from '../base-command.ts';
import {
  confirmationsOption,
  maxTipAgeOption,
  parseConfirmations,
  parseSeconds,
  parseTipAge,
  yesOption,
} from '../options.ts';
import { readRequestFile, readSignaturesFiles } from './given-files.ts';
import {
  makeFinaliseStopText,
  otherProposalText,
  otherSignaturesText,
  sentLine,
  signedText,
} from './texts.ts';

export class FinaliseCommand extends ConfiguredCommand {
  static override paths = [['finalise'], ['finalize']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'confirmer: send the transactions, wait, verify on chain, publish the mapping',
    details:
      'The command is safe to repeat. If it was stopped at any point, run the same command again: it continues from there. Signatures that are in the store need not be given again.',
    examples: [['After signing', '$0 finalise signatures.json']],
  });
  /** Needed for the help, because clipanion's list of operands omits optional operands. */
  static operands = '[SIGNATURES ...]';
  signatures = Option.Rest({ name: 'SIGNATURES' });
  request = Option.String('--request', {
    description: 'file of the request, if neither this PC nor the store has the request',
  });
  yes = yesOption('do not ask before sending');
  poll = Option.String('--poll', '5', {
    description: 'seconds between two checks of the chain (default 5)',
  });
  confirmations = confirmationsOption(
    'confirmations to wait for (default 1 for each transaction, 30 for each burn)',
  );
  maxTipAge = maxTipAgeOption();

  /** Kind of the request; null before the request was read. */
  private kind: keyof Changes | null = null;

  override stopped(): StopText {
    const { written, sent } = this.activity;
    const done = { published: written.has(keys.mapping), wrote: written.size > 0, sent: sent > 0 };
    return makeFinaliseStopText(done, this.kind === 'issuances' || this.kind === null);
  }

  async main(): Promise<Result> {
    const poll = parseSeconds('--poll', this.poll);
    const confirmations = parseConfirmations(this.confirmations);
    const maxTipAge = parseTipAge(this.maxTipAge);
    const services = await this.services();
    const { derivation, burns, mapping, transactions, isEarlier, open } = await finaliseProposal(services, {
      files: readSignaturesFiles(this.world, this.signatures),
      requestFile: this.request === undefined ? undefined : readRequestFile(this.world, this.request),
      ...{ maxTipAge, poll, confirmations },
      begins: kind => {
        this.kind = kind;
      },
      agree: this.yes ? undefined : toSend => this.ask(services, toSend, confirmations),
    }).catch(error => {
      throw this.withFiles(error);
    });
    const assets = derivation.issuances.map(({ reference, assetId }) => ({ reference, assetId }));
    const view = requestView(derivation, burns);
    const { issuances: _, ...others } = view.json;
    return {
      json: { mapping, transactions, assets, ...others, isEarlier, open },
      text: [
        ...assets.map(({ reference }, i) =>
          sentLine(reference, transactions[i] as string, windowWidth(this.world)),
        ),
        `${view.done(isEarlier)}\n`,
        `mapping  ${mapping}\n`,
        open === null ? '' : otherProposalText(reviewCode(open)),
      ].join(''),
    };
  }

  /**
   * If signatures are missing, adds to the error the files on this PC and its stick that have such
   * signatures.
   */
  private withFiles(error: unknown): unknown {
    if (!(error instanceof RefusedError) || error.data.kind !== 'need-signatures') return error;
    const { request, signed, needed, chosen, isOpen, isOnChain } = error.data;
    const { stick = '' } = this.config;
    const given = [this.request, ...this.signatures].flatMap(file =>
      file === undefined ? [] : dirname(file),
    );
    const { signatures } = findCarriedFiles(this.world, [...new Set([stick, '', ...given])], request);
    const found = [...signatures].filter(([one]) => !signed.includes(one) && (chosen?.includes(one) ?? true));
    if (found.length === 0) return error;
    const names = found.map(([controller, name]) => `${printablePath(name)} (controller ${controller})`);
    const mayStore = isOpen && !isOnChain && chosen === null;
    const isEnough = signed.length + found.length >= needed || !mayStore;
    const words = [...this.signatures, ...found.map(([, name]) => name)].map(pathWord);
    const line = `countersign ${isEnough ? 'finalise' : 'submit'} ${words.join(' ')}`;
    const then = isEnough ? '' : ` ${error.hint}`;
    return new Refusal(error.code, error.message, `${otherSignaturesText(names, line)}${then}`);
  }

  private async ask(
    services: CliServices,
    { derivation, signed, chain, files, gone }: ToSend,
    confirmations: number | undefined,
  ): Promise<void> {
    const { stderr } = services.world;
    const view = requestView(derivation, chain.evidence.burns, confirmations);
    stderr.write(view.text(windowWidth(services.world)));
    stderr.write(warningsText(await requestWarnings(services, derivation, chain, gone)));
    stderr.write(signedText(signed, view.hasPeriod ? blocksLeft(chain.tip.height) : null));
    stderr.write(`review code  ${derivation.request.reviewCode}\n`);
    if (await askYes(services.world, view.question, { isFinal: true })) return;
    const unseen = files.filter(({ isNew }) => isNew).map(({ file }) => file);
    throw new RefusedError({ kind: 'not-confirmed', intent: view.what, unseen });
  }
}
