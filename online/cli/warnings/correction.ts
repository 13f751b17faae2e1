/** Warnings before a correction: look-alikes of the new names, and a list of redeemable bars that cannot be updated. */
import { newReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import type { Services } from '../../proposal/services.ts';
import { lookAlikes } from './issuance.ts';
import { unreadableList } from './redemption.ts';

export async function correctionWarnings(
  services: Pick<Services, 'store'>,
  { request, mapping }: Derivation,
): Promise<string[]> {
  const names = request.corrections.flatMap(correction => newReference(correction) ?? []);
  return [...lookAlikes(names, mapping), ...(await unreadableList(services))];
}
