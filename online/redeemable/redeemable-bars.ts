/** Redeemable bars: for each bar the mass, the current price in tokens, and whether it is locked. */
import { formatAmount } from '../../shared/amount.ts';
import { printableText } from '../../shared/errors.ts';
import { listAssets } from '../../shared/mapping/asset-listing.ts';
import { groupMassesBy, sumOfMasses } from '../../shared/redemption/mass-sums.ts';
import { blocksLeft, tokenAmount } from '../../shared/token-schedule.ts';
import { currentNameOfBar } from '../ledger/gone-bars.ts';
import { checkTip, tipText } from '../node/checks/best-block.ts';
import type { Tip } from '../node/node.ts';
import { tableText } from '../platform/text/text-table.ts';
import type { Services } from '../proposal/services.ts';
import { readCurrentMapping } from './current-mapping.ts';
import { readList } from './redeemable-list.ts';
import {
  amountsUntilText,
  barRenamedText,
  changedBarsText,
  noBarsText,
  STATES,
  unknownBarsText,
} from './texts.ts';

export interface Bar {
  reference: string;
  listed: boolean;
  lock: boolean;
  /**
   * The bar's current reference, which a correction may have changed. Null if a redemption or a correction
   * removed the bar.
   */
  now: string | null;
  /** Mass of the bar's entries in fine troy ounces; null if the mapping has no entry with this reference. */
  mass: string | null;
  /** Price in tokens, decimal text; null if the bar has no mass, or a mass that no bar can have. */
  tokens: string | null;
}

export interface Bars {
  /** True if bars that are not in the list were requested too. */
  all: boolean;
  /**
   * The bars of the list, in its order. If requested, all other bars of the mapping follow, in the order of
   * the mapping.
   */
  bars: Bar[];
  tip: Tip;
  /** This computer's time when the node was asked, milliseconds since 1970. */
  asked: number;
  /** Number of blocks until the prices change. */
  blocksLeft: number;
}

/**
 * Only masses below this limit have a price. The limit is much larger than any bar, but older entries may
 * contain any number.
 */
const MASS_LIMIT = 1e6;

function priceInTokens(mass: string | null, height: number): string | null {
  const isMass = mass !== null && Number(mass) > 0 && Number(mass) < MASS_LIMIT;
  return isMass ? formatAmount(tokenAmount(mass, height)) : null;
}

/**
 * @param all whether to include bars that are not in the list
 * @param maxAge largest age of the best block, in seconds
 */
export async function readRedeemableBars(services: Services, all: boolean, maxAge: number): Promise<Bars> {
  const { node, world, trust } = services;
  const { state, published } = await readCurrentMapping(services);
  const [listed, tip] = await Promise.all([readList(services), node.tip()]);
  const asked = world.now();
  checkTip(node.source, tip, { network: trust.network.name, now: asked / 1000, maxAge });
  const masses = groupMassesBy(listAssets(published.mapping), 'reference');
  const bar = (reference: string, isListed: boolean, lock: boolean): Bar => {
    const entries = masses.get(reference);
    const mass = entries ? sumOfMasses(entries) : null;
    const now = currentNameOfBar(state.gone, reference, name => masses.has(name));
    return { reference, listed: isListed, lock, now, mass, tokens: priceInTokens(mass, tip.height) };
  };
  const bars = listed.map(({ reference, lock }) => bar(reference, true, lock));
  const names = new Set(bars.map(({ reference }) => reference));
  const others = all ? [...masses.keys()].filter(reference => !names.has(reference)) : [];
  bars.push(...others.map(reference => bar(reference, false, false)));
  return { all, bars, tip, asked, blocksLeft: blocksLeft(tip.height) };
}

function barStateText({ reference, listed, lock, now, mass }: Bar): string {
  if (mass === null && now === null) return STATES.removed;
  if (mass === null) return now === reference ? STATES.unknown : barRenamedText(now ?? '');
  if (!listed) return STATES.unlisted;
  return lock ? STATES.locked : STATES.available;
}

/** @param width columns of the window */
export function barTableText(
  { all, bars, tip, asked, blocksLeft: left }: Bars,
  width: number | undefined,
): string {
  const chain = `Chain at ${tipText(tip, asked / 1000)}.\n`;
  if (bars.length === 0) return noBarsText(all) + chain;
  const absent = bars.filter(({ mass }) => mass === null);
  const late = absent.filter(({ reference, now }) => now !== reference).length;
  const right = true;
  return [
    tableText(
      [{ title: 'reference' }, { title: 'mass', right }, { title: 'tokens', right }, { title: 'state' }],
      bars.map(bar => [printableText(bar.reference), bar.mass ?? '-', bar.tokens ?? '-', barStateText(bar)]),
      width,
    ),
    changedBarsText(late),
    unknownBarsText(absent.length - late),
    amountsUntilText(tip.height + left),
    chain,
  ].join('');
}
