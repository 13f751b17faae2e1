/** Attacks on the signer. They use the built program with real files, processes and screens. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, baseText, issuanceAt, sampleRequest, testKeys, trust, trustJson } from '../fixtures/sample-request.ts';
import { parseAddress } from '../shared/address.ts';
import { parseAmount } from '../shared/amount.ts';
import { hexToBytes, idToBytes, utf8 } from '../shared/bytes.ts';
import type { Burn } from '../shared/changes.ts';
import { decodeDer } from '../shared/der.ts';
import { derive } from '../shared/derive.ts';
import { verifyHash } from '../shared/ecdsa.ts';
import { hash160 } from '../shared/hash.ts';
import { buildIssuance } from '../shared/issuance.ts';
import { assetAtIndex, listAssets } from '../shared/mapping/asset-listing.ts';
import { emptyMapping, parseMapping } from '../shared/mapping/mapping.ts';
import { verifyMappingSignature } from '../shared/mapping/signatures.ts';
import { multisigScript, p2shScript } from '../shared/output-scripts.ts';
import { signatureHash } from '../shared/sighash.ts';
import { readSignatures, signDerivation } from '../shared/signatures.ts';
import { readTrust } from '../shared/trust.ts';
import { OTHER_PROFILE } from './signer-home.ts';
import { BuiltSigner } from './testing/built-signer.ts';
import { correctionRequest, makeRedemption, redemptionRequest, referenceParts } from './testing/redemption-requests.ts';
import { baseMemberOf, type Changes, fullySignedMapping, makeSigningHelpers } from './testing/signing-attempts.ts';
import { ambiguousDigitsText } from './texts/warnings.ts';

const program = await BuiltSigner.built();
const master = program.prepare('master');
const first = issuanceAt(0, 3310);
const second = issuanceAt(1, 3310);
const { fresh, copyOf, sign, refused, accepted } = makeSigningHelpers(program, master);

test.after(() => program.remove());

const requestAtIndex = (i: number) => ({ time: `176379530${i}.000001`, issuances: [issuanceAt(i, 3310)] });

test('the screen shows what is signed: transactions rebuilt from the screen match the signatures', () => {
  const { screen } = accepted(sign(fresh(), { issuances: [first, second] }));
  const { transactions, mapping } = readSignatures(readFileSync(program.path('sign.json')));
  const field = (name: string) => new RegExp(`^ {2}${name} +(.*)$`, 'm').exec(screen)![1]!;
  const bars = [
    ...screen.matchAll(
      /^ +\d+ {2}(\S+) {3}mass (\S+) {3}tokens (\S+)\n +to +(\S.*)\n +coin +(\S+)\n +output (\d+), amount (\S+)\n +asset (\S+)$/gm,
    ),
  ];
  assert.is(bars.length, 2);
  const [, reissued, reissuanceAddress] = /^([\d.]+) .* (\S+)$/.exec(field('Reissuance'))!;
  const change = /\S+$/.exec(field('Change'))![0];
  // The screen shows the profile's code, which the person compared when the profile was pinned.
  assert.is(field('Profile'), trust.reviewCode);
  assert.is(reissuanceAddress, trustJson.reissuanceAddress);
  const redeem = multisigScript(trust.n, trust.pubkeys);
  const script = (address: string) => parseAddress(trust.network, address, 'screen').scriptPubKey;
  assert.equal(script(change), p2shScript(hash160(redeem)));
  bars.forEach(([, , , tokens, to, txid, vout, amount, asset], i) => {
    const built = buildIssuance({
      coin: { hash: idToBytes(txid!, 'txid'), index: Number(vout), amount: parseAmount(amount!, 'amount') },
      policyAsset: idToBytes(trustJson.policyAsset, 'policyAsset'),
      tokens: parseAmount(tokens!, 'tokens'),
      reissuanceTokens: parseAmount(reissued!, 'reissuance'),
      assetScript: script(to!.replaceAll(' ', '')),
      reissuanceScript: script(reissuanceAddress!),
      changeScript: script(change),
    });
    assert.is(built.assetId, asset);
    const signature = decodeDer(hexToBytes(transactions[i]!, 'signature').slice(0, -1));
    assert.ok(verifyHash(signatureHash(built.transaction, 0, redeem), signature!, trust.pubkeys[0]!), `bar ${i + 1}`);
  });
  // The new mapping has the bars, masses and asset ids that the screen showed.
  const [, , after] = /^ {2}Assets +(\d+) +(\d+)$/m.exec(screen)!;
  const made = derive(sampleRequest({ issuances: [first, second] }), base, trust).mapping;
  assert.is(made.size, Number(after));
  const entries = [assetAtIndex(made, made.size - 2), assetAtIndex(made, made.size - 1)];
  assert.equal(
    entries.map(({ reference, mass, assetId }) => [reference, mass, assetId]),
    bars.map(([, reference, mass, , , , , , asset]) => [reference, mass, asset]),
  );
  assert.is(
    mapping,
    signDerivation(derive(sampleRequest({ issuances: [first, second] }), base, trust), 1, testKeys[0]!, trust).mapping,
  );
});

test('the screen of a redemption shows what is signed: the mapping rebuilt from the screen matches the signature', () => {
  const [bar, other] = [...base.references()] as [string, string];
  const [own, burnt] = [...listAssets(base)].map(({ assetId }) => assetId) as [string, string];
  const changes = redemptionRequest(base, makeRedemption(base, bar, 'x', [burnt]));
  const { screen } = accepted(sign(fresh(), changes));
  const file = readSignatures(readFileSync(program.path('sign.json')));
  const tables = screen.slice(screen.indexOf('\n  Bars, and'), screen.indexOf('\nChecked by'));
  const ids = new Map([...tables.matchAll(/^ {2}(\S+) ([0-9a-f]{64})$/gm)].map(([, name, id]) => [name!, id!]));
  const entries = new Map(
    [...listAssets(base)].map(one => [`${one.reference} ${one.assetId}`, Number(one.mass).toFixed(9)]),
  );
  let name = '';
  for (const [, indent, what, after] of tables.matchAll(/^( {2}| {6})(\S+) +[-\d.]+ +(\S+)$/gm)) {
    if (indent === '  ') name = what!;
    else if (after === '-') entries.delete(`${name} ${ids.get(what!)}`);
    else entries.set(`${name} ${ids.get(what!)}`, Number(after).toFixed(9));
  }
  const { mapping } = derive(sampleRequest(changes), base, trust);
  const made = [...listAssets(mapping)].map(one => [`${one.reference} ${one.assetId}`, Number(one.mass).toFixed(9)]);
  assert.equal(made.sort(), [...entries].sort());
  assert.ok(entries.has(`${other} ${own}`) && !entries.has(`${bar} ${own}`));
  assert.ok(verifyMappingSignature(mapping, file.mapping, trust.pubkeys[0]!));
  assert.equal(file.transactions, []);
});

test('a changed burn, bar, mass, height, name or reason changes the review code', () => {
  const home = fresh();
  const [bar, other] = [...base.references()] as [string, string];
  const whole = makeRedemption(base, bar);
  const [burn] = whole.burns as [Burn];
  const { reviewCode } = sampleRequest(redemptionRequest(base, whole));
  const swapped = [
    { ...whole, burns: [{ ...burn, vout: 1 }] },
    { ...whole, burns: [{ ...burn, txid: 'ab'.repeat(32) }] },
    makeRedemption(base, bar, bar, [[...listAssets(base)][1]!.assetId]),
    makeRedemption(base, bar, bar, undefined, 2400),
    makeRedemption(base, other, bar),
  ];
  for (const redemption of swapped)
    refused(sign(home, redemptionRequest(base, redemption), { code: reviewCode }), 'NOT_CONFIRMED');
  accepted(sign(home, redemptionRequest(base, whole), { code: reviewCode }));
  const rename = { reference: bar, to: referenceParts('700001-2021-ACME') };
  const right = { ...correctionRequest(base, rename), time: '1763795124.000001' };
  const { reviewCode: code } = sampleRequest(right);
  for (const changes of [
    { ...right, corrections: [{ reference: bar, remove: true } as const] },
    { ...right, corrections: [{ reference: bar, to: referenceParts('700002-2021-ACME') }] },
    { ...right, corrections: [{ reference: other, to: rename.to }] },
    { ...right, reason: 'another' },
  ])
    refused(sign(home, changes, { code }), 'NOT_CONFIRMED');
  accepted(sign(home, right, { code }));
});

test('a changed address, amount, coin, bar or height changes the review code', () => {
  const home = fresh();
  const { reviewCode } = sampleRequest({ issuances: [first] });
  const swapped: Changes[] = [
    { issuances: [{ ...first, address: second.address }] },
    { issuances: [{ ...first, coin: second.coin }] },
    { issuances: [{ ...first, coin: { ...first.coin, amount: '1.00000000' } }] },
    { issuances: [{ ...first, serial: '500009' }] },
    { issuances: [{ ...issuanceAt(0, 4000) }], height: 4000 },
    { issuances: [first], time: '1763795124.000001' },
    requestAtIndex(3),
  ];
  for (const changes of swapped) refused(sign(home, changes, { code: reviewCode }), 'NOT_CONFIRMED');
  accepted(sign(home, { issuances: [first] }, { code: reviewCode }));
});

test('a request with a member for the reissuance or change address is refused', () => {
  const home = fresh();
  for (const member of ['reissuanceAddress', 'change', 'fee']) {
    const code = program.request('request.json');
    const content = JSON.parse(readFileSync(program.path('request.json'), 'utf8'));
    program.put('request.json', JSON.stringify({ ...content, [member]: second.address }));
    const run = program.run('sign', 'request.json', '--out', 'no.json', '--confirm', code, '--home', home, '--json');
    assert.is(run.json.error.code, 'FIELD_INVALID');
    assert.match(run.json.error.message, new RegExp(`\\b${member}: `));
  }
});

test("a changed key of another controller changes the profile's code, and this device's key must be in the profile", () => {
  const home = fresh();
  const pubkeys = { ...trustJson.controllers.pubkeys, 2: trustJson.controllers.pubkeys['1'] };
  const pin = (name: string, content: object, ...flags: string[]) => {
    program.put(name, JSON.stringify(content));
    return program.run('trust', name, '--home', home, '--json', ...flags).json.error;
  };
  const twice = { ...trustJson, controllers: { ...trustJson.controllers, pubkeys } };
  assert.is(pin('twice.json', twice).code, 'FIELD_INVALID');
  const other = {
    ...trustJson.controllers.pubkeys,
    2: '02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9',
  };
  const swapped = { ...trustJson, controllers: { ...trustJson.controllers, pubkeys: other } };
  assert.is(pin('swapped.json', swapped, '--confirm', trust.reviewCode).code, 'TRUST_MISMATCH');
  assert.is(pin('swapped.json', swapped, '--replace', '--confirm', trust.reviewCode).code, 'NOT_CONFIRMED');
  const without = { ...trustJson.controllers.pubkeys, 1: other[2] };
  const foreign = { ...trustJson, controllers: { ...trustJson.controllers, pubkeys: without } };
  assert.is(pin('foreign.json', foreign, '--replace').code, 'KEY_FOREIGN');
  accepted(sign(home));
});

test('if the stored profile was changed by hand, nothing is signed until the right one is pinned again', () => {
  const home = fresh();
  writeFileSync(
    join(program.path(home), 'trust.json'),
    JSON.stringify({ ...trustJson, mass: { min: '1', max: '450' } }),
  );
  refused(sign(home), 'TRUST_INVALID', OTHER_PROFILE);
});

test('a base is refused with one signer twice, foreign signatures, or its own policy', () => {
  const home = fresh();
  const one = base.signatures.get('1')!;
  for (const signatures of [{}, { 1: one }, { 1: one, 2: one }] as Record<string, string>[])
    refused(
      sign(home, baseMemberOf(base.withSignatures(new Map(Object.entries(signatures))))),
      'BASE_INVALID',
      /2 controllers/,
    );
  refused(
    sign(home, baseMemberOf(parseMapping(utf8(baseText.replace('"n": 2', '"n": 0'))))),
    'BASE_INVALID',
    /policy 2 of 3/,
  );
});

test('a base is refused if it is older, of the same moment, or the initial mapping', () => {
  const home = fresh();
  const next = fullySignedMapping({ issuances: [first, second] });
  accepted(sign(home, { ...baseMemberOf(next), ...requestAtIndex(2) }));
  refused(sign(home, requestAtIndex(3)), 'ROLLBACK', /height 3303/);
  refused(
    sign(home, {
      ...baseMemberOf(fullySignedMapping({ issuances: [issuanceAt(5, 3310)] })),
      time: '1763795400.000001',
      issuances: [issuanceAt(4, 3310)],
    }),
    'ROLLBACK',
  );
  refused(
    sign(home, { ...baseMemberOf(emptyMapping(2, 3, '1763795390.000001')), time: '1763795400.000001' }),
    'BASE_INVALID',
    /very first/,
  );
});

test('the warning about assets missing in the base appears until a request on the base is signed', () => {
  const home = fresh();
  accepted(sign(home, { ...baseMemberOf(fullySignedMapping({ issuances: [first, second] })), ...requestAtIndex(2) }));
  const fork = {
    ...baseMemberOf(fullySignedMapping({ time: '1763795350.000001', issuances: [issuanceAt(5, 3310)] })),
  };
  const request = { ...fork, time: '1763795351.000001', issuances: [issuanceAt(4, 3310)] };
  for (const code of ['0000-0000-0000-0000', '0000-0000-0000-0000', ''])
    assert.match(sign(home, request, { code }).flat, /!.*2 bars .*: "500001-2021-ACME", "500002/);
  accepted(sign(home, { ...request, time: '1763795352.000001' }));
});

test('a bar on a second coin is refused, also with another base or another network name', () => {
  const home = fresh();
  accepted(sign(home, { issuances: [first] }));
  const moved = { ...first, coin: second.coin };
  refused(
    sign(home, { time: '1763795200.000001', issuances: [moved] }),
    'DOUBLE_ISSUE',
    /^issuances\[0\]\.coin: .* [0-9a-f]{64}:\d+, .* 500001-2021-ACME .* \d{4}-\d\d-\d\d, got/,
  );
  const other = fullySignedMapping({
    time: '1763795150.000001',
    issuances: [{ ...issuanceAt(2, 3310), coin: first.coin }],
  });
  refused(sign(home, { ...baseMemberOf(other), time: '1763795200.000001', issuances: [moved] }), 'DOUBLE_ISSUE');
  const renamed = { ...trustJson, network: { name: 'gold_two', p2pkh: 38, p2sh: 97, wif: 180 } };
  program.put('renamed.json', JSON.stringify(renamed));
  const { digest, reviewCode } = readTrust(utf8(JSON.stringify(renamed)));
  const pinned = program.run('trust', 'renamed.json', '--replace', '--confirm', reviewCode, '--home', home);
  assert.is(pinned.status, 0, pinned.err);
  refused(
    sign(home, { network: 'gold_two', trust: digest, time: '1763795200.000001', issuances: [moved] }),
    'DOUBLE_ISSUE',
  );
});

test('a coin is refused if its token belongs to another bar of the mapping', () => {
  const next = { ...baseMemberOf(fullySignedMapping({ issuances: [first] })), time: '1763795200.000001' };
  refused(
    sign(fresh(), { ...next, issuances: [{ ...second, coin: first.coin }] }),
    'FIELD_INVALID',
    /issuances\[0\].coin/,
  );
});

test('a time far ahead of the clock and a mapping without a possible successor are refused', () => {
  const home = fresh();
  const next = fullySignedMapping({ issuances: [first] });
  const same = { ...baseMemberOf(next), time: next.time, height: next.height, issuances: [second] };
  refused(sign(home, same), 'NOT_MONOTONIC', /same time/);
  const ahead = { time: '4000000000.000001', issuances: [second] };
  refused(sign(home, ahead), 'NOT_MONOTONIC', /at most 1 day ahead/);
  const forced = accepted(sign(home, ahead, { flags: ['--ignore-clock'] }));
  assert.match(forced.flat, /! .* [\d.]+ days ahead/);
});

test('moved digits between height and time of the base are refused or give a warning', () => {
  const made = { time: '1763795123.000003', issuances: [first] };
  const text = new TextDecoder().decode(fullySignedMapping(made).bytes());
  const moved = parseMapping(utf8(text.replace('.000003, "height": 3310', '.0000033, "height": 310')));
  const next = { ...baseMemberOf(moved), height: 320, time: '1763795124.000001', issuances: [issuanceAt(1, 320)] };
  assert.match(accepted(sign(fresh(), next)).flat, `! ${ambiguousDigitsText(moved)}`);
  const home = fresh();
  accepted(sign(home, made));
  refused(sign(home, next), 'BASE_INVALID', /^base: .* 3310 .*, got height 310 /);
});

test('signatures equal those of RFC 6979, so they hide no data', () => {
  accepted(sign(fresh()));
  const expected = signDerivation(derive(sampleRequest(), base, trust), 1, testKeys[0]!, trust);
  assert.equal(readSignatures(readFileSync(program.path('sign.json'))), expected);
});

test('a key file is refused if others can read it, if it needs too much memory, or has another public key', () => {
  const home = fresh();
  const path = join(program.path(home), 'key.json');
  const content = JSON.parse(readFileSync(path, 'utf8'));
  chmodSync(path, 0o640);
  refused(sign(home), 'PERMISSIONS', /expected mode 600, got 640/);
  chmodSync(path, 0o600);
  writeFileSync(path, JSON.stringify({ ...content, scrypt: { ...content.scrypt, N: 1 << 22, r: 32 } }));
  refused(sign(home), 'KEY_INVALID');
  writeFileSync(path, JSON.stringify({ ...content, publicKey: trustJson.controllers.pubkeys['2'] }));
  refused(sign(home), 'JOURNAL_INVALID');
});

let damagedHomes = 0;
test('a truncated, changed or removed journal is refused', () => {
  const signed = fresh();
  accepted(sign(signed));
  for (const change of [(s: string) => s.slice(0, -300), (s: string) => s.replace('signed', 'Signed'), () => null]) {
    const home = copyOf(signed, `damaged-${damagedHomes++}`);
    const path = join(program.path(home), 'journal');
    const changed = change(readFileSync(path, 'utf8'));
    if (changed === null) rmSync(path);
    else writeFileSync(path, changed);
    refused(sign(home, requestAtIndex(2)), 'JOURNAL_INVALID');
  }
});

test('a name is refused with two spaces, a terminal escape, or letters of other alphabets', () => {
  const home = fresh();
  for (const manufacturer of ['A   mass 400.0', 'A\u001b[2J', 'A\u202eB', '\u0410CME']) {
    program.request('request.json');
    const content = JSON.parse(readFileSync(program.path('request.json'), 'utf8'));
    content.issuances[0].manufacturer = manufacturer;
    program.put('request.json', JSON.stringify(content));
    const run = program.run('inspect', 'request.json', '--home', home, '--json');
    assert.is(run.json.error.code, 'FIELD_INVALID');
    assert.match(run.out + run.err, /^[\n\x20-\x7e]*$/);
  }
});

test.run();
