/**
 * Warnings and notes before a redemption: the custodian's list, an old redemption height, rounding of tokens.
 */
import type { Derivation } from '../../../shared/derive.ts';
import { printableText, Refusal } from '../../../shared/errors.ts';
import { keys } from '../../ledger/object-keys.ts';
import type { RedeemableBar } from '../../legacy/redeemable-bars.ts';

import type { Evidence } from '../../proposal/facts/burns.ts';
import type { ChainFacts } from '../../proposal/facts/facts.ts';
import { tokenSums } from '../../proposal/plan/evidence.ts';
import type { Services } from '../../proposal/services.ts';
import { readList } from '../../redeemable/redeemable-list.ts';
import { barNotListedText, barNotLockedText, oldHeightText, roundedBeforeText } from './texts.ts';

const BLOCKS_A_DAY = 1440;
/**
 * A redemption height is old after this many days. An older height needs fewer tokens: 1 % fewer for each
 * year.
 */
const OLD_DAYS = 30;
/** In fine troy ounces: five times the largest rounding of one re-mapping. */
const ROUNDED = 0.0025;

/**
 * Reports errors of the list of redeemable bars. The list belongs to the custodian, so its errors do not stop
 * a request. If the list cannot be read, it is not updated at publication.
 */
export async function unreadableListWarnings({ store }: Pick<Services, 'store'>): Promise<string[]> {
  try {
    await readList({ store });
    return [];
  } catch (error) {
    if (error instanceof Refusal) return [`${error.message}. ${error.hint}`];
    throw error;
  }
}

/** A note for each bar of the redemption that is not in the list, or is not locked. */
function lockNotes({ request }: Derivation, bars: readonly RedeemableBar[]): string[] {
  const listed = new Map(bars.map(bar => [bar.reference, bar]));
  return request.redemptions.flatMap(({ reference }) => {
    const bar = listed.get(reference);
    const name = printableText(reference);
    if (!bar) return [barNotListedText(name, keys.redeemable)];
    return bar.lock ? [] : [barNotLockedText(name, keys.redeemable)];
  });
}

/**
 * These notes are printed when the redemption is prepared, and not again. If the list cannot be read, there
 * is a warning instead.
 */
export async function redemptionNotes(
  { store }: Pick<Services, 'store'>,
  derivation: Derivation,
): Promise<string[]> {
  if (derivation.request.redemptions.length === 0) return [];
  try {
    return lockNotes(derivation, await readList({ store }));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

function heightWarnings({ request }: Derivation): string[] {
  return request.redemptions.flatMap(({ reference, height }) => {
    const blocks = request.height - height;
    if (blocks <= OLD_DAYS * BLOCKS_A_DAY) return [];
    const days = Math.floor(blocks / BLOCKS_A_DAY);
    return [oldHeightText(printableText(reference), height, blocks, days)];
  });
}

/**
 * Compares the mass of each token, burnt and on chain together, with its mass in the mapping. Warns if it is
 * larger by more than `ROUNDED`.
 */
function roundedWarnings(derivation: Derivation, evidence: Evidence): string[] {
  return tokenSums(derivation, evidence).flatMap(({ token, mapped, found }) =>
    found > Number(mapped) + ROUNDED ? [roundedBeforeText(token, mapped, found.toFixed(6))] : [],
  );
}

export async function redemptionWarnings(
  services: Pick<Services, 'store'>,
  derivation: Derivation,
  chain: ChainFacts,
): Promise<string[]> {
  return [
    ...(await unreadableListWarnings(services)),
    ...heightWarnings(derivation),
    ...roundedWarnings(derivation, chain.evidence),
  ];
}
