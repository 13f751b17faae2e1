/** Which coin each asset was put on before, in requests that never became a mapping: it goes on the same one again (rule 8). */
import { bytesToId, idToBytes } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { issuanceIds } from '../../shared/issuance.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type AssetEntry, type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { outpoint, type PolicyCoin } from '../ledger/coins.ts';
import { fetchAbsent } from './absent.ts';
import { hadTurn } from './claim.ts';
import { goneCoins, onCoin } from './loose-tokens.ts';
import { keys } from './objects.ts';
import { fetchRequest, type Listing, listProposals, openRequests, uploadRequest } from './proposals.ts';
import type { Published } from './published.ts';
import { checkAbsent } from './replaced.ts';
import type { Services } from './services.ts';

/** The id of the token that spending this coin issues. */
export function tokenOf(coin: { txid: string; vout: number }): string {
  return bytesToId(issuanceIds(idToBytes(coin.txid, 'coin.txid'), coin.vout).asset);
}

/** Requests that were given up, and those that another mapping came before. */
export function fetchGivenUp(services: Services, listing: Listing): Promise<Request[]> {
  return Promise.all([...listing.givenUp].map(digest => neededRequest(services, digest)));
}

/**
 * Without the request nobody knows which coins are kept for which bars. A PC that has a copy puts it back.
 * @throws Refusal OBJECT_MISSING
 */
async function neededRequest({ store, state, progress }: Services, digest: string): Promise<Request> {
  const there = await fetchRequest(store, digest);
  if (there) return there;
  const key = keys.request(digest);
  const copy = state.request(digest);
  if (!copy) {
    throw new Refusal(
      'OBJECT_MISSING',
      `${key}: the proposal ${reviewCode(digest)} was given up, and its request is gone, which says which coins are kept for its assets`,
      'Someone changed the store: call the other controllers. `countersign prepare` on a PC that prepared or reviewed it puts it back from its copy.',
    );
  }
  await uploadRequest(store, copy);
  progress(`${key} was gone: it is put back from the copy of this PC.`);
  return copy;
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
  /** Of mappings that were published and replaced by one that lacks them, with their coins unspent. */
  kept?: readonly { reference: string; coin: CoinRef }[];
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

/** Digests of those that have or had the turn on their mapping. */
async function withTurn({ store }: Services, requests: readonly Request[]): Promise<ReadonlySet<string>> {
  const bases = [...new Set(requests.map(({ base }) => base.mapping))];
  const turns = await Promise.all(bases.map(base => hadTurn(store, base)));
  return new Set(turns.flatMap(digests => [...digests]));
}

/**
 * By time; but those that had the turn on their mapping stand after those that never had it: they were signed by others
 * than their coordinator, and by an older tool could be sent. Asked of the store only where it matters.
 */
async function byWeight(services: Services, requests: readonly Request[]): Promise<Request[]> {
  const sorted = byTime(requests);
  if (!disagree(sorted)) return sorted;
  const had = await withTurn(services, sorted);
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

const refusedCoin = (reference: string, what: string, where: string) =>
  new Refusal(
    'COIN_INVALID',
    `${reference}: ${what}`,
    `Prepare these assets again: ${where}. Let controllers sign who have not signed this request. Where it lies in the store already, give it up first: \`countersign abandon\`.`,
  );

/** An asset of it on another coin than before: both could be sent. @throws Refusal COIN_INVALID */
function checkMoved(request: Request, pinned: ReadonlyMap<string, Pin>): void {
  for (const issuance of request.issuances) {
    const [own, coin] = [referenceOf(issuance), outpoint(issuance.coin)];
    const pin = pinned.get(own);
    if (pin && outpoint(pin.coin) !== coin)
      throw refusedCoin(
        own,
        `its coin is ${coin}; an earlier proposal, which others may hold with signatures, put it on ${outpoint(pin.coin)}`,
        'they are put on the coins that they had',
      );
  }
}

/** What was given up or came too late, and what was published and is lost. @throws Refusal DUPLICATE_ASSET, MAPPING_INVALID */
async function closedRequests(services: Services, request: Request, published: Published) {
  const listing = await listProposals(services.store);
  const [given, { overtaken }, absent] = await Promise.all([
    fetchGivenUp(services, listing),
    openRequests(services.store, published.mapping.digest, listing),
    fetchAbsent(services, published, listing),
  ]);
  await checkAbsent(services, published, absent, request.issuances.map(referenceOf));
  return { listing, others: [...overtaken, ...given], absent };
}

/**
 * Before a request takes the turn: one made before another proposal was given up, or on a PC that did not know it, would
 * take the coin from that one's assets, which everybody who signed it could then never sign again; or have an asset of it
 * on another coin, so that both could be sent, and one bar have two tokens.
 * @param published the mapping that it is made on
 * @throws Refusal COIN_INVALID, DUPLICATE_ASSET, MAPPING_INVALID
 */
export async function checkKeptCoins(
  services: Services,
  request: Request,
  published: Published,
): Promise<void> {
  const { listing, others: known, absent } = await closedRequests(services, request, published);
  const earlier = await byWeight(services, known);
  const all = { drafts: [], submitted: earlier, kept: absent.kept };
  const pinned = await bindingCoins(services, request.issuances, all, published, []);
  checkMoved(request, pinned);
  for (const issuance of request.issuances) {
    const [own, coin] = [referenceOf(issuance), outpoint(issuance.coin)];
    const [other] = [...pinned].filter(([, one]) => !pinned.has(own) && outpoint(one.coin) === coin);
    if (!other) continue;
    const by = earlier.find(({ issuances }) =>
      issuances.some(one => referenceOf(one) === other[0] && outpoint(one.coin) === coin),
    );
    const why = by
      ? `of the proposal ${by.reviewCode}, which ${listing.givenUp.has(by.digest) ? 'was given up' : 'came too late'}`
      : 'of a mapping that was published, and replaced by one that lacks it';
    throw refusedCoin(own, `its coin ${coin} is kept for ${other[0]} ${why}`, 'they are put on other coins');
  }
}

/**
 * Once it has the turn, no other request can take it, and what had it before stands: between the first look and the turn
 * another one may have had it, been signed, and been given up, with an asset of this one on another coin. Of those that
 * never had the turn nothing can have been sent, and this one counts more.
 * @throws Refusal COIN_INVALID, DUPLICATE_ASSET, MAPPING_INVALID
 */
export async function checkTurnCoins(
  services: Services,
  request: Request,
  published: Published,
): Promise<void> {
  const { others: known, absent } = await closedRequests(services, request, published);
  const others = known.filter(({ digest }) => digest !== request.digest);
  const references = new Set(request.issuances.map(referenceOf));
  const same = others.filter(({ issuances }) => issuances.some(one => references.has(referenceOf(one))));
  const had = await withTurn(services, same);
  const submitted = byTime(same.filter(({ digest }) => had.has(digest)));
  const all = { drafts: [], submitted, kept: absent.kept };
  checkMoved(request, await bindingCoins(services, request.issuances, all, published, []));
}

/**
 * The coins that bind: without those that a block has in a transaction of something else, which is asked of the chain only
 * where one of these assets would have to go on a coin that it is not on, or that is not listed.
 */
export async function bindingCoins(
  services: Services,
  assets: readonly (AssetEntry & { coin?: CoinRef })[],
  earlier: Earlier,
  published: Published,
  coins: readonly PolicyCoin[],
): Promise<Map<string, Pin>> {
  const { mapping } = published;
  const pinned = pinnedCoins(earlier, mapping, coins);
  const listed = new Set(coins.map(outpoint));
  const isOpen = assets.some(asset => {
    const pin = pinned.get(referenceOf(asset));
    const has = asset.coin ? outpoint(asset.coin) : undefined;
    return pin && outpoint(pin.coin) !== has && !listed.has(outpoint(pin.coin));
  });
  if (!isOpen) return pinned;
  const requests = [...earlier.drafts, ...earlier.submitted];
  const gone = await goneCoins(services, requests, published);
  return pinnedCoins(earlier, mapping, coins, gone);
}

/**
 * @param coins the list, to tell coins that can still be spent
 * @param gone bars on coins that went into something else
 * @returns by reference, without assets of the mapping, and without coins that a token of the mapping came from: such a
 *   coin is spent for good, so that no second transaction on it can ever confirm
 */
export function pinnedCoins(
  { drafts, submitted, kept = [] }: Earlier,
  base: Mapping,
  coins: readonly PolicyCoin[],
  gone: ReadonlySet<string> = new Set(),
): Map<string, Pin> {
  const listed = new Set(coins.map(outpoint));
  const all = [
    ...drafts.map(request => ({ request, isDraft: true })),
    ...submitted.map(request => ({ request, isDraft: false })),
  ].flatMap(({ request, isDraft }) =>
    request.issuances.map(issuance => ({ reference: referenceOf(issuance), coin: issuance.coin, isDraft })),
  );
  all.push(...kept.map(one => ({ ...one, isDraft: false })));
  // Before a later pin stands for an earlier one: a coin that is spent for good must not hide one that is not.
  const tokens = new Set(
    all.filter(({ coin }) => !listed.has(outpoint(coin))).map(({ coin }) => tokenOf(coin)),
  );
  const mapped = new Set<string>();
  if (tokens.size > 0) for (const { assetId } of assetsOf(base)) if (tokens.has(assetId)) mapped.add(assetId);
  const pinned = new Map<string, Pin>();
  for (const { reference, coin, isDraft } of all) {
    if (gone.has(onCoin(reference, coin))) continue;
    if (listed.has(outpoint(coin)) || !mapped.has(tokenOf(coin))) pinned.set(reference, { coin, isDraft });
  }
  for (const reference of base.contained(new Set(pinned.keys()))) pinned.delete(reference);
  return pinned;
}
