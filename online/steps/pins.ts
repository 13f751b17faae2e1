/** Which coin each asset was put on before, in requests that never became a mapping: it goes on the same one again (rule 8). */
import { bytesToId, idToBytes } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { outpoint, type PolicyCoin } from '../coins-file.ts';
import { fetchRequest, type Listing, listProposals, openRequests } from '../proposals.ts';
import type { Services } from '../services.ts';
import { hadTurn } from './claim.ts';

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

/** Requests that never became a mapping, as far as is known; in each list what stands later counts more. */
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

const byTime = (requests: readonly Request[]) =>
  [...requests].sort((a, b) => Number(a.time) - Number(b.time));

/** Whether some asset stands on different coins in these. */
function disagree(requests: readonly Request[]): boolean {
  const coins = new Map<string, string>();
  return requests.some(({ issuances }) =>
    issuances.some(one => {
      const [reference, coin] = [referenceOf(one), outpoint(one.coin)];
      const before = coins.get(reference);
      coins.set(reference, coin);
      return before !== undefined && before !== coin;
    }),
  );
}

/**
 * By time; but those that had the turn on their mapping stand after those that never had it: they were signed by others
 * than their coordinator, and by an older tool could be sent. Asked of the store only where it matters.
 */
async function byWeight({ store }: Services, requests: readonly Request[]): Promise<Request[]> {
  const sorted = byTime(requests);
  if (!disagree(sorted)) return sorted;
  const bases = [...new Set(sorted.map(({ base }) => base.mapping))];
  const turns = await Promise.all(bases.map(base => hadTurn(store, base)));
  const had = new Set(turns.flatMap(digests => [...digests]));
  return [
    ...sorted.filter(({ digest }) => !had.has(digest)),
    ...sorted.filter(({ digest }) => had.has(digest)),
  ];
}

/** @param more submitted ones that this PC may not have */
export async function earlierRequests(
  services: Services,
  local: readonly Request[],
  listing: Listing,
  more: readonly Request[],
): Promise<Earlier> {
  const inStore = storedIn(listing);
  const stored = local.filter(({ digest }) => inStore.has(digest));
  return {
    drafts: byTime(draftsOf(local, listing)),
    submitted: await byWeight(services, [...stored, ...more]),
  };
}

/** Whether an earlier request had the asset on another coin: a signer that signed that one refuses this one. */
export function isMoved({ drafts, submitted }: Earlier, reference: string, coin: PolicyCoin): boolean {
  return [...drafts, ...submitted].some(request =>
    request.issuances.some(one => referenceOf(one) === reference && outpoint(one.coin) !== outpoint(coin)),
  );
}

/**
 * Before a request takes the turn: one made before another proposal was given up, or on a PC that did not know it, would
 * take the coin from that one's assets, which everybody who signed it could then never sign again; or have an asset of it
 * on another coin, so that both could be sent, and one bar have two tokens.
 * @param base the published mapping, which it is made on
 * @throws Refusal COIN_INVALID
 */
export async function checkKeptCoins(services: Services, request: Request, base: Mapping): Promise<void> {
  const { store } = services;
  const listing = await listProposals(store);
  const [given, { overtaken }] = await Promise.all([
    fetchGivenUp(services, listing),
    openRequests(store, base.digest, listing),
  ]);
  const earlier = await byWeight(services, [...overtaken, ...given]);
  const pinned = pinnedCoins({ drafts: [], submitted: earlier }, base, []);
  for (const issuance of request.issuances) {
    const [own, coin] = [referenceOf(issuance), outpoint(issuance.coin)];
    const pin = pinned.get(own);
    const refused = (what: string, where: string) =>
      new Refusal(
        'COIN_INVALID',
        `${own}: ${what}`,
        `Prepare these assets again: ${where}. Let controllers sign who have not signed this request. Where it lies in the store already, give it up first: \`countersign abandon\`.`,
      );
    if (pin && outpoint(pin.coin) !== coin)
      throw refused(
        `its coin is ${coin}; an earlier proposal, which others may hold with signatures, put it on ${outpoint(pin.coin)}`,
        'they are put on the coins that they had',
      );
    const [other] = [...pinned].filter(([, one]) => !pin && outpoint(one.coin) === coin);
    if (!other) continue;
    const by = earlier.find(({ issuances }) =>
      issuances.some(one => referenceOf(one) === other[0] && outpoint(one.coin) === coin),
    );
    throw refused(
      `its coin ${coin} is kept for ${other[0]} of the proposal ${by?.reviewCode}, which ${by && listing.givenUp.has(by.digest) ? 'was given up' : 'came too late'}`,
      'they are put on other coins',
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
