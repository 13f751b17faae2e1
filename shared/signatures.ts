/** Detached signatures of one controller over everything that a request derives to; made, read, verified and merged. */
import { bytesToHex, concat, hexToBytes } from './bytes.ts';
import { decodeDer, encodeDer } from './der.ts';
import type { Derivation, DerivedIssuance } from './derive.ts';
import { sign, verify } from './ecdsa.ts';
import { at, Refusal } from './errors.ts';
import { expectType, Fields } from './fields.ts';
import { type PlainValue, readJson } from './json.ts';
import type { Mapping } from './mapping/mapping.ts';
import { signMapping, verifyMappingSignature } from './mapping/signatures.ts';
import { MAX_ISSUANCES } from './request.ts';
import { MAX_CONTROLLERS, multisigScriptSig } from './script.ts';
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
  /** Base64 of 65 bytes. */
  mapping: string;
  /** For each issuance, DER and the hash type, hex. */
  transactions: string[];
}

/** Signs all of it. Nothing is returned unless every signature verifies. */
export function signDerivation(
  derivation: Derivation,
  controller: number,
  privateKey: Uint8Array,
  trust: Trust,
): Signatures {
  const signatures: Signatures = {
    request: derivation.request.digest,
    controller,
    mapping: signMapping(derivation.mapping, privateKey),
    transactions: derivation.issuances.map(({ signatureHash }) => {
      const der = encodeDer(sign(signatureHash, privateKey).compact);
      return bytesToHex(concat(der, Uint8Array.of(SIGHASH_ALL)));
    }),
  };
  verifySignatures(derivation, signatures, trust);
  return signatures;
}

function invalid(signatures: Signatures, what: string): Refusal {
  return new Refusal(
    'SIGNATURE_INVALID',
    `controller ${signatures.controller}: the signature of ${what} is not valid for this request`,
    'Sign the request again on the device of that controller: the file was changed, or made for another profile.',
  );
}

/**
 * @throws Refusal REQUEST_MISMATCH for those of another request, FIELD_INVALID, SIGNATURE_INVALID naming which one
 */
export function verifySignatures(derivation: Derivation, signatures: Signatures, trust: Trust): void {
  const { request, mapping, issuances } = derivation;
  if (signatures.request !== request.digest) {
    throw new Refusal(
      'REQUEST_MISMATCH',
      `request: these signatures are for the request ${signatures.request}, the open one is ${request.digest}`,
      'Give the signatures of the open request, or sign that one.',
    );
  }
  if (signatures.controller > trust.m) {
    throw new Refusal(
      'FIELD_INVALID',
      `controller: expected 1 to ${trust.m}, got ${signatures.controller}`,
      'Give a signatures file of one of the controllers.',
    );
  }
  if (signatures.transactions.length !== issuances.length) {
    throw new Refusal(
      'SIGNATURE_INVALID',
      `transactions: expected ${issuances.length} signatures, got ${signatures.transactions.length}`,
      'Sign the request again: this file is not whole.',
    );
  }
  const pubkey = trust.pubkeys[signatures.controller - 1] as Uint8Array;
  if (!verifyMappingSignature(mapping, signatures.mapping, pubkey)) throw invalid(signatures, 'the mapping');
  issuances.forEach((issuance, i) => {
    const der = hexToBytes(signatures.transactions[i] as string, `transactions[${i}]`).slice(0, -1);
    const compact = decodeDer(der);
    if (!compact || !verify(issuance.signatureHash, compact, pubkey)) {
      throw invalid(signatures, `issuance ${issuance.reference}`);
    }
  });
}

/** @throws Refusal FORMAT_INVALID, FIELD_INVALID naming the member, TOO_LARGE */
export function readSignatures(bytes: Uint8Array, what = 'signatures'): Signatures {
  const value = readJson(bytes, what, MAX_BYTES);
  try {
    expectType(value, 'countersign/signatures');
    const fields = new Fields(value, '', [
      'type',
      'version',
      'request',
      'controller',
      'mapping',
      'transactions',
    ]);
    fields.constant('type', 'countersign/signatures');
    fields.constant('version', 1);
    const transactions = fields.list('transactions', 1, MAX_ISSUANCES);
    const entries = new Fields(
      new Map(transactions.map((entry, i) => [String(i), entry])),
      'transactions',
      transactions.map((_, i) => String(i)),
    );
    return {
      request: fields.hex('request', 32),
      controller: fields.integer('controller', 1, MAX_CONTROLLERS),
      mapping: fields.text('mapping', /^[A-Za-z0-9+/]{87}=$/, 'base64 of 65 bytes'),
      transactions: transactions.map((_, i) =>
        entries.text(String(i), DER_HEX, 'DER and the hash type 01, hex'),
      ),
    };
  } catch (error) {
    throw at(what, error);
  }
}

export function signaturesText(signatures: Signatures): string {
  const content: PlainValue = {
    type: 'countersign/signatures',
    version: 1,
    request: signatures.request,
    controller: signatures.controller,
    mapping: signatures.mapping,
    transactions: signatures.transactions,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

/** The issuance with the signatures of these controllers; complete with n of them. They must verify already. */
export function signedTransaction(
  issuance: DerivedIssuance,
  position: number,
  from: readonly Signatures[],
  trust: Trust,
): Transaction {
  const { transaction } = issuance;
  const inOrder = [...from].sort((a, b) => a.controller - b.controller);
  const signatures = inOrder.map(s => hexToBytes(s.transactions[position] as string, 'signature'));
  const scriptSig = multisigScriptSig(signatures, trust.redeemScript);
  return { ...transaction, inputs: transaction.inputs.map(input => ({ ...input, scriptSig })) };
}

/** The new mapping with the signatures of these controllers. They must verify already. */
export function signedMapping(derivation: Derivation, from: readonly Signatures[]): Mapping {
  const inOrder = [...from].sort((a, b) => a.controller - b.controller);
  return derivation.mapping.withSignatures(new Map(inOrder.map(s => [String(s.controller), s.mapping])));
}
