/**
 * The ten rules. Each test takes a request that would be signed, breaks one rule, and expects its code and no
 * signature.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  amap,
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
import { utf8 } from '../shared/bytes.ts';
import { alreadyMappedText, barReference, occursTwiceText, outpointText } from '../shared/changes.ts';
import { derive } from '../shared/derive.ts';
import { assetAtIndex } from '../shared/mapping/asset-listing.ts';
import { emptyMapping, type Mapping, parseMapping } from '../shared/mapping/mapping.ts';
import { type Request, requestText } from '../shared/request.ts';
import { reviewCode } from '../shared/review-code.ts';
import { readSignatures, signDerivation, signedMapping, verifySignatures } from '../shared/signatures.ts';
import { assertText } from '../shared/testing.ts';
import { assessRequest } from './assessment.ts';
import { CHANGED_IN_MEMORY, signAssessedRequest } from './commands/sign.ts';
import { NOT_PINNED, openHome } from './signer-home.ts';
import { makeDevice, NOW, type Run, type TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { otherCodeRefusal } from './texts/asked-questions.ts';
import { heightAndTimeCheckedText } from './texts/passed-checks.ts';
import {
  alikeSignedText,
  alikeText,
  FIRST_BASE,
  moreAlikeText,
  ONLY_EMPTY_BASE,
  sameBaseText,
} from './texts/warnings.ts';

const fresh = await makeDevice(1);
const SIGNED_AT = new Date(NOW).toISOString();
const first = issuanceAt(0, 3310);
const second = issuanceAt(1, 3310);

function expectRefusal(device: TestDevice, run: Run, code: string, message: RegExp | string): void {
  assert.is(run.exit, 1);
  assert.is(run.json.error?.code, code, run.out);
  assertText(run.json.error.message, message);
  assert.ok(run.json.error.hint.length > 10);
  assert.not.ok(device.storage.names.has('/media/sign.json'), 'nothing was signed');
}

/** The text of the screen, without line breaks. */
const screenOf = ({ err }: Run) => withoutLineBreaks(err);

/** The next mapping, fully signed by controllers 1 and 3. */
function mappingAndSignatures(request: Request, below = base) {
  const derivation = derive(request, below, trust);
  const signatures = [1, 3].map(c => signDerivation(derivation, c, testKeys[c - 1]!, trust));
  return { mapping: signedMapping(derivation, signatures), signatures };
}

test("the valid request of these tests is signed with the node's bytes", async () => {
  const device = fresh.copy();
  const { exit, json } = await device.sign();
  assert.is(exit, 0);
  assert.equal(Object.keys(json), ['signatures', 'controller', 'reviewCode', 'digest']);
  assert.is(json.controller, 1);
  const signatures = readSignatures(device.storage.get('/media/sign.json'));
  verifySignatures(derive(sampleRequest(), base, trust), signatures, trust);
  assert.equal(signatures, signDerivation(derive(sampleRequest(), base, trust), 1, testKeys[0]!, trust));
});

for (const [i, vector] of ocean.issuances.entries()) {
  test(`issuance ${i}: each controller's signature equals the one in the node's transaction`, async () => {
    const empty = emptyMapping(2, 3, '1500000000.000001');
    for (const controller of [1, 2, 3]) {
      const device = await makeDevice(controller);
      const { height } = vector;
      const changes = {
        height,
        base: { mapping: empty.digest, text: new TextDecoder().decode(empty.bytes()) },
        issuances: [issuanceAt(i, height)],
      };
      assert.is((await device.sign(changes)).exit, 0);
      const [signature] = readSignatures(device.storage.get('/media/sign.json')).transactions;
      for (const complete of vector.complete)
        if (complete.controllers.includes(controller)) assert.ok(complete.hex.includes(signature));
    }
  });
}

test('rule 1: a request for another network or another profile is refused', async () => {
  const device = fresh.copy();
  expectRefusal(device, await device.sign({ network: 'ocean_main' }), 'TRUST_MISMATCH', /network: .*gold_main/);
  const codes = new RegExp(`^trust: .* ${trust.reviewCode} .* ${reviewCode('ab'.repeat(32))} `);
  expectRefusal(device, await device.sign({ trust: 'ab'.repeat(32) }), 'TRUST_MISMATCH', codes);
  // The wrong profile is reported before any error of the base.
  const both = { trust: 'ab'.repeat(32), base: { mapping: 'cd'.repeat(32) } };
  expectRefusal(device, await device.sign(both), 'TRUST_MISMATCH', /trust: /);
});

test('rule 2: a base is refused with another digest, its own policy, or too few signers', async () => {
  const texts: [string, string, RegExp][] = [
    [baseText.replace('"height": 3303', '"height": 3304'), 'BASE_INVALID', /^base.*[0-9a-f]{64}/],
    [amap.maps[0].text, 'BASE_INVALID', /^base.*[0-9a-f]{64}/],
    [baseText.slice(0, -1), 'FORMAT_INVALID', /base.text/],
  ];
  const one = base.signatures.get('1')!;
  const labels: Record<string, string>[] = [{}, { 1: one }, { 1: one, 2: one }, { 1: one, 3: one }];
  for (const signatures of labels) {
    const text = new TextDecoder().decode(base.withSignatures(new Map(Object.entries(signatures))).bytes());
    texts.push([text, 'BASE_INVALID', /^mapping: .*2 controllers/]);
  }
  for (const [text, code, message] of texts) {
    const device = fresh.copy();
    expectRefusal(device, await device.sign({ base: { mapping: base.digest, text } }), code, message);
  }
  const zero = parseMapping(utf8(baseText.replace('"n": 2', '"n": 0')));
  const device = fresh.copy();
  const text = new TextDecoder().decode(zero.bytes());
  expectRefusal(
    device,
    await device.sign({ base: { mapping: zero.digest, text } }),
    'BASE_INVALID',
    /pinned policy 2 of 3/,
  );
});

test('rule 2: only the very first base may be empty', async () => {
  const empty = emptyMapping(2, 3, '1900000000.000001');
  const changes = {
    time: '1900000001.000001',
    base: { mapping: empty.digest, text: new TextDecoder().decode(empty.bytes()) },
  };
  const device = fresh.copy();
  device.now = 1900000002_000;
  assert.is((await device.copy().sign(changes, '--ignore-clock')).exit, 0, 'accepted as the first');
  assert.is((await device.sign({ issuances: [second] }, '--ignore-clock')).exit, 0);
  device.storage.names.delete('/media/sign.json');
  // `earlier` is older than the signed base. The mapping of `changes` is newer, so only this rule refuses it.
  const earlier = emptyMapping(2, 3, '1500000000.000001');
  const text = new TextDecoder().decode(earlier.bytes());
  const run = await device.sign({ base: { mapping: earlier.digest, text } });
  expectRefusal(device, run, 'BASE_INVALID', /^base: .* [0-9a-f]{64} .* [0-9a-f]{64}/);
  expectRefusal(device, await device.sign(changes), 'BASE_INVALID', /^base: .* [0-9a-f]{64} .* [0-9a-f]{64}/);
});

const baseMemberOf = (mapping: Mapping) => ({
  base: { mapping: mapping.digest, text: new TextDecoder().decode(mapping.bytes()) },
});

test('rule 2: after a signature on an empty mapping, another empty one is refused', async () => {
  const device = fresh.copy();
  const empty = emptyMapping(2, 3, '1500000000.000001');
  const run = await device.sign({ ...baseMemberOf(empty), issuances: [first] });
  assert.is(run.exit, 0, run.out);
  device.storage.names.delete('/media/sign.json');
  const other = baseMemberOf(emptyMapping(2, 3, '1500000001.000001'));
  expectRefusal(
    device,
    await device.sign({ ...other, issuances: [second] }),
    'BASE_INVALID',
    /^base: .* [0-9a-f]{64} .* [0-9a-f]{64}/,
  );
  const same = await device.sign({ ...baseMemberOf(empty), issuances: [second] });
  assert.is(same.exit, 0);
  assert.not.ok(screenOf(same).includes(FIRST_BASE) || screenOf(same).includes(ONLY_EMPTY_BASE), same.err);
});

test('the screen does not call a mapping the first one if this signer signed its request', async () => {
  const empty = emptyMapping(2, 3, '1500000000.000001');
  const request = sampleRequest({ ...baseMemberOf(empty), issuances: [first] });
  const next = {
    ...baseMemberOf(mappingAndSignatures(request, empty).mapping),
    time: '1763795300.000001',
    issuances: [second],
  };
  const device = fresh.copy();
  assert.ok(screenOf(await device.copy().sign(next)).includes(FIRST_BASE));
  assert.is((await device.sign(request)).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const run = await device.sign(next);
  assert.is(run.exit, 0, run.out);
  assert.not.ok(screenOf(run).includes(FIRST_BASE), run.err);
});

test('rule 3: an older base is refused, also after a restart; the same or a newer one is accepted', async () => {
  const device = fresh.copy();
  const next = mappingAndSignatures(sampleRequest()).mapping;
  const later = {
    time: '1763795300.000001',
    base: { mapping: next.digest, text: new TextDecoder().decode(next.bytes()) },
    issuances: [issuanceAt(2, 3310)],
  };
  assert.is((await device.sign({ issuances: [issuanceAt(3, 3310)] })).exit, 0);
  device.storage.names.delete('/media/sign.json');
  assert.is((await device.sign(later)).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const restarted = device.copy();
  expectRefusal(restarted, await restarted.sign({ issuances: [issuanceAt(4, 3310)] }), 'ROLLBACK', /height 3303/);
  const same = { ...later, time: '1763795301.000001', issuances: [issuanceAt(4, 3310)] };
  assert.is((await restarted.sign(same)).exit, 0);
});

test('rule 3: another mapping of the same time and height is refused', async () => {
  const device = fresh.copy();
  const text = (request: Request) => {
    const { mapping } = mappingAndSignatures(request);
    return { mapping: mapping.digest, text: new TextDecoder().decode(mapping.bytes()) };
  };
  const later = { time: '1763795300.000001', issuances: [issuanceAt(2, 3310)] };
  assert.is((await device.sign({ ...later, base: text(sampleRequest()) })).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const twin = text(sampleRequest({ issuances: [issuanceAt(5, 3310)] }));
  expectRefusal(device, await device.sign({ ...later, base: twin }), 'ROLLBACK', /\d{10}\.\d{6} .*\d{10}\.\d{6}/);
});

test('rule 4: height or time below the base, and a time more than a day ahead, are refused', async () => {
  const device = fresh.copy();
  const low = { height: 3302, issuances: [issuanceAt(0, 3302)] };
  expectRefusal(device, await device.sign(low), 'NOT_MONOTONIC', /^height: .*3303.*got 3302/);
  expectRefusal(
    device,
    await device.sign({ time: '1568906123.897162' }),
    'NOT_MONOTONIC',
    /^time: .*got 1568906123\.897162/,
  );
  const ahead = { time: `${NOW / 1000 + 86_401}.000001` };
  expectRefusal(device, await device.sign(ahead), 'NOT_MONOTONIC', /1\.0 days ahead$/);
  const forced = await device.sign(ahead, '--ignore-clock');
  assert.is(forced.exit, 0);
  assert.match(forced.err, /! .* 1\.0 days ahead/);
  assert.ok(screenOf(forced).includes(heightAndTimeCheckedText(false)), forced.err);
});

test("rule 4: height and time both equal to the base's are refused, as no mapping could follow", async () => {
  const device = fresh.copy();
  const { mapping } = mappingAndSignatures(sampleRequest());
  const next = { ...baseMemberOf(mapping), height: mapping.height, issuances: [issuanceAt(2, mapping.height)] };
  expectRefusal(
    device,
    await device.sign({ ...next, time: mapping.time }),
    'NOT_MONOTONIC',
    /1763795123.000001 and height 3310/,
  );
  assert.is((await device.copy().sign({ ...next, time: '1763795123.000002' })).exit, 0);
  const higher = { ...next, height: 3311, time: mapping.time, issuances: [issuanceAt(2, 3311)] };
  assert.is((await device.sign(higher)).exit, 0);
});

const fields: [string, object, RegExp][] = [
  ['serial', { serial: '12345' }, /issuances\[0\].serial/],
  ['year', { year: '20x1' }, /issuances\[0\].year/],
  ['manufacturer', { manufacturer: 'A-B' }, /issuances\[0\].manufacturer/],
  ['two spaces, as before the mass on the screen', { manufacturer: 'A   mass 400.0' }, /got "A {3}mass 400\.0"/],
  ['manufacturer too long', { manufacturer: 'A'.repeat(33) }, /issuances\[0\].manufacturer/],
  ['mass below', { mass: '349.999' }, /expected 350 to 450/],
  ['mass above', { mass: '450.001' }, /expected 350 to 450/],
  ['mass of four decimals', { mass: '389.1425' }, /at most 3 decimals/],
  ['address of another network', { address: '2dxAVkghoKpn5yEQTNsgtE5KJ3s8Vp1NNkL' }, /issuances\[0\].address/],
  [
    'address with one letter changed',
    { address: first.address.replace(/.$/, 'y') },
    /^500001-2021-ACME: issuances\[0\]\.address: .*got "GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQy"/,
  ],
  ['terminal escape', { manufacturer: 'A\u001b[2J' }, /\\u001b/],
  ['bidirectional text', { manufacturer: 'A\u202eB' }, /\\u202e/],
  ['look-alike letter', { manufacturer: '\u0410CME' }, /\\u0410/],
];
for (const [name, change, message] of fields) {
  test(`rule 5: ${name}`, async () => {
    const device = fresh.copy();
    device.storage.put(
      '/media/request.json',
      utf8(requestText({ ...sampleRequest(), issuances: [{ ...first, ...change }, second] })),
    );
    const run = await device.run(
      'sign',
      '/media/request.json',
      '--out',
      '/media/sign.json',
      '--confirm',
      'X',
      '--json',
    );
    expectRefusal(device, run, 'FIELD_INVALID', message);
    assert.match(run.out + run.err, /^[\x0a\x20-\x7e]*$/, 'nothing but printable ASCII reaches the screen');
  });
}

test('rule 5: a coin that occurs twice is refused', async () => {
  const device = fresh.copy();
  const run = await device.sign({ issuances: [first, { ...second, coin: first.coin }] });
  expectRefusal(device, run, 'FIELD_INVALID', /issuances\[1\].coin/);
});

test('rule 5: a coin is refused if its token belongs to another bar of the mapping', async () => {
  const device = fresh.copy();
  const { mapping } = mappingAndSignatures(sampleRequest({ issuances: [first] }));
  const text = new TextDecoder().decode(mapping.bytes());
  // The reader uses other code for a file with another layout, so both layouts are tested.
  for (const [name, layout] of Object.entries({ usual: text, other: text.replaceAll('"}', '" }') })) {
    const next = { base: { mapping: mapping.digest, text: layout }, time: '1763795200.000001' };
    const shared = [issuanceAt(2, 3310), { ...second, coin: first.coin }];
    const expected = new RegExp(`issuances\\[1\\].coin: .*"${first.coin.txid}:${first.coin.vout}"`);
    expectRefusal(device, await device.sign({ ...next, issuances: shared }), 'FIELD_INVALID', expected);
    assert.is((await device.copy().sign({ ...next, issuances: [second] })).exit, 0, name);
  }
});

test('rule 6: a bar that is in the mapping or twice in the request is refused', async () => {
  const device = fresh.copy();
  const twice = [first, { ...second, serial: first.serial, year: first.year, manufacturer: first.manufacturer }];
  const message = occursTwiceText('issuances[1]', barReference(first));
  expectRefusal(device, await device.sign({ issuances: twice }), 'DUPLICATE_ASSET', message);
  const { reference } = assetAtIndex(base, 0);
  const [serial, year, manufacturer] = reference.split('-') as [string, string, string];
  const again = [{ ...first, serial, year, manufacturer }];
  expectRefusal(device, await device.sign({ issuances: again }), 'DUPLICATE_ASSET', alreadyMappedText(reference));
});

test('rule 7: one atom more is refused', async () => {
  const device = fresh.copy();
  const run = await device.sign({ issuances: [{ ...first, tokens: '3891.63430771' }] });
  expectRefusal(device, run, 'AMOUNT_MISMATCH', /expected 3891.63430770 .* got 3891.63430771/);
});

test('rule 8: a bar is refused on another coin and accepted with a warning on the same coin', async () => {
  const device = fresh.copy();
  assert.is((await device.sign({ issuances: [first] })).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const restarted = device.copy();
  const moved = { time: '1763795200.000001', issuances: [{ ...first, coin: second.coin }] };
  expectRefusal(
    restarted,
    await restarted.sign(moved),
    'DOUBLE_ISSUE',
    /^issuances\[0\]\.coin: .*500001-2021-ACME.*2025-11-22/,
  );
  const otherPlace = { ...moved, issuances: [issuanceAt(3, 3310), ...moved.issuances] };
  expectRefusal(restarted, await restarted.sign(otherPlace), 'DOUBLE_ISSUE', /issuances\[1\].coin/);
  const same = await restarted.sign({ ...moved, issuances: [first] });
  assert.is(same.exit, 0);
  assert.ok(
    screenOf(same).includes(sameBaseText(sampleRequest({ issuances: [first] }).reviewCode, SIGNED_AT)),
    same.err,
  );
});

test("rule 8: a base with the coin's token for another bar does not release the coin", async () => {
  const device = fresh.copy();
  assert.is((await device.sign({ issuances: [first] })).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const again = (coin: typeof first.coin) => {
    const other = sampleRequest({ time: '1763795150.000001', issuances: [{ ...issuanceAt(2, 3310), coin }] });
    const { mapping } = mappingAndSignatures(other);
    const base = { mapping: mapping.digest, text: new TextDecoder().decode(mapping.bytes()) };
    return { base, time: '1763795200.000001', issuances: [{ ...first, coin: second.coin }] };
  };
  // If a base released the coin, the signer would sign the bar on a second coin, and the PC could send both
  // transactions.
  expectRefusal(
    device,
    await device.sign(again(issuanceAt(3, 3310).coin)),
    'DOUBLE_ISSUE',
    /^issuances\[0\]\.coin: .* [0-9a-f]{64}:\d+, .* 500001-2021-ACME .* \d{4}-\d\d-\d\d, got/,
  );
  expectRefusal(
    device,
    await device.sign(again(first.coin)),
    'DOUBLE_ISSUE',
    /^issuances\[0\]\.coin: .* [0-9a-f]{64}:\d+, .* 500001-2021-ACME .* \d{4}-\d\d-\d\d, got/,
  );
});

test('a warning names a bar under two names, in one request and in two', async () => {
  const upper = { ...first, serial: 'A31037' };
  const lower = { ...second, serial: 'a31037' };
  const device = fresh.copy();
  const inspect = async () => (await device.run('inspect', '/media/request.json', '--json')).json.warnings;
  const both = await device.copy().sign({ issuances: [upper, lower] });
  assert.is(both.exit, 0, both.out);
  const text = withoutLineBreaks(both.err);
  assert.match(text, /! A31037-2021-ACME.*"a31037-2021-ACME"/);
  assert.is((await device.sign({ issuances: [upper] })).exit, 0);
  assert.not.ok(
    (await inspect()).some((w: string) => w.includes('serial')),
    'not of the bar itself',
  );
  device.storage.names.delete('/media/sign.json');
  const again = { time: '1763795200.000001', issuances: [lower] };
  expectRefusal(device, await device.sign(again), 'NOT_A_TERMINAL', / a31037\b/);
  expectRefusal(device, await device.sign(again, '--alike', 'A31037-2021-ACME'), 'NOT_CONFIRMED', /a31037-2021-ACME/);
  const alike = { bar: 'a31037-2021-ACME', other: 'A31037-2021-ACME', coin: outpointText(upper.coin), at: SIGNED_AT };
  assert.is((await inspect())[0], alikeSignedText(alike), 'before everything else');
  assert.is((await device.sign(again, '--alike', 'a31037-2021-ACME')).exit, 0);
});

test('letters that look like digits do not hide a duplicate serial, and surplus warnings are counted', async () => {
  const serials = ['O31O37', '0310B7', '5OOOO1', 'I11111', 'L11111', '111111', 'l1l1l1', '1i1i1i', 'i1111l', '11111L'];
  const issuances = serials.map((serial, i) => {
    const { coin, ...bar } = issuanceAt(i % 6, 3310);
    return { ...bar, serial, coin: { ...coin, vout: i } };
  });
  const device = fresh.copy();
  device.storage.put('/media/request.json', sampleRequestBytes({ issuances }));
  const { warnings } = (await device.run('inspect', '/media/request.json', '--json')).json;
  const found = warnings.slice(-6);
  assert.is(found[0], alikeText('111111-2021-ACME', 'I11111-2021-ACME', 'request'));
  assert.not.ok(
    warnings.slice(0, -6).some((w: string) => /-2021-ACME/.test(w)),
    'no more pairs are listed',
  );
  // 22 pairs: the 21 pairs of the seven names like I11111, and O31O37 with 031037 in the mapping. Five are listed.
  assert.is(found[5], moreAlikeText(17));
});

test('rule 9: another code, no code, and three wrong codes are refused', async () => {
  const device = fresh.copy();
  const run = await device.sign({}, '--frob');
  assert.is(run.exit, 2);
  const words = ['sign', '/media/request.json', '--out', '/media/sign.json', '--json'];
  const other = await device.run(...words, '--confirm', '0000-0000-0000-0000');
  expectRefusal(device, other, 'NOT_CONFIRMED', otherCodeRefusal(sampleRequest().reviewCode).message);
  const none = await device.run(...words);
  expectRefusal(device, none, 'NOT_A_TERMINAL', /./);
  assert.match(none.json.error.hint, /--confirm CODE/);
  // An empty line does not count as a wrong code.
  device.typed = ['', '0000-0000-0000-0000', '', ' ', '', 'no', 'yes'];
  expectRefusal(device, await device.run(...words), 'NOT_CONFIRMED', otherCodeRefusal(null).message);
  device.typed = ['no', sampleRequest().reviewCode.toLowerCase().replaceAll('-', ' ')];
  assert.is((await device.run(...words)).exit, 0, 'as people type it, the second time');
});

test('rule 9: at a terminal, a flag with the answer is refused before a screen is shown', async () => {
  for (const words of [
    ['sign', '/media/request.json', '--out', '/media/sign.json', '--confirm', sampleRequest().reviewCode],
    ['sign', '/media/request.json', '--out', '/media/sign.json', '--alike', '500001-2021-ACME'],
    ['trust', '/media/trust.json', '--confirm', trust.reviewCode],
    ['rollback', '/media/map.json', '--confirm', 'ab'.repeat(32)],
    ['release', '500001-2021-ACME', '--confirm', '500001-2021-ACME'],
    ['release', '500001-2021-ACME', '--transaction', 'ab'.repeat(32)],
  ]) {
    const device = fresh.copy();
    device.typed = [];
    const flag = words.find(word => word.startsWith('--') && word !== '--out');
    expectRefusal(device, await device.run(...words, '--json'), 'NOT_CONFIRMED', new RegExp(`^${flag} [A-Z]+ is `));
    assert.is(device.screen, '');
  }
});

test('rule 10: without a writable journal, no signature is written', async () => {
  const device = fresh.copy();
  assert.is((await device.sign()).exit, 0);
  const log = device.storage.log.slice();
  const beside = `/media/sign.json.${sampleRequest().reviewCode}.partial`;
  const last = (what: string) => log.lastIndexOf(what);
  assert.ok(last('sync /home/journal') < last('rename /home/journal.head'));
  assert.ok(last('rename /home/journal.head') < last(`create ${beside}`));
  assert.ok(last(`sync ${beside}`) < last('rename /media/sign.json'));
});

test("a file with the name of the signer's temporary files is not changed", async () => {
  const device = fresh.copy();
  device.storage.put('/media/sign.json.partial', utf8('mine'));
  assert.is((await device.sign()).exit, 0);
  assert.equal(device.storage.get('/media/sign.json.partial'), utf8('mine'));
  device.storage.put('/media/phrase.partial', utf8('mine'));
  const words = ['--home', '/other', '--phrase-out', '/media/phrase', '--json'];
  assert.is((await device.run('keygen', ...words)).json.error.code, 'FILE_EXISTS');
});

test('a clock beyond all dates is handled', async () => {
  const device = fresh.copy();
  device.now = 9e15;
  const run = await device.sign();
  assert.is(run.exit, 0, run.out);
  assert.match(withoutLineBreaks(run.err), /\(\+275760-09-13 00:00:00 UTC\)/);
});

test('swap: a file that changes between review and signing has no effect', async () => {
  const device = fresh.copy();
  device.env = {};
  device.typed = [sampleRequest().reviewCode, 'correct horse battery'];
  device.storage.put('/media/request.json', utf8(requestText(sampleRequest())));
  device.onAsk = () => device.storage.put('/media/request.json', utf8('{}'));
  const run = await device.run('sign', '/media/request.json', '--out', '/media/sign.json');
  assert.is(run.exit, 0, run.err);
  assert.is(readSignatures(device.storage.get('/media/sign.json')).request, sampleRequest().digest);
});

test('swap: a request that changes in memory after the review is not signed', async () => {
  const device = fresh.copy();
  const world = device.world();
  const home = openHome(world);
  const assessment = assessRequest(world, home, sampleRequest(), false);
  assessment.derivation.request.issuances[0]!.address = second.address;
  let thrown: unknown;
  await signAssessedRequest(world, home, assessment, '/media/sign.json').catch(error => {
    thrown = error;
  });
  assert.is((thrown as Error).message, CHANGED_IN_MEMORY);
  assert.not.ok(device.storage.names.has('/media/sign.json'));
});

test("a profile without this device's key, and a missing profile, are refused", async () => {
  const device = await makeDevice(1, false);
  const none = await device.sign();
  expectRefusal(device, none, 'TRUST_INVALID', NOT_PINNED);
  const others = {
    ...trustJson,
    controllers: { n: 1, m: 2, pubkeys: { 1: ocean.pubkeys[1], 2: ocean.pubkeys[2] } },
  };
  device.storage.put('/media/other.json', utf8(JSON.stringify(others)));
  const run = await device.run('trust', '/media/other.json', '--confirm', 'X', '--json');
  expectRefusal(device, run, 'KEY_FOREIGN', new RegExp(` 2 .* ${ocean.pubkeys[0]}$`));
});

test.run();
