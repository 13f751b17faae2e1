/** The screen of a trust profile, with its differences from the profile that it replaces. */
import { bytesToHex } from '../../shared/bytes.ts';
import { canSplitPolicy, massRangeText, type Trust } from '../../shared/trust.ts';
import { factLines, RULE, reissuanceText, screenWithCode, warningLines } from './screen-parts.ts';

/** Name and text of each fact. The name of the fact with a controller's key is the controller's index. */
function profileFacts(trust: Trust): [string, string][] {
  const { network, n, m } = trust;
  return [
    ['Network', `${network.name} (P2PKH ${network.p2pkh}, P2SH ${network.p2sh}, WIF ${network.wif})`],
    ['Controllers', `${n} of ${m} must sign`],
    ...trust.pubkeys.map((key, i): [string, string] => [String(i + 1), bytesToHex(key)]),
    ['P2SH address', trust.address],
    ['Policy asset', trust.policyAsset],
    ['Reissuance', reissuanceText(trust)],
    ['Tokens', 'schedule amap-1'],
    ['Mass', massRangeText(trust)],
    ['Digest', trust.digest],
  ];
}

export const SPLIT =
  'Half of the controllers or fewer are enough to sign. Two groups without a common member can sign one bar with two policy coins, and no controller has to be dishonest. The bar then gets two tokens, and no signer can detect this.';

/**
 * @param before the profile that this profile replaces; null if there is none. The differences are shown first, so that
 * the last line of the screen is the new review code
 * @param warnings further warnings, besides the warning about a split policy
 */
export function profileScreen(
  trust: Trust,
  controller: number | null,
  before: Trust | null = null,
  warnings: string[] = [],
): string {
  const line = (name: string, text: string) =>
    /^[0-9]/.test(name) ? [`${name.padStart(6)}  ${text}`] : factLines(name, text);
  const [facts, old] = [new Map(profileFacts(trust)), new Map(before ? profileFacts(before) : [])];
  const names = [...new Set([...old.keys(), ...facts.keys()])].filter(name => old.get(name) !== facts.get(name));
  const those = (of: Map<string, string>) => names.flatMap(name => line(name, of.get(name) ?? 'none'));
  const lead = 'This profile replaces the pinned profile. These lines change, from';
  const changes = before ? [lead, ...those(old), 'to', ...those(facts), RULE] : [];
  const you = controller === null ? '' : `; this device is controller ${controller}`;
  facts.set('Controllers', facts.get('Controllers') + you);
  const all = [...facts].flatMap(([name, text]) => line(name, text));
  return screenWithCode('TRUST PROFILE', trust.reviewCode, [
    ...[...changes, ...all],
    ...warningLines([...(canSplitPolicy(trust) ? [SPLIT] : []), ...warnings]),
  ]);
}
