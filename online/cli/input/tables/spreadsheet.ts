/** Recognises cells that a spreadsheet program has altered. */

const AS_TEXT = 'format the column as text, and type the value again';
const changed = (to: string) => `A spreadsheet changed the cell to ${to}: ${AS_TEXT}`;

const SIGNS: readonly [form: RegExp, happened: (found: RegExpExecArray) => string][] = [
  [/^="([^"]*)"$/, ([, inner]) => `The cell is a formula that keeps zeros: write only ${inner}`],
  [
    /^'(.+)$/,
    ([, inner]) => `The cell begins with the ' that marks text in a spreadsheet: write only ${inner}`,
  ],
  [/^=/, () => 'The cell is a formula: copy the value of the formula'],
  [/^[0-9]+([.,][0-9]+)?E[+-]?[0-9]+$/i, () => changed('a power of ten')],
  [
    /^#(REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL)[!?]?$/i,
    () => 'The cell has the error of a formula: correct the formula in the spreadsheet',
  ],
  [/^#+$/, () => 'The column was too narrow: make the column wider, and export the sheet again'],
  [
    /^([0-9]{1,4}[-./][A-Za-z]{3,9}([-./][0-9]{2,4})?|[A-Za-z]{3}-[0-9]{2,4}|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4})$/,
    () => changed('a date'),
  ],
  [/^[0-9]+\.0+$/, () => changed('a number with decimals')],
];

/**
 * @param digits number of digits that a numeric cell must have: a spreadsheet drops leading zeros
 * @returns a sentence without its full stop; '' if nothing is recognised
 */
export function alteredBySpreadsheet(cell: string, digits: number | undefined): string {
  if (digits !== undefined && /^[0-9]+$/.test(cell) && cell.length < digits)
    return `A spreadsheet may have dropped the zeros at the beginning of ${cell.padStart(digits, '0')}: ${AS_TEXT}`;
  for (const [form, happened] of SIGNS) {
    const found = form.exec(cell);
    if (found) return happened(found);
  }
  return '';
}
