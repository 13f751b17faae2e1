/** Finds what signatures are about: their request, the mapping it was made on, and all signatures that there are. */
import { resolve } from 'node:path';
import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { readSignatures, type Signatures, verifySignatures } from '../../shared/signatures.ts';
import { readInput } from '../platform/files.ts';
import { isAre } from '../platform/text/words.ts';
import { contains, findBase } from './bases.ts';
import { fetchPublished } from './fetch-published.ts';
import { fetchIssuance } from './issuance-record.ts';
import { MAX_SIGNATURES_BYTES } from './objects.ts';
import {
  fetchRequest,
  fetchSignatures,
  type Listing,
  listProposals,
  openRequests,
  type Proposal,
  requestInTurn,
} from './proposals.ts';
import type { Published } from './published.ts';
import { publishedUnmarked, rivalOf } from './rival.ts';
import type { Services } from './services.ts';

export interface Gathered extends Proposal {
  published: Published;
  /** The published mapping is this request's, or follows it. */
  isPublished: boolean;
  /** Digest of another request, which brought every asset of this one into the published mapping. */
  rival: string | null;
  /** Those that came from files, verified. */
  given: Signatures[];
  /** Whose each file is, in the order they were given. */
  files: GivenFile[];
}

export interface GivenFile {
  file: string;
  controller: number;
  /** Neither in the store, whole and valid, nor in a file before it. */
  isNew: boolean;
}

/** A line each. */
export function filesText(files: readonly GivenFile[]): string {
  return files
    .map(({ file, controller, isNew }) =>
      isNew
        ? `${file} is of controller ${controller}: new.\n`
        : `${file} is of controller ${controller}, who had signed before: nothing new.\n`,
    )
    .join('');
}

/** Files that nobody else can see, and how they are kept; '' if there are none. */
export function unseenText(files: readonly GivenFile[]): string {
  const unseen = files.filter(({ isNew }) => isNew).map(({ file }) => file);
  if (unseen.length === 0) return '';
  const names = unseen.length === 1 ? unseen[0] : `${unseen.slice(0, -1).join(', ')} and ${unseen.at(-1)}`;
  return `${names} ${isAre(unseen.length)} not in the store yet, where the others look: run \`countersign submit ${unseen.join(' ')}\`.`;
}

/** By the code that people compare, and in full. */
const nameOf = (digest = '') => `${reviewCode(digest)} (${digest})`;

function readFiles(services: Services, files: readonly string[]): Signatures[] {
  const all = files.map(file => {
    return readSignatures(readInput(resolve(services.world.cwd, file), MAX_SIGNATURES_BYTES), file);
  });
  const other = all.findIndex(s => s.request !== all[0]?.request);
  if (other > 0) {
    throw new Refusal(
      'REQUEST_MISMATCH',
      `${files[other]}: these are signatures of the request ${nameOf(all[other]?.request)}, those of ${files[0]} of ${nameOf(all[0]?.request)}`,
      'Give signatures of one request at a time.',
    );
  }
  return all;
}

/** @param open the proposal that is open, for who gave signatures of another one */
async function findRequest(
  services: Services,
  digest: string,
  file: string | undefined,
  open: () => Promise<Request | undefined>,
): Promise<Request> {
  if (file !== undefined) {
    const request = readRequest(readInput(resolve(services.world.cwd, file), MAX_REQUEST_BYTES), file);
    if (request.digest === digest) return request;
    throw new Refusal(
      'REQUEST_MISMATCH',
      `${file}: the signatures are for the request ${nameOf(digest)}, this one is ${nameOf(request.digest)}`,
      'Give the request that was signed.',
    );
  }
  const request = services.state.request(digest) ?? (await fetchRequest(services.store, digest));
  if (request) return request;
  // Several open ones have no turn yet: that is another matter.
  const other = await open().catch(() => undefined);
  throw new Refusal(
    'REQUEST_MISMATCH',
    `the signatures are for the request ${reviewCode(digest)} (${digest}), which is neither known on this PC nor in ${services.store.name}${other ? `; the open proposal is ${other.reviewCode}` : ''}`,
    'Submit them on the PC that prepared it, give its file with --request, or give the signatures of the open proposal.',
  );
}

/**
 * Without files: the open proposal; else one that is published and not marked so, because an older tool published it or a
 * crash came between; else the one that made the published mapping, to look after its transactions once more.
 */
async function unnamedRequest(
  services: Services,
  published: Published,
  listing: Listing,
  digest: string | undefined,
): Promise<Request> {
  const { store } = services;
  const { digest: base } = published.mapping;
  const open = await openRequests(store, base, listing);
  const inTurn = () => requestInTurn(store, base, open);
  if (digest !== undefined) return findRequest(services, digest, undefined, inTurn);
  const request = await inTurn();
  if (request) return request;
  const unmarked = await publishedUnmarked(services, open.overtaken, published);
  if (unmarked) return unmarked.request;
  const record = await fetchIssuance(store, base);
  const last = record && (await fetchRequest(store, record.request));
  if (last) return last;
  throw new Refusal(
    'NO_PROPOSAL',
    `there is no open proposal in ${store.name}`,
    'The coordinator prepares one with `countersign prepare` and uploads it with `countersign submit`.',
  );
}

/**
 * @param files signatures files; none means the open proposal with what lies in the store
 * @param requestFile where the request is, if this PC and the store do not know it
 * @param named digest of the request that is meant, where there are no files
 */
export async function gather(
  services: Services,
  files: readonly string[],
  requestFile: string | undefined,
  named?: string,
): Promise<Gathered> {
  const { store, trust } = services;
  const given = readFiles(services, files);
  const [published, listing] = await Promise.all([fetchPublished(services), listProposals(store)]);
  const [first] = given;
  const request = first
    ? await findRequest(services, first.request, requestFile, async () => {
        const { digest } = published.mapping;
        return requestInTurn(store, digest, await openRequests(store, digest, listing));
      })
    : await unnamedRequest(services, published, listing, named);
  const base = await findBase(services, request.base.mapping, published);
  const derivation = derive(request, base, trust);
  given.forEach((signatures, i) => {
    try {
      verifySignatures(derivation, signatures, trust);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `${files[i]}: ${error.message}`, error.hint);
    }
  });
  const byController = new Map(given.map(s => [s.controller, s]));
  const { signatures, damaged } = await fetchSignatures(
    services,
    derivation,
    listing.controllers.get(request.digest) ?? [],
  );
  const known = new Set(signatures.map(s => s.controller));
  const whose = files.map((file, i) => {
    const { controller } = given[i] as Signatures;
    const isNew = !known.has(controller);
    known.add(controller);
    return { file, controller, isNew };
  });
  for (const s of signatures) if (!byController.has(s.controller)) byController.set(s.controller, s);
  // What a file replaces does no harm.
  for (const { controller } of given) damaged.delete(controller);
  const isThere = published.mapping.digest !== base.digest && contains(published.mapping, derivation);
  const rival = isThere ? await rivalOf(services, derivation, published) : null;
  return {
    request,
    derivation,
    published,
    isPublished: isThere && rival === null,
    rival,
    files: whose,
    given: [...new Map(given.map(s => [s.controller, s])).values()],
    damaged,
    signatures: [...byController.values()].sort((a, b) => a.controller - b.controller),
  };
}
