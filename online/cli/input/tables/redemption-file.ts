/** Reads a table of redemptions: one line for each burnt output; lines with the same bar form a redemption. */
import { MAX_BURNS, MAX_REDEMPTIONS, MAX_VOUT } from '../../../../shared/changes.ts';
import { Refusal, shown } from '../../../../shared/errors.ts';
import { fieldInvalid } from '../../../../shared/fields.ts';
import { REFERENCE, REFERENCE_EXPECTED } from '../../../legacy/redeemable-bars.ts';
import type { NamedBurn } from '../../../proposal/facts/burns.ts';
import type { NewRedemption } from '../../../proposal/facts/question.ts';
import { Table } from './table.ts';

type Column = 'reference' | 'burn';
const FORM = {
  columns: ['reference', 'burn'] as const,
  entry: 'burn',
  values:
    'Write each reference as in the mapping. Write each burn as TXID, or as TXID:VOUT if the transaction burns several outputs.',
};

const BURN = /^([0-9a-f]{64})(?::(0|[1-9][0-9]{0,9}))?$/;

/** Explains an output name that is nearly valid. */
function nearly(text: string): string {
  const [id = '', ...rest] = text.split(':');
  if (/^[0-9a-fA-F]{64}$/.test(id) && id !== id.toLowerCase()) return ': write it in lower case';
  if (/^[0-9a-f]+$/.test(id) && id.length !== 64 && rest.length <= 1)
    return `: a transaction id has 64 digits, not ${id.length}; copy the complete id again`;
  return '';
}

/** @param text `txid` or `txid:vout` @throws Refusal FIELD_INVALID */
export function readBurn(text: string): NamedBurn {
  const [, txid, vout] = BURN.exec(text) ?? [];
  const isOutput = vout === undefined || Number(vout) <= MAX_VOUT;
  if (txid !== undefined && isOutput) return { txid, vout: vout === undefined ? null : Number(vout) };
  const expected = 'burn: expected TXID or TXID:VOUT';
  throw new Refusal(
    'FIELD_INVALID',
    `${expected}, got ${shown(text)}${nearly(text)}`,
    'Copy the transaction id that the holder gave. Add :VOUT if the transaction burns several outputs.',
  );
}

/** @throws Refusal FIELD_INVALID */
export function checkReference(text: string): void {
  if (!REFERENCE.test(text)) throw fieldInvalid('reference', REFERENCE_EXPECTED, text);
}

const check = (column: Column, value: string) =>
  column === 'burn' ? void readBurn(value) : checkReference(value);

/**
 * Redemptions in the order of each bar's first line.
 * @throws Refusal FIELD_INVALID or BURN_SPENT naming every wrong line, FORMAT_INVALID, TOO_LARGE
 */
export function readRedemptions(
  bytes: Uint8Array,
  what: string,
  note?: (text: string) => void,
): NewRedemption[] {
  const table = new Table<Column>(bytes, what, FORM, check, note);
  // If only the transaction id is given, the chain determines the output.
  table.once(({ burn }) => burn, 'BURN_SPENT');
  const bars = new Map<string, NamedBurn[]>();
  for (const { place, cells, isWhole } of table.rows) {
    const { reference = '', burn = '' } = cells;
    if (!isWhole) continue;
    const burns = bars.get(reference) ?? [];
    burns.push(readBurn(burn));
    bars.set(reference, burns);
    if (burns.length === MAX_BURNS + 1)
      table.refuse(place, `expected at most ${MAX_BURNS} burns of ${shown(reference)}`);
  }
  if (bars.size > MAX_REDEMPTIONS)
    table.refuse(null, `${what}: expected at most ${MAX_REDEMPTIONS} bars, got ${bars.size}`);
  table.done();
  return [...bars].map(([reference, burns]) => ({ reference, burns }));
}
