/**
 * Messages and hints about tables that people give. If a message is about a line, the number of the line is
 * printed before it.
 */
import { addressHint } from '../../../../shared/address.ts';
import { Refusal, valueText } from '../../../../shared/errors.ts';
import { countText, isOrAre } from '../../../platform/text/words.ts';

interface Form {
  readonly columns: readonly string[];
  /** Texts about the values. */
  readonly values: string;
}

const NOTHING = 'Nothing was written.';
export const EXPORT = 'Export the sheet as "CSV UTF-8".';

export const csvHint = ({ columns, values }: Form): string =>
  `Correct the file, then run the command again. Its columns are ${columns.join(',')}. ${values} ${NOTHING}`;
export const jsonHint = ({ columns }: Form): string =>
  `Correct the file, then run the command again. Each entry has the members ${columns.slice(0, -1).join(', ')} and ${columns.at(-1)}. Write all values in quotes. ${NOTHING}`;

/** Sentences about the values of each table, for the hint. */
export const VALUES = {
  assets: 'Write each mass in fine troy ounces with a decimal point, such as 389.142.',
  burns:
    'Write each reference as in the mapping. Write each burn as TXID, or as TXID:VOUT if the transaction burns several outputs.',
  corrections: 'The column "to" has the correct reference, SERIAL-YEAR-MANUFACTURER, or the word remove.',
};

// Texts about the file as a whole.

export const SPREADSHEET = 'the file of a spreadsheet program, or another document';
export const notCsvRefusal = (what: string, found: string): Refusal =>
  new Refusal('FORMAT_INVALID', `${what}: expected CSV, got ${found}`, EXPORT);

/** @param record number of the record; the header is number 1 */
export const quoteNotClosedRefusal = (what: string, record: number): Refusal =>
  new Refusal(
    'FORMAT_INVALID',
    `${what}: record ${record}, counted with the header: expected a closing quotation mark, got none`,
    'Remove the opening quotation mark, or add the closing one. Or export the sheet again as "CSV UTF-8".',
  );

/** @param most largest number of bytes */
export const tableTooLargeRefusal = (what: string, length: number, most: number, form: Form): Refusal =>
  new Refusal('TOO_LARGE', `${what}: expected at most ${most} bytes, got ${length}`, csvHint(form));

export const unusedColumnsText = (what: string, names: readonly string[]): string =>
  `${what}: ${countText(names.length, 'column')} ${isOrAre(names.length)} not used: ${names.map(valueText).join(', ')}`;

// Sentences about what a spreadsheet program did to a cell. They have no full stop, because they follow
// another message.

const AS_TEXT = 'format the column as text, and type the value again';
const makeAlteredCellText = (to: string) => () => `A spreadsheet changed the cell to ${to}: ${AS_TEXT}`;

/**
 * For each alteration: the function that makes its sentence. The argument is the text inside the formula
 * (`zeros`), or after the mark (`mark`).
 */
export const ALTERED = {
  zeros: (inner: string) => `The cell is a formula that keeps zeros: write only ${inner}`,
  mark: (inner: string) => `The cell begins with the ' that marks text in a spreadsheet: write only ${inner}`,
  formula: () => 'The cell is a formula: copy the value of the formula',
  error: () => 'The cell has the error of a formula: correct the formula in the spreadsheet',
  narrow: () => 'The column was too narrow: make the column wider, and export the sheet again',
  power: makeAlteredCellText('a power of ten'),
  date: makeAlteredCellText('a date'),
  decimals: makeAlteredCellText('a number with decimals'),
};

/** @param whole the number with its zeros */
export const zerosDroppedText = (whole: string): string =>
  `A spreadsheet may have dropped the zeros at the beginning of ${whole}: ${AS_TEXT}`;

// Texts about a line or one of its cells.

/** Explains `389,142` in a table separated by commas. */
export const splitNumberText = (before: string, after: string): string =>
  ` (${before},${after} is two cells: write a decimal point, not a comma)`;

export const strayCellText = (number: number, text: string | undefined): string =>
  `cell ${number}, without a column name: expected nothing, got ${valueText(text)}`;

/** @param write what to write instead, such as `389.142` */
export const separatorRefusal = (expected: string, mass: string, write: string): Refusal =>
  new Refusal('FIELD_INVALID', `mass: expected ${expected}, got ${valueText(mass)}: write ${write}`);

export type AddressFault = { is: 'character'; character: string } | { is: 'length' } | { is: 'checksum' };

/** @param fault what is wrong with the address; null for an empty address */
export function addressInvalidRefusal(network: string, text: string, fault: AddressFault | null): Refusal {
  const found = `address: expected an address, got ${valueText(text)}`;
  const again = '; copy the complete address again';
  const message = fault === null ? found : `${found}: ${addressFaultText(fault, text)}${again}`;
  return new Refusal('FIELD_INVALID', message, addressHint(network));
}

function addressFaultText(fault: AddressFault, text: string): string {
  switch (fault.is) {
    case 'character':
      return `no address has the character ${valueText(fault.character)}`;
    case 'length':
      return `it has ${countText(text.length, 'character')}, and an address has about 34`;
    case 'checksum':
      return 'its checksum does not match, so a character is wrong or missing';
  }
}

export function burnInvalidRefusal(text: string): Refusal {
  return new Refusal(
    'FIELD_INVALID',
    `burn: expected TXID or TXID:VOUT, got ${valueText(text)}${nearlyValidBurnText(text)}`,
    'Copy the transaction id that the holder gave. Add :VOUT if the transaction burns several outputs.',
  );
}

/** Explains an output name that is nearly valid. */
function nearlyValidBurnText(text: string): string {
  const [id = '', ...rest] = text.split(':');
  if (/^[0-9a-fA-F]{64}$/.test(id) && id !== id.toLowerCase()) return ': write it in lower case';
  if (/^[0-9a-f]+$/.test(id) && id.length !== 64 && rest.length <= 1)
    return `: a transaction id has 64 digits, not ${id.length}; copy the complete id again`;
  return '';
}

/** Texts about the older wallet's `burntassets.dat`. */
export const burntFileRefusal = (what: string, problem: string): Refusal =>
  new Refusal(
    'FORMAT_INVALID',
    `${what}: ${problem}`,
    'Give the file that the older burn_tokens.py wrote, or leave --burnt out. Countersign reads the burns from the chain in any case.',
  );
