/** What made each published mapping: read from the ledger, and from the requests that it names. */

import { isOfObject } from '../ledger/objects.ts';
import type { LedgerState, Publication } from '../ledger/state.ts';
import type { OceanNode } from '../node/node.ts';
import { fetchRequest } from '../proposal/facts/subject.ts';
import type { Services } from '../proposal/services.ts';
import type { Store } from '../store/store.ts';

/** What the report works with: it asks the node more than the protocol does. */
export type ReportServices = Omit<Services, 'node'> & { node: OceanNode };

export interface IssuanceRecord {
  /** Digest. */
  request: string;
  /** The request's: by its period the amounts were computed. */
  height: number;
  /** Asset id to the transaction that issued it. */
  transactions: ReadonlyMap<string, string>;
}

/** Where the request cannot be read, the block of the first transaction counts: of the same period, unless it came late. */
async function heightOf(store: Store, { request, transactions }: Publication): Promise<number> {
  const confirmed = Math.min(...Object.values(transactions).map(({ height }) => height));
  try {
    return (await fetchRequest({ store }, request))?.height ?? confirmed;
  } catch (error) {
    if (isOfObject(error)) return confirmed;
    throw error;
  }
}

/** By the digest of the mapping that each made. */
export async function fetchIssuances(
  store: Store,
  { published }: LedgerState,
): Promise<Map<string, IssuanceRecord>> {
  const records = await Promise.all(
    published.map(async publication => {
      const { request, mapping, transactions } = publication;
      const ids = new Map(Object.entries(transactions).map(([asset, { txid }]) => [asset, txid]));
      return [mapping, { request, height: await heightOf(store, publication), transactions: ids }] as const;
    }),
  );
  return new Map(records);
}

/** By asset id. */
export function issueHeights(issuances: ReadonlyMap<string, IssuanceRecord>): Map<string, number> {
  const heights = new Map<string, number>();
  for (const { height, transactions } of issuances.values())
    for (const token of transactions.keys()) heights.set(token, height);
  return heights;
}
