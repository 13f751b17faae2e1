/** The review screen of issuances: each bar with its address and coin, and the totals of each recipient. */
import { formatAmount, formatDecimal, parseAmount } from '../../shared/amount.ts';
import { barReference, type IssuanceRequest } from '../../shared/changes.ts';
import type { Derivation, DerivedIssuance } from '../../shared/derive.ts';
import { blocksLeft } from '../../shared/token-schedule.ts';
import type { Trust } from '../../shared/trust.ts';
import { countText } from '../text-layout.ts';
import { factLines, numberedLines, reissuanceText, type View } from './screen-parts.ts';

/** The largest number of bars that the screen shows with asset ids. With more bars, the screen has no asset ids. */
const FEW = 3;

/**
 * @param tokens the amount that this device computed; by default the amount in the request, which nothing has checked
 */
export function issuanceLines(issuance: IssuanceRequest, i: number, tokens = issuance.tokens.slice(0, 40)): string[] {
  const { mass, address, coin } = issuance;
  return [
    ...numberedLines(i, barReference(issuance), `mass ${mass}   tokens ${tokens}`),
    `      to    ${groupedAddress(address)}`,
    `      coin  ${coin.txid}`,
    `            output ${coin.vout}, amount ${coin.amount.slice(0, 40)}`,
  ];
}

/** The address in groups of four characters, for easy comparison. */
const groupedAddress = (address: string) => (address.match(/.{1,4}/g) ?? []).join(' ');

function issuanceSumsText(issuances: readonly DerivedIssuance[]): string {
  const sum = (of: (i: DerivedIssuance) => bigint) => issuances.reduce((total, i) => total + of(i), 0n);
  const mass = sum(({ request }) => parseAmount(request.mass, 'mass'));
  const tokens = formatAmount(sum(i => i.tokens));
  return `${countText(issuances.length, 'asset')}, ${formatDecimal(mass, 3)} fine troy ounces, ${tokens} tokens`;
}

/**
 * Totals of each recipient, most bars first. If somebody replaced the address of one bar among many, the false address
 * comes last.
 */
function recipientLines(issuances: readonly DerivedIssuance[]): string[] {
  const byAddress = new Map<string, DerivedIssuance[]>();
  for (const issuance of issuances) {
    const { address } = issuance.request;
    byAddress.set(address, [...(byAddress.get(address) ?? []), issuance]);
  }
  const sorted = [...byAddress].sort(([, a], [, b]) => b.length - a.length);
  const lines = sorted.flatMap(([address, its]) => [
    ...factLines('Recipient', groupedAddress(address)),
    ...factLines('', issuanceSumsText(its)),
  ]);
  return [...lines, ...factLines('In all', issuanceSumsText(issuances))];
}

export function issuanceView({ request, issuances }: Derivation, trust: Trust): View {
  const full = issuances.length <= FEW;
  return {
    kind: 'ISSUANCE',
    lead: [],
    entries: 'Assets',
    atHeight: `, ${countText(blocksLeft(request.height), 'block')} left in its period`,
    summary: recipientLines(issuances),
    changes: [
      ...issuances.flatMap(({ request, tokens, assetId }, i) => [
        ...issuanceLines(request, i, formatAmount(tokens)),
        ...(full ? [`      asset ${assetId}`] : []),
      ]),
      '',
      ...factLines('Reissuance', reissuanceText(trust)),
      ...factLines('Change', `each policy coin in full to ${trust.address}`),
    ],
    unknown: [],
  };
}
