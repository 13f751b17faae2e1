/** The review screen of corrections: the reason, then each bar with its tokens and its new name or removal. */
import { type CorrectionRequest, correctedReference } from '../../shared/changes.ts';
import type { Derivation } from '../../shared/derive.ts';
import { countText } from '../text-layout.ts';
import { factLines, massSumText, numberedLines, shownReference, shownToken, type View } from './screen-parts.ts';

export const correctionEffect = (correction: CorrectionRequest) => {
  const name = correctedReference(correction);
  return name === undefined ? 'is REMOVED' : `becomes ${name}`;
};

/** @param facts lines with what this device computed for the bar */
export function correctionLines(correction: CorrectionRequest, i: number, facts: string[] = []): string[] {
  return [...numberedLines(i, shownReference(correction.reference), correctionEffect(correction)), ...facts];
}

export function correctionView({ request, corrections }: Derivation): View {
  const removed = request.corrections.filter(correction => correctedReference(correction) === undefined).length;
  const renamed = corrections.length - removed;
  return {
    kind: 'CORRECTIONS',
    lead: factLines('Reason', request.reason ?? ''),
    entries: 'Entries',
    atHeight: '',
    summary: factLines('In all', `${countText(renamed, 'bar')} renamed, ${countText(removed, 'bar')} removed`),
    changes: corrections.flatMap(({ request, mass, tokens }, i) =>
      correctionLines(request, i, [
        `      mass  ${massSumText(mass)}`,
        ...tokens.map(token => `      token ${shownToken(token)}`),
      ]),
    ),
    unknown: [],
  };
}
