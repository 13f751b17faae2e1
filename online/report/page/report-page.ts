/** The report as one HTML page: charts, problems, tables. It loads no file and runs no script. */
import { formatAmount, parseAmount } from '../../../shared/amount.ts';
import { printableText } from '../../../shared/errors.ts';
import { GROWTH_PER_PERIOD, PERIOD, periodOf } from '../../../shared/token-schedule.ts';
import type { Trust } from '../../../shared/trust.ts';
import { timeText } from '../../platform/text/words.ts';
import type { History, HistoryStep } from '../history.ts';
import type { Report, UnmappedToken } from '../report.ts';
import {
  BOTH_RISE,
  COMPLETE,
  expectedAtText,
  HAS_GAPS,
  issuedPointText,
  massPointText,
  NO_ASSET,
  rowsLeftOutHtml,
  signersText,
  unrecordedText,
} from '../texts/page.ts';
import {
  reportBasisTexts,
  roundingTexts,
  tokenAgreementText,
  VERDICTS,
  verdictMeaningTexts,
} from '../texts/report.ts';
import { formatAmountWithSign, isTokenGood, type MappedToken } from '../token-verdicts.ts';
import { massText, roundedMassesRemark } from '../views/mass-text.ts';
import {
  type Badge,
  badgeHtml,
  documentHtml,
  factsHtml,
  safeHtml,
  signingTableHtml,
  tableHtml,
} from './html-parts.ts';
import { type Series, stepChartSvg } from './step-chart.ts';

/**
 * Largest number of rows in a table, because browsers are slow with more. If rows are left out, those with
 * problems are shown first.
 */
export const MAX_ROWS = 5000;
/**
 * If a chart has more periods than this, periods are left out, because the chart is not wide enough for all.
 */
const MAX_POINTS = 600;

const verdictBadge = (t: MappedToken): Badge => ({
  badge: t.verdict,
  tone: isTokenGood(t) ? 'good' : 'wrong',
});

function mappedTableHtml(mapped: readonly MappedToken[], height: number): string {
  const isBad = (t: MappedToken) => !isTokenGood(t);
  const all = mapped.length <= MAX_ROWS;
  const rows = all ? mapped : [...mapped.filter(isBad), ...mapped.filter(isTokenGood)].slice(0, MAX_ROWS);
  const left = mapped.length - rows.length;
  const table = tableHtml(
    [
      ['reference', 'name'],
      ['state', 'name'],
      ['mass, fine troy ounces', 'number'],
      ['expected at issue', 'number'],
      [expectedAtText(height), 'number'],
      ['on chain, spendable', 'number'],
      ['on chain, frozen', 'number'],
      ['difference', 'number'],
      ['asset id', 'id'],
    ],
    rows.map(t => ({
      cells: [
        ...[
          t.reference,
          verdictBadge(t),
          massText(t.mass),
          t.expectedAtIssue ?? 'not known',
          t.expectedNow ?? 'not known',
        ],
        ...[t.spendable, t.frozen, t.difference ?? 'not known', t.token],
      ],
      bad: isBad(t),
    })),
  );
  const note = left === 0 ? '' : `<p>${rowsLeftOutHtml(left)}</p>`;
  const rounded = roundedMassesRemark(rows.map(({ mass }) => mass));
  return table + note + (rounded === '' ? '' : `<p>${safeHtml(rounded)}</p>`);
}

function unmappedHtml(unmapped: readonly UnmappedToken[]): string {
  if (unmapped.length === 0) return '<p>None.</p>';
  return tableHtml(
    [
      ['asset id', 'id'],
      ['on chain, spendable', 'number'],
      ['on chain, frozen', 'number'],
      ['origin', 'words'],
    ],
    unmapped.map(t => ({ cells: [t.token, t.spendable, t.frozen, t.note], bad: t.ours !== false })),
  );
}

/** The sum of the amounts, in atoms. @param amounts decimal text, may be negative */
const sumOfAmounts = (amounts: readonly string[]) =>
  amounts.reduce(
    (total, amount) =>
      amount.startsWith('-')
        ? total - parseAmount(amount.slice(1), 'amount')
        : total + parseAmount(amount, 'amount'),
    0n,
  );

const tokensAsNumber = (atoms: bigint) => Number(atoms) / 1e8;

/**
 * Points of the chart: the amount of tokens that the schedule gives for the total mass, in the periods up to
 * the height `to`. The rounding of each token is ignored, because it is not visible in a chart.
 */
function scheduledPoints(steps: readonly HistoryStep[], to: number): Series['points'] {
  const points: { x: number; y: number }[] = [];
  const [first] = steps as [HistoryStep];
  const stride = Math.max(1, Math.ceil((periodOf(to) - periodOf(first.height)) / MAX_POINTS));
  for (const [i, { height, totalMass }] of steps.entries()) {
    const until = steps[i + 1]?.height ?? to + 1;
    const at = (x: number) =>
      points.push({ x, y: Number(totalMass) * 10 * GROWTH_PER_PERIOD ** periodOf(x) });
    at(height);
    for (let period = periodOf(height) + 1; period * PERIOD < until; period += stride) at(period * PERIOD);
  }
  return points;
}

interface Totals {
  issued: string;
  expected: string;
  onChain: string;
}

function chartsHtml(steps: readonly HistoryStep[], assumed: number, height: number, totals: Totals): string {
  const [first, last] = [steps[0] as HistoryStep, steps.at(-1) as HistoryStep];
  const end = Math.max(height, last.height);
  // The chart begins `room` blocks before the first step. It ends at least `room` blocks after this step, so
  // that a single step is visible.
  const room = Math.max(10, Math.round((end - first.height) * 0.04));
  const from = Math.max(0, first.height - room);
  const to = Math.max(end, first.height + room);
  const mass = steps.map(step => ({
    x: step.height,
    y: Number(step.totalMass),
    title: massPointText(step.height, timeText(step.time), step.assets, step.totalMass),
  }));
  let issued = 0n;
  const tokens = steps.map(step => {
    issued += step.issued - step.removed;
    const removed = step.removed === 0n ? null : formatAmount(step.removed);
    return {
      x: step.height,
      y: tokensAsNumber(issued),
      title: issuedPointText(step.height, formatAmount(step.issued), step.added, removed),
    };
  });
  const common = { xUnit: 'block height', from, to, end };
  const key = (style: string, words: string) =>
    `<li><svg class="key" viewBox="0 0 28 12" aria-hidden="true">${
      style === 'chain'
        ? '<circle class="chain" cx="14" cy="6" r="5"/>'
        : `<path class="line ${style}" d="M0 6H28"/>`
    }</svg> ${safeHtml(words)}</li>`;
  return `<figure>
<figcaption>Mass of all assets in the mapping: ${safeHtml(last.totalMass)} fine troy ounces</figcaption>
<div class="wide">${stepChartSvg({ ...common, title: `Mass of all assets by block height, up to ${last.totalMass} fine troy ounces`, yUnit: 'fine troy ounces', series: [{ style: 'mass', points: mass }] })}</div>
</figure>
<figure>
<figcaption>Tokens of all assets in the mapping</figcaption>
<ul class="keys">
${key('expected', `by the schedule: ${totals.expected} at block ${height}`)}
${key('issued', `issued${hasRemovals(steps) ? ', minus redeemed or removed tokens' : ''}: ${totals.issued}${unrecordedText(assumed)}`)}
${key('chain', `on chain at block ${height}: ${totals.onChain}`)}
</ul>
<div class="wide">${stepChartSvg({
    ...common,
    title: `Tokens by block height: issued ${totals.issued}, by the schedule ${totals.expected}, on chain ${totals.onChain}`,
    yUnit: 'tokens',
    series: [
      // The second line is dashed and drawn last, so that both lines are visible where they are equal.
      { style: 'issued', points: tokens },
      { style: 'expected', points: scheduledPoints(steps, end) },
    ],
    dot: {
      style: 'chain',
      y: Number(totals.onChain),
      title: `on chain at block ${height}: ${totals.onChain}`,
    },
  })}</div>
<p class="quiet">${safeHtml(BOTH_RISE)}</p>
</figure>`;
}

const hasRemovals = (steps: readonly HistoryStep[]) => steps.some(({ removed }) => removed > 0n);

function historyTableHtml(steps: readonly HistoryStep[]): string {
  const removals = hasRemovals(steps);
  const redemptions = steps.some(({ redeemed }) => redeemed.length > 0);
  return tableHtml(
    [
      ['height', 'number'],
      ['time', 'name'],
      ['assets', 'number'],
      ['added', 'number'],
      ...(redemptions ? ([['redeemed', 'name']] as const) : []),
      ...(removals ? ([['mass removed, fine troy ounces', 'number']] as const) : []),
      ['total mass, fine troy ounces', 'number'],
      ['tokens issued', 'number'],
      ['mapping', 'id'],
    ],
    steps.map(s => ({
      cells: [
        ...[String(s.height), timeText(s.time), String(s.assets), String(s.added)],
        ...(redemptions ? [s.redeemed.map(printableText).join(', ')] : []),
        ...(removals ? [s.removedMass] : []),
        ...[s.totalMass, formatAmount(s.issued), s.digest],
      ],
    })),
  );
}

/**
 * @param now time of the page, milliseconds since 1970
 * @returns HTML, which depends on nothing but the arguments
 */
export function reportPageHtml(made: Report, history: History, trust: Trust, now: number): string {
  const { published, tip, mapped, unmapped, verdict } = made;
  const { height } = tip;
  const { mapping, signers } = published;
  const steps = history.steps.filter(step => step.assets > 0);
  const totals = {
    issued: formatAmountWithSign(steps.reduce((total, { issued, removed }) => total + issued - removed, 0n)),
    expected: formatAmountWithSign(sumOfAmounts(mapped.flatMap(t => t.expectedNow ?? []))),
    onChain: formatAmount(sumOfAmounts(mapped.flatMap(t => [t.spendable, t.frozen]))),
  };
  const gaps =
    history.gaps.length === 0
      ? `<p>${safeHtml(COMPLETE)}</p>`
      : `<div class="warning"><p><strong>${safeHtml(HAS_GAPS)}</strong></p>\n<ul>\n${history.gaps.map(gap => `<li>${safeHtml(gap)}</li>`).join('\n')}\n</ul></div>`;
  return documentHtml(
    `Tokens on chain and in the mapping, block ${height}`,
    `<header>
<h1>Tokens on chain and in the mapping</h1>
<p class="verdict ${verdict === 'agree' ? 'good' : 'wrong'}">${badgeHtml(VERDICT_BADGES[verdict])} ${safeHtml(VERDICTS[verdict])}</p>
<p>${safeHtml(tokenAgreementText(made))}
${safeHtml([...verdictMeaningTexts(made), ...roundingTexts(made)].join('\n'))}</p>
${factsHtml([
  ['network', trust.network.name],
  ['profile', trust.reviewCode],
  ['chain as of', `block ${height} (${timeText(String(tip.time))})`],
  ['digest of the mapping', mapping.digest],
  ['mapping', `height ${mapping.height}, ${timeText(mapping.time)}, ${signersText(signers)}`],
  ['made on', timeText(String(now / 1000))],
])}
</header>
${reportBasisTexts(made)
  .map(line => `<p>${safeHtml(line)}</p>`)
  .join('\n')}
<h2>Growth</h2>
${steps.length === 0 ? `<p>${safeHtml(NO_ASSET)}</p>` : chartsHtml(steps, history.assumed, height, totals)}
${gaps}
<h2>Mapped tokens</h2>
${mappedTableHtml(mapped, height)}
<h2>Tokens that are not in the mapping</h2>
${unmappedHtml(unmapped)}
<h2>Published mappings</h2>
${historyTableHtml(history.steps)}
<section class="print">
<h2>Signed by hand</h2>
${signingTableHtml(trust.m)}
</section>`,
  );
}

const VERDICT_BADGES: Record<Report['verdict'], Badge> = {
  agree: { badge: 'agree', tone: 'good' },
  disagree: { badge: 'disagree', tone: 'wrong' },
  undetermined: { badge: 'undetermined', tone: 'waits' },
};
