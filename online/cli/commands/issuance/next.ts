import { Command } from 'clipanion';
import { nextWay } from '../../../proposal/plan/next.ts';
import { run } from '../../../proposal/run.ts';
import { stageSentence } from '../../../proposal/texts/stages.ts';
import { ConfiguredCommand, type Result } from '../base.ts';

/** As `status`: who looks wants to know soon that the node is away. */
const PATIENCE = { deadlineMs: 8000, attempts: 1 };

export class Next extends ConfiguredCommand {
  static override paths = [['next']];
  static override usage = Command.Usage({
    category: 'An issuance',
    description: 'where things stand in one sentence, and the command to run now',
    details:
      '`countersign` alone does the same in a folder with a configuration. `countersign status` says more.',
    examples: [['At any time', '$0 next']],
  });

  async main(): Promise<Result> {
    const services = await this.services(PATIENCE);
    const { situation } = await run(services, { intent: 'look' });
    const way = nextWay(situation, services.trust);
    const command = 'run' in way ? `countersign ${way.run}` : null;
    const stage = stageSentence(situation.stage);
    const rest = command ?? '`countersign status` says what has to be done first.';
    return { json: { stage: situation.stage.kind, command }, text: `${stage}\n${rest}\n` };
  }
}
