/**
 * Reads a table of redemptions. Each line has one burnt output, and the lines with the same bar form a
 * redemption.
 */
import { MAX_BURNS, MAX_REDEMPTIONS, MAX_VOUT } from '../../../../shared/changes.ts';
import { valueText } from '../../../../shared/errors.ts';
import { fieldRefusal } from '../../../../shared/json-fields.ts';
import { REFERENCE, REFERENCE_EXPECTED } from '../../../legacy/redeemable-bars.ts';
import type { NamedBurn } from '../../../proposal/facts/burns.ts';
import type { NewRedemption } from '../../../proposal/facts/question.ts';
import { TableReader } from './table-reader.ts';
import { burnInvalidRefusal, VALUES } from './texts.ts';

type Column = 'reference' | 'burn';
const FORM = {
  columns: ['reference', 'burn'] as const,
  entry: 'burn',
  values: VALUES.burns,
};

const BURN = /^([0-9a-f]{64})(?::(0|[1-9][0-9]{0,9}))?$/;

/** @param text `txid` or `txid:vout` @throws Refusal FIELD_INVALID */
export function parseBurnName(text: string): NamedBurn {
  const [, txid, vout] = BURN.exec(text) ?? [];
  const isOutput = vout === undefined || Number(vout) <= MAX_VOUT;
  if (txid !== undefined && isOutput) return { txid, vout: vout === undefined ? null : Number(vout) };
  throw burnInvalidRefusal(text);
}

/** @throws Refusal FIELD_INVALID */
export function checkReference(text: string): void {
  if (!REFERENCE.test(text)) throw fieldRefusal('reference', REFERENCE_EXPECTED, text);
}

const checkRedemptionCell = (column: Column, value: string) =>
  column === 'burn' ? void parseBurnName(value) : checkReference(value);

/**
 * Reads redemptions, in the order in which their bars first occur.
 * @throws Refusal FIELD_INVALID or BURN_SPENT naming every wrong line, FORMAT_INVALID, TOO_LARGE
 */
export function readRedemptions(
  bytes: Uint8Array,
  what: string,
  note?: (text: string) => void,
): NewRedemption[] {
  const table = new TableReader<Column>(bytes, what, FORM, checkRedemptionCell, note);
  // If only a transaction id is given, the output is searched later in the transaction on chain.
  table.once(({ burn }) => burn, 'BURN_SPENT');
  const bars = new Map<string, NamedBurn[]>();
  for (const { place, cells, isWhole } of table.rows) {
    const { reference = '', burn = '' } = cells;
    if (!isWhole) continue;
    const burns = bars.get(reference) ?? [];
    burns.push(parseBurnName(burn));
    bars.set(reference, burns);
    if (burns.length === MAX_BURNS + 1)
      table.refuse(place, `expected at most ${MAX_BURNS} burns of ${valueText(reference)}`);
  }
  if (bars.size > MAX_REDEMPTIONS)
    table.refuse(null, `${what}: expected at most ${MAX_REDEMPTIONS} bars, got ${bars.size}`);
  table.done();
  return [...bars].map(([reference, burns]) => ({ reference, burns }));
}
