/** Recognises cells that a spreadsheet program has altered. */
import { ALTERED, zerosDroppedText } from './texts.ts';

const SIGNS: readonly [form: RegExp, happened: keyof typeof ALTERED][] = [
  [/^="([^"]*)"$/, 'zeros'],
  [/^'(.+)$/, 'mark'],
  [/^=/, 'formula'],
  [/^[0-9]+([.,][0-9]+)?E[+-]?[0-9]+$/i, 'power'],
  [/^#(REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL)[!?]?$/i, 'error'],
  [/^#+$/, 'narrow'],
  [
    /^([0-9]{1,4}[-./][A-Za-z]{3,9}([-./][0-9]{2,4})?|[A-Za-z]{3}-[0-9]{2,4}|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4})$/,
    'date',
  ],
  [/^[0-9]+\.0+$/, 'decimals'],
];

/**
 * @param digits number of digits that a numeric cell must have. If a cell has fewer digits, the spreadsheet
 * may have dropped leading zeros
 * @returns a sentence, without its full stop, about the alteration; '' if none is recognised
 */
export function alterationText(cell: string, digits: number | undefined): string {
  if (digits !== undefined && /^[0-9]+$/.test(cell) && cell.length < digits)
    return zerosDroppedText(cell.padStart(digits, '0'));
  for (const [form, happened] of SIGNS) {
    const found = form.exec(cell);
    if (found) return ALTERED[happened](found[1] ?? '');
  }
  return '';
}
