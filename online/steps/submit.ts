/** Uploads a request and the signatures so far, and the objects of the older scripts. */
import { Refusal } from '../../shared/errors.ts';
import type { Signatures } from '../../shared/signatures.ts';
import { markGivenUp } from './abandon.ts';
import { takeTurn, turnHolder } from './claim.ts';
import { decide, givenUp, isGivenUp } from './decision.ts';
import { filesText, type Gathered, gather } from './gather.ts';
import { correctOlderObjects, putOlder } from './older-objects.ts';
import { checkKeptCoins, checkTurnCoins } from './pins.ts';
import {
  fetchRequest,
  fetchSignatures,
  listProposals,
  uploadRequest,
  uploadSignatures,
} from './proposals.ts';
import { keepBase } from './published.ts';
import { cameFirst } from './rival.ts';
import type { Services } from './services.ts';

/** How often signatures that arrive meanwhile are looked for. */
const ROUNDS = 5;

async function tooLate(services: Services, holder: string, mine: string): Promise<Refusal> {
  const other = await fetchRequest(services.store, holder).catch(() => null);
  return new Refusal(
    'PROPOSAL_OPEN',
    `the proposal ${other?.reviewCode ?? holder} is open, this one, ${mine}, comes after it`,
    'Finish that one, or give it up with `countersign abandon`; then prepare these assets again.',
  );
}

/**
 * Written from all signatures that lie in the store, and again if some arrived meanwhile: two who submit at once would
 * else leave the older scripts with those of one.
 */
async function putOlderObjects(services: Services, gathered: Gathered): Promise<Signatures[]> {
  const { store } = services;
  const { request, derivation } = gathered;
  let { signatures } = gathered;
  const known = new Set([...gathered.damaged.keys(), ...signatures.map(s => s.controller)]);
  for (let round = 0; ; round++) {
    const listed = (await listProposals(store)).controllers.get(request.digest) ?? [];
    const arrived = listed.filter(controller => !known.has(controller));
    if (arrived.length > 0) {
      for (const controller of arrived) known.add(controller);
      const more = await fetchSignatures(services, derivation, arrived);
      signatures = [...signatures, ...more.signatures].sort((a, b) => a.controller - b.controller);
    }
    if ((round > 0 && arrived.length === 0) || round === ROUNDS) return signatures;
    await putOlder(services, derivation, signatures);
  }
}

/** @throws Refusal NO_PROPOSAL if it was given up, PROPOSAL_OPEN if another one is open, COIN_INVALID, and those of {@link gather} */
export async function submit(
  services: Services,
  files: readonly string[],
  requestFile?: string,
): Promise<Gathered> {
  const { store, state } = services;
  const gathered = await gather(services, files, requestFile);
  const { request, published } = gathered;
  const base = request.base.mapping;
  if (await isGivenUp(store, request.digest)) throw givenUp(request.reviewCode);
  if (gathered.rival !== null) throw cameFirst(gathered.derivation, gathered.rival);
  if (gathered.isPublished) {
    throw new Refusal(
      'NO_PROPOSAL',
      `the proposal ${request.reviewCode} is published already`,
      'Nothing is left to submit; `countersign map show` shows the mapping.',
    );
  }
  if (published.mapping.digest !== base) {
    throw new Refusal(
      'BASE_INVALID',
      `the request was made on the mapping ${base}, the published one is ${published.mapping.digest}`,
      'Another issuance came first: prepare the request again.',
    );
  }
  const holder = await turnHolder(store, base);
  if (holder !== null && holder !== request.digest) throw await tooLate(services, holder, request.reviewCode);
  if (holder === null) await checkKeptCoins(services, request, published);
  await keepBase(services, published);
  // The request lies there before it takes the turn: whoever finds the turn taken can read by what.
  await uploadRequest(store, request);
  await Promise.all(gathered.given.map(s => uploadSignatures(store, s)));
  try {
    await takeTurn(store, base, request.digest);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'CLAIM_TAKEN') throw error;
    // Another came first in this very moment. Given up, it stands in nobody's way, and its coins stay known.
    await decide(store, request.digest, { decision: 'give-up' });
    await markGivenUp(services, request.digest);
    const winner = await turnHolder(store, base);
    throw winner === null ? error : await tooLate(services, winner, request.reviewCode);
  }
  // As in finalise: what another one had before, which had the turn meanwhile, counts.
  await checkTurnCoins(services, request, published);
  state.keepRequest(request);
  services.progress(filesText(gathered.files).trimEnd());
  const signatures = await putOlderObjects(services, gathered);
  // Where it was closed meanwhile, its objects must not stand for another one's, nor be finished by an older tool.
  await correctOlderObjects(services, request.digest);
  return { ...gathered, signatures };
}
