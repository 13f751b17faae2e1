/** Issuances as text and JSON. */
import { formatAmount, formatDecimal, parseAmount } from '../../../shared/amount.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { tableText } from '../../platform/text/text-table.ts';

export interface IssuanceJson {
  reference: string;
  mass: string;
  tokens: string;
  address: string;
  assetId: string;
  coin: { txid: string; vout: number; amount: string };
}

export function issuancesJson(derivation: Derivation): IssuanceJson[] {
  return derivation.issuances.map(({ reference, request, tokens, assetId }) => ({
    reference,
    mass: request.mass,
    tokens: formatAmount(tokens),
    address: request.address,
    assetId,
    coin: request.coin,
  }));
}

export function issuedMassText(derivation: Derivation): string {
  const atoms = derivation.issuances.reduce(
    (sum, { request }) => sum + parseAmount(request.mass, 'mass'),
    0n,
  );
  return formatDecimal(atoms, 3);
}

export function issuanceTableText(derivation: Derivation, width?: number): string {
  const rows = issuancesJson(derivation).map(i => [i.reference, i.mass, i.tokens, i.address]);
  const tokens = derivation.issuances.reduce((sum, issuance) => sum + issuance.tokens, 0n);
  return [
    tableText(
      [
        { title: 'reference' },
        { title: 'mass', right: true },
        { title: 'tokens', right: true },
        { title: 'address' },
      ],
      [...rows, [`total of ${rows.length}`, issuedMassText(derivation), formatAmount(tokens), '']],
      width,
    ),
    ...derivation.issuances.map(
      ({ reference, assetId, request: { coin } }) =>
        `${reference}\n  asset id  ${assetId}\n  coin      ${coin.txid}:${coin.vout}\n`,
    ),
  ].join('');
}
