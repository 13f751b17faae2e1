/** Publishing: history first, then `map.json`, then the coins; read back and verified. Repeating it changes nothing. */
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import type { Trust } from '../../shared/trust.ts';
import { coinsBytes, outpoint, type PolicyCoin, parseCoins, replaceCoins } from '../coins-file.ts';
import { JSON_TYPE, keys, MAX_COINS_BYTES } from '../objects.ts';
import { keepInHistory, type Published, readMappingObject } from '../published.ts';
import { createRecord } from '../records.ts';
import type { Services } from '../services.ts';
import { contains } from './bases.ts';
import { changeCoin } from './confirm.ts';
import { bringBack, publishedAfter } from './fetch-published.ts';
import type { Gathered } from './gather.ts';
import { putIssuance } from './issuance-record.ts';
import { checkTurn, displaced } from './loose-tokens.ts';
import type { SentTransaction } from './sending.ts';

/** @returns the list as it should be, null if it is */
async function updatedCoins(
  services: Services,
  bytes: Uint8Array | null,
  sent: readonly SentTransaction[],
): Promise<Uint8Array | null> {
  const coins = bytes ? parseCoins(bytes, keys.coins) : [];
  const present = new Set(coins.map(outpoint));
  const changes = new Map(sent.map(one => [outpoint(one.coin), changeCoin(one)] as const));
  // A list that has neither a coin nor its change was made anew in between, or is of a time after the change was spent:
  // the chain says which.
  const lacking = [...changes].filter(
    ([spent, change]) => !present.has(spent) && !present.has(outpoint(change)),
  );
  const states = lacking.length > 0 ? await services.node.coins(lacking.map(([, change]) => change)) : [];
  const added: PolicyCoin[] = lacking
    .filter((_, i) => states[i]?.state === 'unspent')
    .map(([, change]) => change);
  const updated = coinsBytes(replaceCoins(coins, changes, added));
  return bytes && Buffer.from(bytes).equals(updated) ? null : updated;
}

/** As read from the store, or null if it is not there or no controllers signed it: junk that nobody misses. */
function verified(bytes: Uint8Array | null, trust: Trust): Published | null {
  const mapping = bytes && readMappingObject(bytes, keys.mapping);
  try {
    return mapping && { mapping, bytes: bytes as Uint8Array, signers: verifyBase(mapping, trust) };
  } catch {
    return null;
  }
}

/**
 * @param signed the new mapping with its signatures; null if an older tool published it and they are not at hand
 * @throws Refusal MAPPING_INVALID if somebody put another mapping there, STORE_FAILED
 */
export async function publish(
  services: Services,
  gathered: Gathered,
  signed: Mapping | null,
  sent: readonly SentTransaction[],
): Promise<void> {
  const { store, trust, state } = services;
  const { request, derivation, published } = gathered;
  const digest = derivation.mapping.digest;
  const base = request.base.mapping;
  const transactions = new Map(sent.map(one => [one.issuance.assetId, one.txid as string]));
  const ours = signed?.bytes() ?? (published.mapping.digest === digest ? published.bytes : null);
  const references = derivation.issuances.map(({ reference }) => reference);
  // Read right before it is replaced: a newer mapping must never be overwritten by an older one. All of it at once; what
  // is written already before the turn is known is true of the tokens, whoever has it.
  const turn = gathered.isPublished ? null : checkTurn(services, request, references);
  const objects = Promise.all([
    store.get(keys.mapping, MAX_MAPPING_BYTES),
    store.get(keys.coins, MAX_COINS_BYTES),
    ours && keepInHistory(services, { mapping: derivation.mapping, bytes: ours }),
    putIssuance(store, digest, { request: request.digest, height: request.height, transactions }),
  ]);
  await Promise.allSettled([turn, objects]);
  await turn;
  const [before, coins] = await objects;
  const standing = before && readMappingObject(before, keys.mapping);
  const isReplaced = standing?.digest === base && signed !== null;
  if (isReplaced) {
    await store.put(keys.mapping, signed.bytes(), { contentType: JSON_TYPE, publicRead: true });
  } else if (!standing || !contains(standing, derivation)) {
    throw await displaced(services, request, references, verified(before, trust));
  }
  const updated = await updatedCoins(services, coins, sent);
  const readBack = () => store.get(keys.mapping, MAX_MAPPING_BYTES);
  let [after, newest] = await Promise.all([
    readBack(),
    isReplaced ? publishedAfter(services, base, request.digest) : null,
    updated && store.put(keys.coins, updated, { contentType: 'text/plain' }),
  ]);
  // Had this process stood still since it read, others may have gone on: what they published is put back.
  if (newest && newest.mapping.digest !== digest) {
    await bringBack(services, digest, newest);
    after = await readBack();
  }
  const mapping = after && readMappingObject(after, keys.mapping);
  if (!mapping || !contains(mapping, derivation)) {
    throw new Refusal(
      'STORE_FAILED',
      `${keys.mapping}: read back as ${mapping?.digest ?? 'nothing'}, expected ${digest}`,
      'Run finalise again: the tokens exist, the mapping has to follow.',
    );
  }
  verifyBase(mapping, trust);
  state.see(mapping);
  await createRecord(store, keys.published(request.digest), 'published', { mapping: digest });
}
