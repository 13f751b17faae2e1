/** The screens that a person decides by: what is signed, as facts; what was checked; what to mind; the code last. */
import { formatAmount, formatDecimal, parseAmount } from '../shared/amount.ts';
import { bytesToHex } from '../shared/bytes.ts';
import type { DerivedIssuance } from '../shared/derive.ts';
import { type Request, referenceOf } from '../shared/request.ts';
import { blocksLeft } from '../shared/schedule.ts';
import type { Trust } from '../shared/trust.ts';
import type { Assessment } from './assess.ts';
import { count, utc, WIDTH, wrap } from './text.ts';

/** Above this, asset ids are left out and a table remains. */
const FEW = 3;
const RULE = '-'.repeat(WIDTH);
const fact = (name: string, text: string) => wrap(`  ${name.padEnd(13)} `, text);
const bullets = (texts: string[], mark: string) => texts.flatMap(text => wrap(`  ${mark} `, text));

function issuanceLines({ request, reference, tokens, assetId }: DerivedIssuance, i: number, full: boolean) {
  const lead = `${String(i + 1).padStart(4)}  `;
  const amounts = `mass ${request.mass}   tokens ${formatAmount(tokens)}`;
  const oneLine = `${lead}${reference}   ${amounts}`;
  return [
    ...(oneLine.length <= WIDTH ? [oneLine] : [`${lead}${reference}`, `      ${amounts}`]),
    `      to    ${request.address}`,
    `      coin  ${request.coin.txid}`,
    `            output ${request.coin.vout}, of ${request.coin.amount}`,
    ...(full ? [`      asset ${assetId}`] : []),
  ];
}

function sums(issuances: readonly DerivedIssuance[]): string {
  const sum = (of: (i: DerivedIssuance) => bigint) => issuances.reduce((total, i) => total + of(i), 0n);
  const mass = sum(({ request }) => parseAmount(request.mass, 'mass'));
  const tokens = formatAmount(sum(i => i.tokens));
  return `${count(issuances.length, 'asset')}, mass ${formatDecimal(mass, 3)}, tokens ${tokens}`;
}

export function reviewScreen({ trust, controller, base, derivation, checked, warnings }: Assessment): string {
  const { request, mapping, issuances } = derivation;
  const before = base.mapping;
  const compare = (name: string, a: string, b: string) => [`  ${name.padEnd(13)} ${a.padEnd(26)}${b}`];
  const signers = base.signers.length > 0 ? `signed by controllers ${base.signers.join(' and ')}` : 'unsigned';
  const left = blocksLeft(request.height);
  return [
    `ISSUANCE on ${trust.network.name}`,
    RULE,
    ...fact('Controllers', `${trust.n} of ${trust.m} must sign; this device is controller ${controller}`),
    ...fact('Profile', trust.reviewCode),
    ...fact('Base mapping', before.digest),
    ...fact('', `${signers}; ${base.origin}`),
    ...compare('', 'before', 'after'),
    ...compare('Assets', String(before.size), String(mapping.size)),
    ...compare('Total mass', before.totalMass, mapping.totalMass),
    ...compare('Height', String(before.height), `${mapping.height} (${count(left, 'block')} left)`),
    ...compare('Time', utc(before.time), utc(mapping.time)),
    '',
    ...issuances.flatMap((issuance, i) => issuanceLines(issuance, i, issuances.length <= FEW)),
    '',
    ...fact('In all', sums(issuances)),
    ...fact('Reissuance', `${formatDecimal(trust.reissuanceTokens)} tokens each to ${trust.reissuanceAddress}`),
    ...fact('Change', `each coin back whole to ${trust.address}`),
    RULE,
    'Checked by this device',
    ...bullets(checked, '-'),
    ...(warnings.length > 0 ? ['', 'WARNINGS', ...bullets(warnings, '!')] : []),
    RULE,
    `Review code   ${request.reviewCode}`,
    '',
  ].join('\n');
}

/** What a refused request says of itself: nothing of it was checked. */
export function claimScreen(request: Request): string {
  const { network, base, height, time, issuances } = request;
  return [
    `NOT CHECKED: what the request says of itself`,
    RULE,
    ...fact('Network', network),
    ...fact('Profile', request.trust),
    ...fact('Base mapping', base.mapping),
    ...fact('Height, time', `${height}, ${utc(time)}`),
    '',
    ...issuances.flatMap((issuance, i) => [
      ...wrap(`${String(i + 1).padStart(4)}  `, `${referenceOf(issuance)}   mass ${issuance.mass}`),
      ...wrap('      ', `tokens ${issuance.tokens.slice(0, 40)}`),
      `      to    ${issuance.address}`,
      `      coin  ${issuance.coin.txid}`,
      `            output ${issuance.coin.vout}`,
    ]),
    RULE,
    `Review code   ${request.reviewCode}`,
    '',
  ].join('\n');
}

export function profileScreen(trust: Trust, controller: number | null): string {
  const you = controller === null ? '' : `; this device is controller ${controller}`;
  return [
    'TRUST PROFILE',
    RULE,
    ...fact(
      'Network',
      `${trust.network.name} (P2PKH ${trust.network.p2pkh}, P2SH ${trust.network.p2sh}, WIF ${trust.network.wif})`,
    ),
    ...fact('Controllers', `${trust.n} of ${trust.m} must sign${you}`),
    ...trust.pubkeys.map((key, i) => `  ${String(i + 1).padStart(4)}  ${bytesToHex(key)}`),
    ...fact('Their address', trust.address),
    ...fact('Policy asset', trust.policyAsset),
    ...fact(
      'Reissuance',
      `${formatDecimal(trust.reissuanceTokens)} tokens of each asset to ${trust.reissuanceAddress}`,
    ),
    ...fact('Tokens', 'by the schedule amap-1'),
    ...fact('Mass', `${trust.massMin} to ${trust.massMax}`),
    ...fact('Digest', trust.digest),
    RULE,
    `Review code   ${trust.reviewCode}`,
    '',
  ].join('\n');
}
