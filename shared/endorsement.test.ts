import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, sampleRequest, testKeys, trust } from '../fixtures/sample-request.ts';
import { base64ToBytes, bytesToBase64, bytesToHex, concatBytes, hexToBytes, utf8 } from './bytes.ts';
import { derive } from './derive.ts';
import { signHash } from './ecdsa.ts';
import { sha256, sha256d } from './hash.ts';
import { canonicalJson } from './json.ts';
import { digestedContent, readRequest, requestText } from './request.ts';
import {
  endorsingControllers,
  readSignatures,
  type Signatures,
  signaturesText,
  signDerivation,
  verifySignatures,
  wrongSignatureText,
} from './signatures.ts';
import { failsWith } from './testing.ts';

const request = sampleRequest();
const derivation = derive(request, base, trust);
const signatures = [1, 2, 3].map(i => signDerivation(derivation, i, testKeys[i - 1]!, trust));
const [one, two] = signatures as [Signatures, Signatures];
const other = derive(sampleRequest({ height: 3311 }), base, trust);
const requestWithEndorsements = (endorsements: Record<string, string>) =>
  readRequest(utf8(requestText(sampleRequest({ endorsements }))));

test('an endorsement signs the request digest, in the form of a mapping signature', () => {
  const tagged = utf8(`countersign/request/1\n${canonicalJson(digestedContent(request))}`);
  assert.is(bytesToHex(sha256(tagged)), request.digest);
  const { compact, recovery } = signHash(sha256(tagged), testKeys[0]!);
  assert.is(one.endorsement, bytesToBase64(concatBytes(Uint8Array.of(27 + recovery), compact)));
  assert.equal(Object.keys(JSON.parse(signaturesText(one))), [
    ...['type', 'version', 'request', 'controller', 'endorsement', 'mapping', 'transactions'],
  ]);
  assert.equal(readSignatures(utf8(signaturesText(one))), one);
});

test('no other signed data has the hash that an endorsement signs', () => {
  const signed = [derivation.mapping.signedHash, ...derivation.issuances.map(i => i.signatureHash)].map(bytesToHex);
  assert.not.ok(signed.includes(request.digest));
  for (const hash of [sha256(hexToBytes(request.digest, 'digest')), sha256d(utf8(request.digest))]) {
    const { compact, recovery } = signHash(hash, testKeys[0]!);
    const endorsement = bytesToBase64(concatBytes(Uint8Array.of(27 + recovery), compact));
    failsWith(
      'SIGNATURE_INVALID',
      () => verifySignatures(derivation, { ...one, endorsement }, trust),
      wrongSignatureText(1, 'the request'),
    );
  }
});

test('the request digest does not cover endorsements, and they survive writing and reading', () => {
  const carried = requestWithEndorsements({ '1': one.endorsement, '2': two.endorsement });
  assert.is(carried.digest, request.digest);
  assert.is(carried.reviewCode, request.reviewCode);
  assert.equal(carried.endorsements, { '1': one.endorsement, '2': two.endorsement });
  assert.is(readRequest(utf8(requestText(request))).endorsements, undefined);
  assert.equal(endorsingControllers(carried, trust), [1, 2]);
  assert.equal(endorsingControllers(request, trust), []);
  assert.equal(endorsingControllers(requestWithEndorsements({}), trust), []);
});

test('an endorsement is refused if it signs other data, has another key or a changed bit', () => {
  const elsewhere = signDerivation(other, 1, testKeys[0]!, trust).endorsement;
  const bytes = base64ToBytes(one.endorsement)!;
  const changed = [...bytes.keys()].map(i => bytesToBase64(bytes.map((byte, j) => (j === i ? byte ^ 0x40 : byte))));
  for (const endorsement of [elsewhere, two.endorsement, one.mapping, ...changed]) {
    failsWith(
      'SIGNATURE_INVALID',
      () => endorsingControllers(requestWithEndorsements({ '1': endorsement }), trust),
      /^endorsements.1: /,
    );
    failsWith(
      'SIGNATURE_INVALID',
      () => verifySignatures(derivation, { ...one, endorsement }, trust),
      wrongSignatureText(1, 'the request'),
    );
  }
  // The request also has a valid endorsement, which must not prevent the refusal.
  const both = { '1': one.endorsement, '2': elsewhere };
  failsWith('SIGNATURE_INVALID', () => endorsingControllers(requestWithEndorsements(both), trust), /^endorsements.2: /);
});

test('an endorsement needs the index of a controller and text in base64', () => {
  const { endorsement } = one;
  failsWith(
    'FIELD_INVALID',
    () => endorsingControllers(requestWithEndorsements({ '4': endorsement }), trust),
    /^endorsements.4: /,
  );
  for (const index of ['0', '01', '16', '1 ', 'x', '__proto__'])
    failsWith(index === '__proto__' ? 'FORMAT_INVALID' : 'FIELD_INVALID', () => {
      const text = requestText(request).replace(/\n\}\n$/, `,\n "endorsements": {"${index}": "${endorsement}"}\n}\n`);
      return readRequest(utf8(text));
    });
  for (const text of [
    '',
    endorsement.slice(0, -1),
    `${endorsement}=`,
    ` ${endorsement}`,
    endorsement.replace(/.$/, 'A'),
  ])
    failsWith(
      'FIELD_INVALID',
      () => requestWithEndorsements({ '1': text }),
      /^request: endorsements.1: |^endorsements.1: /,
    );
  for (const value of ['[]', '"1"', 'null'])
    failsWith(
      'FIELD_INVALID',
      () => readRequest(utf8(requestText(request).replace(/\n\}\n$/, `,\n "endorsements": ${value}\n}\n`))),
      /^request: endorsements: /,
    );
});

test('a signatures file without an endorsement is refused', () => {
  const { endorsement: _, ...rest } = one;
  failsWith(
    'FIELD_INVALID',
    () => readSignatures(utf8(signaturesText(rest as Signatures))),
    /^signatures: endorsement: .*got nothing/,
  );
});

test.run();
