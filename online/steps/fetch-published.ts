/**
 * The published mapping: fetched, verified under the pinned profile, never one that another was published after, and never
 * older than one seen on this PC.
 */
import { derive, verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { contains, findBase } from './bases.ts';
import { chainState } from './chain-state.ts';
import { turnHolder } from './claim.ts';
import { fetchDecision } from './decision.ts';
import { fetchIssuance } from './issuance-record.ts';
import { JSON_TYPE, keys } from './objects.ts';
import { fetchMark, fetchRequest, listProposals, readProposal } from './proposals.ts';
import {
  fetchPast,
  isOfObject,
  listHistory,
  noMapping,
  type Published,
  readObject,
  readPublishedObject,
} from './published.ts';
import type { Services } from './services.ts';

/** Mappings published one after the other, and tries to read one that others replace meanwhile. */
const MAX_STEPS = 1000;
const MAX_ROUNDS = 20;

/** @throws Refusal OBJECT_MISSING, OBJECT_INVALID, BASE_INVALID, and those of the store */
async function readPublished(services: Services): Promise<Published> {
  const { store, trust, state } = services;
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  if (bytes) {
    const mapping = readPublishedObject(bytes, state.seen);
    return { mapping, bytes, signers: readObject(keys.mapping, () => verifyBase(mapping, trust)) };
  }
  const kept = await newestKept(services);
  if (!kept) throw noMapping(store.name, state.seen);
  throw new Refusal(
    'OBJECT_MISSING',
    `${keys.mapping}: there is none in ${store.name}`,
    `Someone removed it: call the other controllers. ${keys.history(kept.digest)}, of height ${kept.height}, is the newest of those kept: once all agree, copy it over ${keys.mapping}.`,
  );
}

/** The newest of the history that verifies; null if it has none. */
async function newestKept(services: Services): Promise<Mapping | null> {
  let newest: Mapping | null = null;
  for (const digest of await listHistory(services.store)) {
    const past = await fetchPast(services, digest).catch(error => {
      if (isOfObject(error)) return null;
      throw error;
    });
    if (!past) continue;
    const { mapping } = past;
    const later =
      newest === null ||
      mapping.height - newest.height ||
      Number(mapping.time) - Number(newest.time) ||
      mapping.size - newest.size;
    if (later === true || Number(later) > 0) newest = mapping;
  }
  return newest;
}

interface Successor {
  /** Digests. */
  request: string;
  mapping: string;
}

/**
 * The mapping that followed this one, if the request that has its turn is marked as published. A damaged claim stops
 * whoever wants to take the turn, not everybody who looks.
 */
async function successor(
  { store, progress }: Services,
  mapping: string,
  likely: string | undefined,
): Promise<Successor | null> {
  try {
    const [holder, likelyMark] = await Promise.all([
      turnHolder(store, mapping, likely),
      likely === undefined ? null : fetchMark(store, likely),
    ]);
    if (holder === null) return null;
    const mark = holder === likely ? likelyMark : await fetchMark(store, holder);
    return mark === null ? null : { request: holder, mapping: mark };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'OBJECT_INVALID') throw error;
    progress(`${error.message}. Whether a later mapping was published cannot be told from it.`);
    return null;
  }
}

/** From the history, with all that makes it valid. @param why whose it has to be, for the complaint */
async function neededPast(services: Services, digest: string, why: string): Promise<Published> {
  const past = await fetchPast(services, digest);
  if (past) return past;
  throw new Refusal(
    'OBJECT_MISSING',
    `${keys.history(digest)}: expected the mapping ${why}, found none`,
    'Someone changed the store: call the other controllers.',
  );
}

/** What is wrong with the mark, null if it names what its request makes of the mapping. */
async function wrongWith(services: Services, { request, mapping }: Successor, base: Mapping) {
  const made = await fetchRequest(services.store, request);
  if (!made) return `${keys.request(request)} is gone`;
  try {
    const { digest } = derive(made, base, services.trust).mapping;
    return digest === mapping ? null : `that one makes the mapping ${digest} of it`;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/**
 * A mark is an object like another, and would else be a way to have any older mapping put back: it counts where it names
 * what its request makes. Asked only where `map.json` is behind.
 * @throws Refusal OBJECT_INVALID
 */
async function checkMark(services: Services, mark: Successor, base: Mapping): Promise<void> {
  const problem = await wrongWith(services, mark, base);
  if (problem === null) return;
  const key = keys.published(mark.request);
  throw new Refusal(
    'OBJECT_INVALID',
    `${key}: it says that the mapping ${mark.mapping} followed ${base.digest} by the proposal ${reviewCode(mark.request)}: ${problem}`,
    `Someone changed the store: call the other controllers. The object ${key} was left as it is, and so was ${keys.mapping}. Once all agree, remove it: \`countersign finalise\` makes the mark of what is published.`,
  );
}

/**
 * The last of those that were published after this one, from the history; null if none was.
 * @param likely digest of the request that most probably followed: one round trip then while it is not published
 * @throws Refusal OBJECT_MISSING, OBJECT_INVALID, BASE_INVALID if the history does not have it, or not whole
 */
export async function publishedAfter(
  services: Services,
  mapping: string,
  likely?: string,
): Promise<Published | null> {
  let last: Published | null = null;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const from = last?.mapping.digest ?? mapping;
    const mark = await successor(services, from, last ? undefined : likely);
    if (mark === null) break;
    const base = last ?? (await neededPast(services, from, 'of this name'));
    await checkMark(services, mark, base.mapping);
    last = await neededPast(services, mark.mapping, `that was published after ${from}`);
  }
  return last;
}

/** Puts a mapping of the history back in its place. Whoever may only read the store goes on with it all the same. */
export async function bringBack(
  { store, progress }: Services,
  found: string,
  newest: Published,
): Promise<void> {
  const { digest, height } = newest.mapping;
  const told = `${keys.mapping} was the mapping ${found}, after which ${digest} of height ${height} was published`;
  try {
    await store.put(keys.mapping, newest.bytes, { contentType: JSON_TYPE, publicRead: true });
    progress(`${told}: that one is brought back from history/.`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'STORE_DENIED') throw error;
    progress(`${told}: that one counts. It could not be brought back from here: ${error.message}.`);
  }
}

/**
 * A finalise that stood still between reading and writing may have put its mapping over a newer one, and have ended there.
 * Where the request that has the turn on what is found is marked as published, that one's mapping is the right one.
 */
async function newest(services: Services): Promise<Published> {
  const { store } = services;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const published = await readPublished(services);
    const later = await publishedAfter(services, published.mapping.digest);
    if (!later) return published;
    // Or it was published in this very moment.
    const again = await store.get(keys.mapping, MAX_MAPPING_BYTES);
    if (!again || !Buffer.from(again).equals(published.bytes)) continue;
    await bringBack(services, published.mapping.digest, later);
    return later;
  }
  throw new Refusal(
    'STORE_FAILED',
    `${keys.mapping}: it was replaced ${MAX_ROUNDS} times while it was read`,
    'Run the command again; if it stays so, look who writes to the store.',
  );
}

/**
 * The one case in which an older mapping than one seen here is right: somebody put the one seen there by hand, while the
 * tokens of a request on its base were on chain, and the base was brought back so that the request can be published. What
 * shows it: the request's mapping has enough signatures, it was decided to send it, its transactions are on chain signed by
 * enough controllers, and the mapping seen, of which the history has a copy, lacks their tokens. Whoever rules the store
 * alone can make up neither signatures nor transactions.
 * @returns the request
 */
async function reasonForOlder(services: Services, found: Published, seen: string) {
  const { store, trust } = services;
  const { digest } = found.mapping;
  const maker = (await fetchIssuance(store, digest))?.request ?? null;
  const listing = await listProposals(store);
  for (const name of [await turnHolder(store, digest), maker]) {
    const request = name === null ? null : await fetchRequest(store, name);
    const decision = request && (await fetchDecision(store, request.digest));
    if (!request || decision?.decision !== 'send') continue;
    const [base, other] = [
      await findBase(services, request.base.mapping, found),
      await findBase(services, seen, found),
    ];
    const proposal = await readProposal(services, request, base, listing);
    if (proposal.signatures.length < trust.n || contains(other, proposal.derivation)) continue;
    const { state } = await chainState(services, proposal, decision);
    if (state === 'sent' || state === 'confirmed') return request;
  }
  return null;
}

/**
 * @throws Refusal OBJECT_MISSING, OBJECT_INVALID, BASE_INVALID, ROLLBACK, and those of store and node
 */
export async function fetchPublished(services: Services): Promise<Published> {
  const { state, progress, world } = services;
  const published = await newest(services);
  const { mapping } = published;
  const before = state.seen;
  if (!before || !state.isOlder(mapping)) {
    state.see(mapping);
    return published;
  }
  const request = await reasonForOlder(services, published, before.digest).catch(error => {
    // What is wrong with an object is no reason; without node or store there is no telling.
    if (error instanceof Refusal && !/^(NODE|CHAIN|STORE)_/.test(error.code)) return null;
    throw error;
  });
  if (!request) state.checkNotOlder(mapping);
  progress(
    `${keys.mapping} is again the mapping ${mapping.digest} of height ${mapping.height}, in place of ${before.digest}, which this PC saw: the tokens of the proposal ${request?.reviewCode} are on chain, follow from it, and are not in that one. That one stays in history/.`,
  );
  state.takeBack(mapping);
  state.note(world.now(), 'taken back', { mapping: mapping.digest, before: before.digest });
  return published;
}
