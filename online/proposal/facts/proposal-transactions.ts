/** Finds the transactions of the current proposal, of missing publications, and of closed proposals on chain. */
import { Refusal } from '../../../shared/errors.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import type { LedgerState, ProposalState, Publication } from '../../ledger/ledger-state.ts';
import { assetIdOfOutpoint, parseOutpoint } from '../../ledger/policy-coin.ts';
import type { Published } from '../../ledger/stored-mappings.ts';
import type { CoinState } from '../../node/answer-types.ts';
import type { Services } from '../services.ts';
import type {
  MissingPublication,
  MissingToken,
  StoreFacts,
  SubjectFacts,
  TracedProposal,
  TransactionFact,
} from './facts.ts';
import { readSubjectFacts } from './subject-facts.ts';
import {
  depthOfTransaction,
  isCoinSpentByOther,
  isTransactionSent,
  readTransactions,
} from './transactions.ts';

/** Depth of a block, in blocks, at which it counts as final. Publications in such blocks are not checked. */
const FINAL_DEPTH = 30;
const MAX_PUBLICATIONS = 200;

/**
 * All publications from the first one that a reorganisation could affect, oldest first. If there is no such
 * publication, only the last one.
 */
export function publicationsToCheck({ published }: LedgerState, height: number): readonly Publication[] {
  const last = published.slice(-MAX_PUBLICATIONS);
  const first = last.findIndex(({ transactions, burns }) =>
    [
      ...Object.values(transactions).map(one => one.height),
      ...Object.values(burns).map(({ block }) => block),
    ].some(block => height - block < FINAL_DEPTH),
  );
  return first < 0 ? last.slice(-1) : last.slice(first);
}

/**
 * The signatures that complete the transactions. The entry `send` names their controllers. Without this entry, the
 * first n available signatures are used. Empty if a named controller's signatures are not available.
 */
export function sendingSignatures(
  controllers: readonly number[] | null,
  signatures: readonly Signatures[],
  n: number,
): readonly Signatures[] {
  // An entry with fewer than n controllers is ignored, because so few signatures do not complete a transaction.
  if (controllers === null || controllers.length < n) return signatures.slice(0, n);
  const found = controllers.flatMap(c => signatures.find(s => s.controller === c) ?? []);
  return found.length === controllers.length ? found : [];
}

/**
 * All available signatures, ascending by controller. Signatures from a file replace the same controller's signatures in
 * the store.
 */
export function allSignatures({ stored, given }: Pick<SubjectFacts, 'stored' | 'given'>): Signatures[] {
  const each = new Map([...stored, ...given].map(s => [s.controller, s]));
  return [...each.values()].sort((a, b) => a.controller - b.controller);
}

/** True if this is the digest of the current request's mapping. */
export function isMappingOfProposal(subject: SubjectFacts | null, digest: string): boolean {
  return (
    subject !== null &&
    !(subject.derivation instanceof Refusal) &&
    subject.derivation.mapping.digest === digest
  );
}

/**
 * The current request's mapping, if an older tool finished the request; otherwise null. `map.json` is then this
 * mapping, the node knows all transactions, and no further signature is needed.
 * @param transactions empty if the node could not be asked
 */
export function mappingFinishedByOlderTool(
  { map }: Pick<StoreFacts, 'map'>,
  subject: SubjectFacts | null,
  transactions: readonly TransactionFact[],
): Published | null {
  const derivation = subject?.derivation;
  if (map === null || map instanceof Refusal || !derivation || derivation instanceof Refusal) return null;
  const isKnown =
    transactions.length === derivation.issuances.length && transactions.every(({ known }) => known !== null);
  return isKnown && derivation.mapping.digest === map.mapping.digest ? map : null;
}

/** Controllers whose signatures are available, or are in the mapping that an older tool published; ascending. */
export function availableSigners(
  store: Pick<StoreFacts, 'map'>,
  subject: SubjectFacts,
  transactions: readonly TransactionFact[],
): number[] {
  const own = allSignatures(subject).map(({ controller }) => controller);
  const others = mappingFinishedByOlderTool(store, subject, transactions)?.signers ?? [];
  return [...new Set([...own, ...others])].sort((a, b) => a - b);
}

function transactionIdsOf(publication: Publication | undefined): Map<string, string> {
  return new Map(Object.entries(publication?.transactions ?? {}).map(([asset, { txid }]) => [asset, txid]));
}

/**
 * After a reorganisation, another transaction may have spent the coin of a published transaction. The published
 * transaction's change can then never exist. This change counts as spent by the other transaction.
 */
async function addReplacedSpender(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  fact: TransactionFact,
): Promise<TransactionFact> {
  if (fact.spender?.is !== 'untraced') return fact;
  const { txid } = fact.coin;
  for (const { request, transactions } of state.published) {
    const asset = Object.keys(transactions).find(one => transactions[one]?.txid === txid);
    if (asset === undefined) continue;
    const traced = await traceOtherProposal(services, store, state, request);
    const parent =
      traced instanceof Refusal ? null : traced.transactions.find(one => one.issuance.assetId === asset);
    if (parent?.spender?.is === 'other') return { ...fact, spender: parent.spender };
    const isReplaced = parent && parent.txid !== null && parent.txid !== txid;
    if (!isReplaced) return fact;
    return {
      ...fact,
      spender: { is: 'other', txid: parent.txid, confirmed: depthOfTransaction(parent) > 0 },
    };
  }
  return fact;
}

/**
 * Transactions of a proposal in the ledger; empty if they cannot be derived.
 * @param known facts of an earlier read, whose transaction ids are tried too
 */
export async function readSubjectTransactions(
  services: Services,
  store: StoreFacts,
  subject: SubjectFacts,
  state: LedgerState,
  known: readonly TransactionFact[] = [],
): Promise<TransactionFact[]> {
  const { derivation, digest } = subject;
  if (derivation instanceof Refusal) return [];
  const controllers = state.proposals.get(digest)?.controllers ?? null;
  const from = sendingSignatures(controllers, allSignatures(subject), services.trust.n);
  const others = transactionIdsOf(state.published.find(({ request }) => request === digest));
  for (const { issuance, txid } of known) if (txid !== null) others.set(issuance.assetId, txid);
  const facts = await readTransactions(services, { derivation, from, others });
  return Promise.all(facts.map(fact => addReplacedSpender(services, store, state, fact)));
}

/** Another proposal of the ledger, with its transactions. */
async function traceOtherProposal(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  digest: string,
): Promise<TracedProposal | Refusal> {
  const subject = await readSubjectFacts(services, { intent: 'look', request: digest }, store, state);
  const { request = null, derivation } = subject ?? {};
  if (!subject || request === null || request instanceof Refusal || derivation instanceof Refusal)
    return derivation as Refusal;
  const { status } = state.proposals.get(digest) as ProposalState;
  return {
    digest,
    request,
    status,
    transactions: await readSubjectTransactions(services, store, subject, state),
  };
}

export async function readMissingPublications(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  height: number,
): Promise<MissingPublication[]> {
  const publications = publicationsToCheck(state, height);
  const issued = publications.map(publication => [...transactionIdsOf(publication).values()]);
  const burnt = publications.map(({ burns }) => [
    ...new Set(Object.keys(burns).map(name => parseOutpoint(name).txid)),
  ]);
  const all = [...issued.flat(), ...burnt.flat()];
  const answers = await services.node.transaction(all);
  const known = new Map(all.map((txid, i) => [txid, answers[i] ?? null]));
  // A node without a transaction index does not always show a confirmed burn.
  const isHidden = burnt.flat().some(txid => known.get(txid) === null);
  const hasIndex = isHidden && (await services.node.hasTransactionIndex());
  const isIn = (txid: string) => depthOfTransaction({ known: known.get(txid) ?? null }) > 0;
  const isDropped = (txid: string) => known.get(txid) === 'mempool' || (hasIndex && known.get(txid) === null);
  const found: MissingPublication[] = [];
  for (const [i, { request, mapping }] of publications.entries()) {
    const [own, burns] = [issued[i] as string[], burnt[i] as string[]];
    const missing = [...own.filter(txid => !isIn(txid)), ...burns.filter(isDropped)];
    if (missing.length === 0) continue;
    const traced = await traceOtherProposal(services, store, state, request);
    // Blocks may have the same issuances with other signatures, and so with other ids.
    const isBack =
      !(traced instanceof Refusal) && traced.transactions.every(one => depthOfTransaction(one) > 0);
    if (isBack && !burns.some(isDropped)) continue;
    found.push({ request, mapping, missing, all: own.length + burns.length, traced });
  }
  return found;
}

/**
 * Tokens of an adopted mapping whose issuance is no longer in a block. Only tokens of coins that the ledger once listed
 * are found here. The command `report` shows the other tokens.
 */
export async function readMissingAdoptedTokens(
  { node }: Services,
  { current }: StoreFacts,
  state: LedgerState,
): Promise<MissingToken[]> {
  if (current === null || current instanceof Refusal) return [];
  const own = new Set(state.published.flatMap(({ transactions }) => Object.keys(transactions)));
  if (current.mapping.size <= own.size) return [];
  const coins = new Map([...state.amounts.keys()].map(coin => [assetIdOfOutpoint(coin), coin]));
  const mapped = [...current.mapping.contained(new Set(coins.keys()), 'assetId')];
  const adopted = mapped.filter(asset => !own.has(asset)).slice(-MAX_PUBLICATIONS);
  const states = await node.coins(adopted.map(asset => parseOutpoint(coins.get(asset) as string)));
  return adopted.flatMap((asset, i) => {
    const { state: spent } = states[i] as CoinState;
    if (spent === 'spent-or-unknown') return [];
    const reference = current.mapping.holderOf(asset) as string;
    return [{ reference, coin: coins.get(asset) as string, isWaiting: spent === 'spent-in-mempool' }];
  });
}

/**
 * For each abandoned or superseded proposal other than the current one: its reserved coins. A coin is left out if the
 * open proposal reserves it, or if ledger or current mapping say that it was spent.
 */
function coinsOfClosedProposals(
  state: LedgerState,
  store: StoreFacts,
  subject: string | null,
): Map<string, string[]> {
  const busy = new Set([...(state.open?.reserves.values() ?? [])]);
  const closed = [...state.proposals.values()].filter(
    ({ status, request }) => (status === 'abandoned' || status === 'superseded') && request !== subject,
  );
  const coins = new Set(closed.flatMap(({ reserves }) => [...reserves.values()]));
  const tokens = new Map([...coins].map(coin => [coin, assetIdOfOutpoint(coin)]));
  const { current } = store;
  const mapped =
    current === null || current instanceof Refusal || tokens.size === 0
      ? new Set<string>()
      : current.mapping.contained(new Set(tokens.values()), 'assetId');
  const isOpen = (coin: string) =>
    !busy.has(coin) && !state.spent.has(coin) && !mapped.has(tokens.get(coin) as string);
  return new Map(
    closed
      .map(({ request, reserves }) => [request, [...reserves.values()].filter(isOpen)] as const)
      .filter(([, own]) => own.length > 0)
      .map(([request, own]) => [request, [...own]]),
  );
}

/** A transaction that the node does not show counts as sent only if its token is on chain. */
async function clearSpendersWithoutToken(
  services: Services,
  traced: TracedProposal,
): Promise<TracedProposal> {
  if (traced.transactions.every(({ spender }) => spender?.is !== 'untraced')) return traced;
  const info = await services.node.assetInfo();
  const transactions = traced.transactions.map(fact =>
    fact.spender?.is === 'untraced' && !info.has(fact.issuance.assetId) ? { ...fact, spender: null } : fact,
  );
  return { ...traced, transactions };
}

export async function readClosedOnChainProposals(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  subject: string | null,
): Promise<TracedProposal[]> {
  const closed = coinsOfClosedProposals(state, store, subject);
  const coins = [...new Set([...closed.values()].flat())];
  const states = await services.node.coins(coins.map(parseOutpoint));
  const spent = new Set(coins.filter((_, i) => states[i]?.state !== 'unspent'));
  const found: TracedProposal[] = [];
  for (const [request, own] of closed) {
    if (!own.some(coin => spent.has(coin))) continue;
    const traced = await traceOtherProposal(services, store, state, request);
    if (traced instanceof Refusal) continue; // `review --request` reports this refusal.
    const kept = await clearSpendersWithoutToken(services, traced);
    if (kept.transactions.some(one => isTransactionSent(one) || isCoinSpentByOther(one))) found.push(kept);
  }
  return found;
}
