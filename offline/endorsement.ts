/** Endorsements on the review screen, and warnings about missing endorsements. */
import { kindOfChange } from '../shared/changes.ts';
import type { Request } from '../shared/request.ts';
import type { Trust } from '../shared/trust.ts';
import { barNamesOf } from './double-use.ts';
import type { Memory, Signed } from './memory.ts';
import { countText, dayText, listText } from './text-layout.ts';

/**
 * @param by indices of the controllers whose endorsements were verified
 * @param own this device's controller index
 */
export function endorsersText(by: readonly number[], own: number, { n }: Trust): string {
  const others = by.filter(index => index !== own);
  const here = by.length > others.length ? '; also signed by this device' : '';
  const who = `controller${others.length > 1 ? 's' : ''} ${listText(others)}`;
  if (others.length > 0) return `${who}: exactly this request, verified here${here}`;
  const alone = n > 1 ? '. If another controller has signed it, stop and compare the digests' : '';
  return `no other controller, as far as this request shows${here}${alone}`;
}

/**
 * Warns if another request for the same bar was signed here, and too few controllers endorsed the present request.
 * Somebody can make two requests with the same review code, so other controllers may have signed the earlier request.
 * There is no warning for an earlier request of another kind, because a bar is first issued, and later renamed or
 * redeemed. There is also no warning if this signer has built on the earlier request's mapping.
 * @param others number of other controllers that endorsed the present request
 */
export function endorsementWarnings(
  request: Request,
  { n }: Trust,
  others: number,
  { signed, built }: Memory,
): string[] {
  const bars = new Set(barNamesOf(request));
  const barOf = (before: Request) => barNamesOf(before).find(reference => bars.has(reference));
  const isOpen = (before: Signed) =>
    kindOfChange(before.request) === kindOfChange(request) && built.every(({ mapping }) => mapping !== before.mapping);
  const last = signed.findLast(one => one.request.digest !== request.digest && barOf(one.request) && isOpen(one));
  if (!last || others >= n - 1) return [];
  const signedHere = `${barOf(last.request)} was signed here on ${dayText(last.at)} in another request, ${last.request.digest}`;
  const carried = `This request has the signatures of ${countText(others, 'other controller')}, and needs ${n - 1}`;
  return [`${signedHere}. ${carried}. Ask every controller for the digest of the request that they signed.`];
}
