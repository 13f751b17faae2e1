/** Proposals in the store: a request and the signatures so far, open until they are published or given up. */
import { utf8 } from '../../shared/bytes.ts';
import { type Derivation, derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import {
  readSignatures,
  type Signatures,
  signaturesText,
  verifySignatures,
} from '../../shared/signatures.ts';
import { keptRequest } from '../platform/local-state.ts';
import type { Store } from '../store/store.ts';
import { turnHolder } from './claim.ts';
import { JSON_TYPE, keys, MAX_SIGNATURES_BYTES } from './objects.ts';
import { readObject } from './published.ts';
import { fetchRecord } from './records.ts';
import type { Services } from './services.ts';

export interface Proposal {
  request: Request;
  derivation: Derivation;
  /** Verified, one a controller, ascending. */
  signatures: Signatures[];
  /** Controllers whose signatures lie in the store and are no good, and why. */
  damaged: Map<number, Refusal>;
}

type ProposalServices = Pick<Services, 'store' | 'trust' | 'progress'>;

const KEY =
  /^proposals\/([0-9a-f]{64})\/(request|signatures-([1-9][0-9]?)|decision|given-up|published)\.json$/;

export interface Listing {
  /** Digests of proposals that are neither published nor given up. */
  open: string[];
  givenUp: Set<string>;
  published: Set<string>;
  /** Per digest, the controllers whose signatures lie there (not verified). */
  controllers: Map<string, number[]>;
}

export async function listProposals(store: Store): Promise<Listing> {
  const requests = new Set<string>();
  const listing: Listing = { open: [], givenUp: new Set(), published: new Set(), controllers: new Map() };
  for (const key of await store.list(keys.proposals)) {
    const [, digest, name, index] = KEY.exec(key) ?? [];
    if (digest === undefined) continue; // not ours: left alone
    if (name === 'request') requests.add(digest);
    else if (name === 'given-up') listing.givenUp.add(digest);
    else if (name === 'published') listing.published.add(digest);
    else if (index !== undefined)
      listing.controllers.set(digest, [...(listing.controllers.get(digest) ?? []), Number(index)]);
  }
  // A mark counts by what is in it: an object of that name alone would close a proposal that nobody gave up.
  await Promise.all([...listing.givenUp].map(digest => fetchGivenUpMark(store, digest)));
  listing.open = [...requests].filter(d => !listing.givenUp.has(d) && !listing.published.has(d));
  return listing;
}

/** Whether it is marked as given up. @throws Refusal OBJECT_INVALID */
export async function fetchGivenUpMark(store: Store, request: string): Promise<boolean> {
  return (await fetchRecord(store, keys.givenUp(request), 'given-up', [], () => true)) ?? false;
}

/** The digest of the mapping that it is marked as published by; null if it is not. @throws Refusal OBJECT_INVALID */
export function fetchMark(store: Store, request: string): Promise<string | null> {
  return fetchRecord(store, keys.published(request), 'published', ['mapping'], f => f.hex('mapping', 32));
}

/** @throws Refusal OBJECT_INVALID if the object is not the request of that digest */
export async function fetchRequest(store: Store, digest: string): Promise<Request | null> {
  const key = keys.request(digest);
  const bytes = await store.get(key, MAX_REQUEST_BYTES);
  if (!bytes) return null;
  const request = readObject(key, () => readRequest(bytes, key));
  if (request.digest !== digest) {
    throw new Refusal(
      'OBJECT_INVALID',
      `${key}: the object is a request with the digest ${request.digest}`,
      `Someone changed it: call the other controllers. ${key} was left as it is.`,
    );
  }
  return request;
}

export interface StoredSignatures {
  /** Verified against the derivation, one a controller, ascending. */
  signatures: Signatures[];
  /** Controllers whose object is cut, changed, or not what its name says: with the refusal, for where it is needed. */
  damaged: Map<number, Refusal>;
}

function readStored(bytes: Uint8Array, key: string, controller: number): Signatures {
  const signatures = readSignatures(bytes, key);
  if (signatures.controller === controller) return signatures;
  throw new Refusal(
    'OBJECT_INVALID',
    `${key}: expected controller ${controller}, got ${signatures.controller}`,
    'Sign and submit again.',
  );
}

/**
 * Signatures of a proposal. A damaged object is told with its key and left as it is, and stops nothing by itself: whether
 * the others are enough is for the caller to say.
 */
export async function fetchSignatures(
  { store, trust, progress }: ProposalServices,
  derivation: Derivation,
  controllers: readonly number[],
): Promise<StoredSignatures> {
  const asked = controllers
    .filter(controller => controller <= trust.m) // others are nobody's, and no file could ever replace them
    .sort((a, b) => a - b);
  const key = (controller: number) => keys.signatures(derivation.request.digest, controller);
  const objects = await Promise.all(
    asked.map(controller => store.get(key(controller), MAX_SIGNATURES_BYTES)),
  );
  const found: StoredSignatures = { signatures: [], damaged: new Map() };
  asked.forEach((controller, i) => {
    const bytes = objects[i];
    if (!bytes) return;
    try {
      const signatures = readObject(key(controller), () => readStored(bytes, key(controller), controller));
      readObject(key(controller), () => verifySignatures(derivation, signatures, trust));
      found.signatures.push(signatures);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const mend = `Give the signatures file of controller ${controller}, or \`countersign submit\` it again.`;
      found.damaged.set(
        controller,
        new Refusal(error.code, error.message, `The object was left as it is. ${mend}`),
      );
      progress(`${error.message}. These signatures do not count. ${mend}`);
    }
  });
  return found;
}

export interface OpenRequests {
  /** Open, and made on the published mapping. */
  current: Request[];
  /** Open, but made on a mapping that is no longer the published one. */
  overtaken: Request[];
  listing: Listing;
}

export async function openRequests(store: Store, base: string, listed?: Listing): Promise<OpenRequests> {
  const listing = listed ?? (await listProposals(store));
  const requests = await Promise.all(listing.open.map(digest => fetchRequest(store, digest)));
  const found = requests.filter(request => request !== null);
  return {
    current: found.filter(request => request.base.mapping === base),
    overtaken: found.filter(request => request.base.mapping !== base),
    listing,
  };
}

/** A damaged claim stops whoever wants to take the turn, not everybody who looks: null then, as while it is free. */
function holderToLookAt(store: Store, base: string): Promise<string | null> {
  return turnHolder(store, base).catch(error => {
    if (error instanceof Refusal && error.code === 'OBJECT_INVALID') return null;
    throw error;
  });
}

/**
 * Where no request is open, none may have the turn either. One lies there before it takes the turn, so that its object
 * was removed; it may even have been sent.
 * @throws Refusal OBJECT_MISSING
 */
async function lonelyHolder(store: Store, base: string, listing: Listing): Promise<Request | undefined> {
  const digest = await holderToLookAt(store, base);
  if (digest === null) return undefined;
  if (listing.published.has(digest) && (await fetchMark(store, digest)) !== null) return undefined;
  const request = await fetchRequest(store, digest); // it may have come since the listing
  if (request) return request;
  const code = reviewCode(digest);
  throw new Refusal(
    'OBJECT_MISSING',
    `${keys.request(digest)}: the proposal ${code} has the turn on the published mapping, and its request is gone`,
    `Someone changed the store: call the other controllers. \`countersign submit\` (or, if it was begun, \`countersign finalise\`) with a signatures file of ${code} puts it back, on a PC that submitted or reviewed it, or with its file as --request.`,
  );
}

/**
 * Of several open requests on one mapping, the one that has the turn; the others came too late and wait to be given up.
 * @param base the published mapping's digest
 * @returns undefined if none is open
 * @throws Refusal PROPOSAL_OPEN if none of several has the turn, OBJECT_MISSING if the one that has it is gone
 */
export async function requestInTurn(
  store: Store,
  base: string,
  { current, listing }: OpenRequests,
): Promise<Request | undefined> {
  const [first, another] = current;
  if (!first) return lonelyHolder(store, base, listing);
  if (!another) return first;
  const holder = await turnHolder(store, first.base.mapping);
  const chosen = current.find(request => request.digest === holder);
  if (chosen) return chosen;
  throw new Refusal(
    'PROPOSAL_OPEN',
    `there are ${current.length} open proposals, ${current.map(r => `${r.reviewCode} (${r.digest})`).join(' and ')}`,
    'Agree on one and give up the others with `countersign abandon --request DIGEST`.',
  );
}

export async function readProposal(
  services: ProposalServices,
  request: Request,
  base: Mapping,
  listing: Listing,
): Promise<Proposal> {
  const derivation = derive(request, base, services.trust);
  const controllers = listing.controllers.get(request.digest) ?? [];
  return { request, derivation, ...(await fetchSignatures(services, derivation, controllers)) };
}

/** The open proposal on this mapping. @throws Refusal NO_PROPOSAL, PROPOSAL_OPEN */
export async function openProposal(services: ProposalServices, base: Mapping): Promise<Proposal> {
  const { store } = services;
  const open = await openRequests(store, base.digest);
  const request = await requestInTurn(store, base.digest, open);
  if (request) return readProposal(services, request, base, open.listing);
  throw new Refusal(
    'NO_PROPOSAL',
    `there is no open proposal in ${store.name}`,
    'The coordinator prepares one with `countersign prepare` and uploads it with `countersign submit`.',
  );
}

/** Uploads the request, without what its digest does not cover: the store has that, verified. Created once, never changed. */
export async function uploadRequest(store: Store, request: Request): Promise<void> {
  await store.create(keys.request(request.digest), utf8(keptRequest(request)), { contentType: JSON_TYPE });
}

/** Uploads verified signatures. The same controller's signatures are the same bytes, so writing again is harmless. */
export async function uploadSignatures(store: Store, signatures: Signatures): Promise<void> {
  const key = keys.signatures(signatures.request, signatures.controller);
  await store.put(key, utf8(signaturesText(signatures)), { contentType: JSON_TYPE });
}
