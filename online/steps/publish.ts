/** Publishing: history first, then `map.json`, then the coins; read back and verified. Repeating it changes nothing. */
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import { outpoint, type PolicyCoin } from '../ledger/coins.ts';
import { coinsBytes, parseCoins, replaceCoins } from '../legacy/coins-file.ts';
import { contains } from './bases.ts';
import { changeCoin } from './confirm.ts';
import { bringBack, publishedAfter } from './fetch-published.ts';
import type { Gathered } from './gather.ts';
import { putIssuance } from './issuance-record.ts';
import { checkTurn, displaced } from './loose-tokens.ts';
import { JSON_TYPE, keys, MAX_COINS_BYTES } from './objects.ts';
import { fetchMapping, keepInHistory, type Published, readMappingObject } from './published.ts';
import { createRecord } from './records.ts';
import type { SentTransaction } from './sending.ts';
import type { Services } from './services.ts';

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

/** What is published, or null if it is not there or no controllers signed it: junk that nobody misses. */
async function standingMapping(services: Services): Promise<Published | null> {
  try {
    return await fetchMapping(services, keys.mapping);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'BASE_INVALID') return null;
    throw error;
  }
}

/** It holds all that its base holds, so that this PC need not look through the history again. */
function extendHeld({ state }: Services, base: string, mapping: string, request: string): void {
  const { held } = state;
  if (held?.mapping === base) state.hold(mapping, [...new Set([...held.holds, base, request])]);
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
  // All of it at once; what is written already before the turn is known is true of the tokens, whoever has it.
  const turn = gathered.isPublished ? null : checkTurn(services, request, references);
  const objects = Promise.all([
    store.get(keys.coins, MAX_COINS_BYTES),
    ours && keepInHistory(services, { mapping: derivation.mapping, bytes: ours }),
    putIssuance(store, digest, { request: request.digest, height: request.height, transactions }),
  ]);
  await Promise.allSettled([turn, objects]);
  await turn;
  const [coins] = await objects;
  // Read last of all, right before it is replaced: a newer mapping must never be overwritten by an older one, and stores have
  // no replacing that asks what was there. Between these two an older tool could still put one, and it would be lost.
  const standing = await standingMapping(services);
  const isReplaced = standing?.mapping.digest === base && signed !== null;
  if (isReplaced) {
    await store.put(keys.mapping, signed.bytes(), { contentType: JSON_TYPE, publicRead: true });
  } else if (!standing || !contains(standing.mapping, derivation)) {
    throw await displaced(services, request, references, standing);
  }
  if (coins === null)
    services.progress(
      `${keys.coins} was gone: it is written with the change of this issuance alone. Run \`countersign coins scan\`, which finds the others.`,
    );
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
  extendHeld(services, base, digest, request.digest);
  await createRecord(store, keys.published(request.digest), 'published', { mapping: digest });
}
