/** The transactions of an issuance on their way: which id each goes by, and what is done about those the node lacks. */
import type { Derivation, DerivedIssuance } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { PERIOD, periodOf } from '../../shared/schedule.ts';
import { type Signatures, signedTransaction } from '../../shared/signatures.ts';
import { transactionHex, transactionId } from '../../shared/transaction.ts';
import { outpoint, type PolicyCoin } from '../coins-file.ts';
import type { ConfirmedTransaction, Sent } from '../node/node.ts';
import type { Services } from '../services.ts';
import { policyCoin } from './node-check.ts';
import { findSpenders, isSameIssuance } from './variant.ts';

export interface SentTransaction {
  issuance: DerivedIssuance;
  coin: PolicyCoin;
  /** As the decision's controllers signed it; null where their signatures are not at hand, so that it cannot be sent. */
  own: { txid: string; hex: string } | null;
  /** What goes for it now: its own id, or that of the same issuance with other signatures. Null until one is found. */
  txid: string | null;
}

/** The transactions as these controllers' signatures complete them. */
export function completed(
  { issuances }: Derivation,
  from: readonly Signatures[] | null,
  services: Services,
): SentTransaction[] {
  return issuances.map((issuance, i) => {
    const coin = policyCoin(issuance.request.coin);
    if (!from) return { issuance, coin, own: null, txid: null };
    const transaction = signedTransaction(issuance, i, from, services.trust);
    const txid = transactionId(transaction);
    return { issuance, coin, own: { txid, hex: transactionHex(transaction) }, txid };
  });
}

export type Known = ConfirmedTransaction | 'mempool' | null;

/** @throws Refusal NODE_GARBLED if the node has something else under one of these ids */
export async function look(services: Services, sent: readonly SentTransaction[]): Promise<Known[]> {
  const { node, trust } = services;
  const asked = sent.flatMap(({ txid }) => txid ?? []);
  const answers = await node.transaction(asked);
  return sent.map(({ txid, own, issuance }) => {
    const known = txid === null ? null : (answers[asked.indexOf(txid)] ?? null);
    if (known === null || known === 'mempool') return known;
    if (known.hex === own?.hex || isSameIssuance(issuance, known.hex, trust)) return known;
    throw new Refusal(
      'NODE_GARBLED',
      `${issuance.reference}: the node gives another transaction for ${txid} than was sent`,
      'Do not trust this node: finalise with another one.',
    );
  });
}

/**
 * Of those that the node does not know, the ones whose coin is spent all the same: by the same issuance with other
 * signatures, which then counts. @returns those for which that was found
 */
export async function adoptVariants(
  services: Services,
  missing: readonly SentTransaction[],
  since: number,
): Promise<SentTransaction[]> {
  const states = await services.node.coins(missing.map(({ coin }) => coin));
  const spent = missing.filter((_, i) => states[i]?.state !== 'unspent');
  if (spent.length === 0) return [];
  const { same } = await findSpenders(
    services,
    spent.map(({ issuance }) => issuance),
    since,
  );
  return spent.filter(transaction => {
    const variant = same.get(transaction.issuance.assetId);
    if (!variant) return false;
    transaction.txid = variant.txid;
    services.progress(
      `${transaction.issuance.reference}: its issuance is on its way with other signatures, as transaction ${variant.txid}; that one counts.`,
    );
    return true;
  });
}

function unsendable(transaction: SentTransaction): Refusal {
  const { issuance, coin } = transaction;
  return new Refusal(
    'NEED_SIGNATURES',
    `${issuance.reference}: the node has no transaction that issues it from the coin ${outpoint(coin)}, and the signatures to send it are not at hand`,
    'Give the signatures files of this request, or finalise where they are.',
  );
}

/** @throws Refusal TX_REJECTED naming those that the node takes neither now nor, as it stands, later */
function rejected(
  refused: { transaction: SentTransaction; outcome: Sent & { state: 'refused' } }[],
  others: number,
  since: number,
) {
  const hints = new Set(refused.map(({ outcome }) => outcome.hint));
  // What `abandon` asks for: the decision to send stands, so that only the end of the period makes it harmless.
  const end = (periodOf(since) + 1) * PERIOD;
  const rest =
    others > 0
      ? `The other ${others === 1 ? 'one' : others} of this request ${others === 1 ? 'was' : 'were'} taken, so that it cannot be given up any more.`
      : `If nothing of it is sent by block ${end}, when its period is over, it can be given up with \`countersign abandon\`, not before.`;
  return new Refusal(
    'TX_REJECTED',
    refused
      .map(
        ({ transaction: { issuance, own }, outcome }) =>
          `${issuance.reference}: the node refuses ${own?.txid}: ${outcome.what} (${outcome.code}, "${outcome.message}")`,
      )
      .join('; '),
    `Nothing was published, and all that is needed to go on is kept: once the cause is gone, run finalise again. ${[...hints].join(' ')} ${rest}`,
  );
}

/** Sends what the node lacks, each under its own id again. @returns how many went out */
export async function sendMissing(
  services: Services,
  missing: readonly SentTransaction[],
  all: number,
  since: number,
): Promise<number> {
  for (const transaction of missing) transaction.txid = transaction.own?.txid ?? null;
  const sendable = missing.filter(({ own }) => own !== null);
  const outcomes = await services.node.send(sendable.map(({ own }) => own?.hex as string));
  const refused = sendable.flatMap((transaction, i) => {
    const outcome = outcomes[i] as Sent;
    return outcome.state === 'refused' ? [{ transaction, outcome }] : [];
  });
  const unsent = missing.filter(({ own }) => own === null);
  const wanting = [...unsent, ...refused.map(({ transaction }) => transaction)];
  if (wanting.length === 0) return sendable.length;
  const adopted = new Set(await adoptVariants(services, wanting, since));
  const lost = refused.filter(({ transaction }) => !adopted.has(transaction));
  if (lost.length > 0) throw rejected(lost, all - lost.length, since);
  const [orphan] = unsent.filter(transaction => !adopted.has(transaction));
  if (orphan) throw unsendable(orphan);
  return sendable.length - refused.length;
}
