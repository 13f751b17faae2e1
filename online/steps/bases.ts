/** The mapping that a request was made on, and whether a mapping holds what a request issues. */
import type { Derivation } from '../../shared/derive.ts';
import { Refusal } from '../../shared/errors.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { fetchPast, type Published } from './published.ts';
import type { Services } from './services.ts';

/** The mapping with this digest: the published one, or one of the history. @throws Refusal BASE_INVALID */
export async function findBase(services: Services, digest: string, published: Published): Promise<Mapping> {
  if (published.mapping.digest === digest) return published.mapping;
  const past = await fetchPast(services, digest);
  if (past) return past.mapping;
  throw new Refusal(
    'BASE_INVALID',
    `the request was made on the mapping ${digest}, the published one is ${published.mapping.digest}`,
    'Another issuance came first, or the mapping was replaced: prepare the request again.',
  );
}

/** Whether every asset of the request stands in the mapping with its token. */
export function contains(mapping: Mapping, { issuances, base }: Derivation): boolean {
  if (mapping.size < base.size + issuances.length) return false;
  const wanted = new Map(issuances.map(({ reference, assetId }) => [reference, assetId]));
  if (mapping.contained(new Set(wanted.keys())).size < wanted.size) return false;
  for (const { reference, assetId } of assetsOf(mapping)) {
    if (wanted.get(reference) === assetId) wanted.delete(reference);
  }
  return wanted.size === 0;
}

/** Of these tokens, those that the mapping has, whichever bar they stand for: their coins are spent for good. */
export function settledTokens(mapping: Mapping, tokens: ReadonlySet<string>): ReadonlySet<string> {
  return tokens.size === 0 ? new Set() : mapping.contained(tokens, 'assetId');
}
