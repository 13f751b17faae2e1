/** Finds what signatures are about: their request, the mapping it was made on, and all signatures that there are. */
import { resolve } from 'node:path';
import { derive, verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping } from '../../shared/mapping/mapping.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest } from '../../shared/request.ts';
import { readSignatures, type Signatures, verifySignatures } from '../../shared/signatures.ts';
import type { Services } from '../commands/base.ts';
import { readInput } from '../files.ts';
import { keys } from '../objects.ts';
import { fetchRequest, fetchSignatures, listProposals, openProposal, type Proposal } from '../proposals.ts';
import { fetchPublished, type Published, readMappingObject, readObject } from '../published.ts';

const MAX_SIGNATURES_BYTES = 256 * 1024;

export interface Gathered extends Proposal {
  published: Published;
  /** Those that came from files, verified. */
  given: Signatures[];
}

function readFiles(services: Services, files: readonly string[]): Signatures[] {
  const all = files.map(file => {
    return readSignatures(readInput(resolve(services.world.cwd, file), MAX_SIGNATURES_BYTES), file);
  });
  const other = all.findIndex(s => s.request !== all[0]?.request);
  if (other > 0) {
    throw new Refusal(
      'REQUEST_MISMATCH',
      `${files[other]}: these are signatures of the request ${all[other]?.request}, those of ${files[0]} of ${all[0]?.request}`,
      'Give signatures of one request at a time.',
    );
  }
  return all;
}

async function findRequest(services: Services, digest: string, file: string | undefined): Promise<Request> {
  if (file !== undefined) {
    const request = readRequest(readInput(resolve(services.world.cwd, file), MAX_REQUEST_BYTES), file);
    if (request.digest === digest) return request;
    throw new Refusal(
      'REQUEST_MISMATCH',
      `${file}: the signatures are for the request ${digest}, this one has the digest ${request.digest}`,
      'Give the request that was signed.',
    );
  }
  const request = services.state.request(digest) ?? (await fetchRequest(services.store, digest));
  if (request) return request;
  throw new Refusal(
    'REQUEST_MISMATCH',
    `the signatures are for the request ${digest}, which is neither known on this PC nor in ${services.store.name}`,
    'Give its file with --request, or the signatures of the open proposal.',
  );
}

/** The mapping with this digest: the published one, or one of the history. */
async function findBase(services: Services, digest: string, published: Published): Promise<Mapping> {
  if (published.mapping.digest === digest) return published.mapping;
  const key = keys.history(digest);
  const bytes = await services.store.get(key, MAX_MAPPING_BYTES);
  const mapping = bytes && readMappingObject(bytes, key);
  if (mapping && mapping.digest === digest) {
    readObject(key, () => verifyBase(mapping, services.trust));
    return mapping;
  }
  throw new Refusal(
    'BASE_INVALID',
    `the request was made on the mapping ${digest}, the published one is ${published.mapping.digest}`,
    'Another issuance came first, or the mapping was replaced: prepare the request again.',
  );
}

/**
 * @param files signatures files; none means the open proposal with what lies in the store
 * @param requestFile where the request is, if this PC and the store do not know it
 */
export async function gather(
  services: Services,
  files: readonly string[],
  requestFile: string | undefined,
): Promise<Gathered> {
  const { store, trust, state } = services;
  const given = readFiles(services, files);
  const published = await fetchPublished(store, trust, state);
  const [first] = given;
  if (!first) return { ...(await openProposal(store, published.mapping, trust)), published, given };
  const request = await findRequest(services, first.request, requestFile);
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
  const listing = await listProposals(store);
  const givenBy = new Set(given.map(s => s.controller));
  const stored = (listing.controllers.get(request.digest) ?? []).filter(c => !givenBy.has(c));
  const signatures = new Map(
    [...(await fetchSignatures(store, derivation, trust, stored)), ...given].map(s => [s.controller, s]),
  );
  return {
    request,
    derivation,
    published,
    given: [...new Map(given.map(s => [s.controller, s])).values()],
    signatures: [...signatures.values()].sort((a, b) => a.controller - b.controller),
  };
}
