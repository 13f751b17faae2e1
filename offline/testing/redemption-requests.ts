/** For tests: requests that redeem, rename or remove bars of any mapping, and the recorded redemptions. */
import { barMassText, cases, type RedemptionCase } from '../../fixtures/vectors/redemptions.ts';
import { formatAmount } from '../../shared/amount.ts';
import { bytesToHex, utf8 } from '../../shared/bytes.ts';
import type { BarName, Burn, CorrectionRequest, RedemptionRequest } from '../../shared/changes.ts';
import { sha256 } from '../../shared/hash.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type Request, requestText } from '../../shared/request.ts';
import { tokenAmount } from '../../shared/token-schedule.ts';
import { baseMemberOf, type Changes } from './signing-attempts.ts';
import type { Run, TestDevice } from './test-device.ts';

export const recordedRedemption = (name: string): RedemptionCase => {
  const found = cases.find(one => one.name === name);
  if (!found) throw new Error(`no recorded redemption is called ${name}`);
  return found;
};

/** Inspects a request at the request's time. With `--json`, the screen is the output on stderr. */
export async function inspectRequest(device: TestDevice, request: Request): Promise<Run> {
  device.now = Number(request.time) * 1000;
  device.storage.put('/media/request.json', utf8(requestText(request)));
  return await device.run('inspect', '/media/request.json', '--json');
}

/** An output with a txid computed from the name. */
export const outputFromName = (name: string, vout = 0): Pick<Burn, 'txid' | 'vout'> => ({
  txid: bytesToHex(sha256(utf8(name))),
  vout,
});

/**
 * A redemption that burns exactly the amount that the bar needs. Of each token it burns what the mapping has, and of
 * the last token the rest.
 * @param outputs text from which the txids of the burnt outputs are computed
 * @param tokens asset ids of the tokens to burn; by default the bar's tokens
 */
export function makeRedemption(
  mapping: Mapping,
  reference: string,
  outputs = reference,
  tokens?: string[],
  height = mapping.height,
): RedemptionRequest {
  const mass = barMassText(mapping, reference);
  const entries = [...listAssets(mapping)];
  const own = entries.filter(entry => entry.reference === reference).map(({ assetId }) => assetId);
  let left = tokenAmount(mass, height);
  const wanted = [...new Set(tokens ?? own)];
  const burns = wanted.flatMap((token, vout) => {
    const held = entries.filter(entry => entry.assetId === token).reduce((sum, entry) => sum + Number(entry.mass), 0);
    const most = tokenAmount(held.toFixed(3), height);
    const amount = vout === wanted.length - 1 || most > left ? left : most;
    left -= amount;
    return amount > 0n ? [{ ...outputFromName(outputs, vout), token, amount: formatAmount(amount) }] : [];
  });
  return { reference, mass, height, burns };
}

/** The parts of a reference. */
export function referenceParts(reference: string): BarName {
  const [serial, year, manufacturer] = reference.split('-') as [string, string, string];
  return { serial, year, manufacturer };
}

/** Members of a redemption request on this mapping, without `time` and `height`. */
export const redemptionRequest = (mapping: Mapping, ...redemptions: RedemptionRequest[]): Changes & object => ({
  ...baseMemberOf(mapping),
  issuances: [],
  redemptions,
});

export const correctionRequest = (mapping: Mapping, ...corrections: CorrectionRequest[]): Changes & object => ({
  ...baseMemberOf(mapping),
  issuances: [],
  corrections,
  reason: 'a test',
});
