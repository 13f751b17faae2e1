/** The current proposal: its request, base mapping and all available signatures. */
import { type Derivation, derive } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { MAX_REQUEST_BYTES, type Request, readRequest } from '../../../shared/request.ts';
import { readSignatures, type Signatures, verifySignatures } from '../../../shared/signatures.ts';
import { type RawTransaction, readBurnTransactions } from '../../ledger/burn-transactions.ts';
import type { LedgerState, ProposalState } from '../../ledger/ledger-state.ts';
import {
  isRefusalOfObject,
  keys,
  MAX_BURNS_BYTES,
  MAX_SIGNATURES_BYTES,
  parseStoredObject,
} from '../../ledger/object-keys.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import type { Services } from '../services.ts';
import {
  falseEntryRefusal,
  giveSignaturesHint,
  otherRequestRefusal,
  requestLostRefusal,
} from '../texts/stored-objects.ts';
import type { StoreFacts, SubjectFacts } from './facts.ts';
import type { GivenSignatures, Question } from './question.ts';
import { readMappingByDigest, valueOrRefusal } from './store-facts.ts';

/**
 * @returns null if the store does not have the request
 * @throws Refusal OBJECT_INVALID if the object is not the request with that digest
 */
export async function fetchRequest(
  { store }: Pick<Services, 'store'>,
  digest: string,
): Promise<Request | null> {
  const key = keys.request(digest);
  const bytes = await store.get(key, MAX_REQUEST_BYTES);
  if (!bytes) return null;
  const request = parseStoredObject(key, () => readRequest(bytes, key));
  if (request.digest === digest) return request;
  throw otherRequestRefusal(key, digest, request.digest);
}

/** Digest of the request that the command is about; null if there is none. */
function findSubjectDigest(
  state: LedgerState,
  { intent, request, began, given = [] }: Question,
): string | null {
  const named = given[0]?.signatures.request ?? request ?? began;
  if (named !== undefined) return named;
  if (state.open) return state.open.request;
  if (intent === 'finalise') return state.published.at(-1)?.request ?? null;
  // If a command crashed right after the entry `abandon`, the store may still have objects that older tools
  // could use. The next `abandon` overwrites these objects.
  const last = intent === 'abandon' ? [...state.proposals.values()].at(-1) : undefined;
  return last?.status === 'abandoned' ? last.request : null;
}

interface Stored {
  stored: Signatures[];
  damaged: Map<number, Refusal>;
}

function readStoredSignatures(bytes: Uint8Array, key: string, controller: number): Signatures {
  const signatures = readSignatures(bytes, key);
  if (signatures.controller === controller) return signatures;
  throw new Refusal(
    'OBJECT_INVALID',
    `${key}: expected controller ${controller}, got ${signatures.controller}`,
  );
}

/**
 * Signatures in the store. A damaged object is returned in `damaged`, and no error is thrown. Each object is
 * requested by its key, so no list of keys is needed.
 */
async function fetchSignatures(
  { store, trust }: Services,
  digest: string,
  derivation: Promise<Derivation | Refusal>,
): Promise<Stored> {
  const controllers = trust.pubkeys.map((_, i) => i + 1);
  const objects = await Promise.all(
    controllers.map(i => valueOrRefusal(store.get(keys.signatures(digest, i), MAX_SIGNATURES_BYTES))),
  );
  const found: Stored = { stored: [], damaged: new Map() };
  const derived = await derivation;
  for (const [i, bytes] of objects.entries()) {
    const key = keys.signatures(digest, i + 1);
    try {
      if (bytes instanceof Refusal) throw bytes;
      if (!bytes || derived instanceof Refusal) continue;
      const signatures = parseStoredObject(key, () => readStoredSignatures(bytes, key, i + 1));
      parseStoredObject(key, () => verifySignatures(derived, signatures, trust));
      found.stored.push(signatures);
    } catch (error) {
      if (!isRefusalOfObject(error)) throw error;
      found.damaged.set(i + 1, new Refusal(error.code, error.message, giveSignaturesHint(i + 1)));
    }
  }
  return found;
}

/** @throws Refusal naming the file whose signatures are not valid */
function verifyGivenSignatures(
  derivation: Derivation,
  given: readonly GivenSignatures[],
  { trust }: Services,
): Signatures[] {
  for (const { file, signatures } of given) {
    try {
      verifySignatures(derivation, signatures, trust);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `${file}: ${error.message}`, error.hint);
    }
  }
  const each = new Map(given.map(({ signatures }) => [signatures.controller, signatures]));
  return [...each.values()].sort((a, b) => a.controller - b.controller);
}

/**
 * Checks that the ledger's entry matches the request. With a wrong entry, controllers would sign for coins
 * that other bars could also get. The issuance could then be sent, and its mapping could never be published.
 * @throws Refusal OBJECT_INVALID
 */
function checkEntryMatches(
  { issuances, request }: Derivation,
  { reserves, height, entry }: ProposalState,
): void {
  const coins = issuances.map(({ reference, request: { coin } }) => [reference, outpointText(coin)] as const);
  const named = new Map([...coins, ['height', String(request.height)]]);
  const kept = new Map([...reserves, ['height', String(height)]]);
  const wrong = [...named.keys(), ...kept.keys()].find(member => named.get(member) !== kept.get(member));
  if (wrong === undefined) return;
  throw falseEntryRefusal(entry, wrong, request.reviewCode, named.get(wrong), kept.get(wrong));
}

async function deriveFromBase(
  services: Services,
  request: Promise<Request | null | Refusal>,
  known: ProposalState | null,
  store: StoreFacts,
  digest: string,
): Promise<Derivation | Refusal> {
  // If the ledger names the base mapping, it is read at the same time as the request.
  const early = known === null ? null : readMappingByDigest(services, store.map, known.base);
  early?.catch(() => undefined); // The error is handled below, unless the request fails first.
  const [found, at] = [await request, await early];
  if (found === null) return requestLostRefusal(digest);
  if (found instanceof Refusal) return found;
  const mapping = at ?? (await readMappingByDigest(services, store.map, found.base.mapping));
  if (mapping instanceof Refusal) return mapping;
  try {
    const derivation = derive(found, mapping.mapping, services.trust);
    if (known) checkEntryMatches(derivation, known);
    return derivation;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * The stored transactions with which lost burns can be sent again. A damaged object counts as absent, because
 * these transactions are needed only after a reorganisation.
 */
async function fetchKeptBurns({ store }: Services, digest: string): Promise<readonly RawTransaction[]> {
  const key = keys.burns(digest);
  const bytes = await valueOrRefusal(store.get(key, MAX_BURNS_BYTES));
  if (bytes === null || bytes instanceof Refusal) return [];
  try {
    return readBurnTransactions(bytes, key, digest);
  } catch (error) {
    if (isRefusalOfObject(error)) return [];
    throw error;
  }
}

/**
 * Reads the current proposal; null if there is none. The request comes from the store, otherwise from a file,
 * otherwise from this PC's copy. Signatures from files that are not valid for the proposal are refused.
 * @throws Refusal REQUEST_MISMATCH, SIGNATURE_INVALID, and refusals of the store
 */
export async function readSubjectFacts(
  services: Services,
  question: Question,
  store: StoreFacts,
  state: LedgerState,
): Promise<SubjectFacts | null> {
  const digest = findSubjectDigest(state, question);
  if (digest === null) return null;
  const { given = [], requestFile } = question;
  const known = state.proposals.get(digest) ?? null;
  const stored = valueOrRefusal(fetchRequest(services, digest));
  const request = stored.then(found => found ?? requestFile ?? services.state.request(digest));
  const derivation = deriveFromBase(services, request, known, store, digest);
  // Only the first failure is reported. Without this line, another failure would end the program as an
  // unhandled rejection.
  for (const one of [request, derivation]) one.catch(() => undefined);
  const signatures = await fetchSignatures(services, digest, derivation);
  const derived = await derivation;
  const hasBurns = !(derived instanceof Refusal) && derived.request.redemptions.length > 0;
  return {
    digest,
    request: await request,
    isStored: (await stored) !== null,
    derivation: derived,
    ...signatures,
    given: derived instanceof Refusal ? [] : verifyGivenSignatures(derived, given, services),
    keptBurns: hasBurns ? await fetchKeptBurns(services, digest) : [],
  };
}
