/**
 * Warnings before an issuance. A warning alone does not make a request invalid. The signer gives
 * similar warnings. It does not know earlier proposals, only the requests that it signed.
 */

import { type AssetEntry, barReference } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { valueText } from '../../../shared/errors.ts';
import { areTextsAlike, lookAlikeBarPairs } from '../../../shared/look-alike.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../shared/trust.ts';
import {
  differsInCaseText,
  differsInLookAlikesText,
  POLICY,
  paysOwnAddressText,
  REISSUANCE,
  sameSerialText,
} from './texts.ts';

function lookAlikeText(reference: string, other: string, where: string): string {
  const name = `${valueText(other).slice(1, -1)} ${where}`;
  if (reference.toLowerCase() === other.toLowerCase()) return differsInCaseText(reference, name);
  return areTextsAlike(reference, other)
    ? differsInLookAlikesText(reference, name)
    : sameSerialText(reference, name);
}

/**
 * Warns if another bar has the same serial as a bar of the request, or a serial that differs only in case or
 * in look-alike characters. The other bar may be in the request, in the mapping or in an earlier proposal.
 * Both names may belong to one bar, which would get two tokens.
 */
export function lookAlikeWarnings(
  references: readonly string[],
  base: Mapping,
  reserved: readonly string[] = [],
): string[] {
  const inRequest = lookAlikeBarPairs(references, references).filter(([bar, other]) => bar > other);
  const inMapping = lookAlikeBarPairs(references, base.alike(references));
  const inProposals = lookAlikeBarPairs(references, reserved);
  return [
    ...inRequest.map(([bar, other]) => lookAlikeText(bar, other, 'in the same request')),
    ...inMapping.map(([bar, other]) => lookAlikeText(bar, other, 'in the mapping')),
    ...inProposals.map(([bar, other]) => lookAlikeText(bar, other, 'in an earlier proposal')),
  ];
}

function ownAddressWarnings(assets: readonly AssetEntry[], trust: Trust): string[] {
  const whose = new Map([
    [trust.reissuanceAddress, REISSUANCE],
    [trust.address, POLICY],
  ]);
  return assets.flatMap(asset => {
    const own = whose.get(asset.address);
    return own ? [paysOwnAddressText(barReference(asset), asset.address, own)] : [];
  });
}

/** Each warning has one or two sentences. */
export function issuanceWarnings(
  { request, base }: Derivation,
  trust: Trust,
  reserved: readonly string[] = [],
): string[] {
  const { issuances } = request;
  return [
    ...lookAlikeWarnings(issuances.map(barReference), base, reserved),
    ...ownAddressWarnings(issuances, trust),
  ];
}
