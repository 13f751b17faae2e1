/**
 * Warnings about redemptions and corrections: old heights, negative masses, rounding, and facts on chain that the
 * device cannot see.
 */
import { correctedReference, outpointText } from '../shared/changes.ts';
import type { Derivation } from '../shared/derive.ts';
import { assetAtIndex } from '../shared/mapping/asset-listing.ts';
import { negativeEntryIndices } from '../shared/mapping/assets.ts';
import type { Request } from '../shared/request.ts';
import { areBurnsReleased, burntOutputsOf } from './burn-release.ts';
import type { Memory } from './memory.ts';
import { shownReference, shownToken } from './screen/screen-parts.ts';
import { countText } from './text-layout.ts';
import { releasedBurnsText, UNSEEN_CHAIN } from './texts/warnings.ts';

const BLOCKS_A_DAY = 1440;
/**
 * A redemption height more than this number of days old gets a warning. An older height needs fewer tokens, by 1 % a
 * year.
 */
const OLD_DAYS = 30;
/**
 * A token gets a warning if redemptions of at least this number of other bars rounded its mass. Each burn or move
 * rounds a token's mass by up to 0.0005 ounce.
 */
const MOST_ROUNDED = 5;
/** Largest number of bars named in a warning. */
const MAX_NAMED = 3;

/** The names of the first bars, and the number of the further bars. */
function barNamesText(bars: readonly string[]): string {
  const more = bars.length > MAX_NAMED ? ` and ${bars.length - MAX_NAMED} more` : '';
  return bars.slice(0, MAX_NAMED).map(shownReference).join(', ') + more;
}

/**
 * For each token whose mass this request rounds: the number of bars whose earlier redemptions, signed here, rounded it
 * too.
 */
function tokenRoundingCounts({ redemptions }: Derivation, { signed }: Memory): [token: string, times: number][] {
  const bars = new Map<string, Set<string>>();
  for (const { request, moves } of redemptions)
    for (const { token } of [...request.burns, ...moves]) bars.set(token, new Set());
  const own = new Set(redemptions.map(({ request }) => request.reference));
  // This counts bars and not requests, because a redemption that was prepared again counts once.
  for (const { request, moved } of signed) {
    const others = request.redemptions.filter(({ reference }) => !own.has(reference));
    for (const { reference, burns } of others) for (const { token } of burns) bars.get(token)?.add(reference);
    const [first] = others;
    if (first) for (const token of moved) bars.get(token)?.add(first.reference);
  }
  return [...bars].map(([token, { size }]) => [token, size]);
}

/**
 * Warnings about burns that were counted for another bar, and then released. This signer cannot check that the older
 * redemption was never published: it relies on its controller.
 */
export function releasedBurnWarnings({ redemptions }: Request, memory: Memory): string[] {
  const bars = new Map(
    redemptions.flatMap(({ reference, burns }) => burns.map(burn => [outpointText(burn), reference])),
  );
  return memory.signed.flatMap(one =>
    one.request.redemptions.flatMap(({ reference }) => {
      const others = new Set(burntOutputsOf(one, reference).map(outpoint => bars.get(outpoint) ?? reference));
      others.delete(reference);
      if (others.size === 0 || !areBurnsReleased(one, reference, memory)) return [];
      return [releasedBurnsText(barNamesText([...others]), shownReference(reference), one.request.reviewCode, one.at)];
    }),
  );
}

export function redemptionWarnings(derivation: Derivation, memory: Memory): string[] {
  const { request, base, redemptions } = derivation;
  if (redemptions.length === 0) return [];
  const old = redemptions.flatMap(({ request: { reference, height } }) => {
    const blocks = request.height - height;
    if (blocks <= OLD_DAYS * BLOCKS_A_DAY) return [];
    const ago = `${countText(blocks, 'block')} (about ${Math.floor(blocks / BLOCKS_A_DAY)} days) before the height of the request`;
    return [
      `The redemption height ${height} of ${shownReference(reference)} is ${ago}. An older height needs fewer tokens.`,
    ];
  });
  const below = [...negativeEntryIndices(base.content.assets)].map(i => assetAtIndex(base, i).reference);
  const masses = below.length === 1 ? '1 mass' : `${below.length} masses`;
  const negative = `The base mapping has ${masses} below 0, from rounding in older tools (${barNamesText(below)}). This device uses 0 instead.`;
  const rounded = tokenRoundingCounts(derivation, memory).flatMap(([token, times]) => {
    if (times < MOST_ROUNDED) return [];
    const before = `Token ${shownToken(token)} was burnt or moved in redemptions of ${times} other bars signed here`;
    const rounds = 'Each redemption rounds the mass of the token by up to 0.0005 fine troy ounces';
    return [`${before}, and again in this request. ${rounds}. Compare its mass with the amount on chain.`];
  });
  return [...old, ...(below.length > 0 ? [negative] : []), ...rounded];
}

export function correctionWarnings({ corrections }: Request): string[] {
  const removed = corrections.filter(one => correctedReference(one) === undefined).map(({ reference }) => reference);
  if (removed.length === 0) return [];
  return [`${UNSEEN_CHAIN} (${barNamesText(removed)}). If a token is on chain, its holder loses the bar.`];
}
