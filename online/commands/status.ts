import { Command } from 'clipanion';
import { summary } from '../mapping-view.ts';
import { status } from '../steps/status.ts';
import { counted } from '../words.ts';
import { BaseCommand, type Result } from './base.ts';

export class Status extends BaseCommand {
  static override paths = [['status']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'where the open proposal stands, and what comes next',
    examples: [['At any time', '$0 status']],
  });

  async main(): Promise<Result> {
    const { state, next, published, proposal, missing, required, height } = await status(
      await this.services(),
    );
    const digest = proposal?.request.digest ?? null;
    const controllers = proposal?.signatures.map(s => s.controller) ?? [];
    const which = proposal
      ? `Proposal ${proposal.request.reviewCode} of ${counted(proposal.request.issuances.length, 'asset')}: ${state}.`
      : 'No proposal is open.';
    return {
      json: {
        state,
        next,
        digest,
        controllers,
        missing,
        required,
        height,
        mapping: published.mapping.digest,
      },
      text: `${which}\n${next}\nThe published mapping\n${summary(published.mapping)}`,
    };
  }
}
