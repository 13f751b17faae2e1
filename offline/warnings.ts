/** Warnings for a person before signing. A warning alone does not make a request invalid. */

import { barReference, correctedReference, kindOfChange, outpointText } from '../shared/changes.ts';
import type { Derivation } from '../shared/derive.ts';
import { areTextsAlike, lookAlikeBarPairs } from '../shared/look-alike.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { pythonNumber } from '../shared/mapping/python-json.ts';
import type { Request } from '../shared/request.ts';
import { blocksLeft, PERIOD } from '../shared/token-schedule.ts';
import type { Trust } from '../shared/trust.ts';
import { type Base, findBarsNotInMapping, readStoredMapping } from './base-mapping.ts';
import { wasBarRedeemed } from './double-use.ts';
import type { Memory, Signed, SignedCoin } from './memory.ts';
import { correctionWarnings, redemptionWarnings, releasedBurnWarnings } from './remapping-warnings.ts';
import { countText, dayText } from './text-layout.ts';
import {
  alikeSignedText,
  alikeText,
  ambiguousDigitsText,
  barsNotInBaseText,
  blockRateText,
  FIRST_BASE,
  moreAlikeText,
  ONLY_EMPTY_BASE,
  otherCoinText,
  ownAddressText,
  redeemedNameText,
  removedNameText,
  sameBaseText,
} from './texts/warnings.ts';
import type { World } from './world.ts';

/**
 * If fewer blocks than this are left in the period, there is a warning. The other signatures and the confirmations may
 * take longer than the rest of the period.
 */
const FEW_BLOCKS = 30;
/**
 * A warning appears if the height grew by more than the minutes that passed, plus this number of blocks. Clocks can
 * differ by hours. A chain that stopped does not catch up, so no larger number is needed.
 */
const BLOCKS_AHEAD = 120;
/**
 * Largest number of listed pairs of bars whose serials look alike; further pairs are only counted. If the whole name of
 * a bar looks like a name in the mapping, the pair is always listed.
 */
const MAX_LISTED_PAIRS = 5;

/**
 * Warnings from a comparison of the base with the newest mapping built on. They appear until the controller signs a
 * request on this base.
 */
function baseComparisonWarnings(world: World, { mapping }: Base, { newest, signed }: Memory): string[] {
  if (!newest) {
    if (mapping.size === 0) return ['The base mapping is empty. If a mapping was ever published, stop.'];
    return [FIRST_BASE];
  }
  if (mapping.digest === newest.mapping) return [];
  // This signer knows a mapping if it signed the request that made the mapping.
  if (newest.assets === 0 && !signed.some(before => before.mapping === mapping.digest)) return [ONLY_EMPTY_BASE];
  // True if the base was made by a request that this device signed on the newest mapping built on.
  const isOwn = (one: Signed) => one.mapping === mapping.digest && one.request.base.mapping === newest.mapping;
  if (signed.some(isOwn)) return [];
  const gone = findBarsNotInMapping(world, newest, mapping);
  return gone.count <= 0 ? [] : [barsNotInBaseText(gone.count, gone.names.slice(0, 3))];
}

/**
 * True if another time and height have the same digits, so that the signatures are valid for both. False for the
 * unsigned initial mapping.
 */
function hasAmbiguousDigits({ time, height, size }: Mapping): boolean {
  const text = `${pythonNumber(time)}${height}`;
  const splits = (at: number) => {
    const [before, after] = [text.slice(0, at), text.slice(at)];
    return (
      /^(0|[1-9][0-9]{0,8})$/.test(after) && /^[1-9][0-9]{8,}(\.|$)/.test(before) && pythonNumber(before) === before
    );
  };
  return size > 0 && [...text].filter((_, at) => splits(at)).length > 1;
}

/**
 * The height decides how many tokens a mass is worth. The height is compared with the base, and with the first height
 * that this signer knows. Without the second comparison, each of many requests could add the tolerated number of
 * blocks. The initial mapping has no height.
 */
function heightWarnings(request: Request, base: Mapping, { oldest }: Memory): string[] {
  const { height, time } = request;
  const known = [...(base.size > 0 ? [base] : []), ...(oldest ? [oldest] : [])];
  if (known.length === 0)
    return [
      `The height ${height} cannot be checked: base mapping and signer have no other height. Compare it with a node.`,
    ];
  const minutesAfter = (from: { time: string }) => Math.floor((Number(time) - Number(from.time)) / 60);
  const from = known.find(from => height - from.height > minutesAfter(from) + BLOCKS_AHEAD);
  if (!from) return [];
  const whose = from === base ? 'the height of the base mapping' : 'the first height that this signer knows';
  const both = `${countText(height - from.height, 'block')} above ${whose}, but the time is only ${countText(minutesAfter(from), 'minute')} later`;
  return [`The height ${height} is ${both}. ${blockRateText(kindOfChange(request) === 'issuances')}`];
}

/**
 * Pairs of a bar in the request and a bar signed here on another coin, if their serials look alike. The person types
 * the reference of the bar in the request. A renamed bar keeps its signed coin.
 */
export function lookAlikesSignedHere({ issuances, corrections }: Request, { coins }: Memory) {
  const now = new Map(issuances.map(i => [barReference(i), outpointText(i.coin)]));
  for (const correction of corrections) {
    const [name, own] = [correctedReference(correction), coins.get(correction.reference)];
    if (name !== undefined) now.set(name, own ? outpointText(own.coin) : '');
  }
  return lookAlikeBarPairs(now.keys(), coins.keys()).flatMap(([bar, other]) => {
    const { coin, at } = coins.get(other) as SignedCoin;
    return outpointText(coin) === now.get(bar) ? [] : [{ bar, other, coin: outpointText(coin), at }];
  });
}

/**
 * Warnings about earlier signed requests with the same bars, coins or base mapping, newest first. Warnings about bars
 * that look alike come before them.
 */
function memoryWarnings(request: Request, base: Mapping, memory: Memory): string[] {
  const out: string[] = [];
  const coins = new Map(request.issuances.map(i => [outpointText(i.coin), barReference(i)]));
  const coinOf = new Map(request.issuances.map(i => [barReference(i), outpointText(i.coin)]));
  for (const { request: before, at } of memory.signed) {
    const when = `signed on ${dayText(at)}`;
    if (before.digest === request.digest)
      out.push(`This request was ${when} before. Signing again gives the same signatures.`);
    else if (before.base.mapping === request.base.mapping) out.push(sameBaseText(before.reviewCode, at));
    for (const issuance of before.issuances) {
      const now = coins.get(outpointText(issuance.coin)) ?? barReference(issuance);
      if (now !== barReference(issuance))
        out.push(
          `The policy coin of ${now} was used for ${barReference(issuance)} in a request ${when}. Only one of the two transactions can confirm.`,
        );
      const [bar, coin] = [barReference(issuance), outpointText(issuance.coin)];
      if ((coinOf.get(bar) ?? coin) !== coin) out.push(otherCoinText(bar, at, coin, wasBarRedeemed(bar, base, memory)));
    }
  }
  return [...lookAlikesSignedHere(request, memory).map(alikeSignedText), ...out.reverse()];
}

/**
 * Warnings about bars that enter the mapping under a name that was removed earlier. The signer knows this if it signed
 * a redemption of the name, or if a stored older mapping has the name.
 */
function returningBarWarnings(world: World, request: Request, mapping: Mapping, { newest, signed }: Memory): string[] {
  const names = new Set([
    ...request.issuances.map(barReference),
    ...request.corrections.flatMap(one => correctedReference(one) ?? []),
  ]);
  const out: string[] = [];
  for (const before of signed)
    for (const { reference } of before.request.redemptions)
      if (names.delete(reference)) out.push(redeemedNameText(reference, before.request.reviewCode, before.at));
  const copies = new Set([newest?.mapping ?? '', ...signed.slice(-3).map(one => one.request.base.mapping)]);
  copies.delete(mapping.digest);
  for (const copy of names.size > 0 ? copies : [])
    for (const name of readStoredMapping(world, copy)?.contained(names) ?? []) {
      names.delete(name);
      out.push(removedNameText(name));
    }
  return out;
}

/**
 * Warnings about new names that look like another name in the mapping or in the request. A renamed bar is not compared
 * with its own old name.
 */
function lookAlikeWarnings({ issuances, corrections }: Request, mapping: Mapping): string[] {
  const old = new Map(corrections.map(one => [correctedReference(one) ?? '', one.reference]));
  old.delete('');
  const references = [...issuances.map(barReference), ...old.keys()];
  const text = (where: 'mapping' | 'request') => (pair: [string, string]) => alikeText(...pair, where);
  const inMapping = lookAlikeBarPairs(references, mapping.alike(references)).filter(
    ([bar, other]) => old.get(bar) !== other,
  );
  const pairs = lookAlikeBarPairs(references, references).filter(([bar, other]) => bar < other);
  // If year and manufacturer look alike too, the two names are nearly always for the same bar. If the other name is in
  // the mapping, the bar already has a token, so all such pairs are listed. All other pairs can be many, so only the
  // first are listed.
  const isSame = (pair: [string, string]) => areTextsAlike(...pair);
  const inRequest = [...pairs.filter(isSame), ...pairs.filter(pair => !isSame(pair))];
  const same = inMapping.filter(isSame).map(text('mapping'));
  const others = inMapping.filter(pair => !isSame(pair)).map(text('mapping'));
  const texts = [...inRequest.map(text('request')), ...others];
  return [
    ...same,
    ...texts.slice(0, MAX_LISTED_PAIRS),
    ...(texts.length > MAX_LISTED_PAIRS ? [moreAlikeText(texts.length - MAX_LISTED_PAIRS)] : []),
  ];
}

function addressWarnings({ issuances }: Request, { address, reissuanceAddress }: Trust): string[] {
  return issuances
    .filter(one => one.address === address || one.address === reissuanceAddress)
    .map(one => ownAddressText(barReference(one), one.address !== address));
}

/**
 * All warnings except those about endorsements and the clock. The most serious come first: bars signed here before, and
 * a height that contradicts the time.
 */
export function warningsAboutRequest(
  world: World,
  derivation: Derivation,
  base: Base,
  trust: Trust,
  memory: Memory,
): string[] {
  const { mapping } = base;
  const { request } = derivation;
  const known = memory.signed.some(({ request, mapping: made }) =>
    [request.base.mapping, made].includes(mapping.digest),
  );
  const left = blocksLeft(request.height);
  const few = `Only ${countText(left, 'block')} of ${PERIOD} ${left === 1 ? 'is' : 'are'} left in the period of this request. All transactions must confirm before the period ends, because the amounts change with the period.`;
  return [
    ...memoryWarnings(request, mapping, memory),
    ...releasedBurnWarnings(request, memory),
    ...returningBarWarnings(world, request, mapping, memory),
    ...heightWarnings(request, mapping, memory),
    ...baseComparisonWarnings(world, base, memory),
    ...(known || !hasAmbiguousDigits(mapping) ? [] : [ambiguousDigitsText(mapping)]),
    ...(left < FEW_BLOCKS && kindOfChange(request) === 'issuances' ? [few] : []),
    ...redemptionWarnings(derivation, memory),
    ...correctionWarnings(request),
    ...addressWarnings(request, trust),
    ...lookAlikeWarnings(request, mapping),
  ];
}
