/**
 * Tokens of our requests that are on chain while the published mapping lacks them: because somebody replaced `map.json` by
 * hand after they were sent, or because a request was given up on a node that never saw its transactions, while they
 * waited on another one. None may be left out unnoticed, and no bar of them may be issued again.
 */
import { derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { type Request, referenceOf } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { outpoint } from '../ledger/coins.ts';
import { isAre, listed } from '../platform/text/words.ts';
import { findBase, settledTokens } from './bases.ts';
import { turnHolder } from './claim.ts';
import { fetchDecision } from './decision.ts';
import { policyCoin } from './node-check.ts';
import { keys } from './objects.ts';
import { tokenOf } from './pins.ts';
import { isOfObject, keepBase, type Published } from './published.ts';
import type { Services } from './services.ts';
import { findSpenders } from './variant.ts';

export interface LooseToken {
  request: Request;
  reference: string;
  /** `waiting`: its coin is being spent by a transaction that waits for a block, most likely its own. */
  state: 'on chain' | 'waiting';
}

/** Names a bar on a coin. */
export const onCoin = (reference: string, coin: { txid: string; vout: number }) =>
  `${reference} ${outpoint(coin)}`;

interface Traced {
  loose: LooseToken[];
  /** Bars on coins that a block has in another transaction, for good: see {@link onCoin}. */
  gone: Set<string>;
}

/** The request's issuances by token; null if its base is not to be had, so that nothing can be derived. */
async function derived(services: Services, request: Request, published: Published) {
  try {
    const base = await findBase(services, request.base.mapping, published);
    return derive(request, base, services.trust).issuances;
  } catch (error) {
    if (isOfObject(error)) return null;
    throw error;
  }
}

/**
 * Tokens of the published mapping are none, whichever bar they stand for: a coin may have gone to another one. Nor is the
 * token of another bar, since its id depends on the coin alone: what spent the coin decides.
 */
export async function looseTokens(
  services: Services,
  requests: readonly Request[],
  published: Published,
): Promise<LooseToken[]> {
  return (await trace(services, requests, published)).loose;
}

/** Where bars of these requests were on coins that went into something else, so that these coins bind nobody any more. */
export async function goneCoins(
  services: Services,
  requests: readonly Request[],
  published: Published,
): Promise<ReadonlySet<string>> {
  return (await trace(services, requests, published)).gone;
}

async function trace(
  services: Services,
  requests: readonly Request[],
  published: Published,
): Promise<Traced> {
  const { node } = services;
  const all = requests.flatMap(request =>
    request.issuances.map(issuance => ({
      request,
      reference: referenceOf(issuance),
      coin: policyCoin(issuance.coin),
      token: tokenOf(issuance.coin),
    })),
  );
  const mapped = settledTokens(published.mapping, new Set(all.map(({ token }) => token)));
  const open = all.filter(({ token }) => !mapped.has(token));
  const states = await node.coins(open.map(({ coin }) => coin));
  const spent = open
    .map((one, i) => ({ ...one, waits: states[i]?.state === 'spent-in-mempool', state: states[i]?.state }))
    .filter(({ state }) => state !== 'unspent');
  const gone = new Set<string>();
  if (spent.length === 0) return { loose: [], gone };
  // The list of all tokens is long, and asked for only now.
  const info = await node.assetInfo();
  const loose: LooseToken[] = [];
  for (const request of new Set(spent.map(one => one.request))) {
    const own = spent.filter(one => one.request === request);
    const wanted = (await derived(services, request, published))?.filter(({ assetId }) =>
      own.some(({ token }) => token === assetId),
    );
    const spenders = wanted ? await findSpenders(services, wanted, request.height) : null;
    for (const { reference, token, coin, waits } of own) {
      if (spenders?.foreign.has(token)) {
        if (!waits) gone.add(onCoin(reference, coin));
        continue;
      }
      if (info.has(token)) loose.push({ request, reference, state: 'on chain' });
      else if (waits) loose.push({ request, reference, state: 'waiting' });
      // Confirmed, and redeemed since.
      else if (spenders?.same.has(token)) loose.push({ request, reference, state: 'on chain' });
    }
  }
  return { loose, gone };
}

/** What to do about the bars that only the mapping found has, once the base is back. */
async function othersText({ node }: Services, base: Mapping, found: Mapping): Promise<string> {
  const before = new Set([...assetsOf(base)].map(({ assetId }) => assetId));
  const others = [...assetsOf(found)].filter(({ assetId }) => !before.has(assetId));
  if (others.length === 0) return '';
  const info = await node.assetInfo();
  const exist = others.filter(({ assetId }) => info.has(assetId)).map(a => a.reference);
  if (exist.length === 0)
    return ` Then issue ${listed(others.map(a => a.reference))} of the other mapping anew: none of those tokens is on chain.`;
  return ` Of the other mapping ${listed(exist)} ${exist.length === 1 ? 'has its token' : 'have their tokens'} on chain too: never issue ${exist.length === 1 ? 'it' : 'them'} again; the controllers have to sign a mapping that holds both, with the older scripts.`;
}

/**
 * Given up on a node that never saw its transactions, a request may confirm all the same, while another one has taken
 * the turn: only one of the two mappings can follow the base.
 * @throws Refusal CLAIM_TAKEN
 */
export async function checkTurn(
  { store }: Services,
  request: Request,
  references: readonly string[],
): Promise<void> {
  const holder = await turnHolder(store, request.base.mapping, request.digest);
  if (holder === null || holder === request.digest) return;
  const other = reviewCode(holder);
  throw new Refusal(
    'CLAIM_TAKEN',
    `the proposal ${request.reviewCode} (${request.digest}) was given up, and its tokens, of ${listed(references)}, are on chain all the same; ${other} (${holder}) has the turn on the mapping ${request.base.mapping} now`,
    `Call the other controllers, and never issue these bars again. If nothing of ${other} is sent, give it up with \`countersign abandon --request ${holder}\`, and run finalise with the signatures of ${request.reviewCode}. If it is sent, finish it; then the controllers have to sign a mapping that holds both, with the older scripts.`,
  );
}

/**
 * `map.json` is neither what the request was made on nor holds its tokens, some of which are on chain. What was found is
 * kept in the history before anybody is told to replace it.
 * @param found null if there is none at all
 * @throws Refusal CLAIM_TAKEN where the request was given up, and another one has its turn
 */
export async function displaced(
  services: Services,
  request: Request,
  references: readonly string[],
  found: Published | null,
): Promise<Refusal> {
  const { store } = services;
  const { mapping: digest } = request.base;
  await checkTurn(services, request, references);
  if (found) await keepBase(services, found);
  const decision = await fetchDecision(store, request.digest);
  const base = found ? await findBase(services, digest, found) : null;
  const others = found && base ? await othersText(services, base, found.mapping) : '';
  const where = found && decision?.decision !== 'send' ? ', on a PC that has not seen the other mapping' : '';
  return new Refusal(
    'MAPPING_INVALID',
    `${keys.mapping} is ${found ? `now the mapping ${found.mapping.digest} of height ${found.mapping.height}` : 'gone'}; the tokens of ${listed(references)} are on chain, follow from the mapping ${digest} by the proposal ${request.reviewCode}, and are in no mapping`,
    `Call the other controllers. Copy ${keys.history(digest)} over ${keys.mapping}, then run \`countersign finalise\`${where}.${others}`,
  );
}

/**
 * Before anything new is prepared: tokens that a mapping can still be published for come first, and of others everybody
 * who prepares is told.
 * @param overtaken open requests on another mapping than the published one
 * @throws Refusal MAPPING_INVALID, CLAIM_TAKEN, ALREADY_SENT
 */
export async function checkLooseTokens(
  services: Services,
  published: Published,
  overtaken: readonly Request[],
  givenUp: readonly Request[],
): Promise<void> {
  const { progress } = services;
  const late = await looseTokens(services, overtaken, published);
  for (const request of new Set(late.map(one => one.request))) {
    const own = late.filter(one => one.request === request);
    const references = own.map(({ reference }) => reference);
    if (own.some(({ state }) => state === 'on chain'))
      throw await displaced(services, request, references, published);
  }
  for (const { text, refusal } of await givenUpTokens(services, published, givenUp)) {
    if (refusal) throw refusal;
    progress(text);
  }
}

export interface GivenUpTokens {
  /** A sentence or two. */
  text: string;
  /** Where `finalise` can publish them, which comes first. */
  refusal: Refusal | null;
}

/** Given up, and on chain all the same, or about to be: an older tool sent them, or a node that nobody asked. */
export async function givenUpTokens(
  services: Services,
  published: Published,
  givenUp: readonly Request[],
): Promise<GivenUpTokens[]> {
  const { store } = services;
  const { mapping } = published;
  const loose = await looseTokens(services, givenUp, published);
  const found: GivenUpTokens[] = [];
  for (const request of new Set(loose.map(one => one.request))) {
    const own = loose.filter(one => one.request === request);
    const references = own.map(({ reference }) => reference);
    const exist = own.filter(({ state }) => state === 'on chain').length;
    const told = `${listed(references)} of the proposal ${request.reviewCode}, which was given up, ${exist > 0 ? `${isAre(references.length)} on chain all the same, in no mapping` : `${references.length === 1 ? 'has its coin' : 'have their coins'} spent by a transaction that waits for a block`}`;
    const isFree =
      request.base.mapping === mapping.digest && (await turnHolder(store, mapping.digest)) === null;
    const refusal =
      exist === request.issuances.length && isFree
        ? new Refusal(
            'ALREADY_SENT',
            told,
            'Run `countersign finalise SIGNATURES` with a signatures file of that proposal first: it publishes the mapping that holds them.',
          )
        : null;
    const text = refusal
      ? `${told}. ${refusal.hint}`
      : `${told}: call the other controllers, and look with \`countersign report\`. Never issue ${references.length === 1 ? 'this bar' : 'these bars'} again.`;
    found.push({ text, refusal });
  }
  return found;
}
