/** Publishing: history first, then `map.json`, then the coins; read back and verified. Repeating it changes nothing. */
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import { coinsBytes, outpoint, parseCoins, replaceCoins } from '../coins-file.ts';
import type { Services } from '../commands/base.ts';
import { JSON_TYPE, keys, MAX_COINS_BYTES } from '../objects.ts';
import { type Published, readMappingObject } from '../published.ts';
import type { Store } from '../store/store.ts';
import { close } from './abandon.ts';
import { changeCoin, type SentTransaction } from './confirm.ts';
import type { Gathered } from './gather.ts';

/** The mapping that is published now goes into the history, whoever put it there; finalise needs it after a crash. */
export async function keepBase(store: Store, published: Published): Promise<void> {
  await store.create(keys.history(published.mapping.digest), published.bytes, { contentType: JSON_TYPE });
}

async function replacePublished(services: Services, base: string, signed: Mapping): Promise<void> {
  const { store } = services;
  // Read again right before it is replaced: a newer mapping must never be overwritten by an older one.
  const now = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  const digest = now && readMappingObject(now, keys.mapping).digest;
  if (digest !== base) return;
  await store.put(keys.mapping, signed.bytes(), { contentType: JSON_TYPE, publicRead: true });
}

async function replaceSpentCoins(store: Store, sent: readonly SentTransaction[]): Promise<void> {
  const bytes = await store.get(keys.coins, MAX_COINS_BYTES);
  const coins = bytes ? parseCoins(bytes, keys.coins) : [];
  const changes = new Map(sent.map(transaction => [outpoint(transaction.coin), changeCoin(transaction)]));
  const updated = coinsBytes(replaceCoins(coins, changes));
  if (bytes && Buffer.from(bytes).equals(updated)) return;
  await store.put(keys.coins, updated, { contentType: 'text/plain' });
}

async function readBack(services: Services, signed: Mapping): Promise<void> {
  const { store, trust, state } = services;
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  const mapping = bytes && readMappingObject(bytes, keys.mapping);
  if (mapping && (mapping.digest === signed.digest || Number(mapping.time) > Number(signed.time))) {
    verifyBase(mapping, trust);
    state.see(mapping);
    return;
  }
  throw new Refusal(
    'STORE_FAILED',
    `${keys.mapping}: read back as ${mapping?.digest ?? 'nothing'}, expected ${signed.digest}`,
    'Run finalise again: the tokens exist, the mapping has to follow.',
  );
}

/** @param signed the new mapping with its signatures */
export async function publish(
  services: Services,
  gathered: Gathered,
  signed: Mapping,
  sent: readonly SentTransaction[],
): Promise<void> {
  const { store } = services;
  const { request } = gathered;
  await store.create(keys.history(signed.digest), signed.bytes(), { contentType: JSON_TYPE });
  await replacePublished(services, request.base.mapping, signed);
  await replaceSpentCoins(store, sent);
  await close(store, request.digest, 'published');
  await readBack(services, signed);
}
