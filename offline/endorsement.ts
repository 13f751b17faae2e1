/** Who has signed this very request, as the review screen says it, and when a missing signature is a warning. */
import { referenceOf } from '../shared/changes.ts';
import type { Request } from '../shared/request.ts';
import type { Trust } from '../shared/trust.ts';
import type { Memory } from './memory.ts';
import { day, listed } from './text.ts';

/** @param by indices of controllers whose endorsement was verified here @param own index of this device */
export function endorsedText(by: readonly number[], own: number, { n }: Trust): string {
  const others = by.filter(index => index !== own);
  const here = by.length > others.length ? '; this device signed it too' : '';
  const who = `controller${others.length > 1 ? 's' : ''} ${listed(others)}`;
  if (others.length > 0) return `${who}: exactly this request, verified on this device${here}`;
  const alone = n > 1 ? '. If another controller says that they signed: stop, and compare the digests' : '';
  return `nobody, as far as this request shows${here}${alone}`;
}

/** Two requests can have one review code: what was signed here for a bar may be what another controller still has. */
export function endorsementWarnings(request: Request, { n }: Trust, others: number, { signed }: Memory): string[] {
  const bars = new Set(request.issuances.map(referenceOf));
  const barOf = (before: Request) => before.issuances.map(referenceOf).find(reference => bars.has(reference));
  const last = signed.findLast(before => before.request.digest !== request.digest && barOf(before.request));
  if (!last || others >= n - 1) return [];
  const signedHere = `${barOf(last.request)} was signed here on ${day(last.at)} in another request, ${last.request.digest}`;
  const carried = `This request carries signatures of ${others} other controllers, and ${n - 1} ${n === 2 ? 'is' : 'are'} needed`;
  return [`${signedHere}. ${carried}. Ask every controller for the digest of the request that they signed.`];
}
