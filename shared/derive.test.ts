import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  base,
  baseText,
  issuanceAt,
  ocean,
  sampleRequest,
  sampleRequestBytes,
  testKeys,
  trust,
  trustJson,
} from '../fixtures/sample-request.ts';
import { bytesToHex, utf8 } from './bytes.ts';
import { derive, verifyBase } from './derive.ts';
import { FILE } from './file-kind.ts';
import { assetAtIndex } from './mapping/asset-listing.ts';
import { emptyMapping, parseMapping } from './mapping/mapping.ts';
import { addDigest, readRequest, requestText } from './request.ts';
import { isReviewCode, reviewCode } from './review-code.ts';
import {
  readSignatures,
  signaturesText,
  signDerivation,
  signedMapping,
  signedTransaction,
  verifySignatures,
  wrongSignatureText,
} from './signatures.ts';
import { failsWith } from './testing.ts';
import { transactionHex, transactionId } from './transaction.ts';
import { readTrust } from './trust.ts';

const emptyBase = emptyMapping(2, 3, '1500000000.000001');

for (const [i, vector] of ocean.issuances.entries()) {
  test(`the derived transactions of request ${i} equal the node's transactions in every byte`, () => {
    const { height } = vector;
    const request = sampleRequest({
      height,
      base: { mapping: emptyBase.digest },
      issuances: [issuanceAt(i, height)],
    });
    const derivation = derive(request, emptyBase, trust);
    const issuance = derivation.issuances[0]!;
    assert.is(request.issuances[0]!.tokens, vector.tokens);
    assert.is(transactionHex(issuance.transaction), vector.created.rawtx);
    assert.is(issuance.assetId, vector.created.asset);
    for (const { controllers, hex, txid } of vector.complete) {
      const all = controllers.map((c: number) => signDerivation(derivation, c, testKeys[c - 1]!, trust));
      const tx = signedTransaction(issuance, 0, all.reverse(), trust);
      assert.is(transactionHex(tx), hex);
      assert.is(transactionId(tx), txid);
    }
  });
}

test('coordinator and confirmer derive the same mapping, and each signature of it is valid', () => {
  const request = readRequest(sampleRequestBytes());
  const derivation = derive(request, base, trust);
  const one = signDerivation(derivation, 1, testKeys[0]!, trust);
  const three = signDerivation(derivation, 3, testKeys[2]!, trust);
  const published = parseMapping(signedMapping(derivation, [three, one]).bytes());
  assert.equal(verifyBase(published, trust), [1, 3]);
  assert.is(published.digest, derivation.mapping.digest);
  assert.is(published.size, 5);
  assert.equal(assetAtIndex(published, 3), {
    key: 4,
    reference: '500001-2021-ACME',
    mass: '389.142',
    assetId: derivation.issuances[0]!.assetId,
  });
  assert.equal(readSignatures(utf8(signaturesText(one))), one);
});

test('the request digest covers every member except the text of the base mapping', () => {
  const request = sampleRequest();
  const withoutText = readRequest(utf8(requestText({ ...request, base: { mapping: request.base.mapping } })));
  assert.is(withoutText.digest, request.digest);
  const other = sampleRequest({ height: 3311 });
  assert.is.not(other.digest, request.digest);
  assert.match(request.reviewCode, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('a typed review code may differ in case, spaces, dashes and look-alike characters', () => {
  assert.is(reviewCode('00'.repeat(32)), '0000-0000-0000-0000');
  assert.is(reviewCode(`${'ff'.repeat(10)}00`), 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
  assert.is(reviewCode('0123456789abcdef0123'), '04HM-ASW9-NF6Y-Y093');
  assert.ok(isReviewCode('o4hmasw9 nf6y-yo93', '04HM-ASW9-NF6Y-Y093'));
  assert.not.ok(isReviewCode('04HM-ASW9-NF6Y-Y094', '04HM-ASW9-NF6Y-Y093'));
  assert.not.ok(isReviewCode('', '04HM-ASW9-NF6Y-Y093'));
});

const first = issuanceAt(0, 3310);
const second = issuanceAt(1, 3310);
const refusals: [string, Parameters<typeof failsWith>[0], Parameters<typeof sampleRequest>[0], RegExp][] = [
  ['another network', 'TRUST_MISMATCH', { network: 'ocean_main' }, /network: expected gold_main/],
  ['another profile', 'TRUST_MISMATCH', { trust: 'ab'.repeat(32) }, /trust: /],
  ['another base', 'BASE_INVALID', { base: { mapping: 'ab'.repeat(32) } }, /base.mapping: /],
  ['a height below the base', 'NOT_MONOTONIC', { height: 3302 }, /^height: .*3303.*got 3302/],
  [
    'a time below the base',
    'NOT_MONOTONIC',
    { time: '1568906123.897162' },
    /^time: .*1568906123.897163.*got 1568906123\.897162/,
  ],
  [
    "time and height of the base's",
    'NOT_MONOTONIC',
    { height: 3303, time: base.time, issuances: [issuanceAt(0, 3303)] },
    new RegExp(` height: .* ${base.time} .* 3303$`),
  ],
  [
    'one coin twice',
    'FIELD_INVALID',
    { issuances: [first, { ...second, coin: first.coin }] },
    /issuances\[1\].coin: .*once/,
  ],
  [
    'a mass under the limit',
    'FIELD_INVALID',
    { issuances: [{ ...first, mass: '349.999' }] },
    /mass: expected 350 to 450 .*, got "349.999"/,
  ],
  [
    'a mass over the limit',
    'FIELD_INVALID',
    { issuances: [{ ...first, mass: '450.001' }] },
    /mass: expected 350 to 450/,
  ],
  [
    'an address of another network',
    'FIELD_INVALID',
    { issuances: [{ ...first, address: '2dxAVkghoKpn5yEQTNsgtE5KJ3s8Vp1NNkL' }] },
    /^500001-2021-ACME: issuances\[0\]\.address: .*got "2dxAVkghoKpn5yEQTNsgtE5KJ3s8Vp1NNkL"/,
  ],
  [
    'tokens that are too many',
    'AMOUNT_MISMATCH',
    { issuances: [{ ...first, tokens: '3891.63430771' }] },
    /expected 3891.63430770 .* got 3891.63430771/,
  ],
  [
    'a bar twice',
    'DUPLICATE_ASSET',
    { issuances: [first, { ...second, serial: first.serial }] },
    /500001-2021-ACME occurs twice/,
  ],
  [
    'a bar of the mapping',
    'DUPLICATE_ASSET',
    { issuances: [{ ...first, serial: '031037', year: '2019', manufacturer: 'PAMP' }] },
    /already has 031037-2019-PAMP/,
  ],
  [
    'a coin of nothing',
    'FIELD_INVALID',
    { issuances: [{ ...first, coin: { ...first.coin, amount: '0' } }] },
    /^500001-2021-ACME: issuances\[0\]\.coin\.amount: .*\b0\b.*got "0"/,
  ],
];
for (const [name, code, changes, message] of refusals) {
  test(`the request is refused: ${name}`, () => {
    failsWith(code, () => derive(readRequest(sampleRequestBytes(changes)), base, trust), message);
  });
}

const malformed: [string, object, RegExp][] = [
  ['serial', { serial: '12345' }, /issuances\[0\].serial: expected 6 letters/],
  ['year', { year: '20' }, /issuances\[0\].year/],
  ['manufacturer with a dash', { manufacturer: 'A-B' }, /issuances\[0\].manufacturer/],
  ['manufacturer with an escape', { manufacturer: 'A\u001b[2J' }, /issuances\[0\].manufacturer/],
  ['manufacturer with bidirectional text', { manufacturer: 'A\u202eB' }, /issuances\[0\].manufacturer/],
  ['mass with four decimals', { mass: '389.1420' }, /issuances\[0\].mass/],
  ['mass in another notation', { mass: '3.9e2' }, /issuances\[0\].mass/],
];
for (const [name, change, message] of malformed) {
  test(`the signatures are refused: ${name}`, () => {
    const bytes = sampleRequestBytes({ issuances: [{ ...first, ...change }] });
    failsWith('FIELD_INVALID', () => readRequest(bytes), message);
  });
}

test('a truncated request or signatures file is refused at every length', () => {
  const request = sampleRequestBytes({ base: { mapping: base.digest } });
  const derivation = derive(readRequest(request), base, trust);
  const signatures = utf8(signaturesText(signDerivation(derivation, 1, testKeys[0]!, trust)));
  for (let i = 0; i < request.length - 1; i++) failsWith('FORMAT_INVALID', () => readRequest(request.slice(0, i)));
  for (let i = 0; i < signatures.length - 1; i++)
    failsWith('FORMAT_INVALID', () => readSignatures(signatures.slice(0, i)));
});

test('signatures are refused if they are changed, or belong to another request or controller', () => {
  const derivation = derive(sampleRequest(), base, trust);
  const one = signDerivation(derivation, 1, testKeys[0]!, trust);
  const other = derive(sampleRequest({ height: 3311 }), base, trust);
  failsWith('REQUEST_MISMATCH', () => verifySignatures(other, one, trust), /^request: expected/);
  failsWith(
    'SIGNATURE_INVALID',
    () => verifySignatures(derivation, { ...one, controller: 2 }, trust),
    wrongSignatureText(2, 'the request'),
  );
  const swapped = { ...one, transactions: [...one.transactions].reverse() };
  failsWith('SIGNATURE_INVALID', () => verifySignatures(derivation, swapped, trust), /issuance 500001-2021-ACME/);
  failsWith(
    'SIGNATURE_INVALID',
    () => verifySignatures(derivation, { ...one, transactions: [] }, trust),
    /expected 2 signatures, got 0/,
  );
});

test('the mapping cannot choose the policy that verifies it', () => {
  failsWith(
    'BASE_INVALID',
    () => verifyBase(parseMapping(utf8(baseText.replace('"n": 2', '"n": 0'))), trust),
    /pinned policy 2 of 3/,
  );
  failsWith('BASE_INVALID', () => verifyBase(base.withSignatures(new Map()), trust), /got 0$/);
  assert.equal(verifyBase(emptyBase, trust), []);
});

const wrongProfiles: [string, object, RegExp][] = [
  ['n above m', { controllers: { ...trustJson.controllers, n: 4 } }, /^controllers\.n: .*1 to 3, got 4/],
  [
    'a key twice',
    {
      controllers: {
        ...trustJson.controllers,
        pubkeys: { 1: ocean.pubkeys[0], 2: ocean.pubkeys[1], 3: ocean.pubkeys[0] },
      },
    },
    /pubkeys.3: .* controller 1/,
  ],
  [
    'a key that is no point',
    {
      controllers: {
        ...trustJson.controllers,
        pubkeys: { 1: `02${'ff'.repeat(32)}`, 2: ocean.pubkeys[1], 3: ocean.pubkeys[2] },
      },
    },
    /^controllers\.pubkeys\.1: /,
  ],
  [
    'a missing key',
    { controllers: { ...trustJson.controllers, pubkeys: { 1: ocean.pubkeys[0], 2: ocean.pubkeys[1] } } },
    /^controllers\.pubkeys\.3: .*got nothing/,
  ],
  ['an unknown member', { comment: 'x' }, /^comment: .*got "x"/],
  ['limits the wrong way round', { mass: { min: '450', max: '350' } }, /mass.min/],
  [
    'a reissuance address of another network',
    { reissuanceAddress: 'GKnG1xHFNwv9rGxPX2Kn5fZkVuxeeRA8xf' },
    /^reissuanceAddress: .*got "GKnG1xHFNwv9rGxPX2Kn5fZkVuxeeRA8xf"/,
  ],
];
for (const [name, change, message] of wrongProfiles) {
  test(`a profile with ${name} is refused`, () => {
    failsWith('FIELD_INVALID', () => readTrust(utf8(JSON.stringify({ ...trustJson, ...change }))), message);
  });
}

test('a profile has a derived address and a canonical digest, and an unknown network is refused', () => {
  assert.is(trust.address, ocean.p2sh.address);
  const reordered = Object.fromEntries(Object.entries(trustJson).reverse());
  assert.is(readTrust(utf8(JSON.stringify(reordered, null, 3))).digest, trust.digest);
  failsWith(
    'NETWORK_UNKNOWN',
    () => readTrust(utf8(JSON.stringify({ ...trustJson, network: 'gold_mian' }))),
    /gold_mian/,
  );
  const custom = { name: 'gold_dev', p2pkh: 38, p2sh: 97, wif: 180 };
  assert.is(readTrust(utf8(JSON.stringify({ ...trustJson, network: custom }))).address, trust.address);
  assert.is(bytesToHex(trust.redeemScript), ocean.p2sh.redeemScript);
});

test('the refusal of a wrong kind of file names that kind', () => {
  const bytes = sampleRequestBytes();
  failsWith(
    'FIELD_INVALID',
    () => readSignatures(bytes),
    `signatures: expected ${FILE.signatures}, got ${FILE.request}`,
  );
  failsWith('FIELD_INVALID', () => readTrust(bytes), `trust profile: expected ${FILE.trust}, got ${FILE.request}`);
  const profile = utf8(JSON.stringify(trustJson));
  failsWith('FIELD_INVALID', () => readRequest(profile), `request: expected ${FILE.request}, got ${FILE.trust}`);
});

test('addDigest and readRequest compute the same digest', () => {
  const request = sampleRequest();
  assert.equal(readRequest(utf8(requestText(request))), addDigest(request));
});

test.run();
