/**
 * The facts from the store: the ledger, `map.json` and the older scripts' objects. The objects that are
 * always needed are read at the same moment. Objects that depend on their content are read afterwards.
 */
import { Refusal } from '../../../shared/errors.ts';
import { listAssets } from '../../../shared/mapping/asset-listing.ts';
import { isUnambiguousTime, MAX_MAPPING_BYTES } from '../../../shared/mapping/mapping.ts';
import { mappingSigners } from '../../../shared/mapping/signatures.ts';
import type { Trust } from '../../../shared/trust.ts';
import { type Ledger, readLedger } from '../../ledger/ledger.ts';
import type { LedgerState, ProposalState } from '../../ledger/ledger-state.ts';
import { EARLIER_LAYOUT, isRefusalOfObject, keys, MAX_COINS_BYTES } from '../../ledger/object-keys.ts';
import { assetIdOfOutpoint } from '../../ledger/policy-coin.ts';
import { fetchPastMapping, type Published, readVerifiedMapping } from '../../ledger/stored-mappings.ts';
import { readOlderProposal } from '../../legacy/older-proposal.ts';
import { MAX_LIST_BYTES } from '../../legacy/redeemable-bars.ts';
import type { Services } from '../services.ts';
import { mappingLostRefusal, otherProfileRefusal, otherTimeRefusal } from '../texts/stored-objects.ts';
import type { MapFact, OlderFact, StoreFacts } from './facts.ts';

/** Returns a refusal about the object as a fact, and throws an error of the store itself. */
export async function valueOrRefusal<T>(reading: Promise<T>): Promise<T | Refusal> {
  try {
    return await reading;
  } catch (error) {
    if (isRefusalOfObject(error)) return error;
    throw error;
  }
}

async function readLedgerForProfile({ store, copy, trust }: Services): Promise<Ledger | Refusal> {
  const ledger = await valueOrRefusal(readLedger(store, copy));
  if (ledger instanceof Refusal || ledger.state === null || ledger.state.trust === trust.digest)
    return ledger;
  return otherProfileRefusal(trust.digest, ledger.state.trust);
}

function readMapFact(bytes: Uint8Array | null, trust: Trust): MapFact {
  try {
    return bytes && readVerifiedMapping(bytes, keys.mapping, trust);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * Refuses a mapping that the ledger published, if its time does not have the strict form. In the text that
 * the controllers sign, the height follows the time without a separator. So a forged mapping could move
 * digits from one to the other and keep the signatures, but its time would then lose the strict form.
 */
function mapOrTimeRefusal(map: MapFact, state: LedgerState | null): MapFact {
  if (map === null || map instanceof Refusal) return map;
  const { digest, time, height } = map.mapping;
  if (isUnambiguousTime(time) || !state?.published.some(({ mapping }) => mapping === digest)) return map;
  return otherTimeRefusal(time, height);
}

/** The mapping with this digest, from `map.json` or `history/`; a refusal if neither has it. */
export async function readMappingByDigest(
  services: Pick<Services, 'store' | 'trust'>,
  map: MapFact,
  digest: string,
): Promise<Published | Refusal> {
  if (map !== null && !(map instanceof Refusal) && map.mapping.digest === digest) return map;
  const past = await valueOrRefusal(fetchPastMapping(services, digest));
  return past ?? mappingLostRefusal(digest);
}

/**
 * Digest of the request whose transactions are in the store's `ps1_` objects, where the older scripts look
 * for transactions; null if these transactions are of no request in the ledger. If one PC wrote
 * `ps1_map.json` and another PC wrote `ps1_tx.json`, the mapping may lack some bars. These bars are
 * identified by their asset ids.
 */
function requestDigestOfOlderObjects(bars: ReadonlyMap<string, string>, state: LedgerState): string | null {
  const proposals = [...state.proposals.values()];
  const coins = [...bars.values()];
  const named = [...bars].filter(([bar, coin]) => bar !== assetIdOfOutpoint(coin));
  const hasAll = ({ reserves }: ProposalState) => named.every(([bar, coin]) => reserves.get(bar) === coin);
  const isKnown = named.every(([bar, coin]) => proposals.some(({ reserves }) => reserves.get(bar) === coin));
  const onCoins = proposals.filter(({ reserves }) => {
    const own = new Set(reserves.values());
    return own.size === coins.length && coins.every(coin => own.has(coin));
  });
  const found = onCoins.some(hasAll) ? onCoins.filter(hasAll) : isKnown ? onCoins : [];
  return (found.find(({ request }) => request === state.open?.request) ?? found.at(-1))?.request ?? null;
}

/** The proposal that the older scripts find in these two objects. */
function readOlderProposalFact(
  objects: readonly [Uint8Array | null, Uint8Array | null],
  state: LedgerState | null,
  current: Published | Refusal | null,
  trust: Trust,
): OlderFact {
  const found = readOlderProposal(...objects);
  if (!found) return { is: 'nothing' };
  const { bars } = found;
  const mapping = found.mapping.digest;
  const request = state && requestDigestOfOlderObjects(bars, state);
  if (request) return { is: 'ours', request, mapping };
  // The older scripts leave the objects of a finished proposal in the store.
  const tokens = new Set([...bars.values()].map(assetIdOfOutpoint));
  const isMapped =
    current !== null &&
    !(current instanceof Refusal) &&
    current.mapping.contained(tokens, 'assetId').size === tokens.size;
  if (isMapped) return { is: 'nothing' };
  return { is: 'foreign', bars, mapping, signers: mappingSigners(found.mapping, trust.pubkeys) };
}

async function hasEarlierLayout({ store }: Services): Promise<boolean> {
  const listed = await Promise.all(EARLIER_LAYOUT.map(prefix => store.list(prefix)));
  return listed.some(list => list.length > 0);
}

const HISTORY_KEY = /^history\/([0-9a-f]{64})\.json$/;

/**
 * The bars of the mappings in `history/` that no ledger entry names, each with its asset id. Most of these
 * mappings were published by other tools. Bars that the current mapping has are left out. `prepare` refuses
 * such a bar if its token is on chain. Otherwise it chooses the coin that the other tool used, if this coin
 * is listed.
 */
async function readBarsOfOtherTools(
  services: Services,
  listed: readonly string[],
  state: LedgerState,
  current: Published | Refusal | null,
): Promise<ReadonlyMap<string, string>> {
  const digests = listed.flatMap(key => HISTORY_KEY.exec(key)?.[1] ?? []);
  const others = digests.filter(digest => !state.mappings.includes(digest));
  const found = new Map<string, string>();
  for (const digest of others) {
    const past = await valueOrRefusal(fetchPastMapping(services, digest));
    if (past === null || past instanceof Refusal) continue; // The command report lists damaged objects.
    for (const { reference, assetId } of listAssets(past.mapping)) found.set(reference, assetId);
  }
  if (found.size > 0 && current && !(current instanceof Refusal))
    for (const reference of current.mapping.contained(new Set(found.keys()))) found.delete(reference);
  return found;
}

/** @param isDrafting true to read also what only a new request needs @throws Refusal of the store itself */
export async function readStoreFacts(services: Services, isDrafting = false): Promise<StoreFacts> {
  const { store, trust } = services;
  const [ledger, mapBytes, coinsFile, olderMapping, olderTransactions, history] = await Promise.all([
    readLedgerForProfile(services),
    valueOrRefusal(store.get(keys.mapping, MAX_MAPPING_BYTES)),
    valueOrRefusal(store.get(keys.coins, MAX_COINS_BYTES)),
    valueOrRefusal(store.get(keys.olderMapping, MAX_MAPPING_BYTES)),
    valueOrRefusal(store.get(keys.olderTransactions, MAX_MAPPING_BYTES)),
    isDrafting ? store.list(keys.histories) : [],
  ]);
  const state = ledger instanceof Refusal ? null : ledger.state;
  const map = mapBytes instanceof Refusal ? mapBytes : mapOrTimeRefusal(readMapFact(mapBytes, trust), state);
  const bytesOf = (read: Uint8Array | null | Refusal) => (read instanceof Refusal ? new Uint8Array(0) : read);
  const older = [bytesOf(olderMapping), bytesOf(olderTransactions)] as const;
  const [current, redeemable] = await Promise.all([
    state && readMappingByDigest(services, map, state.mapping),
    (state?.gone.size ?? 0) > 0 ? valueOrRefusal(store.get(keys.redeemable, MAX_LIST_BYTES)) : null,
  ]);
  return {
    ledger,
    earlierLayout: ledger instanceof Refusal || state ? false : await hasEarlierLayout(services),
    map,
    current,
    displaced: state ? await readBarsOfOtherTools(services, history, state, current) : new Map(),
    coinsFile: bytesOf(coinsFile),
    redeemable: bytesOf(redeemable),
    olderMapping: older[0],
    olderTransactions: older[1],
    older: readOlderProposalFact(older, state, current, trust),
  };
}
