/**
 * Whether a mapping is valid: what a holder's page or wallet asks. Two bytes arrays in, no input or output besides:
 *
 *     const { valid, mapping, trust } = verifyMapping(mapJson, trustJson);
 *     if (!valid || trust.digest !== digestFromTheIssuer) throw new Error('believe nothing of it');
 *     for (const place of mapping.placesOf(new Set([assetId]), 'assetId')) console.log(assetAt(mapping, place));
 */
import { type MakeHasher, nobleSha256 } from '../hash.ts';
import { readTrust, type Trust } from '../trust.ts';
import { type Mapping, parseMapping } from './mapping.ts';
import { mappingSigners } from './signatures.ts';

/** Who must have signed: the pinned profile, or the older `controllers.json`. */
export interface Policy {
  n: number;
  m: number;
  /** Compressed keys, controller 1 first. */
  pubkeys: readonly Uint8Array[];
}

export interface Verification {
  /** Whether enough controllers signed it under this policy. If not, nothing in it may be believed. */
  valid: boolean;
  /** Indices (1…m, ascending) of the controllers with a valid signature. */
  controllers: number[];
  required: number;
  /** SHA-256 of the signed message, hex. */
  digest: string;
  /** Number of entries. */
  assets: number;
  /** Fine troy ounces, decimal text. */
  totalMass: string;
  /** The empty one of this policy, which nobody has signed: the first issuance signs the one after it. */
  begins: boolean;
}

export const isPolicyOf = (mapping: Mapping, { n, m }: Policy): boolean => mapping.n === n && mapping.m === m;

export function verification(mapping: Mapping, policy: Policy): Verification {
  const controllers = mappingSigners(mapping, policy.pubkeys);
  const samePolicy = isPolicyOf(mapping, policy);
  return {
    valid: samePolicy && controllers.length >= policy.n,
    controllers,
    required: policy.n,
    digest: mapping.digest,
    assets: mapping.size,
    totalMass: mapping.totalMass,
    begins: samePolicy && mapping.size === 0 && mapping.signatures.size === 0,
  };
}

/**
 * @param bytes of a `map.json`; they may not change from then on
 * @param profile of a `trust.json`; whoever asks compares the digest of `trust` with one from the issuer
 * @throws Refusal FORMAT_INVALID, TOO_LARGE, and of the profile FIELD_INVALID, NETWORK_UNKNOWN
 */
export function verifyMapping(
  bytes: Uint8Array,
  profile: Uint8Array,
  makeHasher: MakeHasher = nobleSha256,
): Verification & { mapping: Mapping; trust: Trust } {
  const trust = readTrust(profile);
  const mapping = parseMapping(bytes, 'map.json', makeHasher);
  return { ...verification(mapping, trust), mapping, trust };
}
