/** Giving up a proposal. Its coins stay known, so that an asset proposed again is put on the same coin (rule 8). */

import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Request } from '../../shared/request.ts';
import { PERIOD, periodOf } from '../../shared/schedule.ts';
import { outpoint } from '../ledger/coins.ts';
import { counted, isAre } from '../platform/text/words.ts';
import { contains, findBase, settledTokens } from './bases.ts';
import { checkedTip } from './chain.ts';
import { turnHolder } from './claim.ts';
import { decide } from './decision.ts';
import { fetchPublished } from './fetch-published.ts';
import { policyCoin } from './node-check.ts';
import { keys } from './objects.ts';
import { correctOlderObjects } from './older-objects.ts';
import { fetchRequest, type OpenRequests, openRequests, requestInTurn } from './proposals.ts';
import type { Published } from './published.ts';
import { createRecord } from './records.ts';
import { rivalOf } from './rival.ts';
import { completed, deadEnd } from './sending.ts';
import type { Services } from './services.ts';
import { findSpenders } from './variant.ts';

/** Marks it as given up; the decision must stand before. */
export async function markGivenUp(services: Services, digest: string): Promise<void> {
  await createRecord(services.store, keys.givenUp(digest), 'given-up', {});
}

/** The only one that is meant if none is named: the one that has the turn, else the only open one. */
async function choose(services: Services, base: string, open: OpenRequests, digest: string | undefined) {
  const all = [...open.current, ...open.overtaken];
  const found = digest === undefined ? all : all.filter(request => request.digest === digest);
  if (!found.length && digest === undefined) return requestInTurn(services.store, base, open);
  if (found.length <= 1) return found[0];
  const [first] = open.current;
  const holder = first && (await turnHolder(services.store, first.base.mapping));
  const inTurn = found.find(request => request.digest === holder);
  if (inTurn) return inTurn;
  throw new Refusal(
    'PROPOSAL_OPEN',
    `there are ${found.length} open proposals: ${found.map(r => `${r.reviewCode} (${r.digest})`).join(', ')}`,
    'Say which one with --request DIGEST.',
  );
}

/**
 * @returns whether nothing of it can be sent any more, as each of its coins went into something else or into the mapping
 * @throws Refusal ALREADY_SENT if a coin is spent by a transaction of the proposal, or by one that cannot be found
 */
async function checkUnspent(services: Services, request: Request, published: Published): Promise<boolean> {
  const base = await findBase(services, request.base.mapping, published);
  const derivation = derive(request, base, services.trust);
  // Its coins went into the same tokens by another request, whose transactions may be the same too.
  if (contains(published.mapping, derivation)) {
    if (await rivalOf(services, derivation, published)) return true;
    throw new Refusal(
      'ALREADY_SENT',
      `the proposal ${request.reviewCode} is in the published mapping`,
      'Nothing of it is left to give up; `countersign finalise` completes what another one has not done yet.',
    );
  }
  // A coin that went into a token of the published mapping is settled, whichever bar that stands for.
  const tokens = new Set(derivation.issuances.map(({ assetId }) => assetId));
  const settled = settledTokens(published.mapping, tokens);
  const issuances = derivation.issuances.filter(({ assetId }) => !settled.has(assetId));
  const coins = issuances.map(({ request: { coin } }) => policyCoin(coin));
  const states = await services.node.coins(coins);
  const spent = issuances.filter((_, i) => states[i]?.state !== 'unspent');
  if (spent.length === 0) return issuances.length === 0;
  const { foreign, same } = await findSpenders(services, spent, request.height);
  const sent = spent.filter(({ assetId }) => !foreign.has(assetId));
  // Coins that went into other issuances: nothing of it can ever confirm.
  if (sent.length === 0) return spent.length === issuances.length;
  if (foreign.size > 0 && same.size > 0) {
    const gone = completed({ ...derivation, issuances: spent }, null, services).flatMap(one => {
      const txid = foreign.get(one.issuance.assetId);
      return txid === undefined ? [] : [[one, txid] as const];
    });
    const { message, hint } = deadEnd(
      request.reviewCode,
      sent.map(({ reference }) => reference),
      new Map(gone),
    );
    throw new Refusal('ALREADY_SENT', message, hint);
  }
  throw new Refusal(
    'ALREADY_SENT',
    `of the ${counted(request.issuances.length, 'coin')} of the proposal ${request.reviewCode}, ${sent.length} ${isAre(sent.length)} spent: ${sent.map(({ reference, request: { coin } }) => `${outpoint(coin)} (${reference})`).join(', ')}`,
    'Run `countersign finalise` until it is done: it is safe to repeat, and sends what is missing.',
  );
}

/**
 * Where the decision to send stands, its transactions, fully signed, may be anywhere. Once its period is over `finalise`
 * begins no sending any more; if then nothing of it was sent, it can be given up. Should somebody send it all the same,
 * no bar gets two tokens: the same assets go on the same coins, and a coin is spent once.
 */
async function checkOver(services: Services, request: Request, maxTipAge: number): Promise<void> {
  const tip = await checkedTip(services, maxTipAge);
  if (periodOf(tip.height) > periodOf(request.height)) return;
  throw new Refusal(
    'ALREADY_SENT',
    `the proposal ${request.reviewCode} was begun, its transactions may be on their way`,
    `Run \`countersign finalise\` again until it is done, which is safe to repeat. If nothing of it was sent by block ${(periodOf(request.height) + 1) * PERIOD}, when its period is over, it can be given up (now: block ${tip.height}).`,
  );
}

export interface AbandonOptions {
  /** Digest, if there are several. */
  request?: string | undefined;
  /** Seconds. */
  maxTipAge: number;
  /** Asked before anything is done; it may refuse. */
  agree(request: Request): Promise<void>;
}

/**
 * Safe to repeat. @throws Refusal NO_PROPOSAL, PROPOSAL_OPEN, ALREADY_SENT once its transactions may be on their way
 */
export async function abandon(services: Services, options: AbandonOptions): Promise<Request> {
  const { store, state, world } = services;
  const published = await fetchPublished(services);
  const open = await openRequests(store, published.mapping.digest);
  const request = await choose(services, published.mapping.digest, open, options.request);
  if (!request) {
    const before = options.request !== undefined && open.listing.givenUp.has(options.request);
    const again = before ? await fetchRequest(store, options.request as string) : null;
    if (again) {
      await correctOlderObjects(services, again.digest);
      return again;
    }
    throw new Refusal('NO_PROPOSAL', 'there is no open proposal to give up', 'See `countersign status`.');
  }
  await options.agree(request);
  // A node that lacks blocks does not know what is in them, and giving up is for good.
  await checkedTip(services, options.maxTipAge);
  // An older tool may have finished and sent what it found in ps1_tx.json, without any decision of ours.
  const isOver = await checkUnspent(services, request, published);
  const standing = await decide(store, request.digest, { decision: 'give-up' });
  if (standing.decision === 'send' && !isOver) {
    await checkOver(services, request, options.maxTipAge);
    // Looked at before as well; this time after the period, so that no sending can have begun since.
    await checkUnspent(services, request, published);
  }
  // Before the mark, as nobody comes back to it after that; and after it, for a submit that came between.
  await correctOlderObjects(services, request.digest, true);
  await markGivenUp(services, request.digest);
  await correctOlderObjects(services, request.digest);
  state.note(world.now(), 'given up', { request: request.digest });
  return request;
}
