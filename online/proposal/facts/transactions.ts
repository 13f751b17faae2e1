/**
 * A request's transactions on chain: the id of each transaction, and the transaction that spent each coin.
 */
import { parseAmount } from '../../../shared/amount.ts';
import type { CoinRef } from '../../../shared/changes.ts';
import type { Derivation, DerivedIssuance } from '../../../shared/derive.ts';
import { type Signatures, signedTransaction } from '../../../shared/signatures.ts';
import { transactionHex, transactionId } from '../../../shared/transaction.ts';
import type { Trust } from '../../../shared/trust.ts';
import type { PolicyCoin } from '../../ledger/policy-coin.ts';
import type { CoinState } from '../../node/answer-types.ts';
import type { Known } from '../../node/chain-node.ts';
import type { Services } from '../services.ts';
import { otherTransactionRefusal } from '../texts/given-files.ts';
import type { TransactionFact } from './facts.ts';
import { findSpenders, isSameIssuance } from './spenders.ts';

export function toPolicyCoin(coin: CoinRef): PolicyCoin {
  return { txid: coin.txid, vout: coin.vout, amount: parseAmount(coin.amount, 'coin.amount') };
}

/** The transaction completed with these signatures; null if there are too few. */
function completeTransactionOrNull(
  issuance: DerivedIssuance,
  position: number,
  from: readonly Signatures[],
  trust: Trust,
) {
  if (from.length < trust.n) return null;
  const transaction = signedTransaction(issuance, position, from.slice(0, trust.n), trust);
  return { txid: transactionId(transaction), hex: transactionHex(transaction) };
}

export interface Tracked {
  derivation: Derivation;
  /** The signatures that complete the transactions. */
  from: readonly Signatures[];
  /**
   * For each asset id: another id that the transaction may have, from an earlier search or from the ledger.
   */
  others: ReadonlyMap<string, string>;
}

interface Look {
  issuance: DerivedIssuance;
  coin: PolicyCoin;
  own: { txid: string; hex: string } | null;
  ids: string[];
}

function checkTransactionBytes(
  issuance: DerivedIssuance,
  txid: string,
  hex: string,
  own: Look['own'],
  trust: Trust,
): void {
  if (hex === own?.hex || isSameIssuance(issuance, hex, trust)) return;
  throw otherTransactionRefusal(issuance.reference, txid);
}

/**
 * The id under which the node knows the transaction, with the node's answer; an id in a block is preferred.
 * Null if the node knows none of the ids.
 */
function findKnownIdAndAnswer(
  ids: readonly string[],
  answers: ReadonlyMap<string, Known>,
): [string, Known] | null {
  const found = ids.map(txid => [txid, answers.get(txid) ?? null] as [string, Known]);
  return (
    found.find(([, known]) => known !== null && known !== 'mempool') ??
    found.find(([, known]) => known) ??
    null
  );
}

/**
 * Reads the transactions of a request. This takes one round trip if the node knows every transaction whose
 * coin is spent, otherwise more.
 * @throws Refusal NODE_GARBLED if the node shows another transaction under one of the request's transaction
 * ids, and refusals of the node
 */
export async function readTransactions(services: Services, tracked: Tracked): Promise<TransactionFact[]> {
  const { node, trust } = services;
  const { derivation, from, others } = tracked;
  const looks = derivation.issuances.map((issuance, i): Look => {
    const own = completeTransactionOrNull(issuance, i, from, trust);
    const ids = [own?.txid, others.get(issuance.assetId)].filter(id => id !== undefined);
    return { issuance, coin: toPolicyCoin(issuance.request.coin), own, ids: [...new Set(ids)] };
  });
  const asked = looks.flatMap(({ ids }) => ids);
  const [answers, states] = await Promise.all([
    node.transaction(asked),
    node.coins(looks.map(({ coin }) => coin)),
  ]);
  const byId = new Map(asked.map((txid, i) => [txid, answers[i] as Known]));
  const facts = looks.map(({ issuance, coin, own, ids }, i): TransactionFact => {
    const found = findKnownIdAndAnswer(ids, byId);
    if (found && found[1] !== null && found[1] !== 'mempool')
      checkTransactionBytes(issuance, found[0], found[1].hex, own, trust);
    const { state } = states[i] as CoinState;
    return { issuance, coin, own, txid: found?.[0] ?? null, known: found?.[1] ?? null, state, spender: null };
  });
  return addSpenders(services, facts, derivation.request.height);
}

/** For transactions that the node does not know, finds the transactions that spent their coins. */
async function addSpenders(
  services: Services,
  facts: readonly TransactionFact[],
  since: number,
): Promise<TransactionFact[]> {
  const unknown = facts.filter(({ known, state }) => known === null && state !== 'unspent');
  if (unknown.length === 0) return [...facts];
  const spenders = await findSpenders(
    services,
    unknown.map(({ issuance }) => issuance),
    since,
  );
  const sent = [...spenders].flatMap(([assetId, spender]) =>
    spender.is === 'same' ? [{ assetId, ...spender }] : [],
  );
  const known = await services.node.transaction(sent.map(({ txid }) => txid));
  const adopted = new Map(sent.map(({ assetId, txid }, i) => [assetId, { txid, known: known[i] as Known }]));
  return facts.map(fact => {
    const spender = fact.known === null ? (spenders.get(fact.issuance.assetId) ?? null) : null;
    const same = adopted.get(fact.issuance.assetId);
    // The search has found the transaction. If the node does not give its confirmations, the transaction
    // counts as waiting in the mempool.
    if (same) return { ...fact, txid: same.txid, known: same.known ?? 'mempool', spender };
    return { ...fact, spender };
  });
}

/**
 * True if the transaction counts as sent: it is in the mempool or a block, or its coin was spent by a
 * transaction that the node does not show.
 */
export const isTransactionSent = ({ known, spender }: TransactionFact): boolean =>
  known !== null || spender?.is === 'untraced';

/** True if another transaction spent the issuance's coin. */
export const isCoinSpentByOther = ({ spender }: Pick<TransactionFact, 'spender'>): boolean =>
  spender?.is === 'other';

/** Confirmations, counting the transaction's own block; 0 if it is not in a block. */
export const depthOfTransaction = ({ known }: Pick<TransactionFact, 'known'>): number =>
  known === null || known === 'mempool' ? 0 : known.confirmations;
