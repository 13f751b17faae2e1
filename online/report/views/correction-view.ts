/** Corrections as text and JSON: the reason, and then each bar. */
import { correctedReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { printableText } from '../../../shared/errors.ts';
import { tableText } from '../../platform/text/text-table.ts';

export interface CorrectionJson {
  reference: string;
  /** The new reference; null for a removed bar. */
  to: string | null;
  mass: string;
  /** Asset ids. */
  tokens: string[];
}

export function correctionsJson({ corrections }: Derivation): CorrectionJson[] {
  return corrections.map(({ request, mass, tokens }) => ({
    reference: request.reference,
    to: correctedReference(request) ?? null,
    ...{ mass, tokens },
  }));
}

export function correctionText(derivation: Derivation, width?: number): string {
  const { request, base, mapping } = derivation;
  const corrections = correctionsJson(derivation);
  return [
    `reason  ${request.reason ?? ''}\n\n`,
    tableText(
      [
        { title: 'reference' },
        { title: 'mass', right: true },
        { title: 'new reference' },
        { title: 'tokens' },
      ],
      corrections.map(({ reference, to, mass, tokens }) => [
        printableText(reference),
        mass,
        to ?? 'REMOVED',
        tokens.join(', '),
      ]),
      width,
    ),
    `\ntotal mass  ${base.totalMass} -> ${mapping.totalMass} fine troy ounces\n`,
  ].join('');
}
