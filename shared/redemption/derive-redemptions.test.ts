/**
 * Redemption requests: derived bytes equal the recorded results of the original library, and invalid requests are
 * refused.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cases,
  type RedemptionCase,
  redemptionKeys,
  redemptionTrust,
  requestForCase,
} from '../../fixtures/vectors/redemptions.ts';
import { bytesToHex, utf8 } from '../bytes.ts';
import type { Burn, RedemptionRequest } from '../changes.ts';
import { derive } from '../derive.ts';
import type { Code } from '../errors.ts';
import { listAssets } from '../mapping/asset-listing.ts';
import type { Asset } from '../mapping/assets.ts';
import { parseMapping } from '../mapping/mapping.ts';
import { readRequest, requestText } from '../request.ts';
import { signDerivation, signedMapping } from '../signatures.ts';
import { failsWith } from '../testing.ts';
import type { DerivedRedemption } from './derive-redemptions.ts';

const decodeText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

for (const one of cases.filter(({ proposed }) => proposed.refused === null))
  test(`${one.group}, ${one.name}: bytes and signatures equal the recorded ones`, () => {
    const { request, base } = requestForCase(one);
    const derivation = derive(request, base, redemptionTrust);
    const { proposed, original } = one;
    assert.is(decodeText(derivation.mapping.bytes()), proposed.outputMap);
    assert.is(derivation.mapping.digest, proposed.messageSha256);
    if (one.class === 'identical') assert.is(decodeText(derivation.mapping.bytes()), original.outputMap);
    const signatures = [1, 2].map(i =>
      signDerivation(derivation, i, redemptionKeys[i - 1] as Uint8Array, redemptionTrust),
    );
    if (one.class === 'identical')
      assert.is(decodeText(signedMapping(derivation, signatures).bytes()), original.signedMap);
    assert.is(bytesToHex(derivation.mapping.signedHash), bytesToHex(parseMapping(utf8(proposed.outputMap)).signedHash));
  });

/**
 * For a refusal code of the original library: the code of this program, if it differs. The original library finds two
 * equal lines, and this program finds two burns of one output.
 */
const CODES: Record<string, string> = { BURN_TWICE: 'BURN_SPENT' };
/** Names of recorded requests that are refused when their text is read. */
const BAD_FORMS = ['no burnt token at all, and no such bar', 'no burnt token', 'a token id in capitals'];

for (const one of cases.filter(({ proposed }) => proposed.refused !== null))
  test(`${one.group}, ${one.name}: the request is refused`, () => {
    const recorded = one.proposed.refused as string;
    const { request, base } = requestForCase(one);
    const [redemption] = request.redemptions as [RedemptionRequest];
    const [burn] = redemption.burns;
    if (recorded === 'BURN_TWICE')
      redemption.burns = redemption.burns.map(other => ({ ...other, txid: burn?.txid ?? '' }));
    const code = (CODES[recorded] ?? recorded) as Code;
    failsWith(code, () => derive(request, base, redemptionTrust));
    const read = () => derive(readRequest(utf8(requestText(request))), base, redemptionTrust);
    failsWith(BAD_FORMS.includes(one.name) ? 'FIELD_INVALID' : code, read);
  });

const simple = requestForCase(cases.find(({ name }) => name === 'height 0, mass 400.0') as RedemptionCase);
const [wanted] = simple.request.redemptions as [RedemptionRequest];
const [burn] = wanted.burns as [Burn];
/** The derivation of the request with other redemptions. The request is read from its text. */
const deriveWithRedemptions = (...redemptions: object[]) => {
  const text = requestText({ ...simple.request, redemptions: redemptions as RedemptionRequest[] });
  return derive(readRequest(utf8(text)), simple.base, redemptionTrust);
};

test('the derivation gives the tokens needed and the moves for each redemption', () => {
  const { redemptions, remapped, issuances } = deriveWithRedemptions(wanted);
  const [{ needed, burnt, mass, moves }] = redemptions as [(typeof redemptions)[number]];
  assert.equal([needed, burnt, mass, moves, issuances], [400_000_000_000n, 400_000_000_000n, '400', [], []]);
  assert.is(remapped.before.length - remapped.after.length, 1);
});

const half = { ...burn, amount: '2000.00000000' };
const HOSTILE: [string, Code, object][] = [
  ['mass one gram of an ounce more', 'MASS_MISMATCH', { mass: '400.001' }],
  ['a height after that of the request', 'NOT_MONOTONIC', { height: simple.request.height + 1 }],
  ['a redemption height with a sign', 'FIELD_INVALID', { height: -1 }],
  ['an output twice', 'BURN_SPENT', { burns: [half, half] }],
  ['an amount with a sign', 'FIELD_INVALID', { burns: [{ ...burn, amount: '+4000.00000000' }] }],
  ['half of the tokens', 'AMOUNT_MISMATCH', { burns: [half] }],
  ['eleven atoms above the most', 'AMOUNT_MISMATCH', { burns: [{ ...burn, amount: '4000.00000011' }] }],
  ['a token that the mapping lacks', 'TOKEN_UNKNOWN', { burns: [{ ...burn, token: 'f'.repeat(64) }] }],
  ['101 burns', 'FIELD_INVALID', { burns: Array.from({ length: 101 }, (_, vout) => ({ ...burn, vout })) }],
  ['a reference with a control character', 'FIELD_INVALID', { reference: `${wanted.reference}\n` }],
  ['a reference of 65 characters', 'FIELD_INVALID', { reference: 'a'.repeat(65) }],
  ['a member that nobody knows', 'FIELD_INVALID', { lock: true }],
  ['a mass with an exponent', 'FIELD_INVALID', { mass: '4e2' }],
];
for (const [name, code, change] of HOSTILE)
  test(`the request is refused: ${name}`, () => {
    failsWith(code, () => deriveWithRedemptions({ ...wanted, ...change }));
  });

test('outputs of one transaction are distinct burns, and a surplus of ten atoms is accepted', () => {
  const other = { ...half, vout: 1, amount: '2000.00000010' };
  const [{ burnt }] = deriveWithRedemptions({ ...wanted, burns: [half, other] }).redemptions as [DerivedRedemption];
  assert.is(burnt, 400_000_000_010n);
});

test('a burn of more tokens than the mapping has is refused', () => {
  const [, , light] = [...listAssets(simple.base)] as [Asset, Asset, Asset];
  assert.is(light.mass, '388.25');
  const token = { ...burn, token: light.assetId };
  failsWith('BURN_EXCEEDS', () => deriveWithRedemptions({ ...wanted, burns: [token] }));
});

test('refused: a bar twice, 21 redemptions, two kinds of change, or none', () => {
  failsWith('ASSET_UNKNOWN', () => deriveWithRedemptions(wanted, { ...wanted, burns: [{ ...burn, vout: 1 }] }));
  failsWith('FIELD_INVALID', () => deriveWithRedemptions(...Array.from({ length: 21 }, () => wanted)));
  failsWith('FIELD_INVALID', () => deriveWithRedemptions());
  const correction = { reference: wanted.reference, remove: true } as const;
  const both = requestText({ ...simple.request, corrections: [correction], reason: 'a test' });
  failsWith('FIELD_INVALID', () => readRequest(utf8(both)));
});

test.run();
