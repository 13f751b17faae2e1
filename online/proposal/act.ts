/** Performs one step; each is safe to repeat. What it knows to be fresh afterwards is handed on, everything else is read again. */
import { utf8 } from '../../shared/bytes.ts';
import { verifyBase } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { MAX_MAPPING_BYTES, parseMapping } from '../../shared/mapping/mapping.ts';
import type { Request } from '../../shared/request.ts';
import { type Signatures, signaturesText } from '../../shared/signatures.ts';
import { outpoint } from '../ledger/coins.ts';
import type { LedgerEvent } from '../ledger/event.ts';
import { append, type Ledger } from '../ledger/ledger.ts';
import { keepInHistory, type Published, readPublished } from '../ledger/mappings.ts';
import { AIR_GAPPED, JSON_TYPE, keys } from '../ledger/objects.ts';
import { isUsable } from '../legacy/older-proposal.ts';
import type { Sent } from '../node/types.ts';
import { keptRequest } from '../platform/local-state.ts';
import { allSignatures } from './facts/chain.ts';
import type { ChainFacts, Facts, Memory, Question, StoreFacts, SubjectFacts } from './facts/facts.ts';
import { type Seed, stateOf } from './facts/read.ts';
import { readStore } from './facts/store.ts';
import { readSubject } from './facts/subject.ts';
import { depthOf, isThere } from './facts/transactions.ts';
import type { Step } from './plan/step.ts';
import { behind, closedText } from './projections.ts';
import type { Services } from './services.ts';
import {
  broughtBack,
  FOLLOWS,
  NODE_AWAY,
  sentText,
  strayPublished,
  tokenLines,
  variantLines,
  waitingText,
} from './texts/progress.ts';

/** Between the last look at the chain and the first sending; a computer that slept in between looks again. */
export const MAX_PAUSE_MS = 60_000;

/** Asks the person; throws where they do not agree. */
export type Agree = (request: Request, facts: Facts) => Promise<void>;

export interface Acting {
  services: Services;
  question: Question;
  facts: Facts;
  agree: Agree | undefined;
  /** Follows another proposal to its end. */
  follow(question: Question): Promise<unknown>;
}

export interface Acted {
  seed: Seed;
  question?: Question;
}

type Of<D extends Step['do']> = Extract<Step, { do: D }>;

/**
 * Appends where the ledger is as it was when this was decided. Where another PC was faster, nothing: an event may be legal after
 * its entry too, and yet be another decision. @returns null then, and everything is looked at again
 */
async function appended({ services, facts }: Acting, event: LedgerEvent): Promise<Ledger | null> {
  const { store, copy, world } = services;
  const known = facts.store.ledger as Ledger;
  let isSame = true;
  const ledger = await append(
    store,
    copy,
    () => world.now(),
    state => {
      isSame = state === known.state;
      return isSame ? event : null;
    },
    known,
  );
  return isSame ? ledger : null;
}

/** Everything is as it was, but the ledger has one entry more. */
function withLedger({ at, store, subject, chain, draft, memory }: Facts, ledger: Ledger): Seed {
  const seed = { at, store: { ...store, ledger }, subject, draft, memory: { ...memory, acted: true } };
  return chain === null ? seed : { ...seed, chain };
}

/** The request without what its digest does not cover: the store has that, verified. */
async function putRequest({ store }: Services, request: Request): Promise<void> {
  await store.create(keys.request(request.digest), utf8(keptRequest(request)), { contentType: JSON_TYPE });
}

/** What is valid is kept; what is damaged is replaced. @returns whether all of it is there now as given */
async function putSignatures(
  { store }: Services,
  signatures: readonly Signatures[],
  damaged: ReadonlyMap<number, Refusal>,
): Promise<boolean> {
  const done = await Promise.all(
    signatures.map(async one => {
      const key = keys.signatures(one.request, one.controller);
      const bytes = utf8(signaturesText(one));
      if (damaged.has(one.controller)) await store.put(key, bytes, { contentType: JSON_TYPE });
      else return store.create(key, bytes, { contentType: JSON_TYPE });
      return true;
    }),
  );
  return done.every(Boolean);
}

async function propose(acting: Acting, { derivation }: Of<'propose'>): Promise<Acted> {
  const { services, facts } = acting;
  const { request, issuances } = derivation;
  // Stored first, so that whoever sees the entry can read what it is about.
  await putRequest(services, request);
  services.state.keepRequest(request);
  const reserves = Object.fromEntries(
    issuances.map(({ reference, request: { coin } }) => [reference, outpoint(coin)]),
  );
  const event: LedgerEvent = {
    event: 'propose',
    request: request.digest,
    base: request.base.mapping,
    reserves,
  };
  const ledger = await appended(acting, event);
  return { seed: ledger ? withLedger(facts, ledger) : { memory: facts.memory } };
}

async function store({ services, facts }: Acting, { request, signatures }: Of<'store'>): Promise<Acted> {
  const subject = facts.subject as SubjectFacts;
  if (request) await putRequest(services, request);
  if (request) services.state.keepRequest(request);
  const isDone = await putSignatures(services, signatures, subject.damaged);
  const { at, store: before, chain, memory } = facts;
  const same = chain === null ? { at, store: before, memory } : { at, store: before, chain, memory };
  if (!isDone) return { seed: same };
  const damaged = new Map([...subject.damaged].filter(([i]) => !signatures.some(s => s.controller === i)));
  const stored = allSignatures({ stored: subject.stored, given: signatures });
  return { seed: { ...same, subject: { ...subject, stored, damaged, isStored: true } } };
}

async function decideToSend(acting: Acting, step: Of<'decide-to-send'>): Promise<Acted> {
  const { facts, services } = acting;
  const { request, controllers } = step;
  const ledger = await appended(acting, { event: 'send', request, controllers });
  if (!ledger) return { seed: { memory: facts.memory } };
  services.state.note(services.world.now(), 'send', { request, controllers: controllers.map(String) });
  return { seed: withLedger(facts, ledger) };
}

const isPassing = (error: unknown): error is Refusal =>
  error instanceof Refusal && ['NODE_UNREACHABLE', 'NODE_SYNCING'].includes(error.code);

/** Everything as it was, and another look at the transactions. */
function watching({ at, store, subject, last, memory }: Facts, changed: Partial<Memory> = {}): Seed {
  return { at, store, subject, watch: last as ChainFacts, memory: { ...memory, ...changed } };
}

async function send(acting: Acting, step: Of<'send'>): Promise<Acted> {
  const { services, facts, question } = acting;
  const { world, progress, node } = services;
  const { transactions, again, all } = step;
  const { memory } = facts;
  const known = (facts.last as ChainFacts).transactions;
  for (const line of variantLines(known)) progress(line);
  // Who stood still between looking and sending may find that it was abandoned, or that its period is over.
  if (!known.some(isThere) && world.now() - facts.at > MAX_PAUSE_MS) return { seed: { memory } };
  const isPublished = stateOf(facts.store)?.published.some(
    ({ request }) => request === facts.subject?.digest,
  );
  if (isPublished) progress(FOLLOWS);
  let outcomes: Sent[];
  try {
    outcomes = await node.send(transactions.map(({ own }) => own?.hex as string));
  } catch (error) {
    if (!isPassing(error)) throw error;
    progress(`${error.message}. ${NODE_AWAY}`);
    await world.sleep((question.poll ?? 5) * 1000);
    return { seed: watching(facts) };
  }
  const assets = transactions.map(({ issuance }) => issuance.assetId);
  const isWaiting = transactions.every(({ known: state }) => state === 'mempool');
  const taken = outcomes.filter(({ state }) => state !== 'refused').length;
  if (taken > 0) progress(sentText(taken, all, again, isWaiting));
  const hidden = assets.filter(
    (asset, i) => outcomes[i]?.state === 'in-chain' && memory.outcomes.get(asset)?.state === 'in-chain',
  );
  return {
    seed: watching(facts, {
      outcomes: new Map(assets.map((asset, i) => [asset, outcomes[i] as Sent])),
      unseen: new Set(hidden),
      sentAt: (facts.last as ChainFacts).tip.height,
    }),
  };
}

/** So many blocks are seen before their times are believed to tell how fast they come. */
const PACE_BLOCKS = 2;

/** How fast blocks came since the wait began, by the times that they carry; null where that is not known. */
function paceOf({ first }: Memory, { height, time }: ChainFacts['tip']): number | null {
  const blocks = first === null ? 0 : height - first.height;
  if (first === null || blocks < PACE_BLOCKS || time <= first.time) return null;
  return (time - first.time) / blocks;
}

async function wait({ services, facts, question }: Acting): Promise<Acted> {
  const { chain, memory, subject } = facts;
  const { progress, world } = services;
  let first = memory.first;
  if (chain instanceof Refusal) {
    if (memory.away <= 1) progress(`${chain.message}. ${NODE_AWAY}`);
  } else if (chain && chain.tokens === null && subject && !(subject.derivation instanceof Refusal)) {
    for (const line of variantLines(chain.transactions)) progress(line);
    const { tip, transactions } = chain;
    first ??= { height: tip.height, time: tip.time };
    const confirmed = transactions.filter(one => depthOf(one) >= (question.confirmations ?? 1)).length;
    const since = subject.derivation.request.height;
    progress(
      waitingText(tip.height, since, confirmed, transactions.length, paceOf({ ...memory, first }, tip)),
    );
  }
  await world.sleep((question.poll ?? 5) * 1000);
  return { seed: watching(facts, { first }) };
}

/** Whatever is in `map.json` right now: an older tool may have replaced it since it was looked at. */
async function mapNow({ store, trust }: Services): Promise<Published | null | Refusal> {
  const bytes = await store.get(keys.mapping, MAX_MAPPING_BYTES);
  try {
    return bytes && readPublished(bytes, keys.mapping, trust);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function publish(acting: Acting, step: Of<'publish'>): Promise<Acted> {
  const { services, facts } = acting;
  const { state, world, trust, progress } = services;
  const { request, mapping, bytes, transactions } = step;
  await keepInHistory(services, mapping, bytes);
  const tokens = (facts.chain as ChainFacts).tokens;
  if (tokens) for (const line of tokenLines(tokens, Object.keys(transactions).length)) progress(line);
  const event: LedgerEvent = { event: 'publish', request, mapping: mapping.digest, transactions };
  // Read right before it is replaced: what another tool put there meanwhile is not overwritten.
  const [ledger, map] = await Promise.all([appended(acting, event), mapNow(services)]);
  if (!ledger) return { seed: { memory: facts.memory } };
  state.note(world.now(), 'published', { mapping: mapping.digest, request });
  const current: Published = { mapping, bytes, signers: verifyBase(mapping, trust) };
  const seed = withLedger(facts, ledger);
  return { seed: { ...seed, store: { ...facts.store, ledger, map, current } } };
}

/** The older scripts ask nobody whether a proposal was abandoned, and send what they find: it is taken away before the entry. */
async function abandon(acting: Acting, { request, unsigned }: Of<'abandon'>): Promise<Acted> {
  const { services, facts } = acting;
  const { older } = facts.store;
  if (older.is === 'ours' && older.request === request)
    await Promise.all(
      [keys.olderTransactions, keys.olderMapping].map(key =>
        services.store.put(key, closedText(request), { contentType: 'text/plain' }),
      ),
    );
  const ledger = await appended(acting, { event: 'abandon', request, unsigned });
  if (!ledger) return { seed: { memory: facts.memory } };
  services.state.note(services.world.now(), 'abandoned', { request });
  await closeAirGapped(services, { ...facts, store: { ...facts.store, ledger } });
  return { seed: withLedger(facts, ledger) };
}

/** The air-gapped pair's partially signed mapping, where it is of a proposal that is closed. */
async function closeAirGapped({ store }: Services, { subject, store: { ledger } }: Facts): Promise<void> {
  const derivation = subject?.derivation;
  if (!derivation || derivation instanceof Refusal || ledger instanceof Refusal) return;
  if (ledger.state?.open?.request === derivation.request.digest) return;
  const bytes = await store.get(AIR_GAPPED, MAX_MAPPING_BYTES);
  if (!bytes || !isUsable(bytes)) return;
  try {
    if (parseMapping(bytes).digest !== derivation.mapping.digest) return;
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  await store.put(AIR_GAPPED, closedText(derivation.request.digest), { contentType: 'text/plain' });
}

const MAX_ROUNDS = 5;
const headOf = ({ ledger }: StoreFacts) => (ledger instanceof Refusal ? '' : ledger.head);

/** Writes what is not as the ledger says, and reads the ledger again, until it has not moved meanwhile. */
async function project(acting: Acting): Promise<Acted> {
  const { services, facts, question } = acting;
  let { store: now, subject } = facts;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const late = behind(now, subject, services.trust, question.overOlder);
    const puts = late.map(({ key, bytes, contentType, publicRead = false }) =>
      services.store.put(key, bytes, publicRead ? { contentType, publicRead } : { contentType }),
    );
    await Promise.all([...puts, closeAirGapped(services, facts)]);
    const before = headOf(now);
    now = await readStore(services);
    const state = stateOf(now);
    if (headOf(now) === before || state === null) break;
    // Another proposal may be open by now: what stands there has to be its own.
    subject = await readSubject(services, { intent: 'look' }, now, state);
  }
  const { at, chain } = facts;
  const memory = { ...facts.memory, projected: facts.memory.projected + 1 };
  const isOpen = stateOf(now)?.open?.request === facts.subject?.digest;
  const seed = chain === null ? { at, store: now, memory } : { at, store: now, memory, chain };
  return { seed: isOpen ? seed : { ...seed, subject: facts.subject } };
}

/** @throws Refusal where the person does not agree, and those of store and node */
export async function perform(acting: Acting, step: Step): Promise<Acted> {
  const { facts, question, services, agree } = acting;
  const { memory } = facts;
  switch (step.do) {
    case 'ask':
      await agree?.(step.request, facts);
      return { seed: { draft: facts.draft, memory: { ...memory, agreed: step.request.digest } } };
    case 'propose':
      return propose(acting, step);
    case 'store':
      return store(acting, step);
    case 'decide-to-send':
      return decideToSend(acting, step);
    case 'send':
      return send(acting, step);
    case 'wait':
      return wait(acting);
    case 'bring-back':
      services.progress(broughtBack(step.request));
      await acting.follow({ ...question, given: [], requestFile: undefined, request: step.request });
      return { seed: { memory } };
    case 'turn-to':
      services.progress(strayPublished(step.request));
      return { seed: { memory }, question: { ...question, request: step.request } };
    case 'publish':
      return publish(acting, step);
    case 'abandon':
      return abandon(acting, step);
    case 'project':
      return project(acting);
  }
}
