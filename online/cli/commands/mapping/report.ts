/** `countersign report`: compares every token on chain with the mapping. */
import { resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { tipForJson } from '../../../node/checks/best-block.ts';
import { checkOutputPath, writeOutput } from '../../../platform/files.ts';
import { windowWidth } from '../../../platform/world.ts';
import { fetchHistory } from '../../../report/history.ts';
import { reportPageHtml } from '../../../report/page/report-page.ts';
import { makeReport } from '../../../report/report.ts';
import { reportCsv, reportText } from '../../../report/texts/report.ts';
import { EXIT_DONE, EXIT_REFUSED } from '../../errors/error-output.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { maxTipAgeOption, overwriteOption, parseTipAge } from '../options.ts';

export class ReportCommand extends ConfiguredCommand {
  static override paths = [['report']];
  static override usage = Command.Usage({
    category: 'Reports',
    description: 'compare every token on chain with the mapping',
    details:
      "For each token of the mapping, compares the amount on chain with the token's total mass. The exit code is 1 if chain and mapping disagree. They disagree if a token of the mapping is not on chain, or if its amount fits no period of the schedule. They also disagree if a token from our policy coins is not in the mapping. These tokens are accepted: frozen tokens, tokens with the amount of an earlier period (behind), and tokens that have less only because of burns for the open redemption. Tokens of other issuers are listed, and do not count. The exit code is also 1 if the issuer of a token could not be determined: the output says why, and what to do.",
    examples: [
      ['All tokens', '$0 report'],
      ['For a spreadsheet', '$0 report --csv report.csv'],
      ['As a page with pictures, for a browser', '$0 report --html report.html'],
    ],
  });
  csv = Option.String('--csv', { description: 'also write a line for every token to this file' });
  html = Option.String('--html', {
    description: 'also write the report as a page, with charts of mass and tokens since the first mapping',
  });
  overwrite = overwriteOption('replace the files if they exist');
  maxTipAge = maxTipAgeOption();

  override readonly isPaged = true;

  async main(): Promise<Result> {
    const maxTipAge = parseTipAge(this.maxTipAge);
    const outputs = [this.csv, this.html].flatMap(file => file ?? []);
    const [csv, html] = outputs.map(file => resolve(this.world.cwd, file));
    if (csv !== undefined && csv === html)
      throw new UsageError('--csv and --html: expected two files, got the same file twice');
    for (const file of outputs) checkOutputPath(resolve(this.world.cwd, file), { replace: this.overwrite });
    const services = await this.services();
    const made = await makeReport(services, maxTipAge);
    if (this.html !== undefined) {
      const history = await fetchHistory(services, made);
      const file = resolve(this.world.cwd, this.html);
      writeOutput(file, utf8(reportPageHtml(made, history, services.trust, this.world.now())), {
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
        tip: tipForJson(tip, asked / 1000),
        mapping: published.mapping.digest,
        mapped,
        usedUp,
        open: open && { reviewCode: open.reviewCode, bars: open.bars },
        unmapped,
        watch,
        gaps,
      },
      text: reportText(made, windowWidth(this.world)),
      exitCode: agrees ? EXIT_DONE : EXIT_REFUSED,
    };
  }
}
