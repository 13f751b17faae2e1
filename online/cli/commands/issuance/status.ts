/** `countersign status`: where the open proposal stands, and what is next. */
import { Command } from 'clipanion';
import { counted } from '../../../platform/text/words.ts';
import { summary } from '../../../report/views/mapping-view.ts';
import { status } from '../../../steps/status.ts';
import { EXIT_REFUSED } from '../../errors/guard.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

/** Who looks where things stand wants to know soon that the node is away; nothing depends on the answer. */
const PATIENCE = { deadlineMs: 8000, attempts: 1 };

export class Status extends ConfiguredCommand {
  static override paths = [['status']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'where the open proposal stands, and what comes next',
    examples: [['At any time', '$0 status']],
  });

  async main(): Promise<Result> {
    const services = await this.services(PATIENCE);
    const { trust, world } = services;
    const { state, next, published, proposal, missing, required, height, problem } = await status(services);
    const digest = proposal?.request.digest ?? null;
    const controllers = proposal?.signatures.map(s => s.controller) ?? [];
    const which = proposal
      ? `Proposal ${proposal.request.reviewCode} of ${counted(proposal.request.issuances.length, 'asset')}: ${state}.`
      : 'No proposal is open.';
    const profile = `${trust.reviewCode} (${trust.n} of ${trust.m} controllers on ${trust.network.name})`;
    const facts = { state, next, digest, controllers, missing, required, height };
    const json = { ...facts, mapping: published.mapping.digest, profile: trust.reviewCode };
    const text = `${which}\n${next}\nThe published mapping\n${summary(published.mapping)}  profile      ${profile}\n`;
    if (!problem) return { json, text };
    const { code, message, hint } = problem;
    world.stderr.write(`error ${code}: ${message}\n${hint}\n`);
    return { json: { ...json, error: { code, message, hint } }, text, exitCode: EXIT_REFUSED };
  }
}
