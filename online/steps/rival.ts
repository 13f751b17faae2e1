/**
 * Two requests for the same bars on the same mapping put them on the same coins and so make the same tokens, but only one of
 * them has the turn. That the published mapping holds a request's tokens does not yet say that this request was published.
 */
import { type Derivation, derive } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Request } from '../../shared/request.ts';
import { reviewCode } from '../../shared/review-code.ts';
import { listed } from '../platform/text/words.ts';
import { contains, findBase } from './bases.ts';
import { turnHolder } from './claim.ts';
import type { Published } from './published.ts';
import type { Services } from './services.ts';

/**
 * The other request that brought what this one would have: it has the turn on the same base, and the mapping that this one
 * makes was never published.
 * @returns its digest; null if this one was published, or none had the turn, as with an older tool
 */
export async function rivalOf(
  services: Services,
  { request, mapping }: Derivation,
  published: Published,
): Promise<string | null> {
  if (published.mapping.digest === mapping.digest) return null;
  const holder = await turnHolder(services.store, request.base.mapping, request.digest);
  if (holder === null || holder === request.digest) return null;
  return (await isPast(services, mapping.digest, published)) ? null : holder;
}

/** Whether the history has it, signed by enough controllers. */
async function isPast(services: Services, digest: string, published: Published): Promise<boolean> {
  try {
    await findBase(services, digest, published);
    return true;
  } catch (error) {
    if (error instanceof Refusal && !error.code.startsWith('STORE_')) return false;
    throw error;
  }
}

export function cameFirst({ request, issuances }: Derivation, rival: string): Refusal {
  const one = issuances.length === 1;
  return new Refusal(
    'BASE_INVALID',
    `the proposal ${reviewCode(rival)} (${rival}) came before this one, ${request.reviewCode}, and brought ${listed(issuances.map(i => i.reference))} into the published mapping`,
    `${one ? 'This asset has its token' : 'These assets have their tokens'}: nothing is left to do. If \`countersign status\` still counts it, give it up with \`countersign abandon\`.`,
  );
}

/**
 * Of the requests that are open on an older mapping, the one that the published mapping holds: an older tool published it,
 * or a crash came before it was marked so.
 */
export async function publishedUnmarked(
  services: Services,
  overtaken: readonly Request[],
  published: Published,
): Promise<Derivation | null> {
  for (const request of overtaken) {
    try {
      const base = await findBase(services, request.base.mapping, published);
      const derivation = derive(request, base, services.trust);
      if (!contains(published.mapping, derivation)) continue;
      if ((await rivalOf(services, derivation, published)) === null) return derivation;
    } catch (error) {
      // What is wrong with one of them stops nobody who only looks.
      if (!(error instanceof Refusal) || error.code.startsWith('STORE_')) throw error;
    }
  }
  return null;
}
