/**
 * Verifies a mapping for a holder's page or wallet. The only inputs are the bytes of two files:
 *
 *     const { valid, mapping, trust } = verifyMapping(mapJson, trustJson);
 *     if (!valid || trust.digest !== digestFromTheIssuer) throw new Error('mapping not valid');
 *     for (const place of mapping.placesOf(new Set([assetId]), 'assetId')) console.log(assetAtIndex(mapping, place));
 */
import { type MakeHasher, nobleSha256 } from '../hash.ts';
import { readTrust, type Trust } from '../trust.ts';
import { type Mapping, parseMapping } from './mapping.ts';
import { mappingSigners } from './signatures.ts';

/** Who must sign: from the trust profile, or from the older `controllers.json`. */
export interface Policy {
  n: number;
  m: number;
  /** Compressed keys, controller 1 first. */
  pubkeys: readonly Uint8Array[];
}

export interface Verification {
  /** True if at least n controllers signed under this policy. If false, do not use the mapping. */
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
  /** True for the initial mapping of this policy, which is empty and unsigned. */
  begins: boolean;
}

export const hasPolicy = (mapping: Mapping, { n, m }: Policy): boolean => mapping.n === n && mapping.m === m;

export function verifyUnderPolicy(mapping: Mapping, policy: Policy): Verification {
  const controllers = mappingSigners(mapping, policy.pubkeys);
  const samePolicy = hasPolicy(mapping, policy);
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
 * @param bytes bytes of a `map.json`; they must not change afterwards
 * @param profile bytes of a `trust.json`; the caller compares the digest of `trust` with the issuer's
 * @param what the name of the file, for a refusal
 * @throws Refusal FORMAT_INVALID, TOO_LARGE; for the profile also FIELD_INVALID, NETWORK_UNKNOWN
 */
export function verifyMapping(
  bytes: Uint8Array,
  profile: Uint8Array,
  makeHasher: MakeHasher = nobleSha256,
  what = 'map.json',
): Verification & { mapping: Mapping; trust: Trust } {
  const trust = readTrust(profile);
  const mapping = parseMapping(bytes, what, makeHasher);
  return { ...verifyUnderPolicy(mapping, trust), mapping, trust };
}
