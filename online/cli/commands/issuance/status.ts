/** `countersign status`: the state of the open proposal, and the next step. */
import { Command } from 'clipanion';
import { barsOfChanges, kindOfChange } from '../../../../shared/changes.ts';
import { reviewCode } from '../../../../shared/review-code.ts';
import { tipText } from '../../../node/checks/best-block.ts';
import { readStatus } from '../../../proposal/commands/status.ts';
import { barCountText } from '../../../proposal/texts/explanation.ts';
import { noneOpenSentence } from '../../../proposal/texts/stages.ts';
import { summaryText } from '../../../report/views/mapping-view.ts';
import { findNextCommandLine, nextCommandLineText } from '../../carried/next-command-line.ts';
import { EXIT_REFUSED } from '../../errors/error-output.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';

/** A short timeout, because most of the output does not need the node, and the person should not wait. */
const PATIENCE = { deadlineMs: 8000, attempts: 1 };

export class StatusCommand extends ConfiguredCommand {
  static override paths = [['status']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'show the state of the open proposal, and the next step',
    examples: [['At any time', '$0 status']],
  });

  async main(): Promise<Result> {
    const services = await this.services(PATIENCE);
    const { trust, world } = services;
    const { state, next, published, situation, missing, height, tip, problem } = await readStatus(services);
    const { stage } = situation;
    const hand = 'request' in stage ? stage : null;
    const digest = hand?.request.digest ?? (stage.kind === 'broken' ? stage.proposal.request : null);
    const which = hand
      ? `Proposal ${hand.request.reviewCode} of ${barCountText(hand.request)}: ${state}.`
      : digest === null
        ? noneOpenSentence(situation.state)
        : `Proposal ${reviewCode(digest)}: ${state}.`;
    const profile = `${trust.reviewCode} (${trust.n} of ${trust.m} controllers on ${trust.network.name})`;
    const controllers = hand?.signed ?? [];
    const does = hand ? kindOfChange(hand.request) : null;
    const bars = hand ? barsOfChanges(hand.request) : [];
    const facts = { state, next, digest, does, bars, controllers, missing, required: trust.n, height };
    const line = findNextCommandLine(services, this.config, situation);
    const troubles = situation.troubles.map(({ kind }) => kind);
    const json = {
      ...facts,
      mapping: situation.state?.mapping ?? null,
      troubles,
      profile: trust.reviewCode,
      command: line.command,
    };
    const known = situation.troubles.every(({ kind }) => kind !== 'node') ? tip : null;
    const chain = known ? `Chain at ${tipText(known, world.now() / 1000)}.\n` : '';
    const mapping = published ? summaryText(published.mapping) : '';
    const text = `${which}\n${next}\nThe published mapping\n${mapping}  profile      ${profile}\n${chain}Next\n${nextCommandLineText(line)}`;
    if (!problem) return { json, text };
    const { code, message, hint } = problem;
    world.stderr.write(`error ${code}: ${message}\n${hint}\n`);
    return { json: { ...json, error: { code, message, hint } }, text, exitCode: EXIT_REFUSED };
  }
}
