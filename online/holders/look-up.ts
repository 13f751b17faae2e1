/** Looks up which bars a token represents, and which tokens represent a bar. */

import { assetAtIndex } from '../../shared/mapping/asset-listing.ts';
import { partText } from '../../shared/mapping/assets.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import { tokenRatio } from '../../shared/redemption/remapping.ts';
import { periodOf } from '../../shared/token-schedule.ts';
import type { Asked } from './holder-question.ts';
import { findSimilarBars } from './similar-bars.ts';

/**
 * Largest number of rows for one line of the question. A part of a reference, such as a year, can match many
 * bars.
 */
export const MAX_ROWS = 100;
const MAX_ALIKE = 5;

/** One entry of the mapping. Masses are in fine troy ounces and amounts in tokens, both as decimal text. */
export interface Row {
  reference: string;
  /** Asset id. */
  token: string;
  mass: string;
  /** Amount of all tokens of this entry at the requested height. */
  tokens: string;
  /**
   * Fine troy ounces of this bar that the holder's amount represents. The amount is divided in proportion to
   * the masses of the token's bars. Absent without an amount, or if the amount exceeds all tokens of these
   * bars.
   */
  part?: string;
}

export interface Holding {
  tokens: string;
  /** Fine troy ounces that the tokens represent at the height. */
  mass: string;
  /**
   * True if all tokens with this asset id are fewer than `tokens` at the height. Then the amount, the id or
   * the height is wrong.
   */
  exceeds: boolean;
  /** The amount of all tokens with this asset id at the height. */
  all: string;
}

export interface Found {
  asked: Asked;
  rows: Row[];
  /** Number of found entries that are not in `rows`, because of `MAX_ROWS`. */
  more: number;
  /** Total mass of all found entries, fine troy ounces. */
  mass: string;
  holding?: Holding;
  /** References of bars that look like the requested bar; empty if an entry was found. */
  alike: string[];
}

/**
 * For each wanted text in lower case: the indices of the entries whose reference, or a part of it between
 * hyphens, equals the text.
 */
function indicesByBar(mapping: Mapping, wanted: ReadonlySet<string>): Map<string, number[]> {
  const places = new Map<string, number[]>([...wanted].map(text => [text, []]));
  if (wanted.size === 0) return places;
  for (let i = 0; i < mapping.size; i++) {
    const reference = partText(mapping.content.assets, i, 'reference').toLowerCase();
    for (const name of new Set([reference, ...reference.split('-')])) places.get(name)?.push(i);
  }
  return places;
}

function indicesByToken(mapping: Mapping, wanted: ReadonlySet<string>): Map<string, number[]> {
  const places = new Map<string, number[]>([...wanted].map(token => [token, []]));
  for (const i of mapping.placesOf(wanted, 'assetId'))
    places.get(partText(mapping.content.assets, i, 'assetId'))?.push(i);
  return places;
}

/**
 * Number of decimals of computed amounts and masses on the page. Further digits could be wrong, because the
 * schedule rounds each token separately.
 */
const SHOWN_DECIMALS = 4;

/**
 * Amount of all tokens of a mass at a height. A negative mass has no tokens. The rounding of older
 * re-mappings can leave such a mass.
 */
const tokensOfMass = (mass: string, height: number): number => Math.max(0, Number(mass)) / tokenRatio(height);

function holdingOfAmount(amount: string, mass: string, height: number): Holding {
  const [own, all] = [Number(amount), tokensOfMass(mass, height)];
  // The tolerance grows with the height, because the growth of tokens is rounded in each period.
  const tolerance = 1e-8 * (periodOf(height) + 1) + all * 1e-9;
  return {
    tokens: amount,
    mass: (own * tokenRatio(height)).toFixed(SHOWN_DECIMALS),
    exceeds: own > all + tolerance,
    all: all.toFixed(SHOWN_DECIMALS),
  };
}

/**
 * Divides a mass among several entries in proportion to their own masses. An entry with a negative mass gets
 * no part, because it has no tokens.
 */
function divideMass(whole: string, masses: readonly string[]): string[] {
  const own = masses.map(mass => Math.max(0, Number(mass)));
  const sum = own.reduce((a, b) => a + b, 0);
  return own.map(mass => (sum > 0 ? Number(whole) * (mass / sum) : 0).toFixed(SHOWN_DECIMALS));
}

function makeFound(
  mapping: Mapping,
  asked: Asked,
  places: readonly number[],
  height: number,
  near: readonly string[],
): Found {
  const entries = places.map(place => assetAtIndex(mapping, place));
  const masses = entries.map(entry => entry.mass);
  const mass = sumOfMasses(masses);
  const holding =
    asked.amount === undefined || places.length === 0
      ? undefined
      : holdingOfAmount(asked.amount, mass, height);
  const parts = holding && !holding.exceeds ? divideMass(holding.mass, masses) : undefined;
  const rows = entries.slice(0, MAX_ROWS).map(({ reference, assetId, mass: own }, i) => {
    const row = {
      reference,
      token: assetId,
      mass: own,
      tokens: tokensOfMass(own, height).toFixed(SHOWN_DECIMALS),
    };
    return parts ? { ...row, part: parts[i] as string } : row;
  });
  const alike =
    asked.bar === undefined || places.length > 0
      ? []
      : [...new Set([...mapping.alike([asked.bar]), ...near])].slice(0, MAX_ALIKE);
  return { asked, rows, more: entries.length - rows.length, mass, ...(holding && { holding }), alike };
}

/** @param height the block for which the amounts are computed, because they grow period by period */
export function lookUpAsked(mapping: Mapping, questions: readonly Asked[], height: number): Found[] {
  const bars = new Set(questions.flatMap(({ bar }) => (bar === undefined ? [] : [bar.toLowerCase()])));
  const tokens = new Set(questions.flatMap(({ token }) => token ?? []));
  const [byBar, byToken] = [indicesByBar(mapping, bars), indicesByToken(mapping, tokens)];
  const missing = questions.flatMap(({ bar }) =>
    bar !== undefined && byBar.get(bar.toLowerCase())?.length === 0 ? [bar] : [],
  );
  const near = findSimilarBars(mapping, missing);
  return questions.map(asked => {
    const places =
      asked.token === undefined ? byBar.get((asked.bar as string).toLowerCase()) : byToken.get(asked.token);
    return makeFound(mapping, asked, places ?? [], height, near.get(asked.bar ?? '') ?? []);
  });
}
