/** What made each published mapping: read from the ledger, and from the requests that it names. */

import { parseAmount } from '../../shared/amount.ts';
import type { Request } from '../../shared/request.ts';
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
  /** Bars that it redeemed, by their references. */
  redeemed: readonly string[];
  /** Atoms of each token that it counted as burnt. */
  burnt: ReadonlyMap<string, bigint>;
}

/** Null where it is damaged or gone. */
async function requestOf(store: Store, { request }: Publication): Promise<Request | null> {
  try {
    return await fetchRequest({ store }, request);
  } catch (error) {
    if (isOfObject(error)) return null;
    throw error;
  }
}

/** Where the request cannot be read, the block of the first transaction counts: of the same period, unless it came late. */
function recordOf(publication: Publication, found: Request | null): IssuanceRecord {
  const { request, transactions, burns } = publication;
  const blocks = [
    ...Object.values(transactions).map(({ height }) => height),
    ...Object.values(burns).map(({ block }) => block),
  ];
  const burnt = new Map<string, bigint>();
  for (const { token, amount } of found?.redemptions.flatMap(one => one.burns) ?? [])
    burnt.set(token, (burnt.get(token) ?? 0n) + parseAmount(amount, 'amount'));
  return {
    request,
    height: found?.height ?? Math.min(...blocks),
    transactions: new Map(Object.entries(transactions).map(([asset, { txid }]) => [asset, txid])),
    redeemed: [...new Set(Object.values(burns).map(({ bar }) => bar))],
    burnt,
  };
}

/** By the digest of the mapping that each made. */
export async function fetchIssuances(
  store: Store,
  { published }: LedgerState,
): Promise<Map<string, IssuanceRecord>> {
  const records = await Promise.all(
    published.map(async publication => {
      const record = recordOf(publication, await requestOf(store, publication));
      return [publication.mapping, record] as const;
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

/** What the ledger says of re-mappings. */
export interface Remappings {
  /** Atoms that redemptions of the ledger counted as burnt, by asset id. */
  burnt: ReadonlyMap<string, bigint>;
  /** How many redemptions there were; null where another tool published a mapping too. */
  count: number | null;
}

export function remappingsOf(
  issuances: ReadonlyMap<string, IssuanceRecord>,
  { mappings, published }: LedgerState,
): Remappings {
  const burnt = new Map<string, bigint>();
  let count = 0;
  for (const record of issuances.values()) {
    if (record.redeemed.length > 0) count += record.redeemed.length;
    for (const [token, atoms] of record.burnt) burnt.set(token, (burnt.get(token) ?? 0n) + atoms);
  }
  return { burnt, count: mappings.length === published.length + 1 ? count : null };
}
