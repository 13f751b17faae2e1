/** Warnings before an issuance. None of them alone makes a request invalid; the signer prints the same. */

import { type AssetEntry, referenceOf } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { shown } from '../../../shared/errors.ts';
import { alikeBars, isAlike } from '../../../shared/look-alike.ts';
import type { Mapping } from '../../../shared/mapping/mapping.ts';
import type { Trust } from '../../../shared/trust.ts';

function alikeText(reference: string, other: string, where: string): string {
  const name = `${shown(other).slice(1, -1)} ${where}`;
  const isSameBar = 'Most probably it is the same bar, which must not get a second token.';
  if (reference.toLowerCase() === other.toLowerCase())
    return `${reference} differs from ${name} only in capital letters. ${isSameBar}`;
  if (isAlike(reference, other))
    return `${reference} differs from ${name} only in characters that look alike. ${isSameBar}`;
  return `${reference} has the same serial as ${name}. Is it another bar?`;
}

/** Other bars whose serial is equal except for case and look-alikes: a bar under two names would be issued twice. */
export function lookAlikes(
  references: readonly string[],
  base: Mapping,
  reserved: readonly string[] = [],
): string[] {
  const inRequest = alikeBars(references, references).filter(([bar, other]) => bar > other);
  const inMapping = alikeBars(references, base.alike(references));
  const inProposals = alikeBars(references, reserved);
  return [
    ...inRequest.map(([bar, other]) => alikeText(bar, other, 'in the same request')),
    ...inMapping.map(([bar, other]) => alikeText(bar, other, 'in the mapping')),
    ...inProposals.map(([bar, other]) => alikeText(bar, other, 'in an earlier proposal')),
  ];
}

function ownAddresses(assets: readonly AssetEntry[], trust: Trust): string[] {
  const whose = new Map([
    [trust.reissuanceAddress, 'the address of the reissuance tokens'],
    [trust.address, "the controllers' address, which holds the policy coins"],
  ]);
  return assets.flatMap(asset => {
    const own = whose.get(asset.address);
    return own
      ? [`The tokens of ${referenceOf(asset)} go to ${asset.address}, ${own}. Is this intended?`]
      : [];
  });
}

/** One or two sentences each. */
export function issuanceWarnings(
  { request, base }: Derivation,
  trust: Trust,
  reserved: readonly string[] = [],
): string[] {
  const { issuances } = request;
  return [...lookAlikes(issuances.map(referenceOf), base, reserved), ...ownAddresses(issuances, trust)];
}
