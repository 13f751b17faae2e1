/**
 * The confirmer's last step: decide, send, wait, verify on chain, publish. Every part can be repeated: where things stand is
 * read from the store and the chain, so that the same command after a crash goes on where it stopped.
 */
import { Refusal } from '../../shared/errors.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { referenceOf } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { type Signatures, signedMapping } from '../../shared/signatures.ts';
import { listed } from '../platform/text/words.ts';
import { sayControllers } from '../report/views/mapping-view.ts';
import { settledTokens } from './bases.ts';
import { checkedTip, checkPeriod } from './chain.ts';
import { takeTurn, turnHolder } from './claim.ts';
import { confirmAll } from './confirm.ts';
import { decide, fetchDecision, givenUp, isGivenUp } from './decision.ts';
import { filesText, type Gathered, gather, unseenText } from './gather.ts';
import { displaced, looseTokens } from './loose-tokens.ts';
import { lostIssuances } from './lost.ts';
import { checkCoins, checkWhitelist } from './node-check.ts';
import { keys } from './objects.ts';
import { checkKeptCoins, checkTurnCoins } from './pins.ts';
import { uploadRequest, uploadSignatures } from './proposals.ts';
import { publish } from './publish.ts';
import { keepBase, type Published } from './published.ts';
import { cameFirst } from './rival.ts';
import { adoptVariants, completed, type SentTransaction } from './sending.ts';
import type { Services } from './services.ts';

export interface FinaliseOptions {
  files: readonly string[];
  requestFile?: string | undefined;
  /** Seconds. */
  maxTipAge: number;
  poll: number;
  /** Blocks on top of a transaction, its own included. */
  confirmations: number;
  /** Asked once, before the decision; not when it goes on with one that stands. */
  agree(gathered: Gathered, height: number): Promise<void>;
}

export interface Finalised {
  gathered: Gathered;
  /** Digest of the mapping that this request made. */
  mapping: string;
  transactions: string[];
}

/** Between the last look at the chain and the sending; a computer that slept in between looks again. */
const MAX_PAUSE_MS = 60_000;

/**
 * What is refused changes nothing, so that the files are not kept here: a proposal enters the store, and takes the turn,
 * by `submit` alone. Which they are is said.
 */
function nextSigner({ files }: Gathered): string {
  const unseen = unseenText(files);
  const rest =
    'have another controller review and sign the request, and run `countersign finalise` with that signatures file.';
  return unseen === '' ? rest.replace('have', 'Have') : `${unseen} Then ${rest}`;
}

async function enoughSignatures({ store }: Services, gathered: Gathered, needed: number): Promise<void> {
  const { signatures, request } = gathered;
  if (signatures.length >= needed) return;
  for (const refusal of gathered.damaged.values()) throw refusal;
  const signed = sayControllers(signatures.map(s => s.controller));
  const holder = await turnHolder(store, request.base.mapping);
  throw new Refusal(
    'NEED_SIGNATURES',
    `signed by ${signed}; ${needed} needed`,
    holder !== null && holder !== request.digest
      ? `Another proposal, ${reviewCode(holder)}, is open and comes first: keep the file. If that one is given up, upload this with \`countersign submit\`; if it is finished, prepare these assets again.`
      : nextSigner(gathered),
  );
}

/** Whether a part was sent already, by an older tool that finished what it found in `ps1_tx.json`. */
async function isBegunElsewhere(services: Services, { derivation, request }: Gathered): Promise<boolean> {
  const sent = completed(derivation, null, services);
  return (await adoptVariants(services, sent, request.height)).length > 0;
}

/** All that has to hold before the first transaction is sent. @returns the tip's height */
async function checkBeginning(services: Services, gathered: Gathered, maxTipAge: number): Promise<number> {
  const { request, derivation } = gathered;
  // The calls of all three travel together.
  const coins = checkCoins(services, derivation, 'the request');
  const whitelist = checkWhitelist(services, derivation);
  const tip = checkedTip(services, maxTipAge);
  await Promise.allSettled([coins, whitelist, tip]);
  const { height } = await tip;
  try {
    checkPeriod(request.height, height, request.reviewCode);
    await coins;
  } catch (error) {
    // What was sent within its period has to be followed by the rest.
    if (await isBegunElsewhere(services, gathered)) return height;
    throw error;
  }
  await whitelist;
  return height;
}

/** Checks, agreement, then the decision, once everything that another PC would need to go on lies in the store. */
async function begin(services: Services, gathered: Gathered, options: FinaliseOptions): Promise<number[]> {
  const { store, trust, node } = services;
  const { request, signatures, published } = gathered;
  await enoughSignatures(services, gathered, trust.n);
  const height = await checkBeginning(services, gathered, options.maxTipAge);
  // Whoever has the turn was checked before it took it.
  if ((await turnHolder(store, request.base.mapping, request.digest)) !== request.digest)
    await checkKeptCoins(services, request, published);
  await options.agree(gathered, height);
  await keepBase(services, published);
  await uploadRequest(store, request);
  await Promise.all(gathered.given.map(s => uploadSignatures(store, s)));
  await takeTurn(store, request.base.mapping, request.digest);
  // Nobody else can have the turn from here on; before, anybody could.
  await checkTurnCoins(services, request, published);
  // A person may have thought for long: the chain is looked at again right before it counts.
  if (height !== (await node.tip()).height) await checkBeginning(services, gathered, options.maxTipAge);
  const controllers = signatures.slice(0, trust.n).map((s: Signatures) => s.controller);
  const standing = await decide(store, request.digest, { decision: 'send', controllers });
  if (standing.decision === 'give-up') throw givenUp(request.reviewCode);
  return standing.controllers;
}

/** Signatures of these controllers, or null if some are not at hand. */
function signaturesOf(gathered: Gathered, controllers: readonly number[]): Signatures[] | null {
  const found = controllers.flatMap(c => gathered.signatures.find(s => s.controller === c) ?? []);
  return found.length === controllers.length ? found : null;
}

/** The published mapping is neither the base nor holds our tokens: an older tool's, or another issuance's. */
async function replaced(services: Services, gathered: Gathered): Promise<Refusal> {
  const { request, derivation, published, rival } = gathered;
  if (rival !== null) return cameFirst(derivation, rival);
  const loose = await looseTokens(services, [request], published);
  if (loose.length > 0)
    return displaced(
      services,
      request,
      loose.map(({ reference }) => reference),
      published,
    );
  await keepBase(services, published);
  const there = [...published.mapping.contained(new Set(request.issuances.map(referenceOf)))];
  const settled = settledTokens(published.mapping, new Set(derivation.issuances.map(one => one.assetId)));
  const onChain =
    settled.size > 0
      ? `What was issued from ${settled.size === 1 ? 'one of its coins' : `${settled.size} of its coins`} stands in that mapping, and nothing else of it is on chain.`
      : 'Nothing of this request is on chain.';
  return new Refusal(
    'BASE_INVALID',
    `the request was made on the mapping ${request.base.mapping}; ${keys.mapping} is now ${published.mapping.digest} of height ${published.mapping.height}, ${there.length === 0 ? 'without these assets' : `where ${listed(there)} ${there.length === 1 ? 'stands' : 'stand'} by another request`}`,
    `${onChain} If \`countersign status\` still counts it, give it up with \`countersign abandon\`; prepare again ${there.length === 0 ? 'the assets' : 'only assets that the mapping does not have'}.`,
  );
}

/**
 * Given up before anything was sent, and nothing of it is sent by us. All of it may be on chain all the same, by an older
 * tool or a node that nobody asked: then its mapping is published, as the bars have their tokens.
 * @throws Refusal NO_PROPOSAL if not all of it is, ALREADY_SENT if a part is, NEED_SIGNATURES
 */
async function sentAnyway(services: Services, gathered: Gathered): Promise<Signatures[]> {
  const { request, published, signatures } = gathered;
  const loose = (await looseTokens(services, [request], published)).map(({ reference }) => reference);
  if (loose.length === 0) throw givenUp(request.reviewCode);
  const all = request.issuances.length;
  if (loose.length < all)
    throw new Refusal(
      'ALREADY_SENT',
      `the proposal ${request.reviewCode} was given up, and ${loose.length} of its ${all} transactions are on chain or on the way all the same, those of ${listed(loose)}`,
      `Call the other controllers, and never issue ${listed(loose)} again: sign a mapping that holds what is on chain, with the older scripts.`,
    );
  await enoughSignatures(services, gathered, services.trust.n);
  services.progress(
    `The proposal ${request.reviewCode} was given up, and its transactions were sent all the same, not by this tool: its mapping is published once they are confirmed.`,
  );
  return signatures.slice(0, services.trust.n);
}

/** Whose signatures are used: as decided, or decided now. Null: it is published, and nobody of us decided. */
async function settle(
  services: Services,
  gathered: Gathered,
  options: FinaliseOptions,
  isSecondLook = false,
): Promise<{ from: Signatures[] | null; isNew: boolean }> {
  const { store, trust } = services;
  // Another confirmer may decide in this moment, with signatures that were not there when ours were read: they are put
  // into the store before the decision, so whoever sees it finds them by looking once more.
  const lookAgain = async () =>
    settle(services, await gather(services, options.files, options.requestFile), options, true);
  const { request, isPublished } = gathered;
  const standing = await fetchDecision(store, request.digest);
  if (standing?.decision === 'give-up' && !isPublished)
    return { from: await sentAnyway(services, gathered), isNew: false };
  if (standing?.decision === 'send') {
    const from = signaturesOf(gathered, standing.controllers);
    if (from || isPublished) return { from, isNew: false };
    if (!isSecondLook) return lookAgain();
    const have = gathered.signatures.map(s => s.controller);
    const missing = standing.controllers.filter(c => !have.includes(c));
    for (const controller of missing) {
      const refusal = gathered.damaged.get(controller);
      if (refusal) throw refusal;
    }
    throw new Refusal(
      'NEED_SIGNATURES',
      `the transactions were begun with the signatures of ${sayControllers(standing.controllers)}; those of ${sayControllers(missing)} are missing`,
      `Give the signatures file of ${sayControllers(missing)} too.`,
    );
  }
  if (isPublished) {
    const enough = gathered.signatures.length >= trust.n;
    return { from: enough ? gathered.signatures.slice(0, trust.n) : null, isNew: false };
  }
  const controllers = await begin(services, gathered, options);
  const from = signaturesOf(gathered, controllers);
  return from ? { from, isNew: true } : lookAgain();
}

/**
 * Right before anything is sent: never for a proposal that is given up, and nothing is begun too late. All of it again if
 * that took long: who stood still between looking and sending may find that it was given up since.
 */
async function checkSending(
  services: Services,
  gathered: Gathered,
  options: FinaliseOptions,
  begun: boolean,
  checkedAt: number,
): Promise<void> {
  const { store, world, progress } = services;
  const { request, isPublished } = gathered;
  if (isPublished)
    return void progress(
      'The mapping is published, and transactions of it are not on chain any more: they follow.',
    );
  for (let fresh = checkedAt; ; ) {
    const at = world.now();
    if (await isGivenUp(store, request.digest)) throw givenUp(request.reviewCode);
    const isOld = !begun && at - fresh > MAX_PAUSE_MS;
    if (!isOld && world.now() - at <= MAX_PAUSE_MS) return;
    if (isOld) await checkBeginning(services, gathered, options.maxTipAge);
    fresh = at;
  }
}

/**
 * Sends again what was published and is not on chain any more, the oldest first: of these the change may be the coin of
 * the next, and of what is finalised now.
 * @param but digest of the request that is looked after anyhow
 */
async function bringBackLost(
  services: Services,
  published: Published,
  but: string,
  options: FinaliseOptions,
): Promise<void> {
  for (const { request } of await lostIssuances(services, published)) {
    if (request === but) return; // and those after it, which are the concern of the next time
    services.progress(
      `Transactions of the proposal ${reviewCode(request)}, which is published, are not on chain any more: they come first.`,
    );
    const gathered = await gather(services, [], undefined, request);
    await complete(services, gathered, { ...options, files: [], requestFile: undefined });
  }
}

export async function finalise(services: Services, options: FinaliseOptions): Promise<Finalised> {
  const gathered = await gather(services, options.files, options.requestFile);
  const { published, request, isPublished } = gathered;
  if (isPublished || published.mapping.digest === request.base.mapping)
    await bringBackLost(services, published, request.digest, options);
  return complete(services, gathered, options);
}

async function complete(
  services: Services,
  gathered: Gathered,
  options: FinaliseOptions,
): Promise<Finalised> {
  const { state, world } = services;
  const { request, derivation, published, isPublished } = gathered;
  if (gathered.files.length > 0) services.progress(filesText(gathered.files).trimEnd());
  if (!isPublished && published.mapping.digest !== request.base.mapping)
    throw await replaced(services, gathered);

  const { from, isNew } = await settle(services, gathered, options);
  const checkedAt = isNew ? world.now() : Number.NEGATIVE_INFINITY;
  const sent = completed(derivation, from, services);
  const signed: Mapping | null = from && signedMapping(derivation, from);
  if (!isPublished) state.note(world.now(), 'send', { request: request.digest, transactions: txids(sent) });
  await confirmAll(services, sent, {
    poll: options.poll,
    confirmations: options.confirmations,
    height: request.height,
    reviewCode: request.reviewCode,
    checkTokens: !isPublished,
    beforeSending: begun => checkSending(services, gathered, options, begun, checkedAt),
  });
  await publish(services, gathered, signed, sent);
  const mapping = derivation.mapping.digest;
  if (!isPublished) state.note(world.now(), 'published', { mapping, request: request.digest });
  return { gathered, mapping, transactions: txids(sent) };
}

function txids(sent: readonly SentTransaction[]): string[] {
  return sent.map(({ txid }) => txid ?? 'unknown');
}
