/** One controller's detached signatures for a request: creates, reads, verifies and merges them. */
import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts';
import { MAX_ISSUANCES } from './changes.ts';
import { decodeDer, encodeDer } from './der.ts';
import type { Derivation, DerivedIssuance } from './derive.ts';
import { signBase64, signHash, verifyBase64, verifyHash } from './ecdsa.ts';
import { addPlaceToMessage, checkThat } from './errors.ts';
import { FILE, readAsExpectedKind } from './file-kind.ts';
import { type JsonValue, readJson } from './json.ts';
import { checkField, Fields } from './json-fields.ts';
import type { Mapping } from './mapping/mapping.ts';
import { signMapping, verifyMappingSignature } from './mapping/signatures.ts';
import { MAX_CONTROLLERS, multisigScriptSig } from './output-scripts.ts';
import { type Request, readSignatureText } from './request.ts';
import { SIGHASH_ALL } from './sighash.ts';
import type { Transaction } from './transaction.ts';
import type { Trust } from './trust.ts';

const MAX_BYTES = 256 * 1024;
const DER_HEX = /^30[0-9a-f]{14,142}01$/;

export interface Signatures {
  /** Digest of the request. */
  request: string;
  /** Index of the controller, 1…m. */
  controller: number;
  /** Signature of the request's digest, base64 of 65 bytes. */
  endorsement: string;
  /** Signature of the new mapping, base64 of 65 bytes. */
  mapping: string;
  /** One signature for each issuance: DER and the hash type, hex. Empty if nothing is issued. */
  transactions: string[];
}

/**
 * The 32 bytes that an endorsement signs: the request's digest. The tag in the digest's input separates this hash from
 * all other hashes that these keys sign.
 */
const endorsementHash = ({ digest }: Pick<Request, 'digest'>): Uint8Array => hexToBytes(digest, 'request');

/** Signs the request, the mapping and all transactions. Verifies each signature before it returns any. */
export function signDerivation(
  derivation: Derivation,
  controller: number,
  privateKey: Uint8Array,
  trust: Trust,
): Signatures {
  const { request, mapping, issuances } = derivation;
  const transactions = issuances.map(({ signatureHash }) => {
    const der = encodeDer(signHash(signatureHash, privateKey).compact);
    return bytesToHex(concatBytes(der, Uint8Array.of(SIGHASH_ALL)));
  });
  const texts = {
    endorsement: signBase64(endorsementHash(request), privateKey),
    mapping: signMapping(mapping, privateKey),
  };
  const signatures = { request: request.digest, controller, ...texts, transactions };
  verifySignatures(derivation, signatures, trust);
  return signatures;
}

export const wrongSignatureText = (controller: number, what: string): string =>
  `controller ${controller}: the signature of ${what} is not valid for this request`;

/**
 * @throws Refusal REQUEST_MISMATCH for another request's signatures, FIELD_INVALID, SIGNATURE_INVALID naming the
 * signature
 */
export function verifySignatures(
  { request, mapping, issuances }: Derivation,
  signatures: Signatures,
  trust: Trust,
): void {
  const { controller, transactions } = signatures;
  const both = `expected signatures of the request ${request.digest}, got signatures of ${signatures.request}`;
  checkThat(signatures.request === request.digest, 'REQUEST_MISMATCH', `request: ${both}`);
  const hint = 'Give a signatures file of one of the controllers.';
  checkField(controller <= trust.m, 'controller', `1 to ${trust.m}`, controller, hint);
  const counts = `expected ${issuances.length} signatures, got ${transactions.length}`;
  checkThat(transactions.length === issuances.length, 'SIGNATURE_INVALID', `transactions: ${counts}`);
  const pubkey = trust.pubkeys[controller - 1] as Uint8Array;
  const accept = (valid: boolean, what: string) => {
    checkThat(valid, 'SIGNATURE_INVALID', wrongSignatureText(controller, what));
  };
  accept(verifyBase64(endorsementHash(request), signatures.endorsement, pubkey), 'the request');
  accept(verifyMappingSignature(mapping, signatures.mapping, pubkey), 'the mapping');
  issuances.forEach(({ signatureHash, reference }, i) => {
    const compact = decodeDer(hexToBytes(transactions[+i] as string, `transactions[${i}]`).slice(0, -1));
    accept(compact !== null && verifyHash(signatureHash, compact, pubkey), `the issuance ${reference}`);
  });
}

/**
 * Indices (ascending) of the controllers that endorsed this request.
 * @throws Refusal FIELD_INVALID for an index above m, SIGNATURE_INVALID for an invalid endorsement, because Countersign
 * never writes an invalid endorsement
 */
export function endorsingControllers(request: Request, { m, pubkeys }: Trust): number[] {
  return Object.entries(request.endorsements ?? {}).map(([index, text]) => {
    const pubkey = pubkeys[Number(index) - 1];
    checkField(pubkey, `endorsements.${index}`, `a controller from 1 to ${m}`, index);
    const message = `endorsements.${index}: the signature of controller ${index} is not valid for the request ${request.digest}`;
    checkThat(verifyBase64(endorsementHash(request), text, pubkey), 'SIGNATURE_INVALID', message);
    return Number(index);
  });
}

/** @throws Refusal FORMAT_INVALID, FIELD_INVALID naming the member, TOO_LARGE */
export const readSignatures = (bytes: Uint8Array, what = 'signatures'): Signatures =>
  readAsExpectedKind(bytes, what, FILE.signatures, () => parseSignatures(readJson(bytes, what, MAX_BYTES), what));

function parseSignatures(value: JsonValue, what: string): Signatures {
  try {
    const names = ['request', 'controller', 'endorsement', 'mapping', 'transactions'];
    const fields = Fields.file(value, 'countersign/signatures', names);
    const transactions = fields.list('transactions', 0, MAX_ISSUANCES);
    return {
      request: fields.hex('request', 32),
      controller: fields.integer('controller', 1, MAX_CONTROLLERS),
      endorsement: readSignatureText(fields, 'endorsement'),
      mapping: readSignatureText(fields, 'mapping'),
      transactions: transactions.map((der, i) => {
        const valid = typeof der === 'string' && DER_HEX.test(der);
        checkField(valid, `transactions.${i}`, 'a DER signature with the hash type 01, in hex', der);
        return der as string;
      }),
    };
  } catch (error) {
    throw addPlaceToMessage(what, error);
  }
}

export const signaturesText = (signatures: Signatures): string =>
  `${JSON.stringify({ type: 'countersign/signatures', version: 1, ...signatures }, null, 1)}\n`;

/**
 * The issuance transaction with these controllers' signatures. With n signatures it is complete. The caller has
 * verified the signatures.
 * @param position index of the issuance in the request
 */
export function signedTransaction(
  issuance: DerivedIssuance,
  position: number,
  from: readonly Signatures[],
  trust: Trust,
): Transaction {
  const { transaction } = issuance;
  const inOrder = [...from].sort((a, b) => a.controller - b.controller);
  const signatures = inOrder.map(s => hexToBytes(s.transactions.at(position) as string, 'signature'));
  const scriptSig = multisigScriptSig(signatures, trust.redeemScript);
  return { ...transaction, inputs: transaction.inputs.map(input => ({ ...input, scriptSig })) };
}

/** The new mapping with these controllers' signatures. The caller has verified the signatures. */
export function signedMapping(derivation: Derivation, from: readonly Signatures[]): Mapping {
  const inOrder = [...from].sort((a, b) => a.controller - b.controller);
  return derivation.mapping.withSignatures(new Map(inOrder.map(s => [String(s.controller), s.mapping])));
}
