/**
 * The answers that the older confirmer of redemptions asks for, in order. That script computes nothing, so a
 * person types every value.
 */
import { formatAmount, parseAmount } from '../../shared/amount.ts';
import type { Derivation } from '../../shared/derive.ts';

export interface Answer {
  question: string;
  answer: string;
}

/**
 * Answers for the first bar, because the older script handles only one.
 * @returns null if there is no redemption, or if the reference has fewer than three parts
 */
export function olderScriptAnswers({ redemptions, remapped }: Derivation): Answer[] | null {
  const [redemption] = redemptions;
  if (!redemption) return null;
  const { reference, height, burns } = redemption.request;
  const [serial, year, ...rest] = reference.split('-');
  if (serial === undefined || year === undefined || rest.length === 0) return null;
  // The script adds the masses as floating-point numbers, and the answer must equal its sum in every digit.
  const entries = remapped.before.filter(({ bar }) => bar === reference);
  const mass = String(entries.reduce((sum, entry) => sum + entry.mass, 0));
  const sums = new Map<string, bigint>();
  for (const { token, amount } of burns)
    sums.set(token, (sums.get(token) ?? 0n) + parseAmount(amount, 'amount'));
  const answers: [string, string][] = [
    ['Confirm diff data correct?', 'Yes'],
    ['Enter serial number:', serial],
    ['Enter year of manufacture:', year],
    ['Enter manufacturer:', rest.join('-')],
    ['Enter fine mass:', mass],
    ['Confirm data correct?', 'Yes'],
    ['Enter the redemption initiation block height:', String(height)],
    ['Enter total number of burnt token types:', String(sums.size)],
    ...[...sums].flatMap(([token, atoms]): [string, string][] => [
      ['Enter token ID:', token],
      ['Enter amount:', formatAmount(atoms)],
    ]),
  ];
  return answers.map(([question, answer]) => ({ question, answer }));
}
