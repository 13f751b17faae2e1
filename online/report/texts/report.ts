/** The report as text and as CSV. */

import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import { printableText } from '../../../shared/errors.ts';
import { tipText } from '../../node/checks/best-block.ts';
import type { Watch } from '../../node/node.ts';
import { tableText } from '../../platform/text/text-table.ts';
import { countText, isOrAre, joinFirstTexts, timeText } from '../../platform/text/words.ts';
import type { Report } from '../report.ts';
import {
  isTokenGood,
  type MappedToken,
  OLDER_ROUNDING,
  REMAPPED_MASS,
  ROUNDED_MASS,
} from '../token-verdicts.ts';
import { csvCell } from '../views/mapping-view.ts';
import { massText, roundedMassesRemark } from '../views/mass-text.ts';

export const VERDICTS: Record<Report['verdict'], string> = {
  agree: 'The chain and the mapping agree.',
  undetermined:
    'Countersign could NOT determine whether the chain and the mapping agree. Do the next steps that this report names, then run `countersign report` again.',
  disagree:
    'The chain and the mapping DISAGREE. Issue no more assets until the reason is known. `countersign status` shows whether an issuance is in progress.',
};

const tokenCountText = (count: number) => countText(count, 'token');

/** Sentences about how many tokens agree. */
export function tokenAgreementText({ mapped, unmapped }: Report): string {
  const all = mapped.length;
  const good = mapped.filter(isTokenGood).length;
  const ours = unmapped.filter(t => t.ours).length;
  const unknown = unmapped.filter(t => t.ours === null).length;
  const others = unmapped.length - ours - unknown;
  return [
    mappedCountText(all, good),
    ours === 0
      ? ''
      : ` ${tokenCountText(ours)} from our policy coins ${isOrAre(ours)} on chain and not in the mapping.`,
    unknown === 0
      ? ''
      : ` ${tokenCountText(unknown)} on chain ${isOrAre(unknown)} not in the mapping, and may come from our policy coins or from other issuers.`,
    others === 0
      ? ''
      : ` ${countText(others, 'other token')} on chain ${others === 1 ? 'comes' : 'come'} from other issuers.`,
  ].join('');
}

function mappedCountText(all: number, good: number): string {
  if (all === 0) return 'The mapping has no token.';
  if (all === 1) return `The 1 token of the mapping is ${good === 1 ? '' : 'not '}on chain as expected.`;
  if (good === all) return `All ${all} tokens of the mapping are on chain as expected.`;
  const bad = all - good;
  const right = good === 0 ? 'none is' : `${good} ${isOrAre(good)}`;
  return `Of the ${all} tokens of the mapping, ${right} on chain as expected and ${bad} ${isOrAre(bad)} not.`;
}

const haveOrHas = (count: number) => (count === 1 ? 'has' : 'have');

/** Sentences that explain the verdicts of tokens. */
export function verdictMeaningTexts({
  mapped,
  usedUp,
  open,
}: Pick<Report, 'mapped' | 'usedUp' | 'open'>): string[] {
  const of = (verdict: MappedToken['verdict']) => mapped.filter(t => t.verdict === verdict);
  const waiting = mapped.filter(({ isOpen }) => isOpen).length;
  const [behind, frozen, less] = [of('behind'), of('frozen').length, of('less').length - waiting];
  const most = Math.max(...behind.map(({ periodsBehind }) => periodsBehind ?? 0));
  const are = behind.length;
  return [
    are === 0
      ? ''
      : `${tokenCountText(are)} ${isOrAre(are)} "behind" by at most ${countText(most, 'period')}. The chain has the amount of an earlier period, which is no loss. The schedule grows each period. Tokens grow only when the federation issues the growth.`,
    frozen === 0
      ? ''
      : `${tokenCountText(frozen)} ${isOrAre(frozen)} "frozen", in part or completely. Frozen tokens do not grow. It is not certain that they will be burnt.`,
    open === null || waiting === 0
      ? ''
      : `${tokenCountText(waiting)} ${haveOrHas(waiting)} a smaller amount on chain than in the mapping. The difference was burnt for the open redemption ${open.reviewCode} of ${joinFirstTexts(open.bars.map(printableText))}. \`countersign finalise\` publishes the mapping that counts these burns.`,
    less === 0
      ? ''
      : `${tokenCountText(less)} ${haveOrHas(less)} a smaller amount on chain than in the mapping. Usually, holders burnt the difference, and no redemption has counted it yet. If a holder receives a bar for it, \`countersign prepare --redeem\` counts the burns.`,
    usedUp === 0
      ? ''
      : `${tokenCountText(usedUp)} with mass 0 and no amount on chain ${isOrAre(usedUp)} not listed. Redemptions used them up.`,
  ].filter(text => text !== '');
}

/** Sentences about accepted differences from the schedule. */
export function roundingTexts({ mapped }: Pick<Report, 'mapped'>): string[] {
  const rounded = mapped.filter(t => isTokenGood(t) && t.rounding !== null);
  const said = (some: readonly MappedToken[], why: string) => {
    if (some.length === 0) return '';
    const amounts = some.map(({ rounding }) =>
      parseAmount((rounding as string).replace('-', ''), 'rounding'),
    );
    const largest = formatAmount(amounts.reduce((a, b) => (a >= b ? a : b)));
    return `${tokenCountText(some.length)} ${some.length === 1 ? 'differs' : 'differ'} from the schedule by at most ${largest}. This difference is accepted. ${why}`;
  };
  return [
    said(
      rounded.filter(t => !t.remapped),
      `This store has no record of the issuance. The older coordinator rounded differently, by up to ${formatAmount(OLDER_ROUNDING)} tokens.`,
    ),
    said(
      rounded.filter(t => t.remapped),
      `Redemptions re-mapped these tokens, and each redemption rounds the mass. The limit is ${ROUNDED_MASS} fine troy ounces for each redemption in the ledger. For tokens that older tools may have re-mapped, the limit is ${REMAPPED_MASS}.`,
    ),
  ].filter(text => text !== '');
}

export const NO_PEERS =
  'The node has no peers. Other nodes may have more blocks, and transactions sent through this node do not reach the network.';

/** Sentences about what the report is based on: age of the best block, peers, gaps. */
export function reportBasisTexts({ tip, asked, watch, gaps }: Report): string[] {
  return [
    `Chain at ${tipText(tip, asked / 1000)}.`,
    tip.peers === 0 ? NO_PEERS : '',
    WATCH[watch],
    ...gaps,
  ].filter(text => text !== '');
}

const WATCH: Record<Watch, string> = {
  watched: '',
  'not watched': "The node's wallet does not watch the policy address.",
  'no wallet': 'The node has no wallet.',
};

const HEADER = 'reference,mass,tokenid,expected_at_issue,expected_now,spendable,frozen,difference,state';

/** The text of the column `reference`: the first bar, and the number of further bars. */
function firstBarText({ bars }: MappedToken): string {
  const [first, ...more] = bars;
  return printableText(first?.reference ?? '') + (more.length === 0 ? '' : ` and ${more.length} more`);
}

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
      t.ours === null ? 'not determined' : t.ours ? 'not mapped' : 'of others',
    ]),
  ];
  // Numbers are written unchanged. A spreadsheet reads a negative number as a number, not as a formula.
  const cell = (text: string) => (/^-?[0-9.]+(e-?[0-9]+)?$/.test(text) ? text : csvCell(text));
  return `${[HEADER, ...rows.map(row => row.map(cell).join(','))].join('\n')}\n`;
}

/** @param width columns of the window */
export function reportText(made: Report, width: number | undefined): string {
  const { published, tip, mapped, unmapped, verdict } = made;
  const { mapping } = published;
  const right = true;
  return [
    tableText(
      [
        { title: 'reference' },
        { title: 'mass', right },
        { title: 'at issue', right },
        { title: `at block ${tip.height}`, right },
        { title: 'spendable', right },
        { title: 'frozen', right },
        { title: 'difference', right },
        { title: 'state' },
      ],
      mapped.map(t => [
        ...[firstBarText(t), massText(t.mass), t.expectedAtIssue ?? '-', t.expectedNow ?? '-'],
        ...[t.spendable, t.frozen, t.difference ?? '-', t.verdict],
      ]),
      width,
    ),
    roundedMassesRemark(mapped.map(({ mass }) => mass)),
    ...[...verdictMeaningTexts(made), ...roundingTexts(made)].map(line => `${line}\n`),
    unmapped.length === 0 ? '' : '\nNot in the mapping\n',
    ...unmapped.map(t => `  ${t.token}  ${t.spendable} spendable, ${t.frozen} frozen\n    ${t.note}\n`),
    `\n${tokenAgreementText(made)}\n`,
    `Mapping at height ${mapping.height}, ${timeText(mapping.time)}.\n`,
    ...reportBasisTexts(made).map(line => `${line}\n`),
    `${VERDICTS[verdict]}\n`,
  ].join('');
}
