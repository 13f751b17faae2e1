/** The review screen of corrections: the reason, then each bar with its tokens and its new name or removal. */
import { type CorrectionRequest, newReference } from '../../shared/changes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { count } from '../text.ts';
import { barName, fact, numbered, ounces, tokenName, type View } from './parts.ts';

export const doneTo = (correction: CorrectionRequest) => {
  const name = newReference(correction);
  return name === undefined ? 'is REMOVED' : `becomes ${name}`;
};

/** @param facts lines that this device computed for the bar */
export function correctionLines(correction: CorrectionRequest, i: number, facts: string[] = []): string[] {
  return [...numbered(i, barName(correction.reference), doneTo(correction)), ...facts];
}

export function correctionView({ request, corrections }: Derivation): View {
  const removed = request.corrections.filter(correction => newReference(correction) === undefined).length;
  const renamed = corrections.length - removed;
  return {
    kind: 'CORRECTIONS',
    lead: fact('Reason', request.reason ?? ''),
    entries: 'Entries',
    atHeight: '',
    summary: fact('In all', `${count(renamed, 'bar')} renamed, ${count(removed, 'bar')} removed`),
    changes: corrections.flatMap(({ request, mass, tokens }, i) =>
      correctionLines(request, i, [
        `      mass  ${ounces(mass)}`,
        ...tokens.map(token => `      token ${tokenName(token)}`),
      ]),
    ),
    unknown: [],
  };
}
