/**
 * The one derivation: from a request, its base mapping and the pinned profile follow the new mapping and every
 * transaction, byte for byte. Signer and online tool call it; what is shown, signed and sent is its result and nothing else.
 * It enforces the rules that need no memory and no person: 1, 4 (against the base), 5, 6 and 7 of the design.
 */
import { parseAddress } from './address.ts';
import { formatAmount, parseAmount } from './amount.ts';
import { idToBytes } from './bytes.ts';
import { at, Refusal } from './errors.ts';
import { fieldInvalid } from './fields.ts';
import { buildIssuance, type UnsignedIssuance } from './issuance.ts';
import type { Mapping } from './mapping/mapping.ts';
import { pythonNumber } from './mapping/python.ts';
import { mappingSigners } from './mapping/signatures.ts';
import { type IssuanceRequest, type Request, referenceOf } from './request.ts';
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
}

/** Orders two decimal texts of seconds. @returns negative, 0 or positive */
export function compareTimes(a: string, b: string): number {
  return Number(a) - Number(b);
}

export function checkProfile(request: Request, trust: Trust): void {
  const hint =
    'Compare the profile of this device with the other controllers: both must show the same review code.';
  if (request.network !== trust.network.name) {
    throw new Refusal(
      'TRUST_MISMATCH',
      `network: the pinned profile says ${trust.network.name}, the request ${request.network}`,
      hint,
    );
  }
  if (request.trust !== trust.digest) {
    throw new Refusal(
      'TRUST_MISMATCH',
      `trust: the pinned profile has the digest ${trust.digest}, the request was made for ${request.trust}`,
      hint,
    );
  }
}

function checkOrder(request: Request, base: Mapping): void {
  const hint = 'Prepare the request again, on the newest mapping and with a clock and a node that are right.';
  if (request.height < base.height) {
    throw new Refusal(
      'NOT_MONOTONIC',
      `height: expected at least ${base.height}, the base mapping's, got ${request.height}`,
      hint,
    );
  }
  if (compareTimes(request.time, base.time) < 0) {
    throw new Refusal(
      'NOT_MONOTONIC',
      `time: expected at least ${base.time}, the base mapping's, got ${request.time}`,
      hint,
    );
  }
}

function checkReferences(request: Request, base: Mapping): void {
  const references = new Set<string>();
  const hint = 'Each bar is issued once: remove it from the request, or correct its serial number.';
  request.issuances.forEach((issuance, i) => {
    const reference = referenceOf(issuance);
    if (references.has(reference)) {
      throw new Refusal('DUPLICATE_ASSET', `issuances[${i}]: ${reference} stands twice in the request`, hint);
    }
    references.add(reference);
  });
  const [taken] = base.contained(references);
  if (taken !== undefined) {
    throw new Refusal('DUPLICATE_ASSET', `${taken} stands in the mapping already`, hint);
  }
}

function checkCoins(request: Request): void {
  const coins = new Set<string>();
  request.issuances.forEach(({ coin }, i) => {
    const outpoint = `${coin.txid}:${coin.vout}`;
    if (coins.has(outpoint))
      throw fieldInvalid(`issuances[${i}].coin`, 'a coin used once in the request', outpoint);
    coins.add(outpoint);
  });
}

/** The number that the mapping holds: as Python prints the float, so that it survives Python's own reading and writing. */
export function mappingMass(mass: string): string {
  return pythonNumber(mass.includes('.') ? mass : `${mass}.0`) as string;
}

/** @param path where the issuance stands, for complaints */
function deriveIssuance(
  issuance: IssuanceRequest,
  path: string,
  height: number,
  trust: Trust,
): DerivedIssuance {
  const mass = parseAmount(issuance.mass, `${path}.mass`, 3);
  if (mass < parseAmount(trust.massMin, 'mass.min') || mass > parseAmount(trust.massMax, 'mass.max')) {
    throw fieldInvalid(
      `${path}.mass`,
      `${trust.massMin} to ${trust.massMax}`,
      issuance.mass,
      'Correct the mass.',
    );
  }
  const address = parseAddress(trust.network, issuance.address, `${path}.address`);
  const coinAmount = parseAmount(issuance.coin.amount, `${path}.coin.amount`);
  if (coinAmount === 0n) throw fieldInvalid(`${path}.coin.amount`, 'more than 0', issuance.coin.amount);
  const claimed = parseAmount(issuance.tokens, `${path}.tokens`);
  const tokens = tokenAmount(issuance.mass, height);
  if (claimed !== tokens) {
    throw new Refusal(
      'AMOUNT_MISMATCH',
      `${path}.tokens: expected ${formatAmount(tokens)} for ${issuance.mass} at height ${height}, got ${issuance.tokens}`,
      'Prepare the request again; if that does not help, the networked PC is not to be trusted.',
    );
  }
  const unsigned = buildIssuance({
    coin: {
      hash: idToBytes(issuance.coin.txid, `${path}.coin.txid`),
      index: issuance.coin.vout,
      amount: coinAmount,
    },
    policyAsset: idToBytes(trust.policyAsset, 'policyAsset'),
    tokens,
    reissuanceTokens: trust.reissuanceTokens,
    assetScript: address.scriptPubKey,
    reissuanceScript: trust.reissuanceScript,
    changeScript: trust.scriptPubKey,
  });
  return {
    ...unsigned,
    request: issuance,
    reference: referenceOf(issuance),
    tokens,
    signatureHash: signatureHash(unsigned.transaction, 0, trust.redeemScript),
  };
}

/**
 * @param base the mapping with the digest that the request names; {@link verifyBase} has accepted it
 * @throws Refusal TRUST_MISMATCH, BASE_INVALID, NOT_MONOTONIC, FIELD_INVALID, DUPLICATE_ASSET, AMOUNT_MISMATCH
 */
export function derive(request: Request, base: Mapping, trust: Trust): Derivation {
  checkProfile(request, trust);
  if (base.digest !== request.base.mapping) {
    throw new Refusal(
      'BASE_INVALID',
      `base.mapping: the request names ${request.base.mapping}, the mapping given has the digest ${base.digest}`,
      'Give the mapping that the request was prepared on, or prepare it again on the newest.',
    );
  }
  checkOrder(request, base);
  checkReferences(request, base);
  checkCoins(request);
  const issuances = request.issuances.map((issuance, i) => {
    try {
      return deriveIssuance(issuance, `issuances[${i}]`, request.height, trust);
    } catch (error) {
      throw at(referenceOf(issuance), error);
    }
  });
  const mapping = base.extended(
    issuances.map(({ reference, request: { mass }, assetId }) => ({
      reference,
      mass: mappingMass(mass),
      tokenId: assetId,
    })),
    request.time,
    request.height,
  );
  return { request, base, mapping, issuances };
}

/**
 * Accepts a published mapping under the pinned policy alone, whatever the object says of itself.
 * @returns indices of the controllers that signed it; none for the empty one that begins
 * @throws Refusal BASE_INVALID
 */
export function verifyBase(mapping: Mapping, trust: Trust): number[] {
  const hint =
    'Fetch the published mapping again; if it stays so, do not sign and call the other controllers.';
  if (mapping.n !== trust.n || mapping.m !== trust.m) {
    throw new Refusal(
      'BASE_INVALID',
      `mapping: the pinned policy is ${trust.n} of ${trust.m}, the object says ${mapping.n} of ${mapping.m}`,
      hint,
    );
  }
  if (mapping.size === 0 && mapping.signatures.size === 0) return [];
  const signers = mappingSigners(mapping, trust.pubkeys);
  if (signers.length < trust.n) {
    const who = signers.length === 0 ? 'no controller' : `controllers ${signers.join(', ')} only`;
    throw new Refusal(
      'BASE_INVALID',
      `mapping: expected valid signatures of ${trust.n} controllers, found those of ${who}`,
      hint,
    );
  }
  return signers;
}
