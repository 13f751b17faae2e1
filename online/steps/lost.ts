/** Issuances that were published and are not on chain any more: a reorganisation can take several of them, one after the other. */
import { Refusal } from '../../shared/errors.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { counted, isAre } from '../platform/text/words.ts';
import { fetchIssuance } from './issuance-record.ts';
import { keys } from './objects.ts';
import { fetchRequest } from './proposals.ts';
import { isOfObject, type Published } from './published.ts';
import type { Services } from './services.ts';

export interface LostIssuance {
  /** Digests. */
  mapping: string;
  request: string;
  /** Of all its transactions, those that are in no block. */
  lost: string[];
  all: number;
}

/** Blocks that deep are not reorganised: what lies below an issuance in them is not looked at. */
const DEEP = 30;
/** Issuances looked at, one behind the other. */
const MAX_STEPS = 200;

/**
 * From the published mapping back to an issuance that lies deep in the chain, or to one of which no record tells.
 * @returns the oldest first, since the change of an older one may be the coin of a later one
 */
export async function lostIssuances(services: Services, { mapping }: Published): Promise<LostIssuance[]> {
  const { store, node } = services;
  const found: LostIssuance[] = [];
  let digest = mapping.digest;
  for (let step = 0; step < MAX_STEPS; step++) {
    const record = await fetchIssuance(store, digest).catch(error => {
      if (step > 0 && isOfObject(error)) return null;
      throw error;
    });
    if (!record) break;
    const ids = [...record.transactions.values()];
    const [known, request] = await Promise.all([
      node.transaction(ids),
      fetchRequest(store, record.request).catch(error => {
        if (isOfObject(error)) return null;
        throw error;
      }),
    ]);
    const lost = ids.filter((_, i) => known[i] === null || known[i] === 'mempool');
    if (lost.length > 0) found.unshift({ mapping: digest, request: record.request, lost, all: ids.length });
    const depths = known.map(one => (one === null || one === 'mempool' ? 0 : one.confirmations));
    if (Math.min(...depths) >= DEEP || !request) break;
    digest = request.base.mapping;
  }
  return found;
}

/** A sentence about them, without its capital. */
export function lostText(lost: readonly LostIssuance[]): string {
  const all = lost.reduce((sum, one) => sum + one.all, 0);
  const gone = lost.flatMap(one => one.lost);
  const last =
    lost.length === 1
      ? `of its last ${counted(all, 'transaction')}`
      : `of the ${all} transactions of ${lost.length} issuances`;
  return `the published mapping holds tokens that are not on chain (any more): ${last}, ${gone.length} ${isAre(gone.length)} in no block, ${gone.join(', ')}.`;
}

/** Nothing is issued on top of what is not on chain. */
export function notOnChain(lost: readonly LostIssuance[]): Refusal {
  const names = lost.map(({ request }) => reviewCode(request)).join(', ');
  return new Refusal(
    'MAPPING_INVALID',
    `${keys.mapping}: ${lostText(lost)} They are of ${counted(lost.length, 'proposal')}, ${names}`,
    'Run `countersign finalise` first: it sends them again, the oldest first, and waits for them. Do not rebuild the list of coins before that.',
  );
}
