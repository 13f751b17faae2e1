/**
 * Rules of redemptions and corrections. Each test takes a request that would be signed, breaks one rule, and expects
 * its code.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, sampleRequest, sampleRequestBytes } from '../fixtures/sample-request.ts';
import { cases, requestForCase } from '../fixtures/vectors/redemptions.ts';
import { formatAmount, parseAmount } from '../shared/amount.ts';
import { utf8 } from '../shared/bytes.ts';
import type { Burn } from '../shared/changes.ts';
import { Refusal } from '../shared/errors.ts';
import { listAssets } from '../shared/mapping/asset-listing.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { readRequest, requestText } from '../shared/request.ts';
import { readSignatures } from '../shared/signatures.ts';
import { failsWith } from '../shared/testing.ts';
import {
  correctionRequest,
  makeRedemption,
  outputFromName,
  redemptionRequest,
  referenceParts,
} from './testing/redemption-requests.ts';
import { type Changes, fullySignedMapping, mappingText } from './testing/signing-attempts.ts';
import { makeDevice, type TestDevice } from './testing/test-device.ts';

const fresh = await makeDevice(1);
const [first, second, third] = [...base.references()] as [string, string, string];
const whole = makeRedemption(base, first);
const [burn] = whole.burns as [Burn];
const burnAmountPlus = (atoms: bigint) => formatAmount(parseAmount(burn.amount, 'amount') + atoms);
const withBurns = (...burns: Partial<Burn>[]) =>
  redemptionRequest(base, { ...whole, burns: burns.map(one => ({ ...burn, ...one })) });
const SIGNATURES = '/media/sign.json';

async function trySigning(changes: Changes, device: TestDevice) {
  device.storage.names.delete(SIGNATURES);
  device.storage.put('/media/request.json', sampleRequestBytes(changes));
  const { reviewCode } = sampleRequest(changes);
  return await device.run('sign', '/media/request.json', '--out', SIGNATURES, '--confirm', reviewCode, '--json');
}

async function expectRefusal(changes: Changes, code: string, message = /./, device: TestDevice = fresh.copy()) {
  const { exit, json } = await trySigning(changes, device);
  assert.is(exit, 1);
  assert.is(json.error.code, code, JSON.stringify(json));
  assert.match(json.error.message, message);
  assert.ok(json.error.hint.length > 10);
  assert.not.ok(device.storage.names.has(SIGNATURES), 'nothing was signed');
}

async function expectSigned(changes: Changes, device: TestDevice = fresh.copy()): Promise<TestDevice> {
  const { exit, out } = await trySigning(changes, device);
  assert.is(exit, 0, out);
  return device;
}

test('the valid requests of these tests are signed: a redemption, a rename, a removal', async () => {
  for (const changes of [
    redemptionRequest(base, whole),
    correctionRequest(base, { reference: first, to: referenceParts('700001-2021-ACME') }),
    correctionRequest(base, { reference: first, remove: true }),
  ]) {
    const { storage } = await expectSigned(changes);
    assert.equal(readSignatures(storage.get(SIGNATURES)).transactions, []);
  }
});

test("rule 4: a redemption height above the request's height is refused", async () => {
  const at = (height: number) => redemptionRequest(base, makeRedemption(base, first, 'x', undefined, height));
  await expectRefusal(at(3311), 'NOT_MONOTONIC', /^031037-2019-PAMP: redemptions\[0\]\.height: .*3310 .*, got 3311/);
  await expectSigned(at(3310));
});

test('rule 5: a request with two kinds of change, or none, is refused', async () => {
  await expectRefusal({ redemptions: [whole] }, 'FIELD_INVALID', /got "issuances,redemptions"/);
  const corrections = [{ reference: second, remove: true } as const];
  await expectRefusal({ issuances: [], redemptions: [whole], corrections, reason: 'both' }, 'FIELD_INVALID');
  await expectRefusal({ issuances: [] }, 'FIELD_INVALID', /got ""/);
});

test('rule 5: a burn of zero and amounts that are not plain decimals are refused', async () => {
  await expectRefusal(
    withBurns({}, { vout: 1, amount: '0.00000000' }),
    'FIELD_INVALID',
    /burns\[1\]\.amount: .* more than 0/,
  );
  for (const amount of [
    'nan',
    '-1',
    '+3891.63430770',
    '3.8e3',
    '3891.634307700',
    '03891.63430770',
    '',
    'Infinity',
    '0x10',
  ])
    await expectRefusal(withBurns({ amount }), 'FIELD_INVALID', /burns\[0\]\.amount/);
});

test('rule 5: each other member of a redemption and a correction is refused in another form', async () => {
  const members: [object, RegExp][] = [
    [{ reference: '' }, /reference/],
    [{ reference: 'x'.repeat(65) }, /reference/],
    [{ reference: `${first}\u202e` }, /reference/],
    [{ mass: '389.1420000000' }, /mass/],
    [{ mass: '-389.142' }, /mass/],
    [{ height: 3303.5 }, /height/],
    [{ height: 20_000_001 }, /height/],
    [{ burns: [] }, /burns:.*1 to 100/],
    [{ lock: true }, /lock/],
    [{ burns: [{ ...burn, vout: 0x40000000 }] }, /vout/],
    [{ burns: [{ ...burn, txid: burn.txid.toUpperCase() }] }, /txid/],
    [{ burns: [{ ...burn, token: burn.token.slice(1) }] }, /token/],
    [{ burns: [{ ...burn, script: '6a' }] }, /script/],
  ];
  for (const [change, message] of members)
    await expectRefusal(redemptionRequest(base, { ...whole, ...change }), 'FIELD_INVALID', message);
  await expectRefusal(
    redemptionRequest(base, ...Array.from({ length: 21 }, () => whole)),
    'FIELD_INVALID',
    /redemptions: .* 1 to 20, .* 21$/,
  );
  for (const reason of ['', ' x', 'x '.repeat(20), 'a\u001b[2J', 'x'.repeat(81)])
    await expectRefusal(
      { ...correctionRequest(base, { reference: first, remove: true }), reason },
      'FIELD_INVALID',
      /reason/,
    );
  await expectRefusal({ reason: 'test' }, 'FIELD_INVALID', /reason/);
  const spaces = correctionRequest(base, {
    reference: first,
    to: { ...referenceParts(second), manufacturer: 'A   mass 400.0' },
  });
  await expectRefusal(spaces, 'FIELD_INVALID', /manufacturer/);
});

test('rule 6: a bar that is not in the mapping, or is redeemed twice, is refused', async () => {
  await expectRefusal(
    redemptionRequest(base, { ...whole, reference: '999999-2020-NONE' }),
    'ASSET_UNKNOWN',
    /999999-2020-NONE/,
  );
  const twice = redemptionRequest(base, whole, { ...whole, burns: [{ ...burn, ...outputFromName('other') }] });
  await expectRefusal(twice, 'ASSET_UNKNOWN', /redemptions\[1\]/);
  await expectRefusal(correctionRequest(base, { reference: '999999-2020-NONE', remove: true }), 'ASSET_UNKNOWN');
});

test('rule 6: a bar corrected twice and a new name that is already used are refused', async () => {
  const [remove, to] = [{ reference: first, remove: true } as const, referenceParts('700001-2021-ACME')];
  await expectRefusal(
    correctionRequest(base, remove, { reference: first, to }),
    'DUPLICATE_ASSET',
    /corrections\[1\]\.reference/,
  );
  await expectRefusal(
    correctionRequest(base, { reference: first, to: referenceParts(second) }),
    'DUPLICATE_ASSET',
    /corrections\[0\]\.to/,
  );
  await expectRefusal(
    correctionRequest(base, { reference: first, to }, { reference: second, to }),
    'DUPLICATE_ASSET',
    /\[1\]\.to/,
  );
});

test("rule 7: a redeemed bar with a mass other than the mapping's is refused", async () => {
  await expectRefusal(
    redemptionRequest(base, { ...whole, mass: '389.143' }),
    'MASS_MISMATCH',
    /expected 389\.142 .* got 389\.143/,
  );
});

test('rule 7: burns of one atom too few or eleven too many are refused', async () => {
  await expectRefusal(withBurns({ amount: burnAmountPlus(-1n) }), 'AMOUNT_MISMATCH', /0\.00000001 too few/);
  await expectRefusal(withBurns({ amount: burnAmountPlus(300n) }), 'AMOUNT_MISMATCH', /too many/);
  await expectSigned(withBurns({ amount: burnAmountPlus(10n) }));
});

test('rule 7: a burnt token that is not in the mapping is refused', async () => {
  await expectRefusal(withBurns({ token: 'f'.repeat(64) }), 'TOKEN_UNKNOWN', /f{64}/);
});

test('rule 7: a burn of more tokens than the mapping has is refused', async () => {
  const heavier = makeRedemption(base, third, 'x', [burn.token]);
  await expectRefusal(
    redemptionRequest(base, heavier),
    'BURN_EXCEEDS',
    /^035696-2019-PAMP: burns: .*389\.142.*got 400/,
  );
});

test('rule 7: recorded redemptions with a wrong original result give the right mapping', async () => {
  const wrong = cases.filter(one => one.class === 'original wrong' && one.proposed.refused === null);
  assert.is(wrong.length, 14);
  for (const one of wrong) {
    const { request } = requestForCase(one);
    const device = fresh.copy();
    device.now = Number(request.time) * 1000;
    device.storage.put('/media/request.json', utf8(requestText(request)));
    const words = ['--out', SIGNATURES, '--confirm', request.reviewCode];
    const { exit, err } = await device.run('sign', '/media/request.json', ...words);
    assert.is(exit, 0, err);
    const { json } = await device.run('journal', '--json');
    assert.is(json.signed[0].mapping, one.proposed.messageSha256, one.name);
    assert.is.not(json.signed[0].mapping, one.original.messageSha256, one.name);
  }
});

test('rule 8: an output that occurs twice in a request is refused', async () => {
  const half = formatAmount(parseAmount(burn.amount, 'amount') / 2n);
  await expectRefusal(withBurns({ amount: half }, { amount: half }), 'BURN_SPENT', /burns\[1\]: .* twice/);
  await expectSigned(withBurns({ amount: half }, { amount: half, vout: 1 }));
  const other = makeRedemption(base, second);
  const stolen = { ...other, burns: [{ ...other.burns[0]!, txid: burn.txid, vout: burn.vout }] };
  await expectRefusal(redemptionRequest(base, whole, stolen), 'BURN_SPENT', /redemptions\[1\]\.burns\[0\]/);
});

test('rule 8: an output that was signed for another bar is refused, also after a restart', async () => {
  const device = await expectSigned(redemptionRequest(base, whole));
  const other = makeRedemption(base, second);
  const stolen = { ...other, burns: [{ ...other.burns[0]!, txid: burn.txid, vout: burn.vout }] };
  const changes = { ...redemptionRequest(base, stolen), time: '1763795200.000001' };
  await expectRefusal(changes, 'BURN_SPENT', new RegExp(`redemptions\\[0\\]\\.burns\\[0\\]: .*${first}`), device);
  await expectSigned({ ...redemptionRequest(base, other), time: '1763795200.000001' }, device);
});

test('rule 8: only a newer mapping with the unchanged bar releases outputs', async () => {
  const device = await expectSigned(redemptionRequest(base, whole));
  const other = makeRedemption(base, second);
  const stolen = { ...other, burns: [{ ...other.burns[0]!, txid: burn.txid, vout: burn.vout }] };
  const changes = (mapping: Mapping) => ({ ...redemptionRequest(mapping, stolen), time: '1763795400.000001' });
  const newer = fullySignedMapping({ time: '1763795300.000001', issuances: [issuanceAt(1, 3310)] });
  const without = fullySignedMapping({
    ...redemptionRequest(base, { ...whole, burns: [{ ...burn, vout: 7 }] }),
    time: '1763795300.000001',
  });
  for (const [mapping, code] of [
    [base, 'ROLLBACK'],
    [without, 'BURN_SPENT'],
    [newer, null],
  ] as const) {
    device.storage.put('/media/map.json', utf8(mappingText(mapping)));
    const words = ['--mapping', '/media/map.json', '--confirm', first, '--json'];
    const { json } = await device.run('release', first, ...words);
    assert.is(json.error?.code ?? null, code);
    if (code) await expectRefusal(changes(mapping === without ? base : mapping), 'BURN_SPENT', /./, device);
  }
  await expectSigned(changes(newer), device);
});

test('half of a token burnt in two entries, which older scripts accepted, is refused', async () => {
  const tokens = [...listAssets(base)].map(({ assetId }) => assetId);
  const half = formatAmount(parseAmount(burn.amount, 'amount') / 2n);
  await expectRefusal(
    withBurns({ amount: half, token: tokens[1]! }, { amount: half, token: tokens[1]! }),
    'BURN_SPENT',
  );
});

test('a truncated redemption or correction is refused; a flipped bit is refused or gives another request', () => {
  const renames = [
    { reference: first, to: referenceParts('700001-2021-ACME') },
    { reference: second, remove: true } as const,
  ];
  for (const changes of [redemptionRequest(base, whole), correctionRequest(base, ...renames)]) {
    const bare = sampleRequest({ ...changes, base: { mapping: base.digest } });
    const bytes = utf8(requestText(bare));
    for (let length = 0; length < bytes.length - 1; length++) {
      failsWith('FORMAT_INVALID', () => readRequest(bytes.slice(0, length)));
    }
    for (let at = 0; at < 8 * bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at >> 3]! ^= 1 << (at & 7);
      try {
        const { digest } = readRequest(flipped);
        const isSpace = /\s/.test(String.fromCharCode(bytes[at >> 3]!));
        assert.ok(isSpace || digest !== bare.digest, `bit ${at}`);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
    }
  }
});

test.run();
