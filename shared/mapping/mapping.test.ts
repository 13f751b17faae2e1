import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asciiText, bytesToHex, hexToBytes, utf8 } from '../bytes.ts';
import { FILE } from '../file-kind.ts';
import { sha256 } from '../hash.ts';
import { JSON_PROBLEM } from '../json.ts';
import { failsWith } from '../testing.ts';
import { assetAtIndex } from './asset-listing.ts';
import { ASSET_PROBLEM } from './assets.ts';
import { emptyMapping, isUnambiguousTime, type Mapping, parseMapping } from './mapping.ts';
import { pythonNumber, pythonString } from './python-json.ts';
import { mappingSigners, signMapping } from './signatures.ts';

const vectors = JSON.parse(readFileSync(new URL('../../fixtures/vectors/amap-mappings.json', import.meta.url), 'utf8'));
const { n, m, privkeys, pubkeys } = vectors.controllers;
const keys: Uint8Array[] = privkeys.map((hex: string) => hexToBytes(hex, 'key', 32));
const controllers: Uint8Array[] = pubkeys.map((hex: string) => hexToBytes(hex, 'pubkey', 33));
const nativeSha256 = () => createHash('sha256');

function signedMessageOf(mapping: Mapping): string {
  let text = '';
  mapping.message(piece => {
    text += asciiText(piece);
  });
  return text;
}

/** True if the mapping names the policy of the vectors and has enough valid signatures. */
function isValid(text: string): boolean {
  const mapping = parseMapping(utf8(text));
  return mapping.n === n && mapping.m === m && mappingSigners(mapping, controllers).length >= n;
}

for (const { name, text, message, digest, valid: expected } of vectors.maps) {
  test(`${name}: message and digest equal those of the original library`, () => {
    const mapping = parseMapping(utf8(text));
    assert.is(signedMessageOf(mapping), message);
    assert.is(bytesToHex(mapping.signedHash), digest); // Recorded as the digest that the original library computes.
    assert.is(mapping.digest, bytesToHex(sha256(utf8(message))));
    const native = parseMapping(utf8(text), 'mapping', nativeSha256);
    assert.equal([native.digest, bytesToHex(native.signedHash)], [mapping.digest, digest]);
  });
  test(`${name}: signatures have the original bytes, and the same signers are counted`, () => {
    const mapping = parseMapping(utf8(text));
    for (const [label, signature] of mapping.signatures) {
      assert.is(signMapping(mapping, keys[Number(label) - 1]!), signature);
    }
    assert.equal(mappingSigners(mapping, controllers), [...mapping.signatures.keys()].map(Number));
    assert.is(isValid(text), expected);
  });
  test(`${name}: the rewritten text equals the original text`, () => {
    assert.is(new TextDecoder().decode(parseMapping(utf8(text)).bytes()), text);
  });
}

for (const { name, text } of vectors.attacks) {
  test(`an attack that the original library accepts is refused: ${name}`, () => assert.is(isValid(text), false));
}

test('a message over 65,535 bytes gives the original digest', () => {
  const { large } = vectors;
  const entries = Array.from({ length: 1000 }, (_, i) => ({
    reference: `${String(i).padStart(6, '0')}-2020-ACME`,
    mass: pythonNumber(String(350 + i / 10).includes('.') ? String(350 + i / 10) : `${350 + i / 10}.0`) as string,
    assetId: bytesToHex(sha256(utf8(`t${i}`))),
  }));
  const mapping = emptyMapping(n, m, '1600000000.000001').extended(entries, String(large.time), large.height);
  const text = signedMessageOf(mapping);
  assert.is(text.length, large.messageLength);
  assert.is(bytesToHex(sha256(utf8(text))), large.messageSha256);
  assert.is(mapping.digest, large.messageSha256);
  assert.is(bytesToHex(mapping.signedHash), large.digest);
  const signed = mapping.withSignatures(new Map(Object.entries(large.sigs) as [string, string][]));
  assert.equal(mappingSigners(signed, controllers), [1, 3]);
  assert.is(signMapping(mapping, keys[0]!), large.sigs['1']);

  const read = parseMapping(signed.bytes());
  assert.is(read.digest, large.messageSha256);
  assert.is(read.totalMass, '399950.000');
});

test('new entries get numbers above the largest, and older entries keep their bytes', () => {
  const text =
    '{"n":2, "m":3,"assets":{ "7": {"tokenid":"ab","mass":1E2,"ref":"x"} , "3":{"ref":"y","mass":0.50,"tokenid":"cd"}},"sigs":{},"time":1,"height":5}';
  const base = parseMapping(utf8(text));
  assert.is(
    signedMessageOf(base),
    '{"3": {"mass": 0.5, "ref": "y", "tokenid": "cd"}, "7": {"mass": 100.0, "ref": "x", "tokenid": "ab"}}2315',
  );
  const next = base.extended([{ reference: 'z', mass: '400.0', assetId: 'ef' }], '1600000000.000001', 6);
  assert.is(
    new TextDecoder().decode(next.bytes()),
    '{"n": 2, "m": 3, "assets": { "7": {"tokenid":"ab","mass":1E2,"ref":"x"} , "3":{"ref":"y","mass":0.50,"tokenid":"cd"}, "8": {"ref": "z", "mass": 400.0, "tokenid": "ef"}}, "sigs": {}, "time": 1600000000.000001, "height": 6}',
  );
  assert.is(parseMapping(next.bytes()).digest, next.digest);
  assert.is(next.totalMass, '500.500');
});

test('the sum is exact for masses so large that a double has a precision of half a unit', () => {
  const entry = (key: number, mass: string) => `"${key}":{"ref":"x","mass":${mass},"tokenid":"ab"}`;
  const of = (masses: string[]) =>
    parseMapping(utf8(`{"n":2,"m":3,"assets":{${masses.map((m, i) => entry(i, m))}},"sigs":{},"time":1,"height":5}`));
  assert.is(of(['1000000000000000.5', '0.25']).totalMass, '1000000000000001.250');
  assert.is(of(['90000000.125', '90000000.125', '-0.5']).totalMass, '179999999.750');
});

test('no new entry gets a number above the limit of the readers', () => {
  const text =
    '{"n":2,"m":3,"assets":{"999999998":{"ref":"x","mass":1.0,"tokenid":"ab"}},"sigs":{},"time":1,"height":5}';
  const entries = ['y', 'z'].map(reference => ({ reference, mass: '400.0', assetId: 'ef' }));
  const base = parseMapping(utf8(text));
  const next = base.extended(entries.slice(0, 1), '1600000000.000001', 6);
  assert.is(assetAtIndex(parseMapping(next.bytes()), 1).key, 999_999_999);
  const full = /^assets: .*999999999, got 999999998 and 2 new/;
  failsWith('MAPPING_INVALID', () => base.extended(entries, '1600000000.000001', 6), full);
});

test('one signature under several labels counts as one controller, whatever the labels', () => {
  const base = parseMapping(utf8(vectors.maps[1].text));
  const signature = signMapping(base, keys[1]!);
  const signed = base.withSignatures(
    new Map([
      ['1', signature],
      ['2', signature],
      ['x', signature],
      ['3', 'junk'],
    ]),
  );
  assert.equal(mappingSigners(signed, controllers), [2]);
});

const hostile: [string, string, RegExp | string][] = [
  ['a key twice', '{"time":2,"time":2}', /the key "time" occurs twice/],
  ['an unknown key', '{"time":2,"k":2}', /unknown key/],
  ['a missing key', '{"n":2,"m":3,"assets":{},"sigs":{},"time":1}', /missing key/],
  [
    'an asset key twice',
    '{"n":2,"m":3,"assets":{"1":{"ref":"a","mass":1,"tokenid":"b"},"1":{"ref":"a","mass":1,"tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    /^mapping: .*"1"/,
  ],
  [
    'a key with a leading zero',
    '{"n":2,"m":3,"assets":{"01":{"ref":"a","mass":1,"tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    new RegExp(ASSET_PROBLEM.key),
  ],
  [
    'an unknown member',
    '{"n":2,"m":3,"assets":{"1":{"ref":"a","mass":1,"tokenid":"b","x":1}},"sigs":{},"time":1,"height":1}',
    new RegExp(ASSET_PROBLEM.member),
  ],
  [
    'a member twice',
    '{"n":2,"m":3,"assets":{"1":{"ref":"a","ref":"a","tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    /the key "ref" occurs twice/,
  ],
  [
    'a mass beyond any number',
    '{"n":2,"m":3,"assets":{"1":{"ref":"a","mass":1e999,"tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    new RegExp(ASSET_PROBLEM.mass),
  ],
  [
    'a whole mass beyond any double',
    `{"n":2,"m":3,"assets":{"1":{"ref":"a","mass":1${'0'.repeat(400)},"tokenid":"b"}},"sigs":{},"time":1,"height":1}`,
    new RegExp(ASSET_PROBLEM.mass),
  ],
  [
    'a signature labelled __proto__',
    '{"n":2,"m":3,"assets":{},"sigs":{"__proto__":"a"},"time":1,"height":1}',
    /__proto__/,
  ],
  [
    'a mass that is text',
    '{"n":2,"m":3,"assets":{"1":{"ref":"a","mass":"1","tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    new RegExp(`${JSON_PROBLEM.noValue} at byte `),
  ],
  [
    'a wrong escape',
    '{"n":2,"m":3,"assets":{"1":{"ref":"\\q","mass":1,"tokenid":"b"}},"sigs":{},"time":1,"height":1}',
    /wrong escape/,
  ],
  [
    'more after the end',
    '{"n":2,"m":3,"assets":{},"sigs":{},"time":1,"height":1} {}',
    new RegExp(JSON_PROBLEM.secondValue),
  ],
  ['a policy that is no whole number', '{"n":2.0,"m":3,"assets":{},"sigs":{},"time":1,"height":1}', /^mapping: .*"n"/],
  ['HTML', '<html></html>', `mapping: expected ${FILE.mapping}, got ${FILE.webPage}`],
];
for (const [name, text, message] of hostile) {
  test(`a mapping is refused: ${name}`, () =>
    void failsWith('FORMAT_INVALID', () => parseMapping(utf8(text)), message));
}

test('a mapping that is not UTF-8 is refused', () => {
  const bytes = utf8('{"n":2,"m":3,"assets":{"1":{"ref":"aXa","mass":1,"tokenid":"b"}},"sigs":{},"time":1,"height":1}');
  bytes[bytes.indexOf(0x58)] = 0xff;
  failsWith('FORMAT_INVALID', () => parseMapping(bytes), /not UTF-8/);
});

test('a truncated mapping is refused; a mapping with a flipped byte is refused or does not verify', () => {
  const bytes = utf8(vectors.maps[1].text);
  for (let i = 0; i < bytes.length; i++) failsWith('FORMAT_INVALID', () => parseMapping(bytes.slice(0, i)));
  const [, second] = parseMapping(bytes).signatures.values();
  // Verification is slow, so signatures are verified for every seventh byte only. The digest is compared for all bytes.
  const { digest } = parseMapping(bytes);
  for (let i = 0; i < bytes.length; i++) {
    const flipped = bytes.map((b, j) => (j === i ? b ^ (1 + (i % 7)) : b));
    try {
      const mapping = parseMapping(flipped);
      const same = mapping.digest === digest;
      const sigs = [...mapping.signatures.values()];
      if (same && i % 7 === 0) {
        assert.ok(mappingSigners(mapping, controllers).length < 3);
        assert.ok(sigs.length === 2 || !sigs.includes(second!));
      }
      if (!same) assert.is.not(signedMessageOf(mapping), vectors.maps[1].message);
    } catch (error) {
      failsWith('FORMAT_INVALID', () => {
        throw error;
      });
    }
  }
});

test('numbers and texts are printed as Python prints them', () => {
  const numbers: [string, string | null][] = [
    ['400', '400'],
    ['400.0', '400.0'],
    ['4e2', '400.0'],
    ['1e16', '1e+16'],
    ['123456789012345680.0', '1.2345678901234568e+17'],
    ['1e15', '1000000000000000.0'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['1.5e-7', '1.5e-07'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['5e-324', '5e-324'],
    ['1e400', null],
    ['99999999999999999999', '99999999999999999999'],
  ];
  for (const [text, printed] of numbers) assert.is(pythonNumber(text), printed, text);
  assert.is(pythonString('ü\u{1F600}\x7f"\\\n\x01/'), '"\\u00fc\\ud83d\\ude00\\u007f\\"\\\\\\n\\u0001/"');
});

test('the time of a new mapping has exactly six decimals, and the last is not zero', () => {
  assert.ok(isUnambiguousTime('1763795123.000001'));
  for (const bad of [
    '1763795123',
    '1763795123.0',
    '1763795123.000010',
    '1763795123.0000001',
    '01763795123.000001',
    '1e9.000001',
    '99999999999.999999', // Python prints 100000000000.0
    '9999999999.000001', // and 9999999999.000002
    ' 1763795123.000001',
  ]) {
    assert.not.ok(isUnambiguousTime(bad), bad);
  }
});

test.run();
