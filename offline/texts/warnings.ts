/** Sentences of warnings on the review screen, made from values. */
import { valueText } from '../../shared/errors.ts';
import { countText, dayText } from '../text-layout.ts';

const SHOWN_ON_PC = '`countersign map show` shows on the PC.';
const COMPARE = `Compare the digest of the base mapping with the digest of the published mapping, which ${SHOWN_ON_PC}`;

export const FIRST_BASE = `This signer has not built on a mapping before. ${COMPARE}`;
export const ONLY_EMPTY_BASE = `This signer has built only on an empty mapping. ${COMPARE}`;

/**
 * @param names references of the first bars that the base lacks; empty if this signer has no copy of the earlier
 * mapping
 */
export const barsNotInBaseText = (count: number, names: readonly string[]): string =>
  `The base mapping lacks ${countText(count, 'bar')} of the newest mapping that this signer has built on${names.length > 0 ? `: ${names.join(', ')}` : ''}.`;

export const ambiguousDigitsText = ({ height, time }: { height: number; time: string }): string =>
  `The signatures of the base mapping do not separate its height ${height} from its time ${time}. Compare both with the published mapping, which ${SHOWN_ON_PC}`;

/** @param at the time of signing, ISO text */
export const sameBaseText = (reviewCode: string, at: string): string =>
  `Request ${reviewCode}, signed on ${dayText(at)}, has the same base mapping. Only one of the two can be published.`;

/**
 * The bar of the request was signed on another coin before.
 * @param isRedeemed true if it was redeemed since, false if it was released
 */
export const otherCoinText = (bar: string, at: string, coin: string, isRedeemed: boolean): string => {
  const since = isRedeemed
    ? 'redeemed since. Has the same bar come back?'
    : 'released. If the transaction with that coin confirms, the bar gets two tokens.';
  return `${bar} was signed on ${dayText(at)} with policy coin ${coin}, and ${since}`;
};

/** `bar` is in the request. `other` was signed here with `coin`, at the time `at`. */
export const alikeSignedText = (one: { bar: string; other: string; coin: string; at: string }): string =>
  `${one.bar} has the same serial as ${one.other}, or one that looks like it. ${one.other} was signed on ${dayText(one.at)} with another policy coin, ${one.coin}. If both names are for one bar, the bar gets two tokens.`;

/** @param other a bar in the mapping or in the request */
export const alikeText = (bar: string, other: string, where: 'mapping' | 'request'): string =>
  `${bar} has the same serial as ${valueText(other)} in the ${where}, or one that looks like it. Is it another bar?`;

export const moreAlikeText = (count: number): string =>
  `${countText(count, 'more pair')} of bars whose serials are the same or look alike.`;

export const redeemedNameText = (bar: string, reviewCode: string, at: string): string =>
  `${bar} is a bar of the redemption ${reviewCode}, signed on ${dayText(at)}. Is the bar in the vault?`;

export const removedNameText = (bar: string): string =>
  `${bar} was in an earlier mapping that this signer has built on, and was removed later. Is the bar in the vault?`;

/** @param isIssuance true if a greater height gives more tokens */
export const blockRateText = (isIssuance: boolean): string =>
  `Blocks come once a minute${isIssuance ? ', and a greater height gives more tokens' : ''}.`;

/** @param others the bars in this request that name the burns, listed in one text */
export const releasedBurnsText = (others: string, bar: string, reviewCode: string, at: string): string =>
  `This request counts burns for ${others}. The redemption ${reviewCode}, signed on ${dayText(at)}, counted the same burns for ${bar}, and they were released. If that redemption is published, two bars can leave the vault.`;

export const ownAddressText = (bar: string, isReissuance: boolean): string =>
  `The tokens of ${bar} go to ${isReissuance ? 'the reissuance address' : 'the address of the controllers'}. Is this intended?`;

/** The start of a warning about removed bars. */
export const UNSEEN_CHAIN =
  'This device cannot see the chain. The PCs of the controllers check that no token of a removed bar is on chain';
