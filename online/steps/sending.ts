/** The transactions of an issuance on their way: which id each goes by, and what is done about those the node lacks. */
import type { Derivation, DerivedIssuance } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { PERIOD, periodOf } from '../../shared/schedule.ts';
import { type Signatures, signedTransaction } from '../../shared/signatures.ts';
import { transactionHex, transactionId } from '../../shared/transaction.ts';
import { outpoint, type PolicyCoin } from '../ledger/coins.ts';
import type { ConfirmedTransaction, Sent } from '../node/node.ts';
import { listed } from '../platform/text/words.ts';
import { policyCoin } from './node-check.ts';
import type { Services } from './services.ts';
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

/** Where the coin of a transaction that the node does not know went. */
export interface Fates {
  /** The same issuance with other signatures, which counts now. */
  adopted: SentTransaction[];
  /** Another transaction spent it: its id. */
  foreign: Map<SentTransaction, string>;
  /** Spent, and the node shows nothing that spent it. */
  untraced: SentTransaction[];
}

/** Looks where the coins of those went that the node does not know, and goes on with the same issuance where that is found. */
export async function traceCoins(
  services: Services,
  missing: readonly SentTransaction[],
  since: number,
): Promise<Fates> {
  const fates: Fates = { adopted: [], foreign: new Map(), untraced: [] };
  const states = await services.node.coins(missing.map(({ coin }) => coin));
  const spent = missing.filter((_, i) => states[i]?.state !== 'unspent');
  if (spent.length === 0) return fates;
  const { same, foreign } = await findSpenders(
    services,
    spent.map(({ issuance }) => issuance),
    since,
  );
  for (const transaction of spent) {
    const { assetId, reference } = transaction.issuance;
    const variant = same.get(assetId);
    const other = foreign.get(assetId);
    if (other !== undefined) fates.foreign.set(transaction, other);
    else if (!variant) fates.untraced.push(transaction);
    else {
      fates.adopted.push(transaction);
      transaction.txid = variant.txid;
      services.progress(
        `${reference}: its issuance is on its way with other signatures, as transaction ${variant.txid}; that one counts.`,
      );
    }
  }
  return fates;
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
  return (await traceCoins(services, missing, since)).adopted;
}

const named = ({ issuance, coin }: SentTransaction) => `${outpoint(coin)} (${issuance.reference})`;

/** What is said everywhere of coins that are spent by what the node does not show. */
export function untracedText(untraced: readonly SentTransaction[]): string {
  const one = untraced.length === 1;
  return `the ${one ? 'coin' : 'coins'} ${untraced.map(named).join(', ')} ${one ? 'is' : 'are'} spent, and the node shows no transaction that spent ${one ? 'it' : 'them'}: the ${one ? 'token exists' : 'tokens exist'}, most likely`;
}

export const UNTRACED_HINT =
  'Do not prepare these assets again. Start the node with txindex=1 (and -reindex once), without which it shows no transaction of a block, or use one that has it; then run `countersign finalise` again.';

/** @throws nothing: it is the refusal */
export function untracedRefusal(node: string, untraced: readonly SentTransaction[]): Refusal {
  return new Refusal('NODE_REFUSED', `node ${node}: ${untracedText(untraced)}`, UNTRACED_HINT);
}

/** Part of a request is on chain, and the rest can never be: no mapping that follows from it can be published. */
export function deadEnd(
  reviewCode: string,
  sent: readonly string[],
  gone: ReadonlyMap<SentTransaction, string>,
): Refusal {
  const lost = [...gone.keys()].map(({ issuance }) => issuance.reference);
  return new Refusal(
    'TX_REJECTED',
    `the proposal ${reviewCode} can never be completed: ${[...gone].map(([one, txid]) => `the coin ${named(one)} is spent by another transaction, ${txid}`).join('; ')}; ${listed(sent)} ${sent.length === 1 ? 'has its token' : 'have their tokens'} on chain or on the way`,
    `Call the other controllers. Look with \`countersign report\` what was issued from ${gone.size === 1 ? 'that coin' : 'those coins'}, and sign a mapping that holds ${listed(sent)} and that, with the older scripts. Once it is published, give this proposal up with \`countersign abandon\`, and prepare ${listed(lost)} again, which ${lost.length === 1 ? 'goes on another coin' : 'go on other coins'}.`,
  );
}

function unsendable(transaction: SentTransaction): Refusal {
  const { issuance, coin } = transaction;
  return new Refusal(
    'NEED_SIGNATURES',
    `${issuance.reference}: the node has no transaction that issues it from the coin ${outpoint(coin)}, and the signatures to send it are not at hand`,
    'Give the signatures files of this request, or finalise where they are.',
  );
}

/** Of which request the transactions are. */
export interface Sending {
  /** The request's height. */
  height: number;
  /** How many transactions it has. */
  all: number;
  isPublished: boolean;
}

/** @throws Refusal TX_REJECTED naming those that the node takes neither now nor, as it stands, later */
function rejected(
  refused: { transaction: SentTransaction; outcome: Sent & { state: 'refused' } }[],
  { all, height: since, isPublished }: Sending,
) {
  const others = all - refused.length;
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
    isPublished
      ? `The mapping that holds these tokens is published, and they are not on chain any more: once the cause is gone, run finalise again. ${[...hints].join(' ')} If it never can be, call the other controllers: they have to sign a mapping without them, with the older scripts.`
      : `Nothing was published, and all that is needed to go on is kept: once the cause is gone, run finalise again. ${[...hints].join(' ')} ${rest}`,
  );
}

export interface Outcome {
  /** Went out, each under its own id. */
  sent: SentTransaction[];
  /** The node says that a block has them, though it did not show them when it was asked. */
  unseen: SentTransaction[];
}

/** Sends what the node lacks, each under its own id again. */
export async function sendMissing(
  services: Services,
  missing: readonly SentTransaction[],
  sending: Sending,
): Promise<Outcome> {
  for (const transaction of missing) transaction.txid = transaction.own?.txid ?? null;
  const sendable = missing.filter(({ own }) => own !== null);
  const outcomes = await services.node.send(sendable.map(({ own }) => own?.hex as string));
  const refused = sendable.flatMap((transaction, i) => {
    const outcome = outcomes[i] as Sent;
    return outcome.state === 'refused' ? [{ transaction, outcome }] : [];
  });
  const done: Outcome = {
    sent: sendable.filter((_, i) => outcomes[i]?.state === 'sent'),
    unseen: sendable.filter((_, i) => outcomes[i]?.state === 'in-chain'),
  };
  const unsent = missing.filter(({ own }) => own === null);
  const wanting = [...unsent, ...refused.map(({ transaction }) => transaction)];
  if (wanting.length === 0) return done;
  const adopted = new Set(await adoptVariants(services, wanting, sending.height));
  const lost = refused.filter(({ transaction }) => !adopted.has(transaction));
  if (lost.length > 0) throw rejected(lost, sending);
  const [orphan] = unsent.filter(transaction => !adopted.has(transaction));
  if (orphan) throw unsendable(orphan);
  return done;
}
