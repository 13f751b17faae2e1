/**
 * What was published before and the published mapping lacks: somebody who began on an older mapping put another one over a
 * newer one. The tokens of it may be on chain, and no bar of it may be issued again on another coin.
 */
import { Refusal } from '../../shared/errors.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import { parseCoins } from '../coins-file.ts';
import { keys, MAX_COINS_BYTES } from '../objects.ts';
import { fetchMark, fetchRequest, type Listing } from '../proposals.ts';
import { fetchPast, isOfObject, keepBase, listHistory, type Published } from '../published.ts';
import type { Services } from '../services.ts';
import { listed } from '../words.ts';
import { settledTokens } from './bases.ts';
import { fetchIssuance, listIssuances } from './issuance-record.ts';
import { tokenOf } from './pins.ts';

/** Objects that are asked for at once. */
const AT_ONCE = 16;
/** Bars that a sentence names. */
const NAMED = 20;

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
    return [...(past ? assetsOf(past.mapping) : [])].map(({ reference, tokenId }) => {
      return { reference, token: tokenId, coin: null, mapping: digest, isOurs: false };
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

/** Everything that was published and is not in the published mapping. */
async function absentEntries(services: Services, published: Published, listing: Listing): Promise<Entry[]> {
  const { store, state } = services;
  const { mapping } = published;
  const [history, recorded, held] = await Promise.all([
    listHistory(store),
    listIssuances(store),
    alreadyHeld(services, published),
  ]);
  const fresh = (digests: Iterable<string>) =>
    [...new Set(digests)].filter(digest => digest !== mapping.digest && !held.has(digest));
  const withRecord = recorded.filter(digest => digest !== mapping.digest || history.includes(digest));
  const records = await each(
    withRecord.filter(digest => !held.has(digest)),
    async digest => {
      const record = await fetchIssuance(store, digest).catch(error => {
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

/** @throws Refusal OBJECT_MISSING, OBJECT_INVALID, and those of store and node */
export async function fetchAbsent(
  services: Services,
  published: Published,
  listing: Listing,
): Promise<Absent> {
  const entries = await absentEntries(services, published, listing);
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

const some = (references: readonly string[]) =>
  `${listed(references.slice(0, NAMED))}${references.length > NAMED ? ` and ${references.length - NAMED} more` : ''}`;

/** Entries of mappings that were published, by a mapping that has them. */
function byMapping(entries: readonly LostEntry[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { mapping, reference } of entries)
    found.set(mapping, [...(found.get(mapping) ?? []), reference]);
  return found;
}

/** A sentence for each mapping of which tokens are on chain and in the published one no more. */
export function absentText(entries: readonly LostEntry[]): string[] {
  return [...byMapping(entries)].map(
    ([mapping, references]) =>
      `${some(references)} of the mapping ${mapping} in history/ ${references.length === 1 ? 'has its token' : 'have their tokens'} on chain, in no entry of the published mapping: never issue ${references.length === 1 ? 'this bar' : 'these bars'} again, call the other controllers, and sign a mapping that holds all, with the older scripts.`,
  );
}

/** Of the mappings of ours that were replaced, the one to put back: the last one made. */
async function lastOf(services: Services, digests: readonly string[]): Promise<Mapping | null> {
  let last: Mapping | null = null;
  for (const digest of digests) {
    const past = await fetchPast(services, digest).catch(error => {
      if (isOfObject(error)) return null;
      throw error;
    });
    if (past && (last === null || past.mapping.size > last.size)) last = past.mapping;
  }
  return last;
}

/**
 * A published mapping of ours was replaced by one that lacks its tokens, which are on chain.
 * @throws nothing: it is the refusal, null if there is none of that kind
 */
export async function replacedPublished(
  services: Services,
  published: Published,
  { onChain }: Absent,
): Promise<Refusal | null> {
  const ours = onChain.filter(({ isOurs }) => isOurs);
  if (ours.length === 0) return null;
  const { mapping } = published;
  // Kept before anybody is told to replace it; a PC that saw it takes back the older one only where it can look into both.
  await keepBase(services, published).catch(error => {
    if (!(error instanceof Refusal) || error.code !== 'STORE_DENIED') throw error;
  });
  const references = ours.map(({ reference }) => reference);
  const last = await lastOf(services, [...byMapping(ours).keys()]);
  const lost = last ? [...assetsOf(mapping)].filter(({ tokenId }) => !hasToken(last, tokenId)) : [];
  const info = lost.length > 0 ? await services.node.assetInfo() : new Map();
  const exist = lost.filter(({ tokenId }) => info.has(tokenId)).map(asset => asset.reference);
  const anew = lost.filter(({ tokenId }) => !info.has(tokenId)).map(asset => asset.reference);
  const both = `let the controllers sign a mapping that holds all of them, with the older scripts`;
  const way =
    last === null
      ? both
      : exist.length > 0
        ? `${some(exist)} of the mapping found ${exist.length === 1 ? 'has its token' : 'have their tokens'} on chain too: ${both}`
        : `copy ${keys.history(last.digest)} over ${keys.mapping}, and run \`countersign status\`${anew.length > 0 ? `. Then issue ${some(anew)} of the mapping found anew: none of those tokens is on chain` : ''}`;
  return new Refusal(
    'MAPPING_INVALID',
    `${keys.mapping} is now the mapping ${mapping.digest} of height ${mapping.height}; it lacks ${some(references)} of ${[...byMapping(ours).keys()].join(', ')}, published before, whose ${references.length === 1 ? 'token is' : 'tokens are'} on chain`,
    `Call the other controllers, never issue ${references.length === 1 ? 'this bar' : 'these bars'} again, and ${way}.`,
  );
}

function hasToken(mapping: Mapping, token: string): boolean {
  return mapping.contained(new Set([token]), 'tokenId').size > 0;
}

/** @throws Refusal DUPLICATE_ASSET if one of these bars has its token on chain, by a mapping that was published before */
export function checkNotLost(references: readonly string[], { onChain }: Absent): void {
  const lost = onChain.filter(({ reference }) => references.includes(reference));
  const [first] = lost;
  if (!first) return;
  throw new Refusal(
    'DUPLICATE_ASSET',
    `${some(lost.map(({ reference }) => reference))} ${lost.length === 1 ? 'has its token' : 'have their tokens'} on chain already, by the mapping ${first.mapping} in history/; the published one lacks ${lost.length === 1 ? 'it' : 'them'}`,
    'Never issue a bar twice: call the other controllers, and sign a mapping that holds all, with the older scripts. Leave it out here.',
  );
}

/** Stops where a mapping of ours was replaced, and tells what else is on chain and in no entry. */
export async function checkAbsent(
  services: Services,
  published: Published,
  absent: Absent,
  references: readonly string[],
): Promise<void> {
  const refusal = await replacedPublished(services, published, absent);
  if (refusal) throw refusal;
  checkNotLost(references, absent);
  for (const sentence of absentText(absent.onChain)) services.progress(sentence);
}
