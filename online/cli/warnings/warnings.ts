/** Warnings before a person agrees to a request. A warning alone does not make a request invalid. */
import { barReference, correctedReference, kindOfChange } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import type { GoneBars } from '../../ledger/gone-bars.ts';
import type { ChainFacts } from '../../proposal/facts/facts.ts';
import type { Services } from '../../proposal/services.ts';
import { correctionWarnings } from './correction.ts';
import { issuanceWarnings } from './issuance.ts';
import { redemptionWarnings } from './redemption.ts';
import { cameBackText, moreWarningsText } from './texts.ts';

/** Largest number of warnings printed one by one. */
const SHOWN = 20;

/**
 * @param gone bars that left the mapping
 * @param reserved references of other bars for which a coin is reserved
 * @returns the warnings, of one to three sentences each
 */
export async function requestWarnings(
  services: Pick<Services, 'store' | 'trust'>,
  derivation: Derivation,
  chain: ChainFacts,
  gone: GoneBars,
  reserved: readonly string[] = [],
): Promise<string[]> {
  switch (kindOfChange(derivation.request)) {
    case 'issuances':
      return [
        ...returningBarWarnings(derivation, gone),
        ...issuanceWarnings(derivation, services.trust, reserved),
      ];
    case 'redemptions':
      return redemptionWarnings(services, derivation, chain);
    case 'corrections':
      return [...returningBarWarnings(derivation, gone), ...(await correctionWarnings(services, derivation))];
  }
}

/** Warnings about bars of the request whose name a redemption or a correction removed from the mapping. */
function returningBarWarnings({ request }: Derivation, gone: GoneBars): string[] {
  const names = [
    ...request.issuances.map(barReference),
    ...request.corrections.flatMap(one => correctedReference(one) ?? []),
  ];
  return names.flatMap(name => {
    const before = gone.get(name);
    if (!before || before.now !== null) return [];
    return [cameBackText(name, before.by, reviewCode(before.request))];
  });
}

/** Notes for a person, printed before the warnings. */
export const notesText = (notes: readonly string[]): string =>
  notes.length === 0 ? '' : `\n${notes.map(note => `note: ${note}\n`).join('')}`;

/** The warnings as text for a screen. If some are not shown, the text says how many. */
export function warningsText(warnings: readonly string[]): string {
  if (warnings.length === 0) return '';
  const more = warnings.length - SHOWN;
  const lines = [...warnings.slice(0, SHOWN), ...(more > 0 ? [moreWarningsText(more)] : [])];
  return `\nWARNINGS\n${lines.map(line => `  ! ${line}\n`).join('')}`;
}
