/** Which coin each asset was put on before, in proposals that never became a mapping: it goes on the same one again (rule 8). */
import { bytesToId, idToBytes } from '../../shared/bytes.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { outpoint, type PolicyCoin } from '../coins-file.ts';
import { fetchRequest, type Listing } from '../proposals.ts';
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

/**
 * @param requests oldest knowledge first: a later one counts more
 * @param coins the list, to tell coins that can still be spent
 * @returns by reference, without assets of the mapping, and without coins that a token of the mapping came from: such a
 *   coin is spent for good, so that no second transaction on it can ever confirm
 */
export function pinnedCoins(
  requests: readonly Request[],
  base: Mapping,
  coins: readonly PolicyCoin[],
): Map<string, CoinRef> {
  const pinned = new Map<string, CoinRef>();
  for (const request of requests)
    for (const issuance of request.issuances) pinned.set(referenceOf(issuance), issuance.coin);
  for (const reference of base.contained(new Set(pinned.keys()))) pinned.delete(reference);
  const listed = new Set(coins.map(outpoint));
  const gone = new Map([...pinned].filter(([, coin]) => !listed.has(outpoint(coin))));
  if (gone.size === 0) return pinned;
  const tokens = new Map([...gone].map(([reference, coin]) => [tokenOf(coin), reference]));
  for (const { tokenId } of base.assets()) {
    const reference = tokens.get(tokenId);
    if (reference !== undefined) pinned.delete(reference);
  }
  return pinned;
}
