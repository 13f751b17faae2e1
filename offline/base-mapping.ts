/**
 * Finds the base mapping of a request: in the request, or among this signer's copies. If neither has the mapping, it is
 * rebuilt from an earlier request that this signer signed.
 */
import { createHash } from 'node:crypto';
import { utf8 } from '../shared/bytes.ts';
import { checkProfile, compareTimes, derive, isInitialMapping, verifyBase } from '../shared/derive.ts';
import { checkThat, valueText } from '../shared/errors.ts';
import { MAX_MAPPING_BYTES, type Mapping, parseMapping } from '../shared/mapping/mapping.ts';
import { mappingSigners } from '../shared/mapping/signatures.ts';
import type { Request } from '../shared/request.ts';
import type { Trust } from '../shared/trust.ts';
import { fileExists, readFile, readValidFileOrNull, removeFile, replaceFile } from './disk-files.ts';
import type { Memory, Seen } from './memory.ts';
import type { World } from './world.ts';

export interface Base {
  mapping: Mapping;
  /** Indices of the controllers with a valid signature; empty for the initial mapping. */
  signers: number[];
  /** Where the mapping was found, for the review screen. */
  origin: string;
}

export const OWN_COPY = 'copy stored on this device';
const mappingsFolder = (world: World) => `${world.home}/mappings`;
const mappingCopyPath = (world: World, digest: string) => `${mappingsFolder(world)}/${digest}.json`;

/** A mapping can have 100 MB, so it is hashed with Node's SHA-256, which is faster than `shared/hash.ts`. */
const parseBaseMapping = (bytes: Uint8Array, what: string) => parseMapping(bytes, what, () => createHash('sha256'));

/** Reads a `map.json` that a person names. */
export const readMappingFile = (world: World, file: string): Mapping =>
  parseBaseMapping(readFile(world.disk, file, MAX_MAPPING_BYTES), file);

/**
 * This signer's copy of a mapping; null if the copy is missing or damaged. {@link storeMapping} replaces a damaged
 * copy.
 */
export function readStoredMapping(world: World, digest: string): Mapping | null {
  const path = mappingCopyPath(world, digest);
  const mapping = readValidFileOrNull(world.disk, path, MAX_MAPPING_BYTES, bytes => parseBaseMapping(bytes, path));
  return mapping?.digest === digest ? mapping : null;
}

/**
 * Bars of an earlier mapping that the given mapping lacks. Without a copy of the earlier mapping, `count` is only the
 * difference between the numbers of entries, and `names` is empty.
 */
export function findBarsNotInMapping(world: World, before: Seen, mapping: Mapping): { count: number; names: string[] } {
  const copy = readStoredMapping(world, before.mapping);
  if (!copy) return { count: before.assets - mapping.size, names: [] };
  const had = new Set(copy.references());
  for (const reference of mapping.contained(had)) had.delete(reference);
  return { count: had.size, names: [...had].map(valueText) };
}

/**
 * Rebuilds a mapping from the earlier request that made it, if this signer signed that request. The mapping's
 * signatures are in the new request. Null if the mapping cannot be rebuilt.
 */
function rebuildMapping(world: World, { base }: Request, trust: Trust, memory: Memory): Mapping | null {
  const made = memory.signed.find(({ mapping }) => mapping === base.mapping)?.request;
  const below = made && readStoredMapping(world, made.base.mapping);
  if (!base.signatures || !below || made.trust !== trust.digest) return null;
  return derive(made, below, trust).mapping.withSignatures(new Map(Object.entries(base.signatures)));
}

/** @param isCarried true if the request has signatures of the mapping */
export const baseNeededText = (digest: string, isCarried: boolean): string =>
  `base.mapping: the request does not contain the mapping ${digest}, and this signer ${isCarried ? 'cannot rebuild it from the signatures in the request' : 'has no valid copy'}`;

/** Finds the base mapping; the caller verifies it. @throws Refusal BASE_NEEDED, FORMAT_INVALID */
export function findBaseMapping(world: World, request: Request, trust: Trust, memory: Memory): [Mapping, string] {
  const { mapping: digest, text, signatures } = request.base;
  if (text !== undefined) return [parseBaseMapping(utf8(text), 'base.text'), 'from the request'];
  const held = readStoredMapping(world, digest);
  // The digest does not cover the signatures. They may be damaged, so they are verified too.
  if (held && (isInitialMapping(held) || mappingSigners(held, trust.pubkeys).length >= trust.n))
    return [held, OWN_COPY];
  const built = rebuildMapping(world, request, trust, memory);
  const hint = 'On the PC, run prepare or review again without --without-base. Bring the new file.';
  if (!built) checkProfile(request, trust); // A wrong profile is the more important error, so it is reported first.
  checkThat(built, 'BASE_NEEDED', baseNeededText(digest, signatures !== undefined), hint);
  return [built, 'rebuilt here from an earlier request and its signatures'];
}

/**
 * Rule 2. In the message that controllers sign, time and height have no separator. So a PC can move digits from the
 * time to the height, or back, without a change of digest and signatures. If this device signed the mapping, it knows
 * both values and compares them.
 * @returns indices of the controllers that signed the mapping
 * @throws Refusal BASE_INVALID
 */
export function checkBaseMapping(mapping: Mapping, trust: Trust, memory: Memory): number[] {
  const { time, height } = memory.signed.find(before => before.mapping === mapping.digest)?.request ?? mapping;
  const ours = `expected height ${height} and time ${time} as signed here`;
  const same = mapping.height === height && compareTimes(mapping.time, time) === 0;
  checkThat(same, 'BASE_INVALID', `base: ${ours}, got height ${mapping.height} and time ${mapping.time}`);
  return verifyBase(mapping, trust);
}

/**
 * Stores a verified mapping. Also keeps the newest mapping on which this signer has built, and the base mappings of the
 * last three signed requests. Deletes all other copies.
 */
export function storeMapping(world: World, { mapping, origin }: Omit<Base, 'signers'>, memory: Memory): void {
  const { disk } = world;
  if (!fileExists(disk, mappingsFolder(world))) disk.mkdirSync(mappingsFolder(world), { mode: 0o700 });
  if (origin !== OWN_COPY) replaceFile(disk, mappingCopyPath(world, mapping.digest), mapping.bytes());
  const wanted = new Set([mapping.digest, memory.newest?.mapping]);
  for (const { request } of memory.signed.slice(-3)) wanted.add(request.base.mapping);
  for (const name of disk.readdirSync(mappingsFolder(world)))
    if (!wanted.has(name.replace('.json', ''))) removeFile(disk, `${mappingsFolder(world)}/${name}`);
}
