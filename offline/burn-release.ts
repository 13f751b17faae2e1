/**
 * Conditions under which the burnt outputs of a redemption are released. This signer signed the redemption, and has not
 * built on the redemption's mapping.
 */
import { barReference, outpointText } from '../shared/changes.ts';
import { checkThat } from '../shared/errors.ts';
import { assetAtIndex } from '../shared/mapping/asset-listing.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { compareWithNewest, factsOfMadeMapping, type Memory, mappingEntryText, type Signed } from './memory.ts';
import { dayText } from './text-layout.ts';

/**
 * True if the outputs that were burnt for the bar are released. Each release is justified by a mapping. If the
 * controller goes back to a mapping older than this one, the release ends.
 */
export const areBurnsReleased = ({ released }: Signed, bar: string, { built }: Pick<Memory, 'built'>): boolean =>
  built.some(({ mapping }) => mapping === released.get(bar));

/**
 * The redemptions of the bar whose burnt outputs can still be released. This signer signed them, has not built on their
 * mappings, has not signed a later issuance of the bar, and has not released their outputs.
 * @param bar the bar's name in these redemptions
 */
export const redemptionsWithBoundBurns = (bar: string, memory: Memory): Signed[] =>
  memory.signed.filter((one, n) => {
    const isOf = one.request.redemptions.some(({ reference }) => reference === bar);
    const isBuilt = memory.built.some(({ mapping }) => mapping === one.mapping);
    const cameBack = memory.signed.slice(n).some(({ request }) => request.issuances.map(barReference).includes(bar));
    return isOf && !isBuilt && !cameBack && !areBurnsReleased(one, bar, memory);
  });

export const burntOutputsOf = ({ request }: Signed, bar: string): string[] =>
  request.redemptions.filter(({ reference }) => reference === bar).flatMap(({ burns }) => burns.map(outpointText));

/**
 * The bar's name in the mapping; undefined if the mapping no longer has the bar. The bar is recognised by one entry:
 * the first entry that it had in the redemption's base mapping.
 */
export function currentBarName({ request, entries }: Signed, bar: string, mapping: Mapping): string | undefined {
  const entry = entries.at(request.redemptions.findIndex(({ reference }) => reference === bar)) ?? '';
  const place = mapping.content.assets.keys.indexOf(Number(entry.split(' ').at(0)));
  return place >= 0 && mappingEntryText(mapping, place) === entry ? assetAtIndex(mapping, place).reference : undefined;
}

/**
 * Rule 8. The burns are released only if a newer published mapping still has the bar. Then honest signers no longer
 * build on the redemption's mapping, because it is older. A bar that was removed and issued again on another coin has
 * other entries, so the burns stay bound.
 * @param mapping a verified mapping. The controller states that it was published.
 * @param newest the newest mapping on which this signer has built; null if the device has no copy of it
 * @throws Refusal ROLLBACK, BURN_SPENT
 */
export function checkRedemptionUnpublished(
  counted: Signed,
  bar: string,
  mapping: Mapping,
  newest: Mapping | null,
): void {
  const { reviewCode, height, time } = counted.request;
  const made = `the mapping of the request ${reviewCode}, signed on ${dayText(counted.at)} (height ${height}, time ${time})`;
  const got = `height ${mapping.height}, time ${mapping.time}`;
  const hint = 'First publish another mapping without this redemption. Then give that mapping with --mapping FILE.';
  const older = `mapping: expected a mapping newer than ${made}, got ${got}`;
  checkThat(compareWithNewest(mapping, factsOfMadeMapping(counted)) === 1, 'ROLLBACK', older, hint);
  for (const later of newest && compareWithNewest(newest, factsOfMadeMapping(counted)) === 1
    ? [mapping, newest]
    : [mapping]) {
    const gone = `${bar}: expected the same bar in the mapping ${later.digest} as when the request ${reviewCode} was signed, got a changed bar or none`;
    const published =
      'Do not release the burns. This redemption or another redemption of the bar was published. Its burns are counted permanently.';
    checkThat(currentBarName(counted, bar, later) !== undefined, 'BURN_SPENT', gone, published);
  }
}
