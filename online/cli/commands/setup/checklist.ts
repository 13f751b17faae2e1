/** `countersign checklist`: the key ceremony, to print and fill in. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { utf8 } from '../../../../shared/bytes.ts';
import { valueText } from '../../../../shared/errors.ts';
import { MAX_CONTROLLERS } from '../../../../shared/output-scripts.ts';
import type { Trust } from '../../../../shared/trust.ts';
import { freeFileName, writeOutput } from '../../../platform/files.ts';
import { documentHtml } from '../../../report/page/html-parts.ts';
import { markdownHtml } from '../../../report/page/markdown.ts';
import { checklistMarkdown } from '../../../report/paper/checklist.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { overwriteOption, parseWholeNumber } from '../options.ts';

export class ChecklistCommand extends ConfiguredCommand {
  static override paths = [['checklist']];
  static override usage = Command.Usage({
    category: 'Set up',
    description: 'write the steps of the key ceremony, to print and fill in',
    details:
      "Writes a list in Markdown. Each step has a box to tick, and the steps are in the order in which you run the commands. The list also has the lines for the chain's configuration. Without a trust profile, the list has blanks. With a trust profile, the blanks are filled in. --html writes the same list as a page to print on A4.",
    examples: [
      ['With blanks, for 3 of 5', '$0 checklist --required 3 --controllers 5 --out ceremony.md'],
      ['Filled in', '$0 checklist --trust trust.json --out ceremony.md'],
      ['As a page to print', '$0 checklist --html'],
      ['As a page with another name', '$0 checklist --trust trust.json --html ceremony.html'],
    ],
  });
  required = Option.String('--required', '2', {
    description: 'without a profile: how many controllers must agree (default 2)',
  });
  controllers = Option.String('--controllers', '3', {
    description: 'without a profile: number of controllers (default 3)',
  });
  out = Option.String('--out', { description: 'write the list to this file instead of printing it' });
  html = Option.Boolean('--html', false, {
    description: 'write the list as a page to print (default checklist.html)',
  });
  /** Needed for the help, because clipanion's list of operands omits optional operands. */
  static operands = '[PAGE]';
  page = Option.String({ required: false, name: 'PAGE' });
  overwrite = overwriteOption();

  override readonly isPaged = true;

  async main(): Promise<Result> {
    const m = parseWholeNumber('--controllers', this.controllers, 1, MAX_CONTROLLERS);
    const n = parseWholeNumber('--required', this.required, 1, m);
    const trust = this.profile();
    const markdown = checklistMarkdown({ trust, n, m });
    if (this.out !== undefined && this.html)
      throw new UsageError('--out and --html: expected one of them, got both');
    if (this.page !== undefined && !this.html)
      throw new UsageError(`expected --html before the name of a page, ${valueText(this.page)}`);
    const out = this.html ? this.pageName() : this.out;
    const json = { out: out ?? null, reviewCode: trust?.reviewCode ?? null, markdown };
    if (out === undefined) return { json, text: markdown };
    const written = !this.html ? markdown : documentHtml('Key ceremony', markdownHtml(markdown), true);
    writeOutput(resolve(this.world.cwd, out), utf8(written), { replace: this.overwrite });
    const filled = trust ? `filled in from the profile ${trust.reviewCode}` : 'with blanks';
    return { json, text: `The list is in ${out}, ${filled}.\n` };
  }

  private pageName(): string {
    const name = 'checklist.html';
    return this.page ?? (this.overwrite ? name : freeFileName(this.world.cwd, name));
  }

  /** A missing profile is an error only if a flag names it. A configured profile may be created later. */
  private profile(): Trust | undefined {
    const { trust } = this.config;
    if (trust === undefined) return undefined;
    if (this.trustFlag === undefined && !existsSync(resolve(this.world.cwd, trust))) return undefined;
    return this.trust();
  }
}
