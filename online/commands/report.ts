import { resolve } from 'node:path';
import { Command, Option } from 'clipanion';
import { utf8 } from '../../shared/bytes.ts';
import { printable } from '../../shared/errors.ts';
import { writeOutput } from '../files.ts';
import { EXIT_DONE, EXIT_REFUSED } from '../guard.ts';
import { csvCell, timeText } from '../mapping-view.ts';
import { page } from '../pager.ts';
import { type Report, report } from '../steps/report.ts';
import { table } from '../table.ts';
import { counted, isAre } from '../words.ts';
import { widthOf } from '../world.ts';
import { BaseCommand, type Result } from './base.ts';
import { tipAge } from './options.ts';

export class ReportCommand extends BaseCommand {
  static override paths = [['report']];
  static override usage = Command.Usage({
    category: 'Look',
    description: 'every token on chain against the mapping',
    details:
      'Exit 1 when they disagree: a mapped token that is missing or of an amount that the schedule never had, or a token issued from a policy coin of ours that the mapping lacks. Tokens that others issued are listed, and count for nothing.',
    examples: [
      ['All of them', '$0 report'],
      ['For a spreadsheet', '$0 report --csv report.csv'],
    ],
  });
  csv = Option.String('--csv', { description: 'write a line for every token to this file as well' });
  overwrite = Option.Boolean('--overwrite', false, { description: 'replace that file if it is there' });
  maxTipAge = Option.String('--max-tip-age', '100', {
    description: 'refuse a best block older than this many seconds (100)',
  });

  /** A line for every token may be longer than any window. */
  override print(text: string): Promise<void> {
    return page(this.world, text);
  }

  async main(): Promise<Result> {
    const maxTipAge = tipAge(this.maxTipAge);
    const made = await report(await this.services(), maxTipAge);
    if (this.csv !== undefined)
      writeOutput(resolve(this.world.cwd, this.csv), utf8(reportCsv(made)), { replace: this.overwrite });
    const { published, height, mapped, unmapped, agrees } = made;
    return {
      json: { agrees, height, mapping: published.mapping.digest, mapped, unmapped },
      text: reportText(made, widthOf(this.world)),
      exitCode: agrees ? EXIT_DONE : EXIT_REFUSED,
    };
  }
}

const HEADER = 'reference,mass,tokenid,expected_at_issue,expected_now,spendable,frozen,difference,state';

function reportCsv({ mapped, unmapped }: Report): string {
  const rows = [
    ...mapped.map(t => [
      ...[t.reference, t.mass, t.token, t.expectedAtIssue ?? '', t.expectedNow ?? ''],
      ...[t.spendable, t.frozen, t.difference ?? '', t.verdict],
    ]),
    ...unmapped.map(t => [
      '',
      '',
      t.token,
      '',
      '',
      t.spendable,
      t.frozen,
      '',
      t.ours ? 'not mapped' : 'of others',
    ]),
  ];
  // A difference below zero is a number, not a formula: it is kept as it is.
  const cell = (text: string) => (/^-?[0-9.]+$/.test(text) ? text : csvCell(text));
  return `${[HEADER, ...rows.map(row => row.map(cell).join(','))].join('\n')}\n`;
}

function reportText(
  { published, height, mapped, unmapped, agrees }: Report,
  width: number | undefined,
): string {
  const { mapping } = published;
  const bad = mapped.filter(t => t.verdict !== 'ok').length;
  const ours = unmapped.filter(t => t.ours).length;
  const right = true;
  return [
    table(
      [
        { title: 'reference' },
        { title: 'at issue', right },
        { title: `at block ${height}`, right },
        { title: 'spendable', right },
        { title: 'frozen', right },
        { title: 'difference', right },
        { title: 'state' },
      ],
      mapped.map(t => [
        ...[printable(t.reference), t.expectedAtIssue ?? '-', t.expectedNow ?? '-'],
        ...[t.spendable, t.frozen, t.difference ?? '-', t.verdict],
      ]),
      width,
    ),
    unmapped.length === 0 ? '' : '\nNot in the mapping\n',
    ...unmapped.map(t => `  ${t.token}  ${t.spendable} spendable, ${t.frozen} frozen\n    ${t.note}\n`),
    `\n${counted(mapped.length, 'token')} ${isAre(mapped.length)} mapped, ${mapped.length - bad} of them as they should be on chain; ${ours} of ours ${isAre(ours)} not mapped, ${unmapped.length - ours} ${isAre(unmapped.length - ours)} of others.\n`,
    `Mapping of height ${mapping.height} and ${timeText(mapping.time)}; chain at block ${height}.\n`,
    agrees
      ? 'The chain and the mapping agree.\n'
      : 'The chain and the mapping DISAGREE. Issue nothing more before it is clear; `countersign status` says whether an issuance is on its way.\n',
  ].join('');
}
