/** Requests with corrections: renamed bars, removed bars, and refused requests. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, sampleRequest, testKeys, trust } from '../fixtures/sample-request.ts';
import { utf8 } from './bytes.ts';
import type { CorrectionRequest } from './changes.ts';
import { derive } from './derive.ts';
import type { Code } from './errors.ts';
import { listAssets } from './mapping/asset-listing.ts';
import { readRequest, requestText } from './request.ts';
import { readSignatures, signaturesText, signDerivation } from './signatures.ts';
import { failsWith } from './testing.ts';

const entries = [...listAssets(base)];
const [first, second, third] = entries.map(({ reference }) => reference) as [string, string, string];
const to = { serial: '500009', year: '2021', manufacturer: 'ACME' };

const deriveWithCorrections = (corrections: unknown, reason: unknown = 'serial mistyped') => {
  const text = requestText(
    sampleRequest({ issuances: [], corrections: corrections as CorrectionRequest[], reason: reason as string }),
  );
  return derive(readRequest(utf8(text)), base, trust);
};

test('a renamed bar keeps its number, token and mass; a removed bar does not change other bars', () => {
  const { mapping, corrections, issuances } = deriveWithCorrections([
    { reference: second, to },
    { reference: first, remove: true },
  ]);
  const [, renamed, ...others] = entries as [(typeof entries)[number], (typeof entries)[number]];
  assert.equal([...listAssets(mapping)], [{ ...renamed, reference: '500009-2021-ACME' }, ...others]);
  assert.equal(
    corrections.map(({ mass }) => Number(mass)),
    [1, 0].map(i => Number(entries[i]?.mass)),
  );
  assert.equal(issuances, []);
});

test('signatures for corrections have no transaction signatures and survive writing and reading', () => {
  const derivation = deriveWithCorrections([{ reference: third, remove: true }]);
  const signatures = signDerivation(derivation, 1, testKeys[0] as Uint8Array, trust);
  assert.equal(signatures.transactions, []);
  assert.equal(readSignatures(utf8(signaturesText(signatures))), signatures);
});

test('the request digest and the review code depend on the reason and on each correction', () => {
  const digests = [
    sampleRequest({ issuances: [], corrections: [{ reference: first, remove: true }], reason: 'a' }),
    sampleRequest({ issuances: [], corrections: [{ reference: first, remove: true }], reason: 'b' }),
    sampleRequest({ issuances: [], corrections: [{ reference: first, to }], reason: 'a' }),
    sampleRequest({ issuances: [], corrections: [{ reference: second, to }], reason: 'a' }),
  ].map(({ digest }) => digest);
  assert.is(new Set(digests).size, 4);
});

const remove = { reference: first, remove: true };
const HOSTILE: [string, Code, unknown, unknown?][] = [
  ['a bar that the mapping lacks', 'ASSET_UNKNOWN', [{ reference: '999999-2020-NONE', remove: true }]],
  ['a bar twice', 'DUPLICATE_ASSET', [remove, { reference: first, to }]],
  [
    'a name that the mapping has',
    'DUPLICATE_ASSET',
    [
      {
        reference: first,
        to: { serial: second.slice(0, 6), year: second.slice(7, 11), manufacturer: second.slice(12) },
      },
    ],
  ],
  [
    'one new name for two bars',
    'DUPLICATE_ASSET',
    [
      { reference: first, to },
      { reference: second, to },
    ],
  ],
  ['neither a name nor removal', 'FIELD_INVALID', [{ reference: first }]],
  ['a name and removal', 'FIELD_INVALID', [{ reference: first, to, remove: true }]],
  ['remove: false', 'FIELD_INVALID', [{ reference: first, remove: false }]],
  ['a serial of five characters', 'FIELD_INVALID', [{ reference: first, to: { ...to, serial: '50000' } }]],
  ['a mass', 'FIELD_INVALID', [{ reference: first, to: { ...to, mass: '400' } }]],
  ['an empty list', 'FIELD_INVALID', []],
  ['an empty reason', 'FIELD_INVALID', [remove], ''],
  ['a reason of 81 characters', 'FIELD_INVALID', [remove], 'x'.repeat(81)],
  ['a reason with a line end', 'FIELD_INVALID', [remove], 'a\nb'],
];
for (const [name, code, corrections, reason] of HOSTILE)
  test(`corrections are refused: ${name}`, () => {
    failsWith(code, () => deriveWithCorrections(corrections, reason));
  });

test('a request is refused if corrections have no reason, or issuances have one', () => {
  const without = JSON.parse(
    requestText(sampleRequest({ issuances: [], corrections: [remove as CorrectionRequest], reason: 'a' })),
  );
  delete without.reason;
  failsWith('FIELD_INVALID', () => readRequest(utf8(JSON.stringify(without))));
  failsWith('FIELD_INVALID', () => readRequest(utf8(requestText(sampleRequest({ reason: 'a' })))));
});

test.run();
