/**
 * What was published before and the published mapping lacks: somebody who began on an older mapping put another one over a
 * newer one. The tokens of it may be on chain, and no bar of it may be issued again on another coin.
 */
import { Refusal } from '../../shared/errors.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { parseCoins } from '../legacy/coins-file.ts';
import { settledTokens } from './bases.ts';
import { fetchIssuance, listIssuances } from './issuance-record.ts';
import { keys, MAX_COINS_BYTES } from './objects.ts';
import { tokenOf } from './pins.ts';
import { fetchMark, fetchRequest, type Listing } from './proposals.ts';
import { fetchPast, isOfObject, listHistory, type Published } from './published.ts';
import type { Services } from './services.ts';

/** Objects that are asked for at once. */
const AT_ONCE = 16;
interface Entry {
  /** Of a record of which neither request nor mapping is there, not known. */
  reference: string | null;
  token: string;
  /** Of a request of ours alone: a mapping does not say it. */
  coin: CoinRef | null;
  /** Digest of the mapping that has it. */
  mapping: string;
  /** A request of ours made that mapping. */
  isOurs: boolean;
}

export interface LostEntry {
  reference: string;
  token: string;
  mapping: string;
  isOurs: boolean;
}

export interface Absent {
  /** Their tokens are on chain, and in no entry of the published mapping. */
  onChain: LostEntry[];
  /** Their coins are unspent: to be issued on these alone. */
  kept: { reference: string; coin: CoinRef }[];
}

/** In order, so many at once. */
async function each<T, R>(all: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE)
    done.push(...(await Promise.all(all.slice(i, i + AT_ONCE).map(one))));
  return done;
}

/** Entries of a mapping in the history; none if the object cannot be used, which `report` tells. */
async function entriesOf(services: Services, digest: string): Promise<Entry[]> {
  try {
    const past = await fetchPast(services, digest);
    return [...(past ? assetsOf(past.mapping) : [])].map(({ reference, assetId }) => {
      return { reference, token: assetId, coin: null, mapping: digest, isOurs: false };
    });
  } catch (error) {
    if (isOfObject(error)) return [];
    throw error;
  }
}

/** What a published request issued. */
function issuedBy(request: Request, mapping: string): Entry[] {
  return request.issuances.map(one => {
    return { reference: referenceOf(one), token: tokenOf(one.coin), coin: one.coin, mapping, isOurs: true };
  });
}

/** Digests of mappings and requests of which this PC knows that the published mapping has all of them. */
async function alreadyHeld(services: Services, { mapping }: Published): Promise<ReadonlySet<string>> {
  const { state } = services;
  const before = state.held;
  if (before === null || before.mapping === mapping.digest) return new Set(before?.holds ?? []);
  const entries = await entriesOf(services, before.mapping);
  const tokens = new Set(entries.map(({ token }) => token));
  if (entries.length === 0 || settledTokens(mapping, tokens).size < tokens.size) return new Set();
  return new Set([...before.holds, before.mapping]);
}

/** Marked as published, and no record tells what it made: the mark has to, and the request. */
async function unrecorded(services: Services, digest: string): Promise<Entry[]> {
  const { store, state } = services;
  const mapping = await fetchMark(store, digest);
  const request = (await fetchRequest(store, digest)) ?? state.request(digest);
  if (request) return issuedBy(request, mapping ?? digest);
  const entries = mapping === null ? [] : await entriesOf(services, mapping);
  if (entries.length > 0) return entries;
  throw new Refusal(
    'OBJECT_MISSING',
    `${keys.request(digest)}: the proposal is marked as published, and neither its request nor its mapping is there`,
    'Someone changed the store: call the other controllers. A PC that prepared or reviewed it has a copy in .countersign/requests/.',
  );
}

/** Digests of all mappings that are kept, and of those of which a record tells. */
export interface Past {
  history: string[];
  recorded: string[];
}

export async function listPast({ store }: Services): Promise<Past> {
  const [history, recorded] = await Promise.all([listHistory(store), listIssuances(store)]);
  return { history, recorded };
}

/** Everything that was published and is not in the published mapping. */
async function absentEntries(
  services: Services,
  published: Published,
  listing: Listing,
  past: Promise<Past>,
): Promise<Entry[]> {
  const { state } = services;
  const { mapping } = published;
  const [{ history, recorded }, held] = await Promise.all([past, alreadyHeld(services, published)]);
  const fresh = (digests: Iterable<string>) =>
    [...new Set(digests)].filter(digest => digest !== mapping.digest && !held.has(digest));
  const withRecord = recorded.filter(digest => digest !== mapping.digest || history.includes(digest));
  const records = await each(
    withRecord.filter(digest => !held.has(digest)),
    async digest => {
      const record = await fetchIssuance(services.store, digest).catch(error => {
        if (isOfObject(error)) return null; // then the mapping itself says it
        throw error;
      });
      return { digest, record };
    },
  );
  const found = new Map<string, Entry[]>();
  const named = new Set<string>();
  for (const { digest, record } of records) {
    if (record === null) continue;
    named.add(record.request);
    const tokens = [...record.transactions.keys()];
    const issued = tokens.map(token => ({
      reference: null,
      token,
      coin: null,
      mapping: digest,
      isOurs: true,
    }));
    found.set(digest, issued);
  }
  const others = fresh(history).filter(digest => !found.has(digest));
  for (const [i, entries] of (await each(others, digest => entriesOf(services, digest))).entries())
    found.set(others[i] as string, entries);
  const marked = fresh(listing.published).filter(digest => !named.has(digest));
  for (const [i, entries] of (await each(marked, digest => unrecorded(services, digest))).entries())
    found.set(marked[i] as string, entries);

  const there = settledTokens(mapping, new Set([...found.values()].flat().map(({ token }) => token)));
  const absent: Entry[] = [];
  const holds = new Set([...held, ...named]);
  const requests = new Map(records.map(({ digest, record }) => [digest, record?.request]));
  for (const [digest, entries] of found) {
    const lacking = entries.filter(({ token }) => !there.has(token));
    if (lacking.length === 0) {
      holds.add(digest);
      continue;
    }
    const request = requests.get(digest);
    if (request === undefined) absent.push(...lacking);
    else {
      holds.delete(request);
      absent.push(...(await ofRecord(services, listing, digest, request, lacking)));
    }
  }
  state.hold(mapping.digest, [...holds]);
  return withoutPending(services, listing, absent);
}

/**
 * A finalise that ended while it published may have left its mapping in the history, and no record: what an open request
 * has, finalise goes on with, and what was given up is told as such.
 */
async function withoutPending(
  { store }: Services,
  { open, givenUp }: Listing,
  absent: readonly Entry[],
): Promise<Entry[]> {
  if (absent.every(({ isOurs }) => isOurs)) return [...absent];
  const requests = await each([...open, ...givenUp], digest => fetchRequest(store, digest));
  const pending = new Set(
    requests.flatMap(request =>
      (request?.issuances ?? []).map(one => `${referenceOf(one)} ${tokenOf(one.coin)}`),
    ),
  );
  return absent.filter(({ isOurs, reference, token }) => isOurs || !pending.has(`${reference} ${token}`));
}

/** Of a record it is not known yet for which bars, and on which coins. */
async function ofRecord(
  services: Services,
  { open, givenUp }: Listing,
  mapping: string,
  digest: string,
  lacking: readonly Entry[],
): Promise<Entry[]> {
  // Those are looked after as what they are.
  if (givenUp.has(digest) || open.includes(digest)) return [];
  const tokens = new Set(lacking.map(({ token }) => token));
  const request = (await fetchRequest(services.store, digest)) ?? services.state.request(digest);
  const known = request ? issuedBy(request, mapping) : await entriesOf(services, mapping);
  const own = known.filter(({ token }) => tokens.has(token));
  return own.length < tokens.size ? [...lacking] : own.map(entry => ({ ...entry, isOurs: true }));
}

/** Coins that are listed, by the token that spending each issues. */
async function listedCoins({ store }: Services): Promise<Map<string, CoinRef>> {
  const bytes = await store.get(keys.coins, MAX_COINS_BYTES);
  try {
    const coins = bytes ? parseCoins(bytes, keys.coins) : [];
    return new Map(coins.map(coin => [tokenOf(coin), { ...coin, amount: '' }]));
  } catch {
    return new Map(); // told where the list is needed
  }
}

/** @param past may be asked for before it is known what is published @throws Refusal OBJECT_MISSING, OBJECT_INVALID, and those of store and node */
export async function fetchAbsent(
  services: Services,
  published: Published,
  listing: Listing,
  past = listPast(services),
): Promise<Absent> {
  const entries = await absentEntries(services, published, listing, past);
  if (entries.length === 0) return { onChain: [], kept: [] };
  const { node } = services;
  const [info, coins] = await Promise.all([node.assetInfo(), listedCoins(services)]);
  const onChain = new Map<string, LostEntry>();
  const open: { reference: string; coin: CoinRef }[] = [];
  for (const { reference, token, coin, mapping, isOurs } of entries) {
    const place = coin ?? coins.get(token) ?? null;
    if (info.has(token)) onChain.set(token, { reference: reference ?? token, token, mapping, isOurs });
    else if (reference !== null && place !== null) open.push({ reference, coin: place });
  }
  // Spent and not on chain: redeemed, or gone elsewhere; nothing on that coin can confirm any more.
  const states = await node.coins(open.map(({ coin }) => coin));
  const kept = open.filter((_, i) => states[i]?.state !== 'spent-or-unknown');
  return { onChain: [...onChain.values()], kept };
}
