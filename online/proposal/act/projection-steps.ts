/** Steps that publish a mapping, and that write the objects for older tools. */
import { verifyBase } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { MAX_MAPPING_BYTES, parseMapping } from '../../../shared/mapping/mapping.ts';
import type { LedgerEvent } from '../../ledger/ledger-event.ts';
import { AIR_GAPPED, keys } from '../../ledger/object-keys.ts';
import { type Published, readVerifiedMapping, storeInHistory } from '../../ledger/stored-mappings.ts';
import { isUsableByOlderScripts } from '../../legacy/older-proposal.ts';
import type { ChainFacts, Facts, MapFact, StoreFacts } from '../facts/facts.ts';
import { ledgerStateOrNull } from '../facts/read-facts.ts';
import { readStoreFacts } from '../facts/store-facts.ts';
import { readSubjectFacts } from '../facts/subject-facts.ts';
import { closedProposalBytes, outdatedProjections } from '../projections.ts';
import type { Services } from '../services.ts';
import { tokenLines } from '../texts/progress.ts';
import {
  type Acted,
  type Acting,
  appendIfUnchanged,
  knownFactsOf,
  knownFactsWithLedger,
  type Of,
} from './step-context.ts';

/** Reads `map.json` again, because an older tool may have replaced it. */
async function readMapNow({ store, trust }: Services): Promise<MapFact> {
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  try {
    return bytes && readVerifiedMapping(bytes, keys.mapping, trust);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

export async function performPublish(acting: Acting, step: Of<'publish'>): Promise<Acted> {
  const { services, facts } = acting;
  const { state, world, trust, progress } = services;
  const { request, mapping, bytes, transactions, burns, corrected } = step;
  const isForeign = (map: MapFact) =>
    map !== null &&
    !(map instanceof Refusal) &&
    map.mapping.digest !== mapping.digest &&
    !ledgerStateOrNull(facts.store)?.mappings.includes(map.mapping.digest);
  const [before] = await Promise.all([readMapNow(services), storeInHistory(services, mapping, bytes)]);
  if (isForeign(before)) return { seed: { ...knownFactsOf(facts), store: { ...facts.store, map: before } } };
  const tokens = (facts.chain as ChainFacts).tokens;
  if (tokens) for (const line of tokenLines(tokens, Object.keys(transactions).length)) progress(line);
  const event: LedgerEvent = {
    ...{ event: 'publish', request, mapping: mapping.digest },
    ...{ transactions, burns, corrected },
  };
  // `map.json` is read again while the entry is appended, because another tool may have written its mapping
  // in the meantime.
  const [ledger, map] = await Promise.all([appendIfUnchanged(acting, event), readMapNow(services)]);
  if (!ledger) return { seed: { memory: facts.memory } };
  state.note(world.now(), 'published', { mapping: mapping.digest, request });
  const current: Published = { mapping, bytes, signers: verifyBase(mapping, trust) };
  const seed = knownFactsWithLedger(facts, ledger);
  return { seed: { ...seed, store: { ...facts.store, ledger, map, current } } };
}

/**
 * Overwrites the partially signed mapping that the older scripts for air-gapped laptops wrote. Does so only
 * if it is the mapping of this proposal, and the proposal is not open any more.
 */
export async function overwriteAirGappedMapping(
  { store }: Services,
  { subject, store: { ledger } }: Facts,
): Promise<void> {
  const derivation = subject?.derivation;
  if (!derivation || derivation instanceof Refusal || ledger instanceof Refusal) return;
  if (ledger.state?.open?.request === derivation.request.digest) return;
  const bytes = await store.get(AIR_GAPPED, MAX_MAPPING_BYTES);
  if (!bytes || !isUsableByOlderScripts(bytes)) return;
  try {
    if (parseMapping(bytes).digest !== derivation.mapping.digest) return;
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  await store.put(AIR_GAPPED, closedProposalBytes(derivation.request.digest), { contentType: 'text/plain' });
}

const MAX_ROUNDS = 5;
const ledgerHead = ({ ledger }: StoreFacts) => (ledger instanceof Refusal ? '' : ledger.head);

/**
 * Writes the objects that differ from the ledger. If the ledger changed during the writing, compares and
 * writes again.
 */
export async function performProjection(acting: Acting): Promise<Acted> {
  const { services, facts, question } = acting;
  let { store: now, subject } = facts;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const late = outdatedProjections(now, subject, services.trust, question);
    const puts = late.map(({ key, bytes, contentType, publicRead = false }) =>
      services.store.put(key, bytes, publicRead ? { contentType, publicRead } : { contentType }),
    );
    await Promise.all([...puts, overwriteAirGappedMapping(services, facts)]);
    const before = ledgerHead(now);
    now = await readStoreFacts(services);
    const state = ledgerStateOrNull(now);
    if (ledgerHead(now) === before || state === null) break;
    // Another proposal may have been opened in the meantime. If so, the objects must contain that proposal.
    subject = await readSubjectFacts(services, { intent: 'look' }, now, state);
  }
  const { at, chain } = facts;
  const memory = { ...facts.memory, projected: facts.memory.projected + 1 };
  const isOpen = ledgerStateOrNull(now)?.open?.request === facts.subject?.digest;
  const seed = chain === null ? { at, store: now, memory } : { at, store: now, memory, chain };
  return { seed: isOpen ? seed : { ...seed, subject: facts.subject } };
}
