/** All rules of the design, applied to a request in this home: either a refusal, or what was checked and what to mind. */
import { checkProfile, type Derivation, derive } from '../shared/derive.ts';
import { check, shown } from '../shared/errors.ts';
import { assetIdOf } from '../shared/issuance.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { pythonNumber } from '../shared/mapping/python.ts';
import { outpointOf, type Request, referenceOf } from '../shared/request.ts';
import { plain } from '../shared/review-code.ts';
import { blocksLeft, PERIOD } from '../shared/schedule.ts';
import type { Trust } from '../shared/trust.ts';
import { type Base, findBase, heldMapping } from './base.ts';
import { controllerOf, type Home, pinnedTrust } from './home.ts';
import { checkAge, checkCoins, type Memory } from './memory.ts';
import { count, day, listed, utc } from './text.ts';
import type { World } from './world.ts';

const DAY = 86_400;
/** About what two controllers need to sign and a node to confirm. */
const FEW_BLOCKS = 30;

export interface Assessment {
  trust: Trust;
  /** Index of this device. */
  controller: number;
  base: Base;
  derivation: Derivation;
  /** A sentence each. */
  checked: string[];
  warnings: string[];
}

/** Rule 4, second half. An isolated clock drifts, so a person may overrule it. @throws Refusal NOT_MONOTONIC */
function checkClock({ time }: Request, now: number, ignore: boolean): string[] {
  const ahead = Number(time) - now / 1000;
  const days = `${(Math.abs(ahead) / DAY).toFixed(1)} days ${ahead > 0 ? 'ahead of' : 'behind'}`;
  const difference = `${days} this device's clock (${utc(now / 1000)})`;
  const message = `time: expected at most a day ahead of this device's clock, ${time} is ${difference}`;
  const hint = 'If the clock of this device is wrong, set it or add --ignore-clock; else prepare the request again.';
  check(ahead <= DAY || ignore, 'NOT_MONOTONIC', message, hint);
  return Math.abs(ahead) <= DAY ? [] : [`The request's time is ${difference}.`];
}

/** Compares with what was signed on, not with what was only seen: a warning stays until someone has signed all the same. */
function ageWarnings(world: World, { mapping }: Base, { builtOn, signed }: Memory): string[] {
  if (!builtOn) {
    if (mapping.size === 0) return ['It begins with an empty mapping: if one was ever published, stop.'];
    // The one that a request signed here makes is no stranger.
    if (signed.some(before => before.mapping === mapping.digest)) return [];
    return ['This is the first mapping that this signer builds on: compare its digest with the published one.'];
  }
  if (mapping.digest === builtOn.mapping) return [];
  const before = heldMapping(world, builtOn.mapping);
  const had = new Set(before?.references() ?? []);
  for (const reference of mapping.contained(had)) had.delete(reference);
  const gone = Math.max(had.size, builtOn.assets - mapping.size);
  if (gone <= 0) return [];
  const names = [...had].slice(0, 3).map(shown).join(', ');
  return [`The base lacks ${count(gone, 'asset')} of the mapping signed on before it${names && `: ${names}`}.`];
}

/** Whether another time and height have the same digits, and so the same signatures. Not for the empty one, which has none. */
function splitsOtherwise({ time, height, size }: Mapping): boolean {
  const text = `${pythonNumber(time)}${height}`;
  const splits = (at: number) => {
    const [before, after] = [text.slice(0, at), text.slice(at)];
    return (
      /^(0|[1-9][0-9]{0,8})$/.test(after) && /^[1-9][0-9]{8,}(\.|$)/.test(before) && pythonNumber(before) === before
    );
  };
  return size > 0 && [...text].filter((_, at) => splits(at)).length > 1;
}

/** The rest is counted: nobody may take the first ones for all. */
const few = (warnings: string[], most: number) =>
  warnings.length > most ? [...warnings.slice(0, most), `And ${warnings.length - most} more like these.`] : warnings;

/** Other bars with the same serial: one bar under two names would be issued twice. */
function lookAlikes(request: Request, mapping: Mapping, { signed }: Memory): string[] {
  const serialOf = (reference: string) => plain(reference.slice(0, reference.indexOf('-')));
  const serials = new Map<string, string>();
  const found = new Map<string, string>();
  const look = (references: Iterable<string>, where: string) => {
    for (const reference of references) {
      const ours = serials.get(serialOf(reference));
      if (!ours || ours === reference || found.has(reference)) continue;
      found.set(reference, `${ours} has the serial of ${shown(reference)} ${where}: is it another bar?`);
    }
  };
  for (const reference of request.issuances.map(referenceOf)) {
    look([reference], 'in the request');
    if (!found.has(reference)) serials.set(serialOf(reference), reference);
  }
  look(mapping.alike(request.issuances.map(referenceOf)), 'in the mapping');
  for (const { request, at } of signed) look(request.issuances.map(referenceOf), `signed on ${day(at)}`);
  return few([...found.values()], 5);
}

function memoryWarnings(request: Request, { signed }: Memory): string[] {
  const out: string[] = [];
  const coins = new Map(request.issuances.map(i => [outpointOf(i.coin), referenceOf(i)]));
  for (const { request: before, at } of signed) {
    const when = `signed on ${day(at)}`;
    if (before.digest === request.digest) out.push(`This was ${when} before: signing again makes the same signatures.`);
    else if (before.base.mapping === request.base.mapping)
      out.push(`${before.reviewCode}, ${when}, has the same base: only one can be published.`);
    for (const issuance of before.issuances) {
      const now = coins.get(outpointOf(issuance.coin)) ?? referenceOf(issuance);
      if (now !== referenceOf(issuance))
        out.push(`The coin of ${now} was ${when} for ${referenceOf(issuance)}: one can confirm.`);
    }
  }
  return few(out.reverse(), 8);
}

/**
 * @throws Refusal with the code of the first rule that does not hold
 */
export function assess(world: World, home: Home, request: Request, ignoreClock: boolean): Assessment {
  const { memory } = home;
  const trust = pinnedTrust(home);
  const controller = controllerOf(home.key.publicKey, trust);
  checkProfile(request, trust);
  const base = findBase(world, request, trust, memory);
  checkAge(base.mapping, memory);
  const derivation = derive(request, base.mapping, trust);
  const clock = checkClock(request, world.now(), ignoreClock);
  checkCoins(request, memory);
  const { newest, signed } = memory;
  const signers = listed(base.signers);
  const last = newest
    ? `newer mapping was seen here (the last: height ${newest.height})`
    : 'mapping with signatures was seen here before';
  const { mapping } = base;
  const foreign = `The base's height, ${mapping.height}, and its time, ${mapping.time}, run together in what was signed: compare both with the published ones.`;
  const known = new Set(signed.flatMap(({ request, mapping }) => [request.base.mapping, mapping]));
  const left = `Only ${count(blocksLeft(request.height), 'block')} of ${PERIOD} left in which these amounts hold`;
  const checked = [
    'The request is for the network and the profile pinned on this device.',
    `The base has the digest named, and ${signers ? `valid signatures of controllers ${signers}` : 'is the empty mapping that begins'}.`,
    `No ${last}.`,
    `Height and time do not go back${clock.length > 0 ? '' : ', and the time fits the clock of this device'}.`,
    'No bar is in the mapping or twice in the request.',
    `No bar was signed on another coin (${count(signed.length, 'request')} signed here before).`,
    'Every amount was computed here from mass and height, and is the one given.',
    `Every address is one of ${trust.network.name}; no coin is used twice.`,
  ];
  const warnings = [
    ...ageWarnings(world, base, memory),
    ...(known.has(mapping.digest) || !splitsOtherwise(mapping) ? [] : [foreign]),
    ...clock,
    ...(blocksLeft(request.height) < FEW_BLOCKS ? [`${left}: all must be confirmed by then.`] : []),
    ...memoryWarnings(request, memory),
    ...lookAlikes(request, base.mapping, memory),
  ];
  return { trust, controller, base, derivation, checked, warnings };
}

/** The facts of each issuance for `--json`; the asset's id follows from the coin alone. */
export function issuanceFacts({ issuances }: Request): object[] {
  return issuances.map(issuance => {
    const { mass, tokens, address, coin } = issuance;
    return { reference: referenceOf(issuance), mass, tokens, address, assetId: assetIdOf(coin), coin };
  });
}
