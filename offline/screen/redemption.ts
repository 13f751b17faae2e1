/** The review screen of redemptions: needed and burnt tokens of each bar, and the effects on other bars and tokens. */
import { formatAmount } from '../../shared/amount.ts';
import { type Burn, outpointText, type RedemptionRequest } from '../../shared/changes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { barMasses } from '../../shared/redemption/affected-holdings.ts';
import type { DerivedRedemption } from '../../shared/redemption/derive-redemptions.ts';
import type { Holding } from '../../shared/redemption/remapping.ts';
import { countText, utcTimeText, WIDTH, wrapLines } from '../text-layout.ts';
import { factLines, massSumText, numberedLines, shownReference, shownToken, type View } from './screen-parts.ts';

const INDENT = '      ';
const BLOCK_SECONDS = 60;

/**
 * Returns a function that shortens an id to its first and last characters. It keeps so many characters that all ids
 * stay different.
 */
function makeIdShortener(tokens: readonly string[]): (token: string) => string {
  const ids = tokens.map(shownToken);
  const short = (id: string, digits: number) => `${id.slice(0, digits)}..${id.slice(-digits)}`;
  const distinct = new Set(ids).size;
  let digits = 4;
  while (new Set(ids.map(id => short(id, digits))).size < distinct) digits++;
  return token => short(shownToken(token), digits);
}

const beforeAfterLines = (name: string, before: string, after: string): string[] => {
  const amounts = `${before.padStart(17)}  ${after.padStart(17)}`;
  const fits = name.length <= WIDTH - amounts.length;
  return fits ? [name.padEnd(WIDTH - amounts.length) + amounts] : [name, amounts.padStart(WIDTH)];
};

/** @param named function that gives the displayed name of a burnt token */
function burnLines(burn: Burn, named: (token: string) => string): string[] {
  const output = `in ${outpointText(burn)}`;
  return [
    ...wrapLines(`${INDENT}burn  `, `${burn.amount.slice(0, 40)} of token ${named(burn.token)}`),
    ' '.repeat(Math.min(INDENT.length, WIDTH - output.length)) + output,
  ];
}

/**
 * @param named function that gives the displayed name of a token
 * @param facts lines with what this device computed for the bar
 */
export function redemptionLines(
  { reference, mass, height, burns }: RedemptionRequest,
  i: number,
  named: (token: string) => string = token => token,
  facts: string[] = [],
): string[] {
  return [
    ...numberedLines(i, shownReference(reference), `mass ${mass}   redemption height ${height}`),
    ...facts,
    ...burns.flatMap(burn => burnLines(burn, named)),
  ];
}

/**
 * The estimated date of a block. It is computed from height and time of the base or of the request, whichever has the
 * nearer height.
 */
function blockDateText(height: number, { base, request }: Derivation): string {
  const from = Math.abs(height - base.height) < request.height - height ? base : request;
  return utcTimeText(Number(from.time) + (height - from.height) * BLOCK_SECONDS).slice(0, 10);
}

function computedAmountLines(
  { request: { height }, needed, burnt }: DerivedRedemption,
  derivation: Derivation,
): string[] {
  const ago = countText(derivation.request.height - height, 'block');
  return [
    `${INDENT}about ${blockDateText(height, derivation)}, ${ago} before the height of the request`,
    `${INDENT}tokens needed  ${formatAmount(needed)}`,
    `${INDENT}tokens burnt   ${formatAmount(burnt)}`,
  ];
}

/** Two lines: mass and burnt tokens. */
const burnSumLines = (name: string, what: string, masses: readonly string[], burnt: bigint, burns: readonly Burn[]) => [
  ...factLines(name, `${what}, ${massSumText(...masses)} fine troy ounces`),
  ...factLines('', `${formatAmount(burnt)} tokens burnt in ${countText(burns.length, 'output')}`),
];

function redemptionSummaryLines(redemptions: readonly DerivedRedemption[]): string[] {
  const burnt = redemptions.reduce((sum, one) => sum + one.burnt, 0n);
  const all = redemptions.flatMap(({ request }) => request.burns);
  const masses = redemptions.map(({ mass }) => mass);
  return [
    ...redemptions.flatMap(({ request: { reference, burns }, mass, burnt }) =>
      burnSumLines('Redeemed', shownReference(reference), [mass], burnt, burns),
    ),
    ...burnSumLines('In all', countText(redemptions.length, 'bar'), masses, burnt, all),
  ];
}

const NONE = '-';

/**
 * Total mass of the entries of this bar and this token. Null means any bar, or any token. `-` if there are no such
 * entries.
 */
function massOfEntries(holdings: readonly Holding[], bar: string | null, token: string | null): string {
  const those = holdings.filter(one => one.bar === (bar ?? one.bar) && one.token === (token ?? one.token));
  return those.length > 0 ? massSumText(...those.map(({ mass }) => mass)) : NONE;
}

/**
 * Lines with the mass before and after: `bars` for each bar with a changed token and for each such token, `tokens` for
 * the sum of each changed token.
 */
function changedMassLines({ base, mapping, remapped }: Derivation, named: (token: string) => string) {
  const { before, after } = remapped;
  const all = new Set(before.map(({ bar }) => bar));
  // Masses of whole bars, which may also have tokens that do not change.
  const [was, is] = [barMasses(base, all), barMasses(mapping, all)];
  const changed = new Set<string>();
  const row = (name: string, bar: string | null, token: string | null) =>
    beforeAfterLines(name, massOfEntries(before, bar, token), massOfEntries(after, bar, token));
  const lines = [...all].flatMap(bar => {
    const tokens = new Set([...before, ...after].filter(one => one.bar === bar).map(({ token }) => token));
    const parts = [...tokens].filter(token => massOfEntries(before, bar, token) !== massOfEntries(after, bar, token));
    for (const token of parts) changed.add(token);
    const rows = parts.flatMap(token => row(`${INDENT}${named(token)}`, bar, token));
    if (rows.length === 0) return [];
    const now = is.get(bar);
    const [from, to] = [massSumText(was.get(bar) ?? 0), now === undefined ? 'redeemed' : massSumText(now)];
    return [...beforeAfterLines(`  ${shownReference(bar)}`, from, to), ...rows];
  });
  const tokens = [...changed].flatMap(token => [`  ${named(token)} ${shownToken(token)}`, ...row('', null, token)]);
  return { bars: lines, tokens };
}

export const UNKNOWN = [
  'Whether these tokens were burnt, and in which block. The PCs of the controllers check this, not this device.',
  'The date of a block. It is an estimate from base mapping and request, with one block a minute.',
];

export function redemptionView(derivation: Derivation): View {
  const { redemptions, remapped } = derivation;
  const { before } = remapped;
  const named = makeIdShortener(before.map(({ token }) => token));
  const withBar = (token: string) => {
    const [bar = '', ...others] = new Set(before.filter(one => one.token === token).map(({ bar }) => bar));
    const more = others.length > 0 ? ` and ${countText(others.length, 'other bar')}` : '';
    return `${named(token)}, mapped to ${shownReference(bar)}${more}`;
  };
  const { bars, tokens } = changedMassLines(derivation, named);
  return {
    kind: 'REDEMPTION',
    lead: [],
    entries: 'Entries',
    atHeight: '',
    summary: redemptionSummaryLines(redemptions),
    changes: [
      ...redemptions.flatMap((one, i) =>
        redemptionLines(one.request, i, withBar, computedAmountLines(one, derivation)),
      ),
      '',
      ...beforeAfterLines('  Bars, and their changed tokens', 'mass before', 'after'),
      ...bars,
      '',
      ...beforeAfterLines('  Tokens', 'mass before', 'after'),
      ...tokens,
    ],
    unknown: UNKNOWN,
  };
}
