/** The facts from the node. */
import { parseAmount } from '../../../shared/amount.ts';
import type { CorrectionRequest } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { LedgerState } from '../../ledger/ledger-state.ts';
import { parseOutpoint } from '../../ledger/policy-coin.ts';
import type { Tip } from '../../node/answer-types.ts';
import type { Services } from '../services.ts';
import { type Evidence, readEvidence } from './burns.ts';
import type {
  ChainFacts,
  CheckFacts,
  StoreFacts,
  SubjectFacts,
  TransactionFact,
  UnmappedToken,
} from './facts.ts';
import {
  readClosedOnChainProposals,
  readMissingAdoptedTokens,
  readMissingPublications,
  readSubjectTransactions,
} from './proposal-transactions.ts';
import type { Question } from './question.ts';
import { findTokenDifferences } from './token-amounts.ts';
import { depthOfTransaction, toPolicyCoin } from './transactions.ts';

/**
 * If the node does not answer or gives a garbled answer, the refusal is returned as a fact, and not thrown.
 */
export async function valueOrNodeRefusal<T>(reading: Promise<T>): Promise<T | Refusal> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Refusal && /^(NODE|CHAIN)_/.test(error.code)) return error;
    throw error;
  }
}

/**
 * Coins that the proposal reserves and that are spent. They are read only if the proposal's transactions
 * cannot be derived, for example because the request is lost.
 */
async function readSpentReservedCoins(
  { node }: Services,
  subject: SubjectFacts | null,
  state: LedgerState,
): Promise<string[]> {
  const known = subject && subject.derivation instanceof Refusal && state.proposals.get(subject.digest);
  if (!known) return [];
  const coins = [...known.reserves.values()];
  const states = await node.coins(coins.map(parseOutpoint));
  return coins.filter((_, i) => states[i]?.state !== 'unspent');
}

/**
 * Bars whose tokens are on chain, and not in the current mapping. An adoption dropped these bars, or only
 * another tool's mapping has them. If the current mapping lacks such a bar, the amounts of all assets are
 * read from the node.
 */
async function readUnmappedTokens(
  { node }: Services,
  { current, displaced }: StoreFacts,
  state: LedgerState,
): Promise<UnmappedToken[]> {
  if (current === null || current instanceof Refusal) return [];
  const known = new Map([...displaced, ...state.dropped]);
  const mapped = current.mapping.contained(new Set(known.values()), 'assetId');
  const others = [...known].filter(([, assetId]) => !mapped.has(assetId));
  if (others.length === 0) return [];
  const info = await node.assetInfo();
  const isLeft = ({ spendable, frozen } = { spendable: 0n, frozen: 0n }) => spendable + frozen > 0n;
  return others
    .filter(([, assetId]) => isLeft(info.get(assetId)))
    .map(([reference, assetId]) => ({ reference, assetId }));
}

const isBarRemoval = (correction: CorrectionRequest) => 'remove' in correction;

/** Evidence for a new request. It does not depend on other facts, because the question names the burns. */
export function readEvidenceForNewRequest({ node }: Services, { wanted = {} }: Question): Promise<Evidence> {
  const { redemptions = [], corrections = [] } = wanted;
  const burns = redemptions.flatMap(one => one.burns);
  return readEvidence(node, burns, corrections.some(isBarRemoval));
}

/** Evidence for the current proposal: while it is open, and for `finalise` also after it is published. */
export function readProposalEvidence(
  { node }: Services,
  { intent }: Question,
  subject: SubjectFacts | null,
  state: LedgerState,
): Promise<Evidence> {
  const status = subject && state.proposals.get(subject.digest)?.status;
  const isFollowed =
    status === 'open' || status === 'sent' || (status === 'published' && intent === 'finalise');
  if (!subject || subject.derivation instanceof Refusal || !isFollowed) return readEvidence(node, [], false);
  const { request } = subject.derivation;
  const burns = request.redemptions.flatMap(one => one.burns);
  return readEvidence(node, burns, status !== 'published' && request.corrections.some(isBarRemoval));
}

/**
 * @param builds true if the node has to build the transactions too, so that they can be compared with ours
 */
async function readCheckFacts(
  services: Services,
  derivation: Derivation,
  builds: boolean,
): Promise<CheckFacts> {
  const { node, trust } = services;
  const requests = derivation.issuances.map(({ request }) => request);
  if (requests.length === 0) return { coins: [], whitelist: 'off', built: null };
  const [coins, whitelist, built] = await Promise.all([
    node.coins(requests.map(({ coin }) => toPolicyCoin(coin))),
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

function derivationToCheck(
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

/**
 * Tokens are read once all transactions are confirmed. They are not read after publication, because bars may
 * have been redeemed.
 */
function readTokenFacts(
  services: Services,
  subject: SubjectFacts | null,
  transactions: readonly TransactionFact[],
  confirmations: number,
  state: LedgerState,
): Promise<ChainFacts['tokens']> | null {
  if (!subject || subject.derivation instanceof Refusal || transactions.length === 0) return null;
  if (state.proposals.get(subject.digest)?.status === 'published') return null;
  if (transactions.some(one => depthOfTransaction(one) < confirmations)) return null;
  return findTokenDifferences(services, subject.derivation.request.height, transactions);
}

export interface ChainFrom {
  question: Question;
  store: StoreFacts;
  state: LedgerState;
  subject: SubjectFacts | null;
  draft: object | null;
  tip: Tip;
  asked: number;
  evidence: Evidence;
}

export async function readChainFacts(services: Services, from: ChainFrom): Promise<ChainFacts> {
  const { question, store, state, subject, tip, asked, evidence } = from;
  const checking = derivationToCheck(question, subject, from.draft, state);
  // Requests made at the same moment share a round trip.
  const [checks, transactions, spent, missing, missingAdopted, stray, unmapped] = await Promise.all([
    checking && readCheckFacts(services, checking.derivation, checking.builds),
    subject ? readSubjectTransactions(services, store, subject, state) : [],
    readSpentReservedCoins(services, subject, state),
    readMissingPublications(services, store, state, tip.height),
    readMissingAdoptedTokens(services, store, state),
    readClosedOnChainProposals(services, store, state, subject?.digest ?? null),
    readUnmappedTokens(services, store, state),
  ]);
  const isFollowing = question.intent === 'finalise';
  const tokens = isFollowing
    ? await readTokenFacts(services, subject, transactions, question.confirmations ?? 1, state)
    : null;
  const found = { tip, asked, transactions, spent, tokens, evidence, checks };
  return { ...found, missing, missingAdopted, stray, unmapped };
}

/**
 * Reads again what changes during a wait: the transactions and burns, and the tokens once all transactions
 * are confirmed.
 */
export async function readChainAgain(
  services: Services,
  from: Omit<ChainFrom, 'tip' | 'asked' | 'draft' | 'evidence'>,
  before: ChainFacts,
): Promise<ChainFacts> {
  const { question, store, state, subject } = from;
  const [transactions, height, evidence] = await Promise.all([
    subject ? readSubjectTransactions(services, store, subject, state, before.transactions) : [],
    services.node.height(),
    readProposalEvidence(services, question, subject, state),
  ]);
  const found = readTokenFacts(services, subject, transactions, question.confirmations ?? 1, state);
  const now = { ...before, transactions, evidence };
  if (found) return { ...now, tokens: await found, tip: { ...before.tip, height } };
  // A wait can be longer than the permitted age of the best block, so the best block is read again.
  const asked = services.world.now();
  return { ...now, tokens: null, asked, tip: await services.node.tip() };
}
