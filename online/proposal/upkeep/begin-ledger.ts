/** Begins a store's ledger, with the empty mapping or with a mapping that an older tool published. */
import { emptyMapping, MAX_MAPPING_BYTES } from '../../../shared/mapping/mapping.ts';
import { appendEvent, readLedger } from '../../ledger/ledger.ts';
import { EARLIER_LAYOUT, JSON_TYPE, keys } from '../../ledger/object-keys.ts';
import { type Published, readVerifiedMapping, storeInHistory } from '../../ledger/stored-mappings.ts';
import { mappingTimeText } from '../../platform/text/mapping-time.ts';
import type { Services } from '../services.ts';
import { RefusedError } from '../texts/refused-error.ts';
import { ledgerExistsRefusal, mappingRemovedRefusal } from '../texts/stored-objects.ts';

export interface BeginResult {
  published: Published;
  /** False if an older tool made the mapping. */
  isNew: boolean;
}

/**
 * Refuses a store that has mappings in `history/`. If its ledger began with the empty mapping, every bar
 * could be issued again.
 * @throws Refusal MAPPING_EXISTS
 */
async function checkHistoryIsEmpty({ store }: Pick<Services, 'store'>): Promise<void> {
  const [first] = await store.list(keys.histories);
  if (first === undefined) return;
  throw mappingRemovedRefusal(store.name, first);
}

/**
 * @param agree function that shows the first mapping before the ledger begins with it; throws if the person
 * does not agree
 * @throws Refusal MAPPING_EXISTS, LEDGER_FORKED, OBJECT_INVALID, BASE_INVALID, and refusals of the store
 */
export async function beginLedger(
  services: Pick<Services, 'store' | 'trust' | 'copy' | 'world'>,
  agree: (first: BeginResult) => Promise<void>,
): Promise<BeginResult> {
  const { store, trust, copy, world } = services;
  const [ledger, bytes, ...earlier] = await Promise.all([
    readLedger(store, copy),
    store.get(keys.mapping, MAX_MAPPING_BYTES),
    ...EARLIER_LAYOUT.map(prefix => store.list(prefix)),
  ]);
  if (ledger.state !== null) throw ledgerExistsRefusal(store.name);
  if (earlier.some(list => list.length > 0))
    throw new RefusedError({
      kind: 'not-begun',
      earlierLayout: true,
      hasMap: bytes !== null,
      store: store.name,
    });
  const isNew = bytes === null;
  if (isNew) await checkHistoryIsEmpty(services);
  const first = isNew ? emptyMapping(trust.n, trust.m, mappingTimeText(world.now())) : null;
  const published: Published = first
    ? { mapping: first, bytes: first.bytes(), signers: [] }
    : readVerifiedMapping(bytes as Uint8Array, keys.mapping, trust);
  await agree({ published, isNew });
  const { mapping } = published;
  // The mapping is stored before the entry, so that a PC that reads the entry finds the mapping.
  await storeInHistory(services, mapping, published.bytes);
  const event = { event: 'begin', mapping: mapping.digest, trust: trust.digest } as const;
  const { state } = await appendEvent(store, copy, world.now, now => (now === null ? event : null), ledger);
  if (state?.mappings[0] !== mapping.digest) throw ledgerExistsRefusal(store.name);
  if (isNew) await store.create(keys.mapping, published.bytes, { contentType: JSON_TYPE, publicRead: true });
  return { published, isNew };
}
