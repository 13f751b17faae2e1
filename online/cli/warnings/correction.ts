/** Warnings before a correction: bars that look like the new names, and old names that stay in the custodian's list. */
import { newReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { printable } from '../../../shared/errors.ts';
import { keys } from '../../ledger/objects.ts';
import type { RedeemableBar } from '../../legacy/redeemable-bars.ts';
import type { Services } from '../../proposal/services.ts';
import { lookAlikes } from './issuance.ts';
import { orWarning } from './redemption.ts';

/** A bar that is taken out or renamed would stay on offer under its old name. */
function listWarnings({ request }: Derivation, bars: readonly RedeemableBar[]): string[] {
  const listed = new Set(bars.map(({ reference }) => reference));
  return request.corrections
    .filter(({ reference }) => listed.has(reference))
    .map(({ reference }) => {
      const name = printable(reference);
      return `${name} is in ${keys.redeemable}, the list of redeemable bars: once this is published, take it out with \`countersign redeem remove\`.`;
    });
}

export async function correctionWarnings(
  services: Pick<Services, 'store'>,
  derivation: Derivation,
): Promise<string[]> {
  const { request, mapping } = derivation;
  const names = request.corrections.flatMap(correction => newReference(correction) ?? []);
  return [
    ...lookAlikes(names, mapping),
    ...(await orWarning(services, bars => listWarnings(derivation, bars))),
  ];
}
