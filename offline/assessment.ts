/** Checks a request against rules 1 to 8 of the signer. Refuses it, or returns the checks and the warnings. */

import { type Derivation, derive } from '../shared/derive.ts';
import type { Request } from '../shared/request.ts';
import { endorsingControllers } from '../shared/signatures.ts';
import type { Trust } from '../shared/trust.ts';
import { type Base, checkBaseMapping, findBaseMapping } from './base-mapping.ts';
import { checkBurnsUncounted, checkCoinsAndBars } from './double-use.ts';
import { endorsementWarnings } from './endorsement.ts';
import { checkBaseAge, checkFirstBase } from './memory.ts';
import { controllerOfKey, type Home, pinnedTrust } from './signer-home.ts';
import { checkedSentences, clockDiffersText, timeAheadRefusal } from './texts/passed-checks.ts';
import { lookAlikesSignedHere, warningsAboutRequest } from './warnings.ts';
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
  /** Bars of the request that look like a bar signed here on another coin. The person types their references. */
  alike: string[];
}

/**
 * Rule 4: refuses a time that is more than a day ahead of this device's clock. The clock of an isolated device can be
 * wrong, so a person may ignore the difference.
 * @returns one warning if the two times differ by more than a day; otherwise none
 * @throws Refusal NOT_MONOTONIC
 */
function checkClock({ time }: Request, now: number, ignore: boolean): string[] {
  const ahead = Number(time) - now / 1000;
  const difference = { time, now: now / 1000, days: ahead / DAY };
  if (ahead > DAY && !ignore) throw timeAheadRefusal(difference);
  return Math.abs(ahead) <= DAY ? [] : [clockDiffersText(difference)];
}

/** @throws Refusal with the code of the first rule that the request breaks */
export function assessRequest(world: World, home: Home, request: Request, ignoreClock: boolean): Assessment {
  const { memory } = home;
  const trust = pinnedTrust(home);
  const controller = controllerOfKey(home.key.publicKey, trust);
  const [mapping, origin] = findBaseMapping(world, request, trust, memory);
  const derivation = derive(request, mapping, trust);
  const endorsedBy = endorsingControllers(request, trust);
  const base = { mapping, origin, signers: checkBaseMapping(mapping, trust, memory) };
  checkFirstBase(mapping, memory);
  checkBaseAge(mapping, memory);
  const clock = checkClock(request, world.now(), ignoreClock);
  checkCoinsAndBars(derivation, memory);
  checkBurnsUncounted(request, memory);
  const checked = checkedSentences(request, trust, memory, base.signers, clock.length === 0);
  const others = endorsedBy.filter(index => index !== controller).length;
  const warnings = [
    ...endorsementWarnings(request, trust, others, memory),
    ...warningsAboutRequest(world, derivation, base, trust, memory),
    ...clock,
  ];
  const alike = [...new Set(lookAlikesSignedHere(request, memory).map(({ bar }) => bar))];
  return { trust, controller, endorsedBy, base, derivation, checked, warnings, alike };
}
