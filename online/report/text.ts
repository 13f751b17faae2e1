/** The report as text and as CSV. */

import { printable } from '../../shared/errors.ts';
import { table } from '../platform/text/table.ts';
import { counted, isAre } from '../platform/text/words.ts';
import type { Report } from './report.ts';
import { csvCell, timeText } from './views/mapping-view.ts';

export const VERDICTS = {
  agree: 'The chain and the mapping agree.',
  disagree:
    'The chain and the mapping DISAGREE. Issue nothing more before it is clear; `countersign status` says whether an issuance is on its way.',
};

const tokens = (count: number) => counted(count, 'token');

/** How many are as they should be, in sentences. */
export function countsText({ mapped, unmapped }: Report): string {
  const all = mapped.length;
  const good = mapped.filter(t => t.verdict === 'ok').length;
  const ours = unmapped.filter(t => t.ours).length;
  const others = unmapped.length - ours;
  return [
    ofMapped(all, good),
    ours === 0 ? '' : ` ${tokens(ours)} of ours ${isAre(ours)} on chain and not in the mapping.`,
    others === 0
      ? ''
      : ` ${others} more ${others === 1 ? 'token' : 'tokens'} on chain ${isAre(others)} of others.`,
  ].join('');
}

function ofMapped(all: number, good: number): string {
  if (all === 0) return 'The mapping has no token.';
  if (all === 1) return `The 1 token of the mapping is ${good === 1 ? '' : 'not '}on chain as it should be.`;
  if (good === all) return `All ${all} tokens of the mapping are on chain as they should be.`;
  const bad = all - good;
  const right = good === 0 ? 'none is' : `${good} ${isAre(good)}`;
  return `Of the ${all} tokens of the mapping, ${right} on chain as ${good > 1 ? 'they' : 'it'} should be and ${bad} ${isAre(bad)} not.`;
}

/** Why there is a difference where nothing is wrong; '' where there is none. */
export function growthText({ mapped }: Report): string {
  return mapped.some(({ verdict, difference }) => verdict === 'ok' && difference?.startsWith('-'))
    ? 'A difference below zero beside "ok" is no loss: tokens stay as they were issued, while the amount of the schedule grows with each period.'
    : '';
}

const HEADER = 'reference,mass,tokenid,expected_at_issue,expected_now,spendable,frozen,difference,state';

export function reportCsv({ mapped, unmapped }: Report): string {
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

/** @param width of the window */
export function reportText(made: Report, width: number | undefined): string {
  const { published, height, mapped, unmapped, agrees } = made;
  const { mapping } = published;
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
    growthText(made) && `${growthText(made)}\n`,
    unmapped.length === 0 ? '' : '\nNot in the mapping\n',
    ...unmapped.map(t => `  ${t.token}  ${t.spendable} spendable, ${t.frozen} frozen\n    ${t.note}\n`),
    `\n${countsText(made)}\n`,
    `Mapping of height ${mapping.height} and ${timeText(mapping.time)}; chain at block ${height}.\n`,
    `${VERDICTS[agrees ? 'agree' : 'disagree']}\n`,
  ].join('');
}
