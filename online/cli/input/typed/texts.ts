/**
 * Questions to a person who types assets or redemptions, and what the program says about the typed answers.
 */
import { formatAmount } from '../../../../shared/amount.ts';
import type { AssetEntry } from '../../../../shared/changes.ts';
import { Refusal } from '../../../../shared/errors.ts';
import { countText } from '../../../platform/text/words.ts';

export const QUESTIONS: Record<keyof AssetEntry, string> = {
  serial: 'Serial number (6 letters or digits): ',
  year: 'Year of manufacture: ',
  manufacturer: 'Manufacturer: ',
  mass: 'Mass in fine troy ounces (for example 389.142): ',
  address: 'Address that receives the tokens: ',
};

export const assetTitle = (number: number): string =>
  `Asset ${number} (type "back" to return to the field before)\n`;

export const typedBeforeText = (name: string): string => `${name} was typed before`;
export const alreadyMappedText = (reference: string): string =>
  `${reference} is already in the mapping, and has a token`;
/** @param problem a sentence without its full stop */
export const typeAnotherText = (problem: string, mayDrop: boolean): string =>
  `${problem}. Type the correct serial number, ${mayDrop ? 'or "drop" to leave this bar out' : 'or press Ctrl-C to stop'}.`;
/** @param problem a sentence without its full stop */
export const notChangedText = (problem: string): string => `${problem}. This entry was not changed.`;

/** The words that a person can answer, such as `1 to 3, add, or stop`. */
export const choicesText = (count: number, mayAdd: boolean): string =>
  `${count === 1 ? '1' : `1 to ${count}`}${mayAdd ? ', add' : ''}, or stop`;
export const whichIsWrongQuestion = (noun: 'asset' | 'bar', words: string): string =>
  `Which ${noun} is wrong? (${words}) `;
export const whatIsWrongQuestion = (reference: string, words: string): string =>
  `What is wrong with ${reference}? (${words}) `;
export const typeOneOfText = (words: string): string => `Type ${words}.\n`;

export const noCoinsRefusal = (): Refusal =>
  new Refusal(
    'COINS_SHORT',
    'each asset needs a policy coin, and the ledger lists none',
    'Rebuild the list with `countersign coins scan`. If the list stays empty, have policy coins made.',
  );

export const ASK_BAR = '  Bar (its reference in the mapping): ';
export const burnQuestion = (mayEnd: boolean): string => `  Burn (TXID[:VOUT]${mayEnd ? ', or done' : ''}): `;
export const OTHER_AMOUNT =
  'The bar needs another amount. Type another burn, or type done again to correct the burns later.';

/**
 * The sum of a bar's burns. All amounts are in atoms.
 * @param off negative if burns are missing, positive if too much is burnt
 */
export function burnSumText(
  burns: number,
  burnt: bigint,
  needed: bigint,
  off: bigint,
  height: number,
): string {
  const by = off === 0n ? '' : ` (${formatAmount(off < 0n ? -off : off)} too ${off < 0n ? 'few' : 'many'})`;
  const sum = `${countText(burns, 'burn')}, ${formatAmount(burnt)} tokens in total`;
  return `${sum}; ${formatAmount(needed)} are needed at redemption height ${height}${by}.`;
}
