/** Reads a table of corrections. For each bar it has the right reference, or the word `remove`. */
import {
  type BarName,
  type CorrectionRequest,
  checkAssetField,
  MAX_CORRECTIONS,
} from '../../../../shared/changes.ts';
import { Refusal, valueText } from '../../../../shared/errors.ts';
import { alterationText } from './altered-cells.ts';
import { checkReference } from './redemption-file.ts';
import { TableReader } from './table-reader.ts';
import { VALUES } from './texts.ts';

type Column = 'reference' | 'to';
const FORM = {
  columns: ['reference', 'to'] as const,
  entry: 'correction',
  values: VALUES.corrections,
};
const REMOVE = 'remove';
/** Number of digits that a numeric serial must have. */
const SERIAL_DIGITS = 6;

/** @throws Refusal FIELD_INVALID naming the part */
function parseBarName(text: string): BarName {
  const [serial = '', year = '', manufacturer = '', ...rest] = text.split('-');
  if (year === '' || manufacturer === '' || rest.length > 0)
    throw new Refusal(
      'FIELD_INVALID',
      `to: expected SERIAL-YEAR-MANUFACTURER or the word "${REMOVE}", got ${valueText(text)}`,
    );
  const name = { serial, year, manufacturer };
  const altered = alterationText(serial, SERIAL_DIGITS);
  for (const [field, value] of Object.entries(name))
    try {
      checkAssetField(field as keyof BarName, value, 'to');
    } catch (error) {
      if (!(error instanceof Refusal) || field !== 'serial' || altered === '') throw error;
      throw new Refusal(error.code, `${error.message}. ${altered}`, error.hint);
    }
  return name;
}

function checkCorrectionCell(column: Column, value: string): void {
  if (column === 'reference') checkReference(value);
  else if (value !== REMOVE) parseBarName(value);
}

/** @throws Refusal FIELD_INVALID or DUPLICATE_ASSET naming every wrong line, FORMAT_INVALID, TOO_LARGE */
export function readCorrections(
  bytes: Uint8Array,
  what: string,
  note?: (text: string) => void,
): CorrectionRequest[] {
  const table = new TableReader<Column>(bytes, what, FORM, checkCorrectionCell, note);
  table.once(({ reference }) => reference, 'DUPLICATE_ASSET');
  for (const { place, cells, isWhole } of table.rows)
    if (isWhole && cells.reference === cells.to)
      table.refuse(place, `to: expected a reference that differs from ${cells.reference}`);
  table.atMost(MAX_CORRECTIONS);
  table.done();
  return table.rows.map(({ cells: { reference = '', to = '' } }) =>
    to === REMOVE ? { reference, remove: true } : { reference, to: parseBarName(to) },
  );
}
