/**
 * Compares the time to sign a redemption with the time to sign an issuance of one bar. Both are on the same
 * large mapping, of which the signer has a copy.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issuanceAt, trust } from '../../fixtures/sample-request.ts';
import { outputFromName } from '../../offline/testing/redemption-requests.ts';
import { formatAmount } from '../../shared/amount.ts';
import type { Changes, RedemptionRequest } from '../../shared/changes.ts';
import { assetAtIndex } from '../../shared/mapping/asset-listing.ts';
import type { Asset } from '../../shared/mapping/assets.ts';
import { type Mapping, parseMapping } from '../../shared/mapping/mapping.ts';
import { addDigest, type Request } from '../../shared/request.ts';
import { tokenAmount } from '../../shared/token-schedule.ts';
import { commandToSign, keyDerivationCommands, makeSignerHome } from './issuance.ts';
import { measureAlternately, type Series } from './measure.ts';
import { makeSampleMappingFile } from './sample-mappings.ts';

const HEIGHT = 3310;

/**
 * The request has only the digest of the mapping, because the text of such a mapping exceeds the limit of a
 * request.
 */
const requestOnMapping = (base: Mapping, changes: Partial<Changes>): Request =>
  addDigest({
    network: trust.network.name,
    trust: trust.digest,
    base: { mapping: base.digest },
    height: HEIGHT,
    time: '1763795123.000001',
    ...changes,
  });

/**
 * A redemption of a bar near the end of the file. A third of the burnt tokens are tokens of this bar, and two
 * thirds are tokens of two other bars.
 */
function redemptionByThreeBurns(base: Mapping): RedemptionRequest {
  const places = [base.size - 100_000, 5, Math.floor(base.size / 2)];
  const [bar, ...others] = places.map(place => assetAtIndex(base, place)) as [Asset, Asset, Asset];
  const needed = tokenAmount(bar.mass, base.height);
  const third = needed / 3n;
  const burns = [bar, ...others].map(({ assetId }, i) => {
    return {
      ...outputFromName('burnt', i),
      token: assetId,
      amount: formatAmount(i === 0 ? needed - 2n * third : third),
    };
  });
  return { reference: bar.reference, mass: bar.mass, height: base.height, burns };
}

/** @returns minimum, median and maximum of the ratio of the two times, each without the key derivation */
export async function measureRedemptionSigning(
  count: number,
  runs: number,
): Promise<[number, number, number]> {
  const home = makeSignerHome('home-redemption');
  const file = makeSampleMappingFile(count);
  const base = parseMapping(readFileSync(file));
  mkdirSync(join(home, 'mappings'), { mode: 0o700, recursive: true });
  const copy = join(home, 'mappings', `${base.digest}.json`);
  copyFileSync(file, copy);
  chmodSync(copy, 0o600);
  const issuance = commandToSign(
    home,
    'one-bar',
    requestOnMapping(base, { issuances: [issuanceAt(0, HEIGHT)] }),
  );
  const redemption = commandToSign(
    home,
    'redeemed',
    requestOnMapping(base, { redemptions: [redemptionByThreeBurns(base)] }),
  );
  const [a, b, ...floors] = (await measureAlternately(
    [redemption, issuance, ...keyDerivationCommands(home)],
    runs,
  )) as [Series, Series, Series, Series];
  const pairs = a.runs.map((usage, i) => {
    const [derive, bare] = floors.map(floor => floor.runs[i]?.cpu ?? 0) as [number, number];
    return (usage.cpu - (derive - bare)) / ((b.runs[i]?.cpu ?? 0) - (derive - bare));
  });
  pairs.sort((x, y) => x - y);
  return [pairs[0] as number, pairs[pairs.length >> 1] as number, pairs.at(-1) as number];
}
