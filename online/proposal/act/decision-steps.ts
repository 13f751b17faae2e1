/** Steps that store a proposal's objects and append decisions to the ledger. */
import { utf8 } from '../../../shared/bytes.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import { type Signatures, signaturesText } from '../../../shared/signatures.ts';
import { burnTransactionsBytes } from '../../ledger/burn-transactions.ts';
import type { LedgerEvent } from '../../ledger/ledger-event.ts';
import { JSON_TYPE, keys } from '../../ledger/object-keys.ts';
import { outpointText } from '../../ledger/policy-coin.ts';
import { digestedRequestText } from '../../platform/local-state.ts';
import type { Facts, SubjectFacts } from '../facts/facts.ts';
import { allSignatures } from '../facts/proposal-transactions.ts';
import { closedProposalBytes } from '../projections.ts';
import type { Services } from '../services.ts';
import { overwriteAirGappedMapping } from './projection-steps.ts';
import { type Acted, type Acting, appendIfUnchanged, knownFactsWithLedger, type Of } from './step-context.ts';

/** Stores the part of the request that its digest covers. Endorsements are stored with the signatures. */
async function putRequest({ store }: Services, request: Request): Promise<void> {
  await store.create(keys.request(request.digest), utf8(digestedRequestText(request)), {
    contentType: JSON_TYPE,
  });
}

/**
 * Stores the transactions that burnt the tokens. After a reorganisation, any PC can send these transactions
 * again without the holder.
 */
async function putBurnTransactions(
  { store }: Services,
  { digest }: Request,
  chain: Facts['chain'],
): Promise<void> {
  if (chain === null || chain instanceof Refusal || chain.evidence.burns.length === 0) return;
  const all = new Map(
    chain.evidence.burns.flatMap(burn => burn.transactions.map(one => [one.txid, one] as const)),
  );
  await store.create(keys.burns(digest), burnTransactionsBytes(digest, [...all.values()]), {
    contentType: JSON_TYPE,
  });
}

/**
 * Stores signatures, and replaces a stored object that is damaged. An object with valid signatures is kept.
 * @returns true if the store now has exactly the given signatures
 */
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

export async function performPropose(acting: Acting, { derivation }: Of<'propose'>): Promise<Acted> {
  const { services, facts } = acting;
  const { request, issuances } = derivation;
  // The request is stored before the entry, so that a PC that reads the entry finds the request.
  await putRequest(services, request);
  services.state.keepRequest(request);
  await putBurnTransactions(services, request, facts.chain);
  const reserves = Object.fromEntries(
    issuances.map(({ reference, request: { coin } }) => [reference, outpointText(coin)]),
  );
  const event: LedgerEvent = {
    event: 'propose',
    request: request.digest,
    base: request.base.mapping,
    height: request.height,
    reserves,
  };
  const ledger = await appendIfUnchanged(acting, event);
  return { seed: ledger ? knownFactsWithLedger(facts, ledger) : { memory: facts.memory } };
}

export async function storeRequestAndSignatures(
  { services, facts }: Acting,
  { request, signatures }: Of<'store'>,
): Promise<Acted> {
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

export async function appendSendDecision(acting: Acting, step: Of<'decide-to-send'>): Promise<Acted> {
  const { facts, services } = acting;
  const { request, controllers } = step;
  const ledger = await appendIfUnchanged(acting, { event: 'send', request, controllers });
  if (!ledger) return { seed: { memory: facts.memory } };
  services.state.note(services.world.now(), 'send', { request, controllers: controllers.map(String) });
  return { seed: knownFactsWithLedger(facts, ledger) };
}

/**
 * The older scripts send the proposal in `ps1_map.json` and `ps1_tx.json`, even if it is abandoned. So these
 * objects are overwritten before the entry `abandon` is appended.
 */
export async function performAbandon(acting: Acting, { request, unsigned }: Of<'abandon'>): Promise<Acted> {
  const { services, facts } = acting;
  const { older } = facts.store;
  if (older.is === 'ours' && older.request === request)
    await Promise.all(
      [keys.olderTransactions, keys.olderMapping].map(key =>
        services.store.put(key, closedProposalBytes(request), { contentType: 'text/plain' }),
      ),
    );
  const ledger = await appendIfUnchanged(acting, { event: 'abandon', request, unsigned });
  if (!ledger) return { seed: { memory: facts.memory } };
  services.state.note(services.world.now(), 'abandoned', { request });
  await overwriteAirGappedMapping(services, { ...facts, store: { ...facts.store, ledger } });
  return { seed: knownFactsWithLedger(facts, ledger) };
}
