/**
 * Warnings before a correction, about names that look like a new name, and about a list of redeemable bars
 * that cannot be updated.
 */
import { correctedReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import type { Services } from '../../proposal/services.ts';
import { lookAlikeWarnings } from './issuance.ts';
import { unreadableListWarnings } from './redemption.ts';

export async function correctionWarnings(
  services: Pick<Services, 'store'>,
  { request, mapping }: Derivation,
): Promise<string[]> {
  const names = request.corrections.flatMap(correction => correctedReference(correction) ?? []);
  return [...lookAlikeWarnings(names, mapping), ...(await unreadableListWarnings(services))];
}
