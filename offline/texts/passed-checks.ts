/** What the review screen says about checks that passed, and about the clock of this device. */
import { kindOfChange } from '../../shared/changes.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Request } from '../../shared/request.ts';
import type { Trust } from '../../shared/trust.ts';
import type { Memory } from '../memory.ts';
import { countText, listText, utcTimeText } from '../text-layout.ts';

/** Times in seconds since 1970. `days` is positive if the time of the request is ahead. */
interface ClockDifference {
  time: string;
  now: number;
  days: number;
}

const clockText = (now: number) => `the clock of this device (${utcTimeText(now)})`;
const daysText = (days: number) => `${Math.abs(days).toFixed(1)} days`;

export const timeAheadRefusal = ({ time, now, days }: ClockDifference): Refusal =>
  new Refusal(
    'NOT_MONOTONIC',
    `time: expected at most 1 day ahead of ${clockText(now)}, got ${time}, ${daysText(days)} ahead`,
    'If the clock of this device is wrong, set the clock or add --ignore-clock. Otherwise prepare the request again.',
  );

export const clockDiffersText = ({ now, days }: ClockDifference): string =>
  `The time of the request is ${daysText(days)} ${days > 0 ? 'ahead of' : 'behind'} ${clockText(now)}.`;

export const NEW_BARS = 'No bar is already in the mapping. No bar occurs twice in the request.';

const signedBeforeText = (count: number) => `(${countText(count, 'request')} signed here before)`;

/**
 * @param freed how this device has freed bars from their coins: `released`, `redeemed` or both; empty if it has freed
 * none
 */
export const otherCoinCheckedText = (freed: string, signed: number, what = 'bar'): string =>
  `No ${what} was signed with another policy coin${freed && `, unless it was ${freed} since`} ${signedBeforeText(signed)}.`;

export const burnsCheckedText = (isReleased: boolean, signed: number): string =>
  `No output occurs twice in the request. No output was counted for another bar, or in a mapping that this signer has built on${isReleased ? ', unless it was released' : ''} ${signedBeforeText(signed)}.`;

export const heightAndTimeCheckedText = (isClockNear: boolean): string =>
  `Height and time do not decrease${isClockNear ? ', and the time fits the clock of this device' : ''}.`;

/** Sentences that say which checks of the request's changes passed. */
function checkedChangeSentences(request: Request, trust: Trust, { signed, overruled }: Memory): string[] {
  const isRedeemed = signed.some(({ request }) => request.redemptions.length > 0);
  const freed = [...(overruled.length > 0 ? ['released'] : []), ...(isRedeemed ? ['redeemed'] : [])].join(' or ');
  switch (kindOfChange(request)) {
    case 'issuances':
      return [
        NEW_BARS,
        otherCoinCheckedText(freed, signed.length),
        'All amounts were computed here from mass and height, and match the request.',
        `All addresses belong to ${trust.network.name}. No policy coin is used twice.`,
      ];
    case 'redemptions':
      return [
        'Each bar is in the mapping and occurs once in the request. Its mass matches the mapping.',
        'The burnt tokens of each bar match the amount computed here from mass and redemption height.',
        'Each burnt token is in the mapping with at least the burnt mass.',
        burnsCheckedText(overruled.length > 0, signed.length),
        'The changes were computed here. Every other bar keeps its mass, and each token loses its burnt amount.',
      ];
    case 'corrections':
      return [
        'Each bar is in the mapping and occurs once in the request. No new name is in the mapping or occurs twice in the request.',
        'Each renamed bar keeps its tokens and its mass.',
        otherCoinCheckedText(freed, signed.length, 'new name'),
      ];
  }
}

/**
 * The checks that passed, one sentence each.
 * @param baseSigners indices of the controllers that signed the base mapping; empty for the first mapping
 * @param isClockNear true if the time of the request is within a day of this device's clock
 */
export function checkedSentences(
  request: Request,
  trust: Trust,
  memory: Memory,
  baseSigners: readonly number[],
  isClockNear: boolean,
): string[] {
  const { newest } = memory;
  const base =
    baseSigners.length > 0 ? `Controllers ${listText(baseSigners)} signed it` : 'It is the empty first mapping';
  return [
    'Network and trust profile match the profile pinned on this device.',
    `The base mapping matches its digest. ${base}.`,
    `This signer has built on ${newest ? `no newer mapping (newest: height ${newest.height})` : 'no mapping before'}.`,
    heightAndTimeCheckedText(isClockNear),
    ...checkedChangeSentences(request, trust, memory),
  ];
}
