/**
 * The confirmer's last step: claim, send, wait, verify on chain, publish. Every part can be repeated: where things stand is
 * read from the store and the chain, so that the same command after a crash goes on where it stopped.
 */
import { Refusal } from '../../shared/errors.ts';
import { periodOf } from '../../shared/schedule.ts';
import { type Signatures, signedMapping, signedTransaction } from '../../shared/signatures.ts';
import { transactionHex, transactionId } from '../../shared/transaction.ts';
import type { Services } from '../commands/base.ts';
import { sayControllers } from '../mapping-view.ts';
import type { CoinState } from '../node/node.ts';
import { uploadRequest, uploadSignatures } from '../proposals.ts';
import { checkedTip, checkPeriod } from './chain.ts';
import { type Claim, fetchClaim, takeClaim } from './claim.ts';
import { checkCoin } from './coin-choice.ts';
import { confirmAll, type SentTransaction } from './confirm.ts';
import { type Gathered, gather } from './gather.ts';
import { policyCoin } from './node-check.ts';
import { keepBase, publish } from './publish.ts';
import { checkTokens } from './token-check.ts';

export interface FinaliseOptions {
  files: readonly string[];
  requestFile?: string | undefined;
  /** Seconds. */
  maxTipAge: number;
  poll: number;
  /** Blocks on top of a transaction, its own included. */
  confirmations: number;
  /** Asked once, before the claim is taken; not when it goes on with one of its own. */
  agree(gathered: Gathered, height: number): Promise<void>;
}

export interface Finalised {
  gathered: Gathered;
  /** Digest of the mapping that is published now. */
  mapping: string;
  transactions: string[];
}

function enoughSignatures(gathered: Gathered, needed: number): void {
  const { signatures } = gathered;
  if (signatures.length >= needed) return;
  const signed = sayControllers(signatures.map(s => s.controller));
  throw new Refusal(
    'NEED_SIGNATURES',
    `signed by ${signed}; ${needed} needed`,
    'Have another controller review and sign the request, then run finalise with that signatures file.',
  );
}

/** The transactions as this claim completes them. @throws Refusal NEED_SIGNATURES if its controllers' are not at hand */
function completed(gathered: Gathered, claim: Claim, services: Services): SentTransaction[] {
  const from = claim.controllers.map(controller => {
    const signatures = gathered.signatures.find(s => s.controller === controller);
    if (signatures) return signatures;
    throw new Refusal(
      'NEED_SIGNATURES',
      `the transactions were begun with the signatures of ${sayControllers(claim.controllers)}; those of controller ${controller} are missing`,
      'Give the signatures file of that controller too.',
    );
  });
  return gathered.derivation.issuances.map((issuance, i) => {
    const transaction = signedTransaction(issuance, i, from, services.trust);
    return {
      issuance,
      hex: transactionHex(transaction),
      txid: transactionId(transaction),
      coin: policyCoin(issuance.request.coin),
    };
  });
}

/** All checks before anything is sent, then the claim. */
async function begin(services: Services, gathered: Gathered, options: FinaliseOptions): Promise<Claim> {
  const { store, node, trust } = services;
  const { request, signatures } = gathered;
  enoughSignatures(gathered, trust.n);
  const tip = await checkedTip(services, options.maxTipAge);
  checkPeriod(request.height, tip.height);
  const coins = gathered.derivation.issuances.map(issuance => policyCoin(issuance.request.coin));
  const onChain = await node.coins(coins);
  coins.forEach((coin, i) => {
    checkCoin(coin, onChain[i] as CoinState, trust);
  });
  await options.agree(gathered, tip.height);
  // A person may have thought for long: the period is looked at again right before anything is sent.
  checkPeriod(request.height, (await node.tip()).height);
  const controllers = signatures.slice(0, trust.n).map((s: Signatures) => s.controller);
  return takeClaim(store, request.base.mapping, { request: request.digest, controllers });
}

/** Goes on with a claim of this request: late only if a part of it was sent, since then the rest has to follow. */
async function resume(services: Services, gathered: Gathered, sent: SentTransaction[], maxTipAge: number) {
  const { node, progress } = services;
  const { request } = gathered;
  const tip = await checkedTip(services, maxTipAge);
  if (periodOf(tip.height) === periodOf(request.height)) return;
  const known = await node.transaction(sent.map(t => t.txid));
  if (known.every(t => t === null)) checkPeriod(request.height, tip.height);
  progress(`The period of block ${request.height} is over; a part was sent within it, so the rest follows.`);
}

export async function finalise(services: Services, options: FinaliseOptions): Promise<Finalised> {
  const { store, state, world, progress } = services;
  const gathered = await gather(services, options.files, options.requestFile);
  const { request, derivation, published } = gathered;
  const next = derivation.mapping.digest;
  const base = request.base.mapping;
  const standing = await fetchClaim(store, base);
  if (standing && standing.request !== request.digest)
    await takeClaim(store, base, { ...standing, request: request.digest });

  if (published.mapping.digest === base) {
    await uploadRequest(store, request);
    await Promise.all(gathered.given.map(s => uploadSignatures(store, s)));
    await keepBase(store, published);
  }
  const claim = standing ?? (await begin(services, gathered, options));
  const sent = completed(gathered, claim, services);
  const transactions = sent.map(t => t.txid);
  const signed = signedMapping(
    derivation,
    gathered.signatures.filter(s => claim.controllers.includes(s.controller)),
  );
  const done = { gathered, mapping: next, transactions };
  if (published.mapping.digest !== base) {
    // Published already, by us before a crash or by another confirmer of the same request: finish what may be left.
    await publish(services, gathered, signed, sent);
    return done;
  }
  if (standing) await resume(services, gathered, sent, options.maxTipAge);
  state.note(world.now(), 'send', { request: request.digest, transactions });
  await confirmAll(services, sent, options);
  await checkTokens(services, request.height, sent);
  progress(`All ${sent.length} tokens are on chain in the right amounts.`);
  await publish(services, gathered, signed, sent);
  state.note(world.now(), 'published', { mapping: next, request: request.digest });
  return done;
}
