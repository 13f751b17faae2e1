/** Rule 8: a bar is signed on one policy coin only, and a burnt output for one bar only. */
import { barReference, barsOfChanges, type Changes, correctedReference, outpointText } from '../shared/changes.ts';
import type { Derivation } from '../shared/derive.ts';
import { checkThat, valueText } from '../shared/errors.ts';
import { assetIdOf } from '../shared/issuance.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import type { Request } from '../shared/request.ts';
import { areBurnsReleased } from './burn-release.ts';
import { compareWithNewest, factsOfMadeMapping, type Memory, type Signed } from './memory.ts';
import { dayText } from './text-layout.ts';

const COUNTED_HINT =
  'Find out which other burns belong to this bar, and prepare the request with those burns. A burn counts once.';
/** @param bar a reference, which may contain spaces */
const releaseHint = (bar: string) =>
  `If that redemption was abandoned, wait until another mapping is published. Then run: signer release ${/ /.test(bar) ? valueText(bar) : bar}`;

/** All names of the bars in a request. A renamed bar has an old and a new name. */
export const barNamesOf = (request: Changes): string[] => [
  ...barsOfChanges(request),
  ...request.corrections.map(({ reference }) => reference),
];

/**
 * True if a redemption of the bar was signed here, after all other requests with the bar, and the base is the
 * redemption's mapping or a newer one. It is not enough that the base lacks the bar, because after a rollback the base
 * may be older than the bar's issuance.
 * @param base a verified mapping, which does not have the bar
 */
export function wasBarRedeemed(bar: string, base: Mapping, { signed }: Memory): boolean {
  const isOf = ({ request }: Signed) => request.redemptions.some(({ reference }) => reference === bar);
  const last = signed.findLast(one => !isOf(one) && barNamesOf(one.request).includes(bar));
  return signed
    .slice(last ? signed.indexOf(last) + 1 : 0)
    .some(one => isOf(one) && compareWithNewest(base, factsOfMadeMapping(one)) >= 0);
}

/**
 * Rule 8: a bar stays on its coin, because only one transaction that spends this coin can confirm. No mapping releases
 * a bar automatically, not even a mapping in which another bar has the coin's token. A mapping is signed before
 * anything is sent, so it does not show which transaction is on chain. If the new name of a renamed bar was signed
 * before, the coin of that name must have issued one of the bar's tokens.
 * @throws Refusal DOUBLE_ISSUE
 */
export function checkCoinsAndBars({ request, base, corrections }: Derivation, memory: Memory): void {
  const { coins } = memory;
  const checkBar = (path: string, bar: string, tokens: string[], now: string) => {
    const then = coins.get(bar);
    const isFree = !then || tokens.includes(assetIdOf(then.coin)) || wasBarRedeemed(bar, base, memory);
    const signedOn = `${then && outpointText(then.coin)}, with which ${bar} was signed on ${dayText(then?.at ?? '')}`;
    const message = `${path}: expected the policy coin ${signedOn}, got ${now}`;
    checkThat(isFree, 'DOUBLE_ISSUE', message);
  };
  request.issuances.forEach((issuance, i) => {
    const { coin } = issuance;
    checkBar(`issuances[${i}].coin`, barReference(issuance), [assetIdOf(coin)], outpointText(coin));
  });
  corrections.forEach(({ request, tokens }, i) => {
    const name = correctedReference(request);
    if (name !== undefined) checkBar(`corrections[${i}].to`, name, tokens, `token ${tokens[0]}`);
  });
}

/**
 * Rule 8: a burnt output counts once. Until the signer knows that the redemption was published, it signs this output
 * again for the same bar. This is needed if another mapping is published first, because the redemption is then prepared
 * again. The request's base, and all mappings on which this signer has built, count as published. The controller can
 * release the output for another bar if the redemption was not published.
 * @throws Refusal BURN_SPENT
 */
export function checkBurnsUncounted({ redemptions, base }: Request, { signed, built }: Memory): void {
  const now = new Map<string, { path: string; bar: string }>();
  redemptions.forEach(({ reference, burns }, i) => {
    burns.forEach((burn, j) => {
      now.set(outpointText(burn), { path: `redemptions[${i}].burns[${j}]`, bar: reference });
    });
  });
  const known = new Set([...built.map(({ mapping }) => mapping), base.mapping]);
  signed.forEach((one, n) => {
    const { request, mapping, at } = one;
    for (const { reference, burns } of request.redemptions) {
      const again = burns.map(outpointText).filter(outpoint => now.has(outpoint));
      if (again.length === 0 || areBurnsReleased(one, reference, { built })) continue;
      // The bar's current name. `isOver` is true if the redemption was published, or the bar was issued again.
      let [bar, isOver] = [reference, known.has(mapping)];
      for (const later of signed.slice(n + 1)) {
        if (later.request.issuances.some(issuance => barReference(issuance) === bar)) isOver = true;
        const renamed = later.request.corrections.find(one => one.reference === bar);
        if (renamed && known.has(later.mapping)) bar = correctedReference(renamed) ?? bar;
      }
      for (const outpoint of again) {
        const { path, bar: other } = now.get(outpoint) as { path: string; bar: string };
        const counted = `${outpoint} was counted for ${reference} in the request ${request.reviewCode}, signed on ${dayText(at)}`;
        const hint = isOver ? COUNTED_HINT : `${COUNTED_HINT} ${releaseHint(reference)}`;
        checkThat(other === bar && !isOver, 'BURN_SPENT', `${path}: ${counted}`, hint);
      }
    }
  });
}

/**
 * True if the memory already has all facts of this request. If a bar is released from its coin after the signing, the
 * memory no longer has all facts.
 */
export const isRequestRemembered = (request: Request, { signed, coins }: Memory): boolean =>
  signed.some(before => before.request.digest === request.digest) &&
  request.issuances.every(issuance => coins.has(barReference(issuance))) &&
  request.corrections.every(one => !coins.has(one.reference) || coins.has(correctedReference(one) ?? one.reference));
