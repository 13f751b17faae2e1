/** Corrections as people give them: a line for each bar, with its right reference or the word `remove`. */
import {
  type BarName,
  type CorrectionRequest,
  checkAssetField,
  MAX_CORRECTIONS,
} from '../../../../shared/changes.ts';
import { Refusal, shown } from '../../../../shared/errors.ts';
import { checkReference } from './redemption-file.ts';
import { Table } from './table.ts';

type Column = 'reference' | 'to';
const FORM = {
  columns: ['reference', 'to'] as const,
  entry: 'correction',
  values: 'to is the right reference, SERIAL-YEAR-MANUFACTURER, or the word remove',
};
const REMOVE = 'remove';

/** @throws Refusal FIELD_INVALID naming the part */
function readName(text: string): BarName {
  const [serial = '', year = '', manufacturer = '', ...rest] = text.split('-');
  if (year === '' || manufacturer === '' || rest.length > 0)
    throw new Refusal(
      'FIELD_INVALID',
      `to: expected SERIAL-YEAR-MANUFACTURER or ${REMOVE}, got ${shown(text)}`,
    );
  const name = { serial, year, manufacturer };
  for (const [field, value] of Object.entries(name)) checkAssetField(field as keyof BarName, value, 'to');
  return name;
}

function check(column: Column, value: string): void {
  if (column === 'reference') checkReference(value);
  else if (value !== REMOVE) readName(value);
}

/** @throws Refusal FIELD_INVALID or DUPLICATE_ASSET naming every wrong line, FORMAT_INVALID, TOO_LARGE */
export function readCorrections(
  bytes: Uint8Array,
  what: string,
  note?: (text: string) => void,
): CorrectionRequest[] {
  const table = new Table<Column>(bytes, what, FORM, check, note);
  table.once(({ reference }) => reference, 'DUPLICATE_ASSET');
  for (const { place, cells, isWhole } of table.rows)
    if (isWhole && cells.reference === cells.to)
      table.refuse(place, `to: expected another reference than ${cells.reference}`);
  table.atMost(MAX_CORRECTIONS);
  table.done();
  return table.rows.map(({ cells: { reference = '', to = '' } }) =>
    to === REMOVE ? { reference, remove: true } : { reference, to: readName(to) },
  );
}
