/** The sentences of warnings and notes. All references that these functions get are printable. */
import { countText, isOrAre } from '../../platform/text/words.ts';

// Sentences about two names that may be one bar.

const IS_SAME_BAR = 'Most probably it is the same bar, which must not get a second token.';

/** @param other the other bar, and where it is: `031037-2019-PAMP in the mapping` */
export const differsInCaseText = (reference: string, other: string): string =>
  `${reference} differs from ${other} only in capital letters. ${IS_SAME_BAR}`;
export const differsInLookAlikesText = (reference: string, other: string): string =>
  `${reference} differs from ${other} only in characters that look alike. ${IS_SAME_BAR}`;
export const sameSerialText = (reference: string, other: string): string =>
  `${reference} has the same serial as ${other}, or one that looks like it. Is it another bar?`;

/** @param left the way in which the bar left the mapping */
export const cameBackText = (reference: string, left: 'redemption' | 'correction', code: string): string =>
  `${reference} was ${left === 'redemption' ? 'redeemed' : 'removed from the mapping'} by the request ${code}. Is the bar in the vault?`;

// Sentences about an address that is not a holder's.

export const REISSUANCE = 'the address of the reissuance tokens';
export const POLICY = "the controllers' address, which holds the policy coins";
export const paysOwnAddressText = (reference: string, address: string, whose: string): string =>
  `The tokens of ${reference} go to ${address}, ${whose}. Is this intended?`;

// Sentences about redemptions.

export const barNotListedText = (reference: string, list: string): string =>
  `${reference} is not in ${list}, the list of redeemable bars.`;
export const barNotLockedText = (reference: string, list: string): string =>
  `${reference} is not locked in ${list}. Another holder may freeze tokens for this bar.`;
export const oldHeightText = (reference: string, height: number, blocks: number, days: number): string =>
  `The redemption height of ${reference} is ${height}, ${countText(blocks, 'block')} (about ${days} days) ago. An older height needs fewer tokens.`;
/** @param mapped mass in the mapping; like `found`, in fine troy ounces */
export const roundedBeforeText = (token: string, mapped: string, found: string): string =>
  `Token ${token} has ${mapped} fine troy ounces in the mapping, and ${found} burnt and on chain together. Earlier redemptions rounded the mass. Compare the token with \`countersign report\`.`;

// Sentences about the list of warnings.

export const moreWarningsText = (count: number): string =>
  `${count} more like these ${isOrAre(count)} not shown.`;
