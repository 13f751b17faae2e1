/** Which coin each asset was put on before, in requests that never became a mapping: it goes on the same one again (rule 8). */
import { bytesToId, idToBytes } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { outpoint, type PolicyCoin } from '../coins-file.ts';
import { fetchRequest, type Listing, listProposals } from '../proposals.ts';
import type { Services } from '../services.ts';

/** The id of the token that spending this coin issues. */
export function tokenOf(coin: { txid: string; vout: number }): string {
  return bytesToId(issuanceIds(idToBytes(coin.txid, 'coin.txid'), coin.vout).asset);
}

/** Requests that were given up, and those that another mapping came before. */
export async function fetchGivenUp(services: Services, listing: Listing): Promise<Request[]> {
  const requests = [...listing.givenUp].map(digest => fetchRequest(services.store, digest));
  return (await Promise.all(requests)).filter(request => request !== null);
}

export interface Pin {
  coin: CoinRef;
  /** Of a request that was only prepared on this PC: most are never signed, so that the coin may go to another asset. */
  isDraft: boolean;
}

/** Requests that never became a mapping, as far as is known; in each list a later one counts more. */
export interface Earlier {
  /** Prepared on this PC, and not in the store: nobody else knows them. */
  drafts: readonly Request[];
  /** Submitted: somebody may hold all signatures that they need. */
  submitted: readonly Request[];
}

function storedIn(listing: Listing): Set<string> {
  return new Set([...listing.open, ...listing.givenUp, ...listing.published]);
}

/** Requests kept on this PC that nobody else knows. */
export function draftsOf(local: readonly Request[], listing: Listing): Request[] {
  const inStore = storedIn(listing);
  return local.filter(({ digest }) => !inStore.has(digest));
}

/** @param more submitted ones that this PC may not have */
export function earlierRequests(local: readonly Request[], listing: Listing, more: Request[]): Earlier {
  const inStore = storedIn(listing);
  const byTime = (requests: Request[]) => requests.sort((a, b) => Number(a.time) - Number(b.time));
  return {
    drafts: byTime(draftsOf(local, listing)),
    submitted: byTime([...local.filter(({ digest }) => inStore.has(digest)), ...more]),
  };
}

/** Whether an earlier request had the asset on another coin: a signer that signed that one refuses this one. */
export function isMoved({ drafts, submitted }: Earlier, reference: string, coin: PolicyCoin): boolean {
  return [...drafts, ...submitted].some(request =>
    request.issuances.some(one => referenceOf(one) === reference && outpoint(one.coin) !== outpoint(coin)),
  );
}

/**
 * Before a request is known to others: one made before another proposal on the same coin was given up would take the coin
 * from that one's assets, which everybody who signed it could then never sign again.
 * @throws Refusal COIN_INVALID
 */
export async function checkKeptCoins(services: Services, request: Request, base: Mapping): Promise<void> {
  const listing = await listProposals(services.store);
  if (storedIn(listing).has(request.digest)) return;
  const held = (await fetchGivenUp(services, listing)).flatMap(({ reviewCode, issuances }) =>
    issuances.map(one => ({ reviewCode, reference: referenceOf(one), coin: outpoint(one.coin) })),
  );
  const issued = base.contained(new Set(held.map(({ reference }) => reference)));
  for (const issuance of request.issuances) {
    const [own, coin] = [referenceOf(issuance), outpoint(issuance.coin)];
    const same = held.filter(one => one.coin === coin && !issued.has(one.reference));
    const [other] = same;
    if (!other || same.some(({ reference }) => reference === own)) continue;
    throw new Refusal(
      'COIN_INVALID',
      `${own}: its coin ${coin} is kept for ${other.reference} of the proposal ${other.reviewCode}, which was given up`,
      'Prepare these assets again: they are put on other coins. Let controllers sign who have not signed this request.',
    );
  }
}

/**
 * @param coins the list, to tell coins that can still be spent
 * @returns by reference, without assets of the mapping, and without coins that a token of the mapping came from: such a
 *   coin is spent for good, so that no second transaction on it can ever confirm
 */
export function pinnedCoins(
  { drafts, submitted }: Earlier,
  base: Mapping,
  coins: readonly PolicyCoin[],
): Map<string, Pin> {
  const listed = new Set(coins.map(outpoint));
  const all = [
    ...drafts.map(request => ({ request, isDraft: true })),
    ...submitted.map(request => ({ request, isDraft: false })),
  ].flatMap(({ request, isDraft }) =>
    request.issuances.map(issuance => ({ reference: referenceOf(issuance), coin: issuance.coin, isDraft })),
  );
  // Before a later pin stands for an earlier one: a coin that is spent for good must not hide one that is not.
  const tokens = new Set(
    all.filter(({ coin }) => !listed.has(outpoint(coin))).map(({ coin }) => tokenOf(coin)),
  );
  const mapped = new Set<string>();
  if (tokens.size > 0) for (const { tokenId } of base.assets()) if (tokens.has(tokenId)) mapped.add(tokenId);
  const pinned = new Map<string, Pin>();
  for (const { reference, coin, isDraft } of all) {
    if (listed.has(outpoint(coin)) || !mapped.has(tokenOf(coin))) pinned.set(reference, { coin, isDraft });
  }
  for (const reference of base.contained(new Set(pinned.keys()))) pinned.delete(reference);
  return pinned;
}
