/** What counts once in all that this signer signed: a bar on one policy coin (rule 8), and a burnt output for one bar. */
import { barsOf, type Changes, newReference, outpointOf, referenceOf } from '../shared/changes.ts';
import type { Derivation } from '../shared/derive.ts';
import { check, shown } from '../shared/errors.ts';
import { assetIdOf } from '../shared/issuance.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import type { Request } from '../shared/request.ts';
import { isReleased } from './counted.ts';
import { ageOf, type Memory, madeBy, type Signed } from './memory.ts';
import { day } from './text.ts';

const COUNTED_HINT =
  'A burn counts once. Find out which other burns belong to this bar, and prepare the request with these.';
/** @param bar may have spaces */
const releaseHint = (bar: string) =>
  `If that redemption was abandoned: signer release ${/ /.test(bar) ? shown(bar) : bar}, once another mapping is published.`;

/** Bars of a request under every name that it has for them. */
export const namesOf = (request: Changes): string[] => [
  ...barsOf(request),
  ...request.corrections.map(({ reference }) => reference),
];

/**
 * Whether the bar came out of the vault by a redemption that was signed here after everything else that names the bar, and
 * the base is the mapping of that redemption, or newer. Fully signed bases alone do not tell: one may have been taken back.
 * @param base verified, and without the bar
 */
export function wasRedeemed(bar: string, base: Mapping, { signed }: Memory): boolean {
  const isOf = ({ request }: Signed) => request.redemptions.some(({ reference }) => reference === bar);
  const last = signed.findLast(one => !isOf(one) && namesOf(one.request).includes(bar));
  return signed.slice(last ? signed.indexOf(last) + 1 : 0).some(one => isOf(one) && ageOf(base, madeBy(one)) >= 0);
}

/**
 * Rule 8: two transactions for one bar can never both confirm if they spend one coin. No mapping frees a bar from its
 * coin by itself, not even one that gives the coin's token to another bar: it is signed before anything is sent, so it
 * does not tell which of the transactions on that coin the chain has. A new name is held to the coin of that name too.
 * @throws Refusal DOUBLE_ISSUE
 */
export function checkCoins({ request, base, corrections }: Derivation, memory: Memory): void {
  const { coins } = memory;
  const checkBar = (path: string, bar: string, tokens: string[], now: string) => {
    const then = coins.get(bar);
    const isFree = !then || tokens.includes(assetIdOf(then.coin)) || wasRedeemed(bar, base, memory);
    const signedOn = `${bar} was signed on ${day(then?.at ?? '')} with the coin`;
    const message = `${path}: ${signedOn} ${then && outpointOf(then.coin)}, the request has ${now}`;
    check(isFree, 'DOUBLE_ISSUE', message);
  };
  request.issuances.forEach((issuance, i) => {
    const { coin } = issuance;
    checkBar(`issuances[${i}].coin`, referenceOf(issuance), [assetIdOf(coin)], outpointOf(coin));
  });
  corrections.forEach(({ request, tokens }, i) => {
    const name = newReference(request);
    if (name !== undefined) checkBar(`corrections[${i}].to`, name, tokens, `token ${tokens[0]}`);
  });
}

/**
 * A burnt output counts once. It may be signed again for the same bar until its redemption is known to be published: another
 * mapping may be published instead. The mappings built on and the base of the request are known to be published. A release
 * by the controller ends it for a redemption that never was.
 * @throws Refusal BURN_SPENT
 */
export function checkBurns({ redemptions, base }: Request, { signed, built }: Memory): void {
  const now = new Map<string, { path: string; bar: string }>();
  redemptions.forEach(({ reference, burns }, i) => {
    burns.forEach((burn, j) => {
      now.set(outpointOf(burn), { path: `redemptions[${i}].burns[${j}]`, bar: reference });
    });
  });
  const known = new Set([...built.map(({ mapping }) => mapping), base.mapping]);
  signed.forEach((one, n) => {
    const { request, mapping, at } = one;
    for (const { reference, burns } of request.redemptions) {
      const again = burns.map(outpointOf).filter(outpoint => now.has(outpoint));
      if (again.length === 0 || isReleased(one, reference, { built })) continue;
      // What the bar is called since, and whether it came back.
      let [bar, isOver] = [reference, known.has(mapping)];
      for (const later of signed.slice(n + 1)) {
        if (later.request.issuances.some(issuance => referenceOf(issuance) === bar)) isOver = true;
        const renamed = later.request.corrections.find(one => one.reference === bar);
        if (renamed && known.has(later.mapping)) bar = newReference(renamed) ?? bar;
      }
      for (const outpoint of again) {
        const { path, bar: other } = now.get(outpoint) as { path: string; bar: string };
        const counted = `${outpoint} was counted for ${reference} in ${request.reviewCode}, signed on ${day(at)}`;
        const hint = isOver ? COUNTED_HINT : `${COUNTED_HINT} ${releaseHint(reference)}`;
        check(other === bar && !isOver, 'BURN_SPENT', `${path}: ${counted}`, hint);
      }
    }
  });
}

/** Whether all that the memory holds of a request is held already: a release may have freed a bar since it was signed. */
export const isRemembered = (request: Request, { signed, coins }: Memory): boolean =>
  signed.some(before => before.request.digest === request.digest) &&
  request.issuances.every(issuance => coins.has(referenceOf(issuance))) &&
  request.corrections.every(one => !coins.has(one.reference) || coins.has(newReference(one) ?? one.reference));
