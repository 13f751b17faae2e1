/** Recognises cells that a spreadsheet program has altered. */

const AS_TEXT = 'format the column as text, and type it again';

const SIGNS: readonly [form: RegExp, happened: (found: RegExpExecArray) => string][] = [
  [/^="([^"]*)"$/, ([, inner]) => `a formula that keeps zeros in a spreadsheet: write ${inner} alone`],
  [/^'(.+)$/, ([, inner]) => `the ' by which a spreadsheet keeps a text: write ${inner} alone`],
  [/^=/, () => 'a formula: copy its value'],
  [/^[0-9]+([.,][0-9]+)?E[+-]?[0-9]+$/i, () => `a power of ten, which a spreadsheet made of it: ${AS_TEXT}`],
  [
    /^#(REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL)[!?]?$/i,
    () => 'an error of a formula: correct it in the spreadsheet',
  ],
  [/^#+$/, () => 'the column was too narrow for it: make it wider, and export again'],
  [
    /^([0-9]{1,4}[-./][A-Za-z]{3,9}([-./][0-9]{2,4})?|[A-Za-z]{3}-[0-9]{2,4}|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4})$/,
    () => `a date, which a spreadsheet made of it: ${AS_TEXT}`,
  ],
  [/^[0-9]+\.0+$/, () => `a number with decimals, which a spreadsheet made of it: ${AS_TEXT}`],
];

/**
 * @param digits number of digits that a numeric cell must have: a spreadsheet drops leading zeros
 * @returns an explanation; '' if nothing is recognised
 */
export function alteredBySpreadsheet(cell: string, digits: number | undefined): string {
  if (digits !== undefined && /^[0-9]+$/.test(cell) && cell.length < digits)
    return `a spreadsheet drops zeros at the beginning: is it ${cell.padStart(digits, '0')}? Then ${AS_TEXT}`;
  for (const [form, happened] of SIGNS) {
    const found = form.exec(cell);
    if (found) return happened(found);
  }
  return '';
}
