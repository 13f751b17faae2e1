/**
 * The one derivation: from a request, its base mapping and the pinned profile follow the new mapping and every
 * transaction, byte for byte. Signer and online tool call it; what is shown, signed and sent is its result and nothing else.
 * It enforces the rules that need no memory and no person: 1, 4 (against the base), 5, 6 and 7 of the design.
 */
import { parseAddress } from './address.ts';
import { formatAmount, parseAmount } from './amount.ts';
import { idToBytes } from './bytes.ts';
import { type IssuanceRequest, outpointOf, referenceOf } from './changes.ts';
import { type DerivedCorrection, deriveCorrections } from './corrections.ts';
import { at, check } from './errors.ts';
import { checkField } from './fields.ts';
import { assetIdOf, buildIssuance, type UnsignedIssuance } from './issuance.ts';
import type { Mapping } from './mapping/mapping.ts';
import { pythonNumber } from './mapping/python.ts';
import { mappingSigners } from './mapping/signatures.ts';
import { type DerivedRedemption, deriveRedemptions } from './redemption/derive.ts';
import { changesOf } from './redemption/holdings.ts';
import { checkTotal } from './redemption/invariants.ts';
import type { Holding } from './redemption/remap.ts';
import type { Request } from './request.ts';
import { reviewCode } from './review-code.ts';
import { tokenAmount } from './schedule.ts';
import { signatureHash } from './sighash.ts';
import type { Trust } from './trust.ts';

export interface DerivedIssuance extends UnsignedIssuance {
  request: IssuanceRequest;
  reference: string;
  /** Atoms. */
  tokens: bigint;
  /** 32 bytes: what each controller signs. */
  signatureHash: Uint8Array;
}

export interface Derivation {
  request: Request;
  base: Mapping;
  /** The new mapping, unsigned. */
  mapping: Mapping;
  issuances: DerivedIssuance[];
  redemptions: DerivedRedemption[];
  /** Entries of the bars and tokens that redemptions concern, before and after. */
  remapped: { before: readonly Holding[]; after: readonly Holding[] };
  corrections: DerivedCorrection[];
}

/** Orders two decimal texts of seconds. @returns negative, 0 or positive */
export const compareTimes = (a: string, b: string): number => Number(a) - Number(b);

/** Rule 1. */
export function checkProfile({ network, trust: digest }: Request, trust: Trust): void {
  const { name } = trust.network;
  check(network === name, 'TRUST_MISMATCH', `network: the pinned profile says ${name}, the request ${network}`);
  // Both, since codes can be made alike by whoever makes both profiles.
  const named = (digest: string) => `${reviewCode(digest)} (digest ${digest})`;
  const both = `the pinned profile is ${named(trust.digest)}, the request was made for ${named(digest)}`;
  check(digest === trust.digest, 'TRUST_MISMATCH', `trust: ${both}`);
}

/** Rule 4, against the base. */
function checkOrder({ height, time }: Request, base: Mapping): void {
  const wrong = (name: string, least: unknown, got: unknown) =>
    `${name}: expected at least ${least}, the base mapping's, got ${got}`;
  check(height >= base.height, 'NOT_MONOTONIC', wrong('height', base.height, height));
  const later = compareTimes(time, base.time);
  check(later >= 0, 'NOT_MONOTONIC', wrong('time', base.time, time));
  // What both leave as they are would be no successor to any signer that has seen the base: no way led on from it.
  const both = `time and height are the base mapping's, ${base.time} and ${base.height}: expected one of them to be more`;
  check(later > 0 || height > base.height, 'NOT_MONOTONIC', both);
}

/** Rule 6. */
function checkReferences({ issuances }: Request, base: Mapping): void {
  const references = issuances.map(referenceOf);
  const twice = references.findIndex((reference, i) => references.indexOf(reference) < i);
  check(twice < 0, 'DUPLICATE_ASSET', `issuances[${twice}]: ${references.at(twice)} stands twice in the request`);
  const [taken] = base.contained(new Set(references));
  check(taken === undefined, 'DUPLICATE_ASSET', `${taken} stands in the mapping already`);
}

/** Rule 5: the chain issues one token from a coin; a second bar would share it, also if no transaction ever confirms. */
function checkCoinsOnce({ issuances }: Request, base: Mapping): void {
  const coins = issuances.map(({ coin }) => outpointOf(coin));
  const assetIds = issuances.map(({ coin }) => assetIdOf(coin));
  const taken = base.contained(new Set(assetIds), 'assetId');
  const hint = 'Prepare the request again with another coin, and find out why this one was offered.';
  coins.forEach((coin, i) => {
    const path = `issuances[${i}].coin`;
    checkField(coins.indexOf(coin) === i, path, 'a coin used once in the request', coin);
    checkField(!taken.has(assetIds[+i] as string), path, 'a coin from which no token of the mapping came', coin, hint);
  });
}

/** The number that the mapping holds: as Python prints the float, so that it survives Python's own reading and writing. */
export const mappingMass = (mass: string): string => pythonNumber(mass.includes('.') ? mass : `${mass}.0`) as string;

/** Rule 5, what the form of each field does not tell. @param path where the issuance stands, for complaints */
function checkLimits({ mass }: IssuanceRequest, path: string, { massMin, massMax }: Trust): void {
  const atoms = parseAmount(mass, `${path}.mass`, 3);
  const allowed = atoms >= parseAmount(massMin, 'mass.min') && atoms <= parseAmount(massMax, 'mass.max');
  checkField(allowed, `${path}.mass`, `${massMin} to ${massMax}`, mass, 'Correct the mass.');
}

/** Rule 7. */
function checkTokens(issuance: IssuanceRequest, path: string, height: number, tokens: bigint): void {
  const expected = `${formatAmount(tokens)} for ${issuance.mass} at height ${height}`;
  const message = `${path}.tokens: expected ${expected}, got ${issuance.tokens}`;
  check(parseAmount(issuance.tokens, `${path}.tokens`) === tokens, 'AMOUNT_MISMATCH', message);
}

function deriveIssuance(issuance: IssuanceRequest, path: string, height: number, trust: Trust): DerivedIssuance {
  checkLimits(issuance, path, trust);
  const { scriptPubKey } = parseAddress(trust.network, issuance.address, `${path}.address`);
  const { txid, vout, amount } = issuance.coin;
  const atoms = parseAmount(amount, `${path}.coin.amount`);
  checkField(atoms > 0n, `${path}.coin.amount`, 'more than 0', amount);
  const tokens = tokenAmount(issuance.mass, height);
  checkTokens(issuance, path, height, tokens);
  const unsigned = buildIssuance({
    coin: { hash: idToBytes(txid, `${path}.coin.txid`), index: vout, amount: atoms },
    policyAsset: idToBytes(trust.policyAsset, 'policyAsset'),
    tokens,
    reissuanceTokens: trust.reissuanceTokens,
    assetScript: scriptPubKey,
    reissuanceScript: trust.reissuanceScript,
    changeScript: trust.scriptPubKey,
  });
  const hash = signatureHash(unsigned.transaction, 0, trust.redeemScript);
  return { ...unsigned, request: issuance, reference: referenceOf(issuance), tokens, signatureHash: hash };
}

/**
 * @param base {@link verifyBase} accepts it, or has to before anything is signed
 * @throws Refusal TRUST_MISMATCH, BASE_INVALID, NOT_MONOTONIC, FIELD_INVALID, DUPLICATE_ASSET, AMOUNT_MISMATCH, and those
 *   of redemptions and corrections
 */
export function derive(request: Request, base: Mapping, trust: Trust): Derivation {
  checkProfile(request, trust);
  checkDigest(request, base);
  checkOrder(request, base);
  checkReferences(request, base);
  checkCoinsOnce(request, base);
  const issuances = request.issuances.map((issuance, i) => {
    try {
      return deriveIssuance(issuance, `issuances[${i}]`, request.height, trust);
    } catch (error) {
      throw at(referenceOf(issuance), error);
    }
  });
  const { redemptions, before, after } = deriveRedemptions(request.redemptions, base, request.height);
  const { corrections, changes: renamed } = deriveCorrections(request.corrections, base);
  const issued = issuances.map(({ reference, request: { mass }, assetId }) => {
    return { reference, mass: mappingMass(mass), assetId };
  });
  const { changes, added } = changesOf(before, after);
  const all = new Map([...changes, ...renamed]);
  const mapping = base.extended([...issued, ...added], request.time, request.height, all);
  const gone = [...redemptions, ...corrections].flatMap(({ request, mass }) => ('to' in request ? [] : [mass]));
  if (all.size > 0) checkTotal(base, mapping, gone, before.length + after.length);
  return { request, base, mapping, issuances, redemptions, remapped: { before, after }, corrections };
}

/** Rule 2. @throws Refusal BASE_INVALID */
function checkDigest({ base: { mapping: digest } }: Request, base: Mapping): void {
  const both = `the request names ${digest}, the mapping given has the digest ${base.digest}`;
  const hint = 'Give the mapping that the request was prepared on, or prepare it again on the newest.';
  check(base.digest === digest, 'BASE_INVALID', `base.mapping: ${both}`, hint);
}

/** The mapping that begins: empty, and nobody has signed it. */
export const isFirst = ({ size, signatures }: Mapping): boolean => size === 0 && signatures.size === 0;

/**
 * Rule 2: accepts a published mapping under the pinned policy alone, whatever the object says of itself.
 * @returns indices of the controllers that signed it; none for the empty one that begins
 * @throws Refusal BASE_INVALID
 */
export function verifyBase(mapping: Mapping, { n, m, pubkeys }: Trust): number[] {
  const policy = `the pinned policy is ${n} of ${m}, the object says ${mapping.n} of ${mapping.m}`;
  check(mapping.n === n && mapping.m === m, 'BASE_INVALID', `mapping: ${policy}`);
  if (isFirst(mapping)) return [];
  const signers = mappingSigners(mapping, pubkeys);
  const who = signers.length === 0 ? 'no controller' : `controllers ${signers.join(', ')} only`;
  const problem = `mapping: expected valid signatures of ${n} controllers, found those of ${who}`;
  check(signers.length >= n, 'BASE_INVALID', problem);
  return signers;
}
