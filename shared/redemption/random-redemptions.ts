/** For tests only: a random mapping with several checked redemptions, determined by a seed. */
import { parseAmount } from '../amount.ts';
import { tokenAmount } from '../token-schedule.ts';
import { checkRemapping, type Remapping } from './invariants.ts';
import { pythonRound } from './python-rounding.ts';
import { type Holding, remapHoldings, tokenRatio } from './remapping.ts';

/** Mulberry32. @returns a generator of numbers from 0 (included) to 1 (excluded) */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HEIGHTS = [0, 479, 480, 3303, 96_000];
/**
 * Heights decades ahead are rare in these chains. They take long, because the schedule is computed period by period.
 */
const FAR_HEIGHTS = [525_600, 2_628_000, 10_512_000];
const STEPS = 5;

/**
 * Random burns that together suffice for a bar. Null if they do not suffice, or if the bar's mass is not a positive
 * decimal number.
 */
function randomBurns(holdings: readonly Holding[], bar: string, height: number, random: () => number) {
  const mass = holdings.filter(one => one.bar === bar).reduce((sum, one) => sum + one.mass, 0);
  const decimal = String(pythonRound(mass, 9));
  if (!/^[0-9]+(\.[0-9]{1,8})?$/.test(decimal) || mass <= 0) return null;
  let left = tokenAmount(decimal, height);
  const ratio = tokenRatio(height);
  const tokens = [...new Set(holdings.map(one => one.token))].sort(() => random() - 0.5);
  const burns: { token: string; amount: bigint }[] = [];
  for (const token of tokens) {
    if (left <= 0n) break;
    const held = holdings.filter(one => one.token === token).reduce((sum, one) => sum + one.mass, 0);
    const most = parseAmount(Math.max(0, Math.floor((held / ratio) * 1e8) / 1e8).toFixed(8), 'amount');
    const wanted = random() < 0.5 ? most : (most * BigInt(1 + Math.floor(random() * 1000))) / 1000n;
    const amount = wanted < left ? wanted : left;
    if (amount <= 0n) continue;
    burns.push({ token, amount });
    left -= amount;
  }
  return left > 0n ? null : burns;
}

/**
 * @param watch function that is called with each redemption after its check
 * @returns number of redemptions done
 * @throws Refusal REMAP_INVALID
 */
export function checkRandomRedemptions(seed: number, watch: (done: Remapping) => void = () => undefined): number {
  const random = seededRandom(seed);
  const size = 2 + Math.floor(random() * 7);
  let holdings: Holding[] = Array.from({ length: size }, (_, i) => ({
    bar: `bar-${i}`,
    token: `token-${i}`,
    mass: Math.round((350 + random() * 100) * 1000) / 1000,
  }));
  const heights = random() < 0.01 ? FAR_HEIGHTS : HEIGHTS;
  const height = heights[Math.floor(random() * heights.length)] as number;
  let done = 0;
  for (let step = 0; step < STEPS; step++) {
    const bars = [...new Set(holdings.map(one => one.bar))];
    const bar = bars[Math.floor(random() * bars.length)];
    const burns = bar === undefined ? null : randomBurns(holdings, bar, height, random);
    if (bar === undefined || burns === null) continue;
    const asDoubles = burns.map(({ token, amount }) => ({ token, amount: Number(amount) / 1e8 }));
    const { kept, added } = remapHoldings(holdings, asDoubles, bar, height);
    const after = [...kept, ...added];
    const remapping = { before: holdings, after, burns, bar, height };
    checkRemapping(remapping);
    watch(remapping);
    holdings = after;
    done++;
  }
  return done;
}
