/** Applies all rules of the signer to a request. The result is a refusal, or the list of checks and warnings. */

import { kindOf } from '../shared/changes.ts';
import { type Derivation, derive } from '../shared/derive.ts';
import { check } from '../shared/errors.ts';
import type { Request } from '../shared/request.ts';
import { endorsers } from '../shared/signatures.ts';
import type { Trust } from '../shared/trust.ts';
import { type Base, checkBase, findMapping } from './base.ts';
import { endorsementWarnings } from './endorsement.ts';
import { controllerOf, type Home, pinnedTrust } from './home.ts';
import { checkAge, checkFirst, type Memory } from './memory.ts';
import { checkBurns, checkCoins } from './once.ts';
import { count, listed, utc } from './text.ts';
import { signedAlike, warningsOf } from './warnings.ts';
import type { World } from './world.ts';

const DAY = 86_400;

export interface Assessment {
  trust: Trust;
  /** This device's controller index. */
  controller: number;
  /** Indices of the controllers that endorsed this request. */
  endorsedBy: number[];
  base: Base;
  derivation: Derivation;
  /** The checks that passed, one sentence each. */
  checked: string[];
  warnings: string[];
  /**
   * Bars with a serial like that of a bar that this device signed on another coin. The person types their references.
   */
  alike: string[];
}

/** Rule 4, against the clock. An isolated clock drifts, so a person may ignore it. @throws Refusal NOT_MONOTONIC */
function checkClock({ time }: Request, now: number, ignore: boolean): string[] {
  const ahead = Number(time) - now / 1000;
  const clock = `the clock of this device (${utc(now / 1000)})`;
  const days = `${(Math.abs(ahead) / DAY).toFixed(1)} days`;
  const message = `time: expected at most 1 day ahead of ${clock}, got ${time}, ${days} ahead`;
  const hint =
    'If the clock of this device is wrong, set the clock or add --ignore-clock. Otherwise prepare the request again.';
  check(ahead <= DAY || ignore, 'NOT_MONOTONIC', message, hint);
  return Math.abs(ahead) <= DAY
    ? []
    : [`The time of the request is ${days} ${ahead > 0 ? 'ahead of' : 'behind'} ${clock}.`];
}

/** The checks of the request's changes, as sentences. */
function checkedOf(request: Request, trust: Trust, { signed, overruled }: Memory): string[] {
  const here = `${count(signed.length, 'request')} signed here before`;
  const isRedeemed = signed.some(({ request }) => request.redemptions.length > 0);
  const freed = [...(overruled.length > 0 ? ['released'] : []), ...(isRedeemed ? ['redeemed'] : [])].join(' or ');
  const except = freed && `, unless it was ${freed} since`;
  switch (kindOf(request)) {
    case 'issuances':
      return [
        'No bar is already in the mapping. No bar occurs twice in the request.',
        `No bar was signed with another policy coin${except} (${here}).`,
        'All amounts were computed here from mass and height, and match the request.',
        `All addresses belong to ${trust.network.name}. No policy coin is used twice.`,
      ];
    case 'redemptions':
      return [
        'Each bar is in the mapping and occurs once in the request. Its mass matches the mapping.',
        'The burnt tokens of each bar match the amount computed here from mass and redemption height.',
        'Each burnt token is in the mapping with at least the burnt mass.',
        `No output occurs twice in the request. No output was counted for another bar or in a mapping built on${overruled.length > 0 ? ', unless it was released' : ''} (${here}).`,
        'The changes were computed here. Every other bar keeps its mass, and each token loses its burnt amount.',
      ];
    case 'corrections':
      return [
        'Each bar is in the mapping and occurs once in the request. No new name is in the mapping or occurs twice in the request.',
        'Each renamed bar keeps its tokens and its mass.',
        `No new name was signed with another policy coin${except} (${here}).`,
      ];
  }
}

/** @throws Refusal with the code of the first rule that the request breaks */
export function assess(world: World, home: Home, request: Request, ignoreClock: boolean): Assessment {
  const { memory } = home;
  const trust = pinnedTrust(home);
  const controller = controllerOf(home.key.publicKey, trust);
  const [mapping, origin] = findMapping(world, request, trust, memory);
  const derivation = derive(request, mapping, trust);
  const endorsedBy = endorsers(request, trust);
  const base = { mapping, origin, signers: checkBase(mapping, trust, memory) };
  checkFirst(mapping, memory);
  checkAge(mapping, memory);
  const clock = checkClock(request, world.now(), ignoreClock);
  checkCoins(derivation, memory);
  checkBurns(request, memory);
  const { newest } = memory;
  const signers = listed(base.signers);
  const last = newest ? `no newer mapping (newest: height ${newest.height})` : 'no mapping before';
  const checked = [
    'Network and trust profile match the profile pinned on this device.',
    `The base mapping matches its digest. ${signers ? `Controllers ${signers} signed it` : 'It is the empty first mapping'}.`,
    `This signer has built on ${last}.`,
    `Height and time do not decrease${clock.length > 0 ? '' : ', and the time fits the clock of this device'}.`,
    ...checkedOf(request, trust, memory),
  ];
  const others = endorsedBy.filter(index => index !== controller).length;
  const warnings = [
    ...endorsementWarnings(request, trust, others, memory),
    ...warningsOf(world, derivation, base, trust, memory),
    ...clock,
  ];
  const alike = [...new Set(signedAlike(request, memory).map(({ bar }) => bar))];
  return { trust, controller, endorsedBy, base, derivation, checked, warnings, alike };
}
