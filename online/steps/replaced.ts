/** What is said of entries that the published mapping lacks, and the way on. */
import { Refusal } from '../../shared/errors.ts';
import { assetsOf } from '../../shared/mapping/listing.ts';
import type { Mapping } from '../../shared/mapping/mapping.ts';
import { listed } from '../platform/text/words.ts';
import type { Absent, LostEntry } from './absent.ts';
import { keys } from './objects.ts';
import { fetchPast, isOfObject, keepBase, type Published } from './published.ts';
import type { Services } from './services.ts';

/** Bars that a sentence names. */
const NAMED = 20;

const some = (references: readonly string[]) =>
  `${listed(references.slice(0, NAMED))}${references.length > NAMED ? ` and ${references.length - NAMED} more` : ''}`;

/** Entries of mappings that were published, by a mapping that has them. */
function byMapping(entries: readonly LostEntry[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { mapping, reference } of entries)
    found.set(mapping, [...(found.get(mapping) ?? []), reference]);
  return found;
}

/** A sentence for each mapping of which tokens are on chain and in the published one no more. */
export function absentText(entries: readonly LostEntry[]): string[] {
  return [...byMapping(entries)].map(
    ([mapping, references]) =>
      `${some(references)} of the mapping ${mapping} in history/ ${references.length === 1 ? 'has its token' : 'have their tokens'} on chain, in no entry of the published mapping: never issue ${references.length === 1 ? 'this bar' : 'these bars'} again, call the other controllers, and sign a mapping that holds all, with the older scripts.`,
  );
}

/** Of the mappings of ours that were replaced, the one to put back: the last one made. */
async function lastOf(services: Services, digests: readonly string[]): Promise<Mapping | null> {
  let last: Mapping | null = null;
  for (const digest of digests) {
    const past = await fetchPast(services, digest).catch(error => {
      if (isOfObject(error)) return null;
      throw error;
    });
    if (past && (last === null || past.mapping.size > last.size)) last = past.mapping;
  }
  return last;
}

/**
 * A published mapping of ours was replaced by one that lacks its tokens, which are on chain.
 * @throws nothing: it is the refusal, null if there is none of that kind
 */
export async function replacedPublished(
  services: Services,
  published: Published,
  { onChain }: Absent,
): Promise<Refusal | null> {
  const ours = onChain.filter(({ isOurs }) => isOurs);
  if (ours.length === 0) return null;
  const { mapping } = published;
  // Kept before anybody is told to replace it; a PC that saw it takes back the older one only where it can look into both.
  await keepBase(services, published).catch(error => {
    if (!(error instanceof Refusal) || error.code !== 'STORE_DENIED') throw error;
  });
  const references = ours.map(({ reference }) => reference);
  const last = await lastOf(services, [...byMapping(ours).keys()]);
  const lost = last ? [...assetsOf(mapping)].filter(({ assetId }) => !hasToken(last, assetId)) : [];
  const info = lost.length > 0 ? await services.node.assetInfo() : new Map();
  const exist = lost.filter(({ assetId }) => info.has(assetId)).map(asset => asset.reference);
  const anew = lost.filter(({ assetId }) => !info.has(assetId)).map(asset => asset.reference);
  const both = `let the controllers sign a mapping that holds all of them, with the older scripts`;
  const way =
    last === null
      ? both
      : exist.length > 0
        ? `${some(exist)} of the mapping found ${exist.length === 1 ? 'has its token' : 'have their tokens'} on chain too: ${both}`
        : `copy ${keys.history(last.digest)} over ${keys.mapping}, and run \`countersign status\`${anew.length > 0 ? `. Then issue ${some(anew)} of the mapping found anew: none of those tokens is on chain` : ''}`;
  return new Refusal(
    'MAPPING_INVALID',
    `${keys.mapping} is now the mapping ${mapping.digest} of height ${mapping.height}; it lacks ${some(references)} of ${[...byMapping(ours).keys()].join(', ')}, published before, whose ${references.length === 1 ? 'token is' : 'tokens are'} on chain`,
    `Call the other controllers, never issue ${references.length === 1 ? 'this bar' : 'these bars'} again, and ${way}.`,
  );
}

function hasToken(mapping: Mapping, token: string): boolean {
  return mapping.contained(new Set([token]), 'assetId').size > 0;
}

/** @throws Refusal DUPLICATE_ASSET if one of these bars has its token on chain, by a mapping that was published before */
export function checkNotLost(references: readonly string[], { onChain }: Absent): void {
  const lost = onChain.filter(({ reference }) => references.includes(reference));
  const [first] = lost;
  if (!first) return;
  throw new Refusal(
    'DUPLICATE_ASSET',
    `${some(lost.map(({ reference }) => reference))} ${lost.length === 1 ? 'has its token' : 'have their tokens'} on chain already, by the mapping ${first.mapping} in history/; the published one lacks ${lost.length === 1 ? 'it' : 'them'}`,
    'Never issue a bar twice: call the other controllers, and sign a mapping that holds all, with the older scripts. Leave it out here.',
  );
}

/** Stops where a mapping of ours was replaced, and tells what else is on chain and in no entry. */
export async function checkAbsent(
  services: Services,
  published: Published,
  absent: Absent,
  references: readonly string[],
): Promise<void> {
  const refusal = await replacedPublished(services, published, absent);
  if (refusal) throw refusal;
  checkNotLost(references, absent);
  for (const sentence of absentText(absent.onChain)) services.progress(sentence);
}
