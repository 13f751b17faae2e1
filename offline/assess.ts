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
  const days = `${(Math.abs(ahead) / DAY).toFixed(1)} days ${ahead > 0 ? 'ahead of' : 'behind'}`;
  const difference = `${days} this device's clock (${utc(now / 1000)})`;
  const message = `time: expected at most a day ahead of this device's clock, ${time} is ${difference}`;
  const hint = 'If the clock of this device is wrong, set it or add --ignore-clock; else prepare the request again.';
  check(ahead <= DAY || ignore, 'NOT_MONOTONIC', message, hint);
  return Math.abs(ahead) <= DAY ? [] : [`The request's time is ${difference}.`];
}

/** The checks of the request's changes, as sentences. */
function checkedOf(request: Request, trust: Trust, { signed, overruled }: Memory): string[] {
  const here = `${count(signed.length, 'request')} signed here before`;
  const isRedeemed = signed.some(({ request }) => request.redemptions.length > 0);
  const but = [...(overruled.length > 0 ? ['released'] : []), ...(isRedeemed ? ['redeemed since'] : [])].join(' or ');
  const except = but && ` and not ${but}`;
  switch (kindOf(request)) {
    case 'issuances':
      return [
        'No bar is in the mapping or twice in the request.',
        `No bar was signed on another coin${except} (${here}).`,
        'Every amount was computed here from mass and height, and is the one given.',
        `Every address is one of ${trust.network.name}; no coin is used twice.`,
      ];
    case 'redemptions':
      return [
        'Each bar is in the mapping and once in the request, and its mass is the one given.',
        'The tokens burnt for each bar are what was computed here from its mass and redemption height.',
        'Each token burnt is in the mapping, with at least the mass that was burnt.',
        `No output stands twice in the request, or was counted for another bar or in a mapping built on${overruled.length > 0 ? ' and not released' : ''} (${here}).`,
        'The changes were computed here: every other bar keeps its mass, and a token loses what was burnt of it.',
      ];
    case 'corrections':
      return [
        'Each bar is in the mapping and once in the request; no new name is in the mapping or twice in the request.',
        'A bar that is renamed keeps its tokens and its mass.',
        `No new name was signed on another coin${except} (${here}).`,
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
  const last = newest
    ? `newer mapping was built on here (the last: height ${newest.height})`
    : 'mapping was built on here before';
  const checked = [
    'The request is for the network and the profile pinned on this device.',
    `The base has the digest named, and ${signers ? `valid signatures of controllers ${signers}` : 'is the empty mapping that begins'}.`,
    `No ${last}.`,
    `Height and time do not go back${clock.length > 0 ? '' : ', and the time fits the clock of this device'}.`,
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
