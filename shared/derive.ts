/**
 * Derives the new mapping and every transaction, byte for byte, from a request, its base mapping and the trust profile.
 * Signer and online tool both call `derive`, so the shown, signed and sent data are the same. It enforces rules 1, 5, 6
 * and 7 of `offline/RULES.md`, and those parts of rules 2, 4 and 8 that need neither signatures, clock nor memory.
 */
import { parseAddress } from './address.ts';
import { formatAmount, parseAmount } from './amount.ts';
import { idToBytes } from './bytes.ts';
import { alreadyMappedText, barReference, type IssuanceRequest, occursTwiceText, outpointText } from './changes.ts';
import { type DerivedCorrection, deriveCorrections } from './corrections.ts';
import { addPlaceToMessage, checkThat } from './errors.ts';
import { assetIdOf, buildIssuance, type UnsignedIssuance } from './issuance.ts';
import { checkField } from './json-fields.ts';
import type { Mapping } from './mapping/mapping.ts';
import { pythonNumber } from './mapping/python-json.ts';
import { mappingSigners } from './mapping/signatures.ts';
import { mappingChanges } from './redemption/affected-holdings.ts';
import { type DerivedRedemption, deriveRedemptions } from './redemption/derive-redemptions.ts';
import { checkTotalMass } from './redemption/invariants.ts';
import type { Holding } from './redemption/remapping.ts';
import type { Request } from './request.ts';
import { reviewCode } from './review-code.ts';
import { signatureHash } from './sighash.ts';
import { tokenAmount } from './token-schedule.ts';
import { massRangeText, type Trust } from './trust.ts';

export interface DerivedIssuance extends UnsignedIssuance {
  request: IssuanceRequest;
  reference: string;
  /** Amount issued, in atoms. */
  tokens: bigint;
  /** The 32 bytes that each controller signs. */
  signatureHash: Uint8Array;
}

export interface Derivation {
  request: Request;
  base: Mapping;
  /** The new mapping, without signatures. */
  mapping: Mapping;
  issuances: DerivedIssuance[];
  redemptions: DerivedRedemption[];
  /** All mapping entries of the bars and tokens that redemptions affect, before and after the redemptions. */
  remapped: { before: readonly Holding[]; after: readonly Holding[] };
  corrections: DerivedCorrection[];
}

/**
 * Compares two times, each in seconds as decimal text.
 * @returns negative if `a` is earlier, 0 if equal, positive if later
 */
export const compareTimes = (a: string, b: string): number => Number(a) - Number(b);

/**
 * Rule 1: network and trust digest are the pinned ones.
 * @throws Refusal TRUST_MISMATCH
 */
export function checkProfile({ network, trust: digest }: Request, trust: Trust): void {
  const { name } = trust.network;
  checkThat(network === name, 'TRUST_MISMATCH', `network: expected ${name} as in the pinned profile, got ${network}`);
  // The digest is shown too, because a person who makes both profiles can make two with the same review code.
  const named = (digest: string) => `${reviewCode(digest)} (digest ${digest})`;
  const both = `expected the pinned profile ${named(trust.digest)}, got ${named(digest)}`;
  checkThat(digest === trust.digest, 'TRUST_MISMATCH', `trust: ${both}`);
}

/** Rule 4: height and time of the request are not below those of the base mapping. */
function checkHeightAndTime({ height, time }: Request, base: Mapping): void {
  const wrong = (name: string, least: unknown, got: unknown) =>
    `${name}: expected at least ${least} as in the base mapping, got ${got}`;
  checkThat(height >= base.height, 'NOT_MONOTONIC', wrong('height', base.height, height));
  const later = compareTimes(time, base.time);
  checkThat(later >= 0, 'NOT_MONOTONIC', wrong('time', base.time, time));
  // With the same height and time as the base, the new mapping would not be newer than the base. Signers that have
  // built on the base would refuse the new mapping, and no later request could build on it.
  const both = `time and height: expected a later time or a greater height than in the base mapping, got the same time ${base.time} and height ${base.height}`;
  checkThat(later > 0 || height > base.height, 'NOT_MONOTONIC', both);
}

/** Rule 6: no bar of the request is in the mapping already, and no bar occurs twice in the request. */
function checkBarsAreNew({ issuances }: Request, base: Mapping): void {
  const references = issuances.map(barReference);
  const twice = references.findIndex((reference, i) => references.indexOf(reference) < i);
  checkThat(twice < 0, 'DUPLICATE_ASSET', occursTwiceText(`issuances[${twice}]`, references.at(twice) as string));
  const [taken] = base.contained(new Set(references));
  checkThat(taken === undefined, 'DUPLICATE_ASSET', alreadyMappedText(taken as string));
}

/**
 * Rule 5: a coin issues one token, so two bars on one coin would share a token. A coin whose token is in the mapping is
 * refused even if the transaction that spends the coin never confirmed.
 */
function checkCoinsOnce({ issuances }: Request, base: Mapping): void {
  const coins = issuances.map(({ coin }) => outpointText(coin));
  const assetIds = issuances.map(({ coin }) => assetIdOf(coin));
  const taken = base.contained(new Set(assetIds), 'assetId');
  const hint = 'Prepare the request again with another policy coin. Find out why this coin was offered.';
  coins.forEach((coin, i) => {
    const path = `issuances[${i}].coin`;
    checkField(coins.indexOf(coin) === i, path, 'a policy coin used once in the request', coin);
    checkField(
      !taken.has(assetIds[+i] as string),
      path,
      'a policy coin that issued no token of the mapping',
      coin,
      hint,
    );
  });
}

/**
 * Text of the mass in the mapping, as Python prints the float (`400.0`). Python reads and writes this text without a
 * change.
 */
export const mappingMassText = (mass: string): string =>
  pythonNumber(mass.includes('.') ? mass : `${mass}.0`) as string;

/**
 * Rule 5: the mass has at most 3 decimals and is within the limits of the trust profile.
 * @param path the issuance's path, for error messages
 */
function checkMassLimits({ mass }: IssuanceRequest, path: string, trust: Trust): void {
  const atoms = parseAmount(mass, `${path}.mass`, 3);
  const allowed = atoms >= parseAmount(trust.massMin, 'mass.min') && atoms <= parseAmount(trust.massMax, 'mass.max');
  checkField(allowed, `${path}.mass`, massRangeText(trust), mass, 'Correct the mass.');
}

/** Rule 7: the request's amount equals the computed amount. */
function checkTokenAmount(issuance: IssuanceRequest, path: string, height: number, tokens: bigint): void {
  const expected = `${formatAmount(tokens)} for ${issuance.mass} fine troy ounces at height ${height}`;
  const message = `${path}.tokens: expected ${expected}, got ${issuance.tokens}`;
  checkThat(parseAmount(issuance.tokens, `${path}.tokens`) === tokens, 'AMOUNT_MISMATCH', message);
}

function deriveIssuance(issuance: IssuanceRequest, path: string, height: number, trust: Trust): DerivedIssuance {
  checkMassLimits(issuance, path, trust);
  const { scriptPubKey } = parseAddress(trust.network, issuance.address, `${path}.address`);
  const { txid, vout, amount } = issuance.coin;
  const atoms = parseAmount(amount, `${path}.coin.amount`);
  checkField(atoms > 0n, `${path}.coin.amount`, 'more than 0', amount);
  const tokens = tokenAmount(issuance.mass, height);
  checkTokenAmount(issuance, path, height, tokens);
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
  return { ...unsigned, request: issuance, reference: barReference(issuance), tokens, signatureHash: hash };
}

/**
 * @param base a mapping that the caller checks with {@link verifyBase} before anything is signed
 * @throws Refusal TRUST_MISMATCH, BASE_INVALID, NOT_MONOTONIC, FIELD_INVALID, DUPLICATE_ASSET, AMOUNT_MISMATCH,
 * MAPPING_INVALID, and the codes of {@link deriveRedemptions} and {@link deriveCorrections}
 */
export function derive(request: Request, base: Mapping, trust: Trust): Derivation {
  checkProfile(request, trust);
  checkBaseDigest(request, base);
  checkHeightAndTime(request, base);
  checkBarsAreNew(request, base);
  checkCoinsOnce(request, base);
  const issuances = request.issuances.map((issuance, i) => {
    try {
      return deriveIssuance(issuance, `issuances[${i}]`, request.height, trust);
    } catch (error) {
      throw addPlaceToMessage(barReference(issuance), error);
    }
  });
  const { redemptions, before, after } = deriveRedemptions(request.redemptions, base, request.height);
  const { corrections, changes: renamed } = deriveCorrections(request.corrections, base);
  const issued = issuances.map(({ reference, request: { mass }, assetId }) => {
    return { reference, mass: mappingMassText(mass), assetId };
  });
  const { changes, added } = mappingChanges(before, after);
  const all = new Map([...changes, ...renamed]);
  const mapping = base.extended([...issued, ...added], request.time, request.height, all);
  const gone = [...redemptions, ...corrections].flatMap(({ request, mass }) => ('to' in request ? [] : [mass]));
  if (all.size > 0) checkTotalMass(base, mapping, gone, before.length + after.length);
  return { request, base, mapping, issuances, redemptions, remapped: { before, after }, corrections };
}

/**
 * Rule 2: the base mapping matches its digest.
 * @throws Refusal BASE_INVALID
 */
function checkBaseDigest({ base: { mapping: digest } }: Request, base: Mapping): void {
  const both = `expected a mapping with the digest ${digest}, got ${base.digest}`;
  const hint = 'Give the mapping that the request was prepared on, or prepare the request again on the newest mapping.';
  checkThat(base.digest === digest, 'BASE_INVALID', `base.mapping: ${both}`, hint);
}

/** True for the initial mapping, which is empty and unsigned. */
export const isInitialMapping = ({ size, signatures }: Mapping): boolean => size === 0 && signatures.size === 0;

/**
 * Rule 2: checks a mapping against the pinned policy and the pinned keys. The policy in the mapping must be the pinned
 * one.
 * @returns indices of the controllers that signed the mapping; empty for the initial mapping
 * @throws Refusal BASE_INVALID
 */
export function verifyBase(mapping: Mapping, { n, m, pubkeys }: Trust): number[] {
  const policy = `expected the pinned policy ${n} of ${m}, got ${mapping.n} of ${mapping.m}`;
  checkThat(mapping.n === n && mapping.m === m, 'BASE_INVALID', `mapping: ${policy}`);
  if (isInitialMapping(mapping)) return [];
  const signers = mappingSigners(mapping, pubkeys);
  const who = signers.length === 0 ? '' : ` (controller ${signers.join(', ')})`;
  const problem = `mapping: expected valid signatures of ${n} controllers, got ${signers.length}${who}`;
  checkThat(signers.length >= n, 'BASE_INVALID', problem);
  return signers;
}
