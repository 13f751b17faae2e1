/** The record of one proposal, from ledger and chain. Never writes to the store. */

import { bytesToHex } from '../../../shared/bytes.ts';
import { outpointText } from '../../../shared/changes.ts';
import type { Derivation } from '../../../shared/derive.ts';
import { Refusal } from '../../../shared/errors.ts';
import { reviewCode } from '../../../shared/review-code.ts';
import type { ProposalState, Publication } from '../../ledger/ledger-state.ts';
import type { Tip } from '../../node/answer-types.ts';
import { type BurnFact, readBurns } from '../../proposal/facts/burns.ts';
import { valueOrNodeRefusal } from '../../proposal/facts/chain-facts.ts';
import type { ChainFacts, Facts, TransactionFact } from '../../proposal/facts/facts.ts';
import { allSignatures } from '../../proposal/facts/proposal-transactions.ts';
import { ledgerRefusal } from '../../proposal/plan/common-refusals.ts';
import { runProposalLoop } from '../../proposal/proposal-loop.ts';
import type { Services } from '../../proposal/services.ts';
import type { Situation } from '../../proposal/situation/situation.ts';
import { RefusedError } from '../../proposal/texts/refused-error.ts';
import { explainTrouble } from '../../proposal/texts/troubles.ts';
import { findProposal } from './find-proposal.ts';

export interface RecordedBlock {
  height: number;
  /** Null if the node does not show the block. */
  hash: string | null;
  /** Seconds since 1970. */
  time: number | null;
}

export interface RecordedTransaction {
  /** The bar for which the transaction issues or burns tokens. */
  bar: string;
  /**
   * `txid` of an issuance, or `txid:vout` of a burn. Null while signatures are missing. Also null for an
   * unpublished request, if the request cannot be read or the node does not answer.
   */
  id: string | null;
  block: RecordedBlock | null;
  state: 'confirmed' | 'by the ledger' | 'waiting' | 'replaced' | 'not sent' | 'not known';
}

export interface RecordedController {
  controller: number;
  publicKey: string;
  /**
   * True if valid signatures of request, mapping and transactions are in the store; null if this cannot be
   * checked.
   */
  signed: boolean | null;
  /** True if the ledger's entry `send` names this controller; null before this entry is made. */
  sent: boolean | null;
}

export interface ProposalRecord {
  proposal: ProposalState;
  reviewCode: string;
  /** Null if the request is not readable. */
  derivation: Derivation | null;
  publication: Publication | null;
  transactions: RecordedTransaction[];
  controllers: RecordedController[];
  /** Digests of the mappings before and after the request. `after` is null if it cannot be derived. */
  mapping: { before: string; after: string | null };
  tip: Tip | null;
  /** Sentences about problems, and about facts that are not known. */
  notes: string[];
}

/** A transaction before its block was read. The block is known by its hash, by its height, or not at all. */
interface Found extends Omit<RecordedTransaction, 'block'> {
  height: number | null;
  hash: string | null;
}

function issuingTransaction(fact: TransactionFact, publication: Publication | null): Found {
  const { known, own, txid, spender, issuance } = fact;
  const before = publication?.transactions[issuance.assetId];
  const common = { bar: issuance.reference, id: txid ?? before?.txid ?? own?.txid ?? null };
  if (known !== null && known !== 'mempool')
    return { ...common, state: 'confirmed', height: null, hash: known.blockHash };
  if (known === 'mempool') return { ...common, state: 'waiting', height: null, hash: null };
  if (spender?.is === 'other') return { ...common, state: 'replaced', height: null, hash: null };
  if (before) return { ...common, state: 'by the ledger', height: before.height, hash: null };
  return { ...common, state: spender ? 'not known' : 'not sent', height: null, hash: null };
}

/** A burn of a redemption. Holders burn tokens before the proposal is made. */
function burningTransaction(
  bar: string,
  output: string,
  fact: BurnFact | undefined,
  publication: Publication | null,
): Found {
  const common = { bar, id: output, hash: null };
  if (fact && fact.block !== null) return { ...common, state: 'confirmed', height: fact.block };
  if (fact?.depth === 0) return { ...common, state: 'waiting', height: null };
  const counted = publication?.burns[output];
  if (counted) return { ...common, state: 'by the ledger', height: counted.block };
  return { ...common, state: 'not known', height: null };
}

/** The transactions as the ledger knows them, if the node does not answer or the request cannot be read. */
function ledgerTransactions(
  { reserves }: ProposalState,
  publication: Publication | null,
  derivation: Derivation | null,
): Found[] {
  if (publication) {
    const bars = new Map(derivation?.issuances.map(({ assetId, reference }) => [assetId, reference]));
    const issuances = Object.entries(publication.transactions).map(([asset, { txid, height }]): Found => {
      return { bar: bars.get(asset) ?? asset, id: txid, height, hash: null, state: 'by the ledger' };
    });
    const burns = Object.entries(publication.burns).map(([output, { bar, block }]): Found => {
      return { bar, id: output, height: block, hash: null, state: 'by the ledger' };
    });
    return [...issuances, ...burns];
  }
  return [...reserves.keys()].map(bar => ({ bar, id: null, height: null, hash: null, state: 'not known' }));
}

async function addBlocksFromNode(
  { node }: Services,
  found: readonly Found[],
): Promise<RecordedTransaction[]> {
  const heights = [...new Set(found.flatMap(({ height, hash }) => (hash === null ? (height ?? []) : [])))];
  const at = await node.blockHashes(heights);
  const hashAt = new Map(heights.map((height, i) => [height, at[i] ?? null]));
  const hashOf = ({ hash, height }: Found) => hash ?? (height === null ? null : (hashAt.get(height) ?? null));
  const hashes = [...new Set(found.flatMap(one => hashOf(one) ?? []))];
  const blocks = await node.blocks(hashes);
  const positions = new Map(hashes.map((hash, i) => [hash, blocks[i] ?? null]));
  return found.map(one => {
    const { bar, id, state } = one;
    // For a transaction that only the ledger knows, no hash is shown. The chain may now have another block at
    // the height that the ledger names.
    const hash = state === 'by the ledger' ? null : hashOf(one);
    const position = hash === null ? null : (positions.get(hash) ?? null);
    const height = position?.height ?? one.height;
    const block = height === null ? null : { height, hash, time: position?.time ?? null };
    return { bar, id, state, block };
  });
}

const markBlocksUnknown = (found: readonly Found[]): RecordedTransaction[] =>
  found.map(({ bar, id, state, height }) => {
    return { bar, id, state, block: height === null ? null : { height, hash: null, time: null } };
  });

async function recordedTransactions(
  services: Services,
  proposal: ProposalState,
  derivation: Derivation | null,
  publication: Publication | null,
  chain: ChainFacts,
): Promise<RecordedTransaction[]> {
  if (!derivation) return addBlocksFromNode(services, ledgerTransactions(proposal, publication, null));
  const named = derivation.request.redemptions.flatMap(({ reference, burns }) =>
    burns.map(burn => ({ reference, burn })),
  );
  const burns = await readBurns(
    services.node,
    named.map(({ burn }) => burn),
  );
  return addBlocksFromNode(services, [
    ...chain.transactions.map(fact => issuingTransaction(fact, publication)),
    ...named.map(({ reference, burn }, i) =>
      burningTransaction(reference, outpointText(burn), burns[i], publication),
    ),
  ]);
}

function recordedControllers(
  services: Services,
  { subject }: Facts,
  proposal: ProposalState,
): RecordedController[] {
  const isKnown = subject !== null && !(subject.derivation instanceof Refusal);
  const signed = isKnown ? allSignatures(subject).map(({ controller }) => controller) : [];
  return services.trust.pubkeys.map((key, i) => ({
    controller: i + 1,
    publicKey: bytesToHex(key),
    signed: isKnown ? signed.includes(i + 1) : null,
    sent: proposal.controllers?.includes(i + 1) ?? null,
  }));
}

/** @throws RefusedError if the ledger is missing or cannot be read */
export function checkLedgerReadable(situation: Situation, { store }: Services): void {
  const block = ledgerRefusal(situation, store.name);
  if (block) throw new RefusedError(block);
}

/** @param named, isFinished see {@link findProposal} @throws Refusal NO_PROPOSAL */
export async function readProposalRecord(
  services: Services,
  named?: string,
  isFinished = false,
): Promise<ProposalRecord> {
  const first = await runProposalLoop(services, { intent: 'look' });
  checkLedgerReadable(first.situation, services);
  const chosen = findProposal(first.situation.state!, named, isFinished);
  const isRead = first.facts.subject?.digest === chosen.request;
  const { facts, situation } = isRead
    ? first
    : await runProposalLoop(services, { intent: 'look', request: chosen.request });
  checkLedgerReadable(situation, services);
  const state = situation.state!;
  const proposal = state.proposals.get(chosen.request) ?? chosen;
  const code = reviewCode(proposal.request);
  const known = facts.subject?.derivation;
  const derivation = known instanceof Refusal || !known ? null : known;
  const publication = state.published.find(({ request }) => request === proposal.request) ?? null;
  const chain = facts.chain instanceof Refusal ? null : facts.chain;
  const notes = situation.troubles.map(trouble => explainTrouble(trouble, code).message);
  if (known instanceof Refusal) notes.unshift(known.message);
  const onChain =
    chain &&
    (await valueOrNodeRefusal(recordedTransactions(services, proposal, derivation, publication, chain)));
  if (onChain instanceof Refusal) notes.push(onChain.message);
  const isShown = onChain !== null && !(onChain instanceof Refusal);
  return {
    ...{ proposal, reviewCode: code, derivation, publication, notes, tip: chain?.tip ?? null },
    transactions: isShown
      ? onChain
      : markBlocksUnknown(ledgerTransactions(proposal, publication, derivation)),
    controllers: recordedControllers(services, facts, proposal),
    mapping: { before: proposal.base, after: derivation?.mapping.digest ?? publication?.mapping ?? null },
  };
}
