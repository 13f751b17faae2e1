/** What made a published mapping, beside it: so that any PC can look after its transactions, and tell when its tokens were issued. */
import { Refusal } from '../../shared/errors.ts';
import { Fields } from '../../shared/fields.ts';
import { MAX_ISSUANCES } from '../../shared/request.ts';
import { MAX_HEIGHT } from '../../shared/schedule.ts';
import type { Store } from '../store/store.ts';
import { keys } from './objects.ts';
import { fetchRecord, putRecord } from './records.ts';

export interface IssuanceRecord {
  /** Digest. */
  request: string;
  height: number;
  /** Token id to the transaction that issued it. */
  transactions: Map<string, string>;
}

export async function putIssuance(store: Store, mapping: string, record: IssuanceRecord): Promise<void> {
  const { request, height, transactions } = record;
  const list = [...transactions].map(([token, txid]) => ({ token, txid }));
  await putRecord(store, keys.issuance(mapping), 'issuance', { request, height, transactions: list });
}

export function fetchIssuance(store: Store, mapping: string): Promise<IssuanceRecord | null> {
  return fetchRecord(
    store,
    keys.issuance(mapping),
    'issuance',
    ['request', 'height', 'transactions'],
    fields => {
      const entries = fields.list('transactions', 1, MAX_ISSUANCES).map((value, i) => {
        const entry = new Fields(value, `transactions[${i}]`, ['token', 'txid']);
        return [entry.hex('token', 32), entry.hex('txid', 32)] as const;
      });
      return {
        request: fields.hex('request', 32),
        height: fields.integer('height', 0, MAX_HEIGHT),
        transactions: new Map(entries),
      };
    },
  );
}

const KEY = /^issuances\/([0-9a-f]{64})\.json$/;

/** Digests of the mappings that have a record. */
export async function listIssuances(store: Store): Promise<string[]> {
  return (await store.list(keys.issuances)).flatMap(key => KEY.exec(key)?.[1] ?? []);
}

/**
 * All of them, by the digest of the mapping that each made. A damaged one is left out, since everything in them can be
 * found in another way.
 */
export async function fetchIssuances(store: Store): Promise<Map<string, IssuanceRecord>> {
  const digests = await listIssuances(store);
  const records = await Promise.all(
    digests.map(digest =>
      fetchIssuance(store, digest).catch(error => {
        if (error instanceof Refusal && error.code === 'OBJECT_INVALID') return null;
        throw error;
      }),
    ),
  );
  const found = new Map<string, IssuanceRecord>();
  for (const [i, record] of records.entries()) if (record) found.set(digests[i] as string, record);
  return found;
}
