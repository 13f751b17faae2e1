/** Finds the request that made each published mapping, from the ledger and the stored requests. */

import { parseAmount } from '../../shared/amount.ts';
import type { Request } from '../../shared/request.ts';
import type { LedgerState, Publication } from '../ledger/ledger-state.ts';
import { isRefusalOfObject } from '../ledger/object-keys.ts';
import type { OceanNode } from '../node/node.ts';
import { fetchRequest } from '../proposal/facts/subject-facts.ts';
import type { Services } from '../proposal/services.ts';
import type { Store } from '../store/store.ts';

/**
 * The services of a command, with the full client of the node. The report needs calls of the node that the
 * protocol does not need.
 */
export type ReportServices = Omit<Services, 'node'> & { node: OceanNode };

export interface PublishedRequest {
  /** Digest of the request. */
  request: string;
  /**
   * The request's height. The period of this height determined the amounts. If the request cannot be read, it
   * is the lowest height of the transactions and burns.
   */
  height: number;
  /** Ids of the issuing transactions, by asset id. */
  transactions: ReadonlyMap<string, string>;
  /** References of the redeemed bars. */
  redeemed: readonly string[];
  /** Atoms that the request counted as burnt, by asset id; empty if the request cannot be read. */
  burnt: ReadonlyMap<string, bigint>;
}

/** The request; null if its object is damaged or missing. */
async function readRequestOrNull(store: Store, { request }: Publication): Promise<Request | null> {
  try {
    return await fetchRequest({ store }, request);
  } catch (error) {
    if (isRefusalOfObject(error)) return null;
    throw error;
  }
}

/**
 * Uses the lowest height of the transactions and burns if the request cannot be read. For an issuance, this
 * height is in the request's period, unless the transactions confirmed late.
 */
function makePublishedRequest(publication: Publication, found: Request | null): PublishedRequest {
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

/** The record of each published request, by the digest of the mapping that the request made. */
export async function fetchPublishedRequests(
  store: Store,
  { published }: LedgerState,
): Promise<Map<string, PublishedRequest>> {
  const records = await Promise.all(
    published.map(async publication => {
      const record = makePublishedRequest(publication, await readRequestOrNull(store, publication));
      return [publication.mapping, record] as const;
    }),
  );
  return new Map(records);
}

/** Height of issue of each token, by asset id. */
export function heightsOfIssue(issuances: ReadonlyMap<string, PublishedRequest>): Map<string, number> {
  const heights = new Map<string, number>();
  for (const { height, transactions } of issuances.values())
    for (const token of transactions.keys()) heights.set(token, height);
  return heights;
}

/** What the ledger knows about re-mappings. */
export interface Remappings {
  /** Atoms that the ledger's redemptions counted as burnt, by asset id. */
  burnt: ReadonlyMap<string, bigint>;
  /** Number of redemptions, one for each redeemed bar; null if another tool published a mapping too. */
  count: number | null;
}

export function remappingsOf(
  issuances: ReadonlyMap<string, PublishedRequest>,
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
