/** Redemptions as text and JSON: needed and burnt tokens of each bar, and the effects on bars and tokens. */
import { formatAmount } from '../../../shared/amount.ts';
import { outpointText } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { printableText } from '../../../shared/errors.ts';
import { barMasses } from '../../../shared/redemption/affected-holdings.ts';
import { sumOfMasses } from '../../../shared/redemption/mass-sums.ts';
import type { Holding } from '../../../shared/redemption/remapping.ts';
import { tableText } from '../../platform/text/text-table.ts';
import { countText } from '../../platform/text/words.ts';
import type { BurnFact } from '../../proposal/facts/burns.ts';

export interface BurnJson {
  txid: string;
  vout: number;
  token: string;
  amount: string;
  /** Confirmations, counting the burn's own block; null if they are not known. */
  depth: number | null;
}

export interface RedemptionJson {
  reference: string;
  mass: string;
  /** Redemption height. */
  height: number;
  needed: string;
  burnt: string;
  burns: BurnJson[];
  /** Parts of tokens that represent another bar after the redemption. */
  moves: { token: string; bar: string; mass: string }[];
}

const massNumberText = (mass: number) => sumOfMasses([String(mass)]);

/** @param burns facts of the burns in request order; empty if they were not read */
export function redemptionsJson({ redemptions }: Derivation, burns: readonly BurnFact[]): RedemptionJson[] {
  const depths = new Map(burns.map(({ txid, vout, depth }) => [`${txid}:${vout}`, depth]));
  return redemptions.map(({ request, mass, needed, burnt, moves }) => ({
    reference: request.reference,
    mass,
    height: request.height,
    needed: formatAmount(needed),
    burnt: formatAmount(burnt),
    burns: request.burns.map(burn => ({ ...burn, depth: depths.get(outpointText(burn)) ?? null })),
    moves: moves.map(({ token, bar, mass: moved }) => ({ token, bar, mass: massNumberText(moved) })),
  }));
}

const right = true;

function barsTableText(redemptions: readonly RedemptionJson[], width?: number): string {
  return tableText(
    [
      { title: 'reference' },
      { title: 'mass', right },
      { title: 'redemption height', right },
      { title: 'needed', right },
      { title: 'burnt', right },
    ],
    redemptions.map(one => [
      printableText(one.reference),
      one.mass,
      String(one.height),
      one.needed,
      one.burnt,
    ]),
    width,
  );
}

function burnsTableText(redemptions: readonly RedemptionJson[], width?: number): string {
  const burns = redemptions.flatMap(({ reference, burns }) => burns.map(burn => ({ reference, ...burn })));
  const depth = (blocks: number | null) => (blocks === null ? '-' : String(blocks));
  return tableText(
    [
      { title: 'burnt', right },
      { title: 'confirmations', right },
      { title: 'for' },
      { title: 'token' },
      { title: 'output' },
    ],
    burns.map(burn => [
      burn.amount,
      depth(burn.depth),
      printableText(burn.reference),
      burn.token,
      outpointText(burn),
    ]),
    width,
  );
}

/** Total mass of the entries for which `isOne` is true; null if there is no such entry. */
function massOfHoldings(holdings: readonly Holding[], isOne: (entry: Holding) => boolean): string | null {
  const own = holdings.filter(isOne).map(({ mass }) => String(mass));
  return own.length > 0 ? sumOfMasses(own) : null;
}

export interface PartChange {
  bar: string;
  /** Asset id of the token; null for the row of the whole bar. */
  token: string | null;
  before: string | null;
  after: string | null;
}

/**
 * `bars` has a row for each bar on which the mass of a token changes. After the row of a bar come the rows of
 * these tokens. `tokens` has the total mass of each such token before and after the redemption.
 */
export function remappedMassChanges({ base, mapping, remapped: { before, after } }: Derivation) {
  const names = new Set(before.map(({ bar }) => bar));
  // Masses of whole bars. A bar may also have tokens whose mass does not change.
  const [was, is] = [barMasses(base, names), barMasses(mapping, names)];
  const whole = (bar: string) => ({ before: was.get(bar) ?? null, after: is.get(bar) ?? null });
  const all = [...before, ...after];
  const both = (isOne: (entry: Holding) => boolean) => ({
    before: massOfHoldings(before, isOne),
    after: massOfHoldings(after, isOne),
  });
  const bars = [...names].flatMap((bar): PartChange[] => {
    const tokens = [...new Set(all.filter(entry => entry.bar === bar).map(({ token }) => token))];
    const parts = tokens
      .map(token => ({ bar, token, ...both(entry => entry.bar === bar && entry.token === token) }))
      .filter(part => Number(part.before ?? 0) !== Number(part.after ?? 0));
    return parts.length === 0 ? [] : [{ bar, token: null, ...whole(bar) }, ...parts];
  });
  const moved = new Set(bars.flatMap(({ token }) => token ?? []));
  const tokens = [...moved].map(token => ({ token, ...both(entry => entry.token === token) }));
  return { bars, tokens };
}

function changesText(derivation: Derivation, width?: number): string {
  const { bars, tokens } = remappedMassChanges(derivation);
  const [before, after] = [
    { title: 'before', right },
    { title: 'after', right },
  ];
  const barRows = bars.map(({ bar, token, before: was, after: is }) => [
    token === null ? printableText(bar) : '',
    was ?? '-',
    is ?? (token === null ? 'redeemed' : '-'),
    token ?? '',
  ]);
  const tokenRows = tokens.map(({ token, before: was, after: is }) => [was ?? '-', is ?? '-', token]);
  return [
    '\nBars and tokens that change\n',
    tableText([{ title: 'bar' }, before, after, { title: 'token' }], barRows, width),
    '\nTokens that change\n',
    tableText([before, after, { title: 'token' }], tokenRows, width),
  ].join('');
}

/** If burns have too few confirmations, a remark that `finalise` waits for more; otherwise ''. */
function depthRemark(redemptions: readonly RedemptionJson[], needed: number): string {
  const burns = redemptions.flatMap(one => one.burns);
  const late = burns.filter(({ depth }) => depth !== null && depth < needed).length;
  return late === 0
    ? ''
    : `${late} of ${countText(burns.length, 'burn')} ${late === 1 ? 'has' : 'have'} fewer than ${countText(needed, 'confirmation')}. \`countersign finalise\` waits for more confirmations.\n`;
}

/** The effects on bars, tokens and total mass. */
function changesAndTotalText(derivation: Derivation, width?: number): string {
  const { base, mapping } = derivation;
  return `${changesText(derivation, width)}\ntotal mass  ${base.totalMass} -> ${mapping.totalMass} fine troy ounces\n`;
}

/** The redemption as text without its burns, for commands that print the burns themselves. */
export function redemptionEffectText(derivation: Derivation, width?: number): string {
  return barsTableText(redemptionsJson(derivation, []), width) + changesAndTotalText(derivation, width);
}

/** @param needed confirmations of each burn */
export function redemptionText(
  derivation: Derivation,
  burns: readonly BurnFact[],
  needed: number,
  width?: number,
): string {
  const redemptions = redemptionsJson(derivation, burns);
  return [
    barsTableText(redemptions, width),
    '\n',
    burnsTableText(redemptions, width),
    depthRemark(redemptions, needed),
    changesAndTotalText(derivation, width),
  ].join('');
}
