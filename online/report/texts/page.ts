/** Sentences and labels of the report's page. */
import { PERIOD } from '../../../shared/token-schedule.ts';
import { controllersText, countText, isOrAre } from '../../platform/text/words.ts';

/** @returns HTML */
export const rowsLeftOutHtml = (count: number): string =>
  `${countText(count, 'more token')} ${isOrAre(count)} not shown here. Tokens with a problem are listed first. <code>countersign report --csv FILE</code> writes all tokens.`;

/** Title of the column with the amounts of the schedule. */
export const expectedAtText = (height: number): string => `expected at block ${height}`;

export const NO_ASSET = 'No asset has been issued yet.';

export const COMPLETE =
  'The history is complete. Each mapping differs from the previous mapping only by the changes of its request.';

export const HAS_GAPS = 'The history has gaps.';

export const BOTH_RISE = `Both lines rise with each issuance. The amounts of the schedule also rise every ${PERIOD} blocks.`;

/** @param signers indices of the controllers that signed; none for the empty first mapping */
export const signersText = (signers: readonly number[]): string =>
  signers.length === 0
    ? 'not signed: this is the empty first mapping'
    : `signed by ${controllersText(signers)}`;

/** @param assets number of assets in the mapping @param mass total mass in fine troy ounces */
export const massPointText = (height: number, time: string, assets: number, mass: string): string =>
  `block ${height}, ${time}: ${countText(assets, 'asset')}, mass ${mass} fine troy ounces`;

/** @param removed amount of tokens that were removed; null if none */
export const issuedPointText = (
  height: number,
  issued: string,
  assets: number,
  removed: string | null,
): string =>
  `block ${height}: ${issued} tokens issued for ${countText(assets, 'asset')}${removed === null ? '' : `, ${removed} removed`}`;

/** '' if each issuance is recorded. @param count number of assets without a record */
export const unrecordedText = (count: number): string =>
  count === 0
    ? ''
    : ` (${countText(count, 'asset')} without a record of issuance, counted from the first mapping that has ${count === 1 ? 'it' : 'them'})`;
