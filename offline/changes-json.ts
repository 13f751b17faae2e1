/** A request's changes for `--json`, with the values in the request and the values derived from it. */
import { formatAmount } from '../shared/amount.ts';
import { barReference } from '../shared/changes.ts';
import type { Derivation } from '../shared/derive.ts';
import { assetIdOf } from '../shared/issuance.ts';
import type { Request } from '../shared/request.ts';

/** @param derivation the derivation of this request; null to give only the values in the request */
export function changesJson(request: Request, derivation: Derivation | null = null) {
  const { issuances, redemptions, corrections, reason } = request;
  return {
    issuances: issuances.map(issuance => {
      const { mass, tokens, address, coin } = issuance;
      // The asset id depends on nothing but the coin.
      return { reference: barReference(issuance), mass, tokens, address, assetId: assetIdOf(coin), coin };
    }),
    redemptions: redemptions.map((redemption, i) => {
      const derived = derivation?.redemptions.at(i);
      if (!derived) return redemption;
      const { needed, burnt, moves } = derived;
      return { ...redemption, needed: formatAmount(needed), burnt: formatAmount(burnt), moves };
    }),
    corrections,
    ...(reason !== undefined && { reason }),
  };
}
