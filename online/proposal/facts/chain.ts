/** What the node says of the proposal at hand, of what was published last, and of what was closed and came all the same. */
import { parseAmount } from '../../../shared/amount.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { assetIdOf } from '../../../shared/issuance.ts';
import { referenceOf } from '../../../shared/request.ts';
import type { Signatures } from '../../../shared/signatures.ts';
import { fromOutpoint } from '../../ledger/coins.ts';
import type { LedgerState, ProposalState, Publication } from '../../ledger/state.ts';
import type { Tip } from '../../node/types.ts';
import type { Services } from '../services.ts';
import type {
  ChainFacts,
  CheckFacts,
  MissingPublication,
  Question,
  StoreFacts,
  SubjectFacts,
  TracedProposal,
  TransactionFact,
} from './facts.ts';
import { readSubject } from './subject.ts';
import { checkTokens } from './tokens.ts';
import { depthOf, isForeign, isThere, policyCoin, readTransactions } from './transactions.ts';

/** A node that is away, or does not tell the truth, is a fact. */
export async function orNode<T>(reading: Promise<T>): Promise<T | Refusal> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Refusal && /^(NODE|CHAIN)_/.test(error.code)) return error;
    throw error;
  }
}

/** Blocks that deep are not reorganised: what was published in them is not looked at. */
const DEEP = 30;
const MAX_PUBLICATIONS = 200;

/** The newest publications, the oldest first: the last one, and those before it that a reorganisation could reach. */
export function reachable({ published }: LedgerState, height: number): readonly Publication[] {
  const last = published.slice(-MAX_PUBLICATIONS);
  const first = last.findIndex(({ transactions }) =>
    Object.values(transactions).some(one => height - one.height < DEEP),
  );
  return first < 0 ? last.slice(-1) : last.slice(first);
}

/** Whose signatures complete its transactions: as the entry `send` says, else the first n that are at hand. */
export function sendersOf(
  controllers: readonly number[] | null,
  signatures: readonly Signatures[],
  n: number,
): readonly Signatures[] {
  // An entry that names fewer than n could never be carried out.
  if (controllers === null || controllers.length < n) return signatures.slice(0, n);
  const found = controllers.flatMap(c => signatures.find(s => s.controller === c) ?? []);
  return found.length === controllers.length ? found : [];
}

/** All signatures at hand, ascending: of a file before those of the store. */
export function allSignatures({ stored, given }: Pick<SubjectFacts, 'stored' | 'given'>): Signatures[] {
  const each = new Map([...stored, ...given].map(s => [s.controller, s]));
  return [...each.values()].sort((a, b) => a.controller - b.controller);
}

function idsOf(publication: Publication | undefined): Map<string, string> {
  return new Map(Object.entries(publication?.transactions ?? {}).map(([asset, { txid }]) => [asset, txid]));
}

/** The transactions of a proposal of the ledger. @param known ids found before */
export function trackSubject(
  services: Services,
  subject: SubjectFacts,
  state: LedgerState,
  known: readonly TransactionFact[] = [],
): Promise<TransactionFact[]> {
  const { derivation, digest } = subject;
  if (derivation instanceof Refusal) return Promise.resolve([]);
  const controllers = state.proposals.get(digest)?.controllers ?? null;
  const from = sendersOf(controllers, allSignatures(subject), services.trust.n);
  const others = idsOf(state.published.find(({ request }) => request === digest));
  for (const { issuance, txid } of known) if (txid !== null) others.set(issuance.assetId, txid);
  return readTransactions(services, { derivation, from, others });
}

/** A proposal of the ledger that is not the one at hand, with its transactions. */
async function traceOther(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  digest: string,
): Promise<TracedProposal | Refusal> {
  const subject = await readSubject(services, { intent: 'look', request: digest }, store, state);
  const { request = null, derivation } = subject ?? {};
  if (!subject || request === null || request instanceof Refusal || derivation instanceof Refusal)
    return derivation as Refusal;
  const { status } = state.proposals.get(digest) as ProposalState;
  return { digest, request, status, transactions: await trackSubject(services, subject, state) };
}

async function readMissing(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  height: number,
): Promise<MissingPublication[]> {
  const publications = reachable(state, height);
  const ids = publications.map(publication => [...idsOf(publication).values()]);
  const answers = await services.node.transaction(ids.flat());
  const isIn = new Set(ids.flat().filter((_, i) => depthOf({ known: answers[i] ?? null }) > 0));
  const found: MissingPublication[] = [];
  for (const [i, { request, mapping }] of publications.entries()) {
    const own = ids[i] as string[];
    const lost = own.filter(txid => !isIn.has(txid));
    if (lost.length === 0) continue;
    const traced = await traceOther(services, store, state, request);
    // The same issuance with other signatures may be in a block instead.
    if (!(traced instanceof Refusal) && traced.transactions.every(one => depthOf(one) > 0)) continue;
    found.push({ request, mapping, lost, all: own.length, traced });
  }
  return found;
}

/** Coins of closed proposals that are spent by nothing that the ledger knows. */
function watched(state: LedgerState, store: StoreFacts, subject: string | null): Map<string, string[]> {
  const busy = new Set([...(state.open?.reserves.values() ?? [])]);
  const closed = [...state.proposals.values()].filter(
    ({ status, request }) => (status === 'abandoned' || status === 'superseded') && request !== subject,
  );
  const coins = new Set(closed.flatMap(({ reserves }) => [...reserves.values()]));
  const tokens = new Map([...coins].map(coin => [coin, assetIdOf(fromOutpoint(coin))]));
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

/** What the node does not show is there where its token is. */
async function withoutSpent(services: Services, traced: TracedProposal): Promise<TracedProposal> {
  if (traced.transactions.every(({ spender }) => spender?.is !== 'untraced')) return traced;
  const info = await services.node.assetInfo();
  const transactions = traced.transactions.map(fact =>
    fact.spender?.is === 'untraced' && !info.has(fact.issuance.assetId) ? { ...fact, spender: null } : fact,
  );
  return { ...traced, transactions };
}

async function readStray(
  services: Services,
  store: StoreFacts,
  state: LedgerState,
  subject: string | null,
): Promise<TracedProposal[]> {
  const closed = watched(state, store, subject);
  const coins = [...new Set([...closed.values()].flat())];
  const states = await services.node.coins(coins.map(fromOutpoint));
  const spent = new Set(coins.filter((_, i) => states[i]?.state !== 'unspent'));
  const found: TracedProposal[] = [];
  for (const [request, own] of closed) {
    if (!own.some(coin => spent.has(coin))) continue;
    const traced = await traceOther(services, store, state, request);
    if (traced instanceof Refusal) continue; // `repair` and `review` name it
    const kept = await withoutSpent(services, traced);
    if (kept.transactions.some(one => isThere(one) || isForeign(one))) found.push(kept);
  }
  return found;
}

/** Bars of the question that another mapping has, or had before an adoption, and whose tokens are on chain. */
async function readDropped(
  services: Services,
  { assets = [] }: Question,
  { displaced }: StoreFacts,
  state: LedgerState,
): Promise<string[]> {
  const known = new Map([...displaced, ...state.dropped]);
  const dropped = assets.map(referenceOf).filter(reference => known.has(reference));
  if (dropped.length === 0) return [];
  const info = await services.node.assetInfo();
  return dropped.filter(reference => info.has(known.get(reference) as string));
}

/** @param builds whether the node is asked to build the transactions too */
async function readChecks(services: Services, derivation: Derivation, builds: boolean): Promise<CheckFacts> {
  const { node, trust } = services;
  const requests = derivation.issuances.map(({ request }) => request);
  const [coins, whitelist, built] = await Promise.all([
    node.coins(requests.map(({ coin }) => policyCoin(coin))),
    node.whitelisted(requests.map(({ address }) => address)),
    builds
      ? node.createRawIssuance(
          derivation.issuances.map(({ request, tokens }) => ({
            assetAddress: request.address,
            assetAmount: tokens,
            tokenAddress: trust.reissuanceAddress,
            reissuanceAmount: trust.reissuanceTokens,
            changeAddress: trust.address,
            changeAmount: parseAmount(request.coin.amount, 'coin.amount'),
            coin: request.coin,
          })),
        )
      : null,
  ]);
  return { coins, whitelist, built };
}

function toCheck(
  { intent }: Question,
  subject: SubjectFacts | null,
  draft: object | null,
  state: LedgerState,
): { derivation: Derivation; builds: boolean } | null {
  if (intent === 'prepare')
    return draft && !('kind' in draft) ? { derivation: draft as Derivation, builds: true } : null;
  if ((intent !== 'review' && intent !== 'finalise') || !subject || subject.derivation instanceof Refusal)
    return null;
  const status = state.proposals.get(subject.digest)?.status;
  if (status !== 'open' && status !== 'sent') return null;
  return { derivation: subject.derivation, builds: intent === 'review' };
}

/** Looked at once all are confirmed; not of what is published, whose bars may have been redeemed. */
function tokensOf(
  services: Services,
  subject: SubjectFacts | null,
  transactions: readonly TransactionFact[],
  confirmations: number,
  state: LedgerState,
): Promise<ChainFacts['tokens']> | null {
  if (!subject || subject.derivation instanceof Refusal || transactions.length === 0) return null;
  if (state.proposals.get(subject.digest)?.status === 'published') return null;
  if (transactions.some(one => depthOf(one) < confirmations)) return null;
  return checkTokens(services, subject.derivation.request.height, transactions);
}

export interface ChainFrom {
  question: Question;
  store: StoreFacts;
  state: LedgerState;
  subject: SubjectFacts | null;
  draft: object | null;
  tip: Tip;
}

export async function readChain(services: Services, from: ChainFrom): Promise<ChainFacts> {
  const { question, store, state, subject, tip } = from;
  const checking = toCheck(question, subject, from.draft, state);
  // Asked at the same moment, these share a round trip.
  const [checks, transactions, missing, stray, issuedBefore] = await Promise.all([
    checking && readChecks(services, checking.derivation, checking.builds),
    subject ? trackSubject(services, subject, state) : [],
    readMissing(services, store, state, tip.height),
    readStray(services, store, state, subject?.digest ?? null),
    readDropped(services, question, store, state),
  ]);
  const isFollowing = question.intent === 'finalise';
  const tokens = isFollowing
    ? await tokensOf(services, subject, transactions, question.confirmations ?? 1, state)
    : null;
  return { tip, transactions, tokens, missing, stray, issuedBefore, checks };
}

/** Another look while waiting: at the transactions alone, and at the tokens once all are confirmed. */
export async function readAgain(
  services: Services,
  from: Omit<ChainFrom, 'tip' | 'draft'>,
  before: ChainFacts,
): Promise<ChainFacts> {
  const { question, state, subject } = from;
  const [transactions, height] = await Promise.all([
    subject ? trackSubject(services, subject, state, before.transactions) : [],
    services.node.height(),
  ]);
  const found = tokensOf(services, subject, transactions, question.confirmations ?? 1, state);
  if (found) return { ...before, transactions, tokens: await found, tip: { ...before.tip, height } };
  return { ...before, transactions, tokens: null, tip: await services.node.tip() };
}
