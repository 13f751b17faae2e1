/** The stage of the current proposal, determined from the facts. Pure. */
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import type { Request } from '../../../shared/request.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { ProposalState, ProposalStatus, Publication } from '../../ledger/ledger-state.ts';
import type { Facts, StoreFacts, SubjectFacts, TransactionFact } from '../facts/facts.ts';
import { availableSigners } from '../facts/proposal-transactions.ts';
import { depthOfTransaction, isTransactionSent } from '../facts/transactions.ts';

/** A proposal whose request, base mapping and derivation are all available. */
export interface AtHand {
  readonly request: Request;
  readonly derivation: Derivation;
  readonly status: ProposalStatus;
  /**
   * Controllers with valid signatures: in the store, in files, or in the request's mapping that an older tool
   * published.
   */
  readonly signed: readonly number[];
  readonly transactions: readonly TransactionFact[];
}

/** The stage of the current proposal. */
export type Stage =
  /** The ledger cannot be read, so nothing else is known. */
  | { readonly kind: 'unreadable'; readonly refusal: Refusal }
  /** The store has no ledger. */
  | { readonly kind: 'not-begun'; readonly earlierLayout: boolean; readonly hasMap: boolean }
  | { readonly kind: 'none' }
  /** The proposal is in the ledger, but its request, base mapping or derivation is not available. */
  | { readonly kind: 'broken'; readonly proposal: ProposalState; readonly refusal: Refusal }
  /** The named request is in no entry of the ledger. */
  | { readonly kind: 'unknown'; readonly digest: string }
  | ({ readonly kind: 'proposed' } & AtHand)
  | ({ readonly kind: 'signed' } & AtHand)
  /** The ledger has the entry `send`, and none of the proposal's transactions counts as sent. */
  | ({ readonly kind: 'sending' } & AtHand)
  /** At least one transaction counts as sent ({@link isTransactionSent}), whoever sent it. */
  | ({ readonly kind: 'sent' } & AtHand)
  | ({ readonly kind: 'confirmed' } & AtHand)
  | ({ readonly kind: 'published'; readonly publication: Publication } & AtHand)
  /** Abandoned or superseded. */
  | ({ readonly kind: 'closed' } & AtHand);

export type StageKind = Stage['kind'];

function stageDataOrRefusal(
  store: StoreFacts,
  subject: SubjectFacts,
  status: ProposalStatus,
  transactions: readonly TransactionFact[],
): AtHand | Refusal {
  const { request, derivation } = subject;
  if (request instanceof Refusal) return request;
  if (request === null || derivation instanceof Refusal) return derivation as Refusal;
  const signed = availableSigners(store, subject, transactions);
  return { request, derivation, status, signed, transactions };
}

export function stageOf({ store, subject, chain }: Facts, trust: Trust): Stage {
  const { ledger } = store;
  if (ledger instanceof Refusal) return { kind: 'unreadable', refusal: ledger };
  const { state } = ledger;
  if (state === null)
    return { kind: 'not-begun', earlierLayout: store.earlierLayout, hasMap: store.map !== null };
  if (subject === null) return { kind: 'none' };
  const { digest } = subject;
  const known = state.proposals.get(digest);
  if (!known) return { kind: 'unknown', digest };
  const { status } = known;
  const transactions = chain instanceof Refusal ? [] : (chain?.transactions ?? []);
  const hand = stageDataOrRefusal(store, subject, status, transactions);
  if (hand instanceof Refusal) return { kind: 'broken', proposal: known, refusal: hand };
  const publication = state.published.find(({ request }) => request === digest);
  if (publication) return { kind: 'published', publication, ...hand };
  if (status === 'abandoned' || status === 'superseded') return { kind: 'closed', ...hand };
  if (transactions.length > 0 && transactions.every(one => depthOfTransaction(one) > 0))
    return { kind: 'confirmed', ...hand };
  if (transactions.some(isTransactionSent)) return { kind: 'sent', ...hand };
  if (status === 'sent') return { kind: 'sending', ...hand };
  return { kind: hand.signed.length >= trust.n ? 'signed' : 'proposed', ...hand };
}

export const isOpenStage = (stage: Stage): stage is Stage & AtHand =>
  ['proposed', 'signed', 'sending', 'sent', 'confirmed'].includes(stage.kind);
