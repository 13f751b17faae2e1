/** `countersign report`: compares every token on chain with the mapping. */
import { resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { tipFacts } from '../../../node/checks/tip.ts';
import { checkOutput, writeOutput } from '../../../platform/files.ts';
import { widthOf } from '../../../platform/world.ts';
import { fetchHistory } from '../../../report/history.ts';
import { reportPage } from '../../../report/page/page.ts';
import { report } from '../../../report/report.ts';
import { reportCsv, reportText } from '../../../report/texts/report.ts';
import { EXIT_DONE, EXIT_REFUSED } from '../../errors/guard.ts';
import { page } from '../../terminal/pager.ts';
import { ConfiguredCommand, type Result } from '../base.ts';
import { maxTipAgeOption, tipAge } from '../options.ts';

export class ReportCommand extends ConfiguredCommand {
  static override paths = [['report']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'every token on chain against the mapping',
    details:
      'Each token counts once, with its mass on all bars. Exit 1 when they disagree: a mapped token that is missing, with more or less on chain than any period of the schedule explains, or a token issued from a policy coin of ours that the mapping lacks. Tokens with the amount of an earlier period (behind) and frozen ones agree, and tokens that are less only by what is burnt for the open redemption. Tokens that others issued are listed, and count for nothing. Exit 1 too where it could not be determined whose a token is: the output says why, and what to do.',
    examples: [
      ['All of them', '$0 report'],
      ['For a spreadsheet', '$0 report --csv report.csv'],
      ['As a page with pictures, for a browser', '$0 report --html report.html'],
    ],
  });
  csv = Option.String('--csv', { description: 'write a line for every token to this file as well' });
  html = Option.String('--html', {
    description: 'write it as one page as well, with mass and tokens over the history of the store',
  });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace those files if they are there' });
  maxTipAge = maxTipAgeOption();

  /** Paged, because a line for each token may be more than the window has. */
  override print(text: string): Promise<void> {
    return page(this.world, text);
  }

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const outputs = [this.csv, this.html].flatMap(file => file ?? []);
    const [csv, html] = outputs.map(file => resolve(this.world.cwd, file));
    if (csv !== undefined && csv === html)
      throw new UsageError('--csv and --html name the same file, and one would replace the other');
    for (const file of outputs) checkOutput(resolve(this.world.cwd, file), { replace: this.overwrite });
    const services = await this.services();
    const made = await report(services, maxTipAge);
    if (this.html !== undefined) {
      const history = await fetchHistory(services, made);
      const file = resolve(this.world.cwd, this.html);
      writeOutput(file, utf8(reportPage(made, history, services.trust, this.world.now())), {
        replace: this.overwrite,
      });
    }
    if (this.csv !== undefined)
      writeOutput(resolve(this.world.cwd, this.csv), utf8(reportCsv(made)), { replace: this.overwrite });
    const { published, tip, asked, mapped, usedUp, open, unmapped, gaps, watch, verdict } = made;
    const agrees = verdict === 'agree';
    return {
      json: {
        agrees,
        verdict,
        height: tip.height,
        tip: tipFacts(tip, asked / 1000),
        mapping: published.mapping.digest,
        mapped,
        usedUp,
        open: open && { reviewCode: open.reviewCode, bars: open.bars },
        unmapped,
        watch,
        gaps,
      },
      text: reportText(made, widthOf(this.world)),
      exitCode: agrees ? EXIT_DONE : EXIT_REFUSED,
    };
  }
}
