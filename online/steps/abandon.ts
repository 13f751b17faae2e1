/** Giving up a proposal. Its coins stay known, so that an asset proposed again is put on the same coin (rule 8). */
import { utf8 } from '../../shared/bytes.ts';
import { Refusal } from '../../shared/errors.ts';
import { Fields } from '../../shared/fields.ts';
import { readJson } from '../../shared/json.ts';
import { type CoinRef, type Request, referenceOf } from '../../shared/request.ts';
import type { Services } from '../commands/base.ts';
import { JSON_TYPE, keys, MAX_CLAIM_BYTES } from '../objects.ts';
import { fetchRequest, openRequests } from '../proposals.ts';
import { fetchPublished, readObject } from '../published.ts';
import type { Store } from '../store/store.ts';
import { fetchClaim } from './claim.ts';

/** Why a proposal is closed. */
export type Closing = 'published' | 'abandoned';

/** @returns false if it was closed already */
export function close(store: Store, digest: string, why: Closing): Promise<boolean> {
  const text = `${JSON.stringify({ type: 'countersign/closed', version: 1, why })}\n`;
  return store.create(keys.closed(digest), utf8(text), { contentType: JSON_TYPE });
}

async function closing(store: Store, digest: string): Promise<Closing | null> {
  const key = keys.closed(digest);
  const bytes = await store.get(key, MAX_CLAIM_BYTES);
  if (!bytes) return null;
  return readObject(key, () => {
    const fields = new Fields(readJson(bytes, key, MAX_CLAIM_BYTES), '', ['type', 'version', 'why']);
    fields.constant('type', 'countersign/closed');
    return fields.text('why', /^(published|abandoned)$/, 'published or abandoned') as Closing;
  });
}

/** Coins of assets in proposals that were given up, by reference. */
export async function abandonedCoins(store: Store, closed: readonly string[]): Promise<Map<string, CoinRef>> {
  const requests = await Promise.all(
    closed.map(async digest =>
      (await closing(store, digest)) === 'abandoned' ? fetchRequest(store, digest) : null,
    ),
  );
  const coins = new Map<string, CoinRef>();
  for (const request of requests) {
    for (const issuance of request?.issuances ?? []) coins.set(referenceOf(issuance), issuance.coin);
  }
  return coins;
}

/**
 * @param digest which one, if there are several
 * @throws Refusal NO_PROPOSAL, PROPOSAL_OPEN, ALREADY_SENT once the successor claim was taken for it
 */
export async function abandon(services: Services, digest: string | undefined): Promise<Request> {
  const { store, trust, state } = services;
  const { mapping } = await fetchPublished(store, trust, state);
  const { current, overtaken } = await openRequests(store, mapping.digest);
  const open = [...current, ...overtaken].filter(r => digest === undefined || r.digest === digest);
  const [request] = open;
  if (!request) {
    throw new Refusal('NO_PROPOSAL', 'there is no open proposal to give up', 'See `countersign status`.');
  }
  if (open.length > 1) {
    throw new Refusal(
      'PROPOSAL_OPEN',
      `there are ${open.length} open proposals: ${open.map(r => `${r.reviewCode} (${r.digest})`).join(', ')}`,
      'Say which one with --request DIGEST.',
    );
  }
  const claim = await fetchClaim(store, request.base.mapping);
  if (claim?.request === request.digest) {
    throw new Refusal(
      'ALREADY_SENT',
      `the proposal ${request.reviewCode} has taken the claim, its transactions may be on their way`,
      'Run `countersign finalise` again until it is done; it can be repeated safely.',
    );
  }
  await close(store, request.digest, 'abandoned');
  return request;
}
