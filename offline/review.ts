/** The screens that a person decides by: the facts to sign, the checks, the warnings, and the review code last. */
import { formatAmount, formatDecimal, parseAmount } from '../shared/amount.ts';
import { bytesToHex } from '../shared/bytes.ts';
import { type IssuanceRequest, referenceOf } from '../shared/changes.ts';
import type { DerivedIssuance } from '../shared/derive.ts';
import type { Request } from '../shared/request.ts';
import { blocksLeft } from '../shared/schedule.ts';
import { isSplit, type Trust } from '../shared/trust.ts';
import type { Assessment } from './assess.ts';
import { endorsedText } from './endorsement.ts';
import { count, listed, utc, WIDTH, wrap } from './text.ts';

/** Above this, asset ids are left out and a table remains. */
const FEW = 3;
const RULE = '-'.repeat(WIDTH);
const fact = (name: string, text: string) => wrap(`  ${name.padEnd(13)} `, text);
const bullets = (texts: string[], mark: string) => texts.flatMap(text => wrap(`  ${mark} `, text));

const warningLines = (texts: string[]) => (texts.length > 0 ? ['', 'WARNINGS', ...bullets(texts, '!')] : []);

/** @param facts name to text */
export const plainScreen = (title: string, facts: Record<string, string>): string =>
  [title, RULE, ...Object.entries(facts).flatMap(([name, text]) => fact(name, text)), RULE].join('\n');

const screen = (title: string, reviewCode: string, lines: string[]): string =>
  [title, RULE, ...lines, RULE, `Review code   ${reviewCode}`].join('\n');

function issuanceLines(issuance: IssuanceRequest, i: number, tokens: string): string[] {
  const { mass, address, coin } = issuance;
  const [reference, amounts] = [referenceOf(issuance), `mass ${mass}   tokens ${tokens}`];
  const lead = `${String(i + 1).padStart(4)}  `;
  const oneLine = `${lead}${reference}   ${amounts}`;
  return [
    ...(oneLine.length <= WIDTH ? [oneLine] : [`${lead}${reference}`, ...wrap('      ', amounts)]),
    `      to    ${grouped(address)}`,
    `      coin  ${coin.txid}`,
    `            output ${coin.vout}, of ${coin.amount.slice(0, 40)}`,
  ];
}

/** In groups of four, as they are compared. */
const grouped = (address: string) => (address.match(/.{1,4}/g) ?? []).join(' ');

function sums(issuances: readonly DerivedIssuance[]): string {
  const sum = (of: (i: DerivedIssuance) => bigint) => issuances.reduce((total, i) => total + of(i), 0n);
  const mass = sum(({ request }) => parseAmount(request.mass, 'mass'));
  const tokens = formatAmount(sum(i => i.tokens));
  return `${count(issuances.length, 'asset')}, mass ${formatDecimal(mass, 3)}, tokens ${tokens}`;
}

/** By recipient, most bars first: one exchanged address among many bars stands last. */
function recipients(issuances: readonly DerivedIssuance[]): string[] {
  const byAddress = new Map<string, DerivedIssuance[]>();
  for (const issuance of issuances) {
    const { address } = issuance.request;
    byAddress.set(address, [...(byAddress.get(address) ?? []), issuance]);
  }
  const sorted = [...byAddress].sort(([, a], [, b]) => b.length - a.length);
  const lines = sorted.flatMap(([address, its]) => [...fact('Recipient', grouped(address)), ...fact('', sums(its))]);
  return [...lines, ...fact('In all', sums(issuances))];
}

export function reviewScreen(assessment: Assessment): string {
  const { trust, controller, endorsedBy, base, derivation, checked, warnings } = assessment;
  const { request, mapping, issuances } = derivation;
  const before = base.mapping;
  const compare = (name: string, a: unknown, b: unknown) => `  ${name.padEnd(13)} ${String(a).padEnd(24)}${b}`;
  const signers = base.signers.length > 0 ? `signed by controllers ${listed(base.signers)}` : 'unsigned';
  const full = issuances.length <= FEW;
  const left = count(blocksLeft(request.height), 'block');
  return screen(`ISSUANCE on ${trust.network.name}`, request.reviewCode, [
    ...fact('Signed by', endorsedText(endorsedBy, controller, trust)),
    ...fact('Request', request.digest),
    ...fact('Controllers', `${trust.n} of ${trust.m} must sign; this device is controller ${controller}`),
    ...fact('Profile', trust.reviewCode),
    ...fact('Base mapping', before.digest),
    ...fact('', `${signers}; ${base.origin}`),
    compare('', 'before', 'after'),
    compare('Assets', before.size, mapping.size),
    compare('Total mass', before.totalMass, mapping.totalMass),
    compare('Height', before.height, `${mapping.height}, ${left} left at that height`),
    compare('Time', utc(before.time), utc(mapping.time)),
    '',
    ...recipients(issuances),
    '',
    ...issuances.flatMap(({ request, tokens, assetId }, i) => {
      return [...issuanceLines(request, i, formatAmount(tokens)), ...(full ? [`      asset ${assetId}`] : [])];
    }),
    '',
    ...fact('Reissuance', `${formatDecimal(trust.reissuanceTokens)} tokens each to ${trust.reissuanceAddress}`),
    ...fact('Change', `each coin back whole to ${trust.address}`),
    RULE,
    'Checked by this device',
    ...bullets(checked, '-'),
    ...warningLines(warnings),
    RULE,
    ...recipients(issuances),
  ]);
}

/** What a refused request says of itself: nothing of it was checked. */
export function claimScreen(request: Request): string {
  const { digest, network, trust, base, height, time, issuances, reviewCode } = request;
  return screen('NOT CHECKED: what the request says of itself', reviewCode, [
    ...fact('Request', digest),
    ...fact('Network', network),
    ...fact('Profile', trust),
    ...fact('Base mapping', base.mapping),
    ...fact('Height, time', `${height}, ${utc(time)}`),
    '',
    ...issuances.flatMap((issuance, i) => issuanceLines(issuance, i, issuance.tokens.slice(0, 40))),
  ]);
}

/** Name and text of each; the names of the controllers are their indices. */
function profileFacts(trust: Trust): [string, string][] {
  const { network, n, m, massMin, massMax } = trust;
  const tokens = formatDecimal(trust.reissuanceTokens);
  return [
    ['Network', `${network.name} (P2PKH ${network.p2pkh}, P2SH ${network.p2sh}, WIF ${network.wif})`],
    ['Controllers', `${n} of ${m} must sign`],
    ...trust.pubkeys.map((key, i): [string, string] => [String(i + 1), bytesToHex(key)]),
    ['Their address', trust.address],
    ['Policy asset', trust.policyAsset],
    ['Reissuance', `${tokens} tokens of each asset to ${trust.reissuanceAddress}`],
    ['Tokens', 'by the schedule amap-1'],
    ['Mass', `${massMin} to ${massMax}`],
    ['Digest', trust.digest],
  ];
}

const SPLIT =
  'Half of the controllers or fewer can sign. Two groups without a common member can each have one bar signed, on two coins, with nobody dishonest: it gets two tokens, and no signer can notice.';

/**
 * @param before the profile that it replaces: the changes are printed first, so that the code of the new profile is the last line
 * @param warnings beside that of a split policy
 */
export function profileScreen(
  trust: Trust,
  controller: number | null,
  before: Trust | null = null,
  warnings: string[] = [],
): string {
  const line = (name: string, text: string) =>
    /^[0-9]/.test(name) ? [`${name.padStart(6)}  ${text}`] : fact(name, text);
  const [facts, old] = [new Map(profileFacts(trust)), new Map(before ? profileFacts(before) : [])];
  const names = [...new Set([...old.keys(), ...facts.keys()])].filter(name => old.get(name) !== facts.get(name));
  const those = (of: Map<string, string>) => names.flatMap(name => line(name, of.get(name) ?? 'nobody'));
  const lead = 'It replaces the profile pinned here. What changes, from';
  const changes = before ? [lead, ...those(old), 'to', ...those(facts), RULE] : [];
  const you = controller === null ? '' : `; this device is controller ${controller}`;
  facts.set('Controllers', facts.get('Controllers') + you);
  const all = [...facts].flatMap(([name, text]) => line(name, text));
  return screen('TRUST PROFILE', trust.reviewCode, [
    ...[...changes, ...all],
    ...warningLines([...(isSplit(trust) ? [SPLIT] : []), ...warnings]),
  ]);
}
