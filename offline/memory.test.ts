/**
 * The memory of the built signer. It does not record refused requests. If it refuses a request, the controller can
 * overrule it with `rollback` or `release`.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt } from '../fixtures/sample-request.ts';
import { assetIdOf } from '../shared/issuance.ts';
import { emptyMapping } from '../shared/mapping/mapping.ts';
import { ROLLBACK_RISK } from './commands/overrule-memory.ts';
import { COIN_RISK } from './commands/release.ts';
import { BuiltSigner, PASSPHRASE } from './testing/built-signer.ts';
import { baseMemberOf, fullySignedMapping, makeSigningHelpers, mappingText } from './testing/signing-attempts.ts';
import { withoutLineBreaks } from './testing/test-device.ts';
import { NO_MEMORY } from './texts/journal.ts';
import { otherCoinCheckedText } from './texts/passed-checks.ts';

const program = await BuiltSigner.built();
const { fresh, copyOf, sign, refused, accepted, contentOf } = makeSigningHelpers(program, program.prepare('master'));
const bars = [0, 1, 2, 3, 4, 5].map(i => issuanceAt(i, 3310));
const [first, second, third, fourth, fifth] = bars;
const WRONG = '0000-0000-0000-0000';

/**
 * A mapping on the sample's base that two controllers signed, one of them by mistake. The mapping was never published.
 */
const neverPublished = fullySignedMapping({ issuances: [second!] });
const honest = { time: '1763795200.000001', issuances: [third!] };
const onNever = { ...baseMemberOf(neverPublished), time: '1763795210.000001', issuances: [fourth!] };

test.after(() => program.remove());

test('a request that is refused or only inspected leaves every byte of the home unchanged', () => {
  const home = fresh();
  const before = contentOf(home);
  refused(sign(home, onNever, { code: WRONG }), 'NOT_CONFIRMED');
  assert.is(program.run('inspect', 'request.json', '--home', home).status, 0);
  assert.equal(contentOf(home), before);
  program.passphrase = 'a wrong passphrase';
  refused(sign(home, onNever), 'PASSPHRASE_WRONG');
  program.passphrase = PASSPHRASE;
  assert.equal(contentOf(home), before);
  accepted(sign(home, honest));
});

test('rollback from an unpublished mapping needs the older digest, and all signed requests stay in memory', () => {
  const home = fresh();
  accepted(sign(home, { time: '1763795150.000001', issuances: [first!] }));
  accepted(sign(home, onNever));
  refused(sign(home, honest), 'ROLLBACK', /^base: .*\S+.*3310/);
  program.put('map.json', mappingText(base));
  const back = (...flags: string[]) => program.run('rollback', 'map.json', '--home', home, '--json', ...flags);
  const before = contentOf(home);
  refused(back(), 'NOT_A_TERMINAL');
  refused(back('--confirm', neverPublished.digest), 'NOT_CONFIRMED', new RegExp(base.digest));
  program.passphrase = 'a wrong passphrase';
  refused(back('--confirm', base.digest), 'PASSPHRASE_WRONG');
  program.passphrase = PASSPHRASE;
  assert.equal(contentOf(home), before, 'nothing changes before digest and passphrase are right');
  const { err, json } = accepted(back('--confirm', base.digest));
  assert.equal(json, { mapping: base.digest, from: neverPublished.digest });
  for (const shown of [base.digest, neverPublished.digest, '500002-2021-ACME', ROLLBACK_RISK])
    assert.ok(withoutLineBreaks(err).includes(shown), shown);
  accepted(sign(home, honest));
  const moved = { time: '1763795220.000001', issuances: [{ ...fourth!, coin: fifth!.coin }] };
  refused(sign(home, moved), 'DOUBLE_ISSUE');
  const journal = program.run('journal', '--home', home).out;
  assert.match(journal, new RegExp(`rollback to ${base.digest} from ${neverPublished.digest}`));
  refused(back('--confirm', base.digest), 'FIELD_INVALID', /^"\S+": .* 3303\)$/);
});

test('rollback is possible to the initial mapping, but not to a newer one or to one without enough signatures', () => {
  const home = fresh();
  const empty = emptyMapping(2, 3, '1500000000.000001');
  accepted(sign(home, { ...baseMemberOf(empty), issuances: [first!] }));
  accepted(
    sign(home, {
      ...baseMemberOf(fullySignedMapping({ ...baseMemberOf(empty), issuances: [second!] }, empty)),
      ...honest,
    }),
  );
  const next = { ...baseMemberOf(empty), time: '1763795230.000001', issuances: [fourth!] };
  refused(sign(home, next), 'BASE_INVALID', /very first/);
  const back = (mapping: typeof base) => {
    program.put('map.json', mappingText(mapping));
    return program.run('rollback', 'map.json', '--home', home, '--json', '--confirm', mapping.digest);
  };
  refused(back(base.withSignatures(new Map([...base.signatures].slice(1)))), 'BASE_INVALID');
  refused(back(fullySignedMapping({ time: '1763795400.000001', issuances: [first!] })), 'FIELD_INVALID');
  accepted(back(empty));
  accepted(sign(home, next));
});

test('a bar whose coin was spent for another bar can be released by hand on each laptop', () => {
  const home = fresh();
  // The first bar is signed on its coin and abandoned. Another coordinator's request then spends that coin for the
  // third bar.
  accepted(sign(home, { issuances: [first!] }));
  const spent = fullySignedMapping({ time: '1763795160.000001', issuances: [{ ...third!, coin: first!.coin }] });
  const again = {
    ...baseMemberOf(spent),
    time: '1763795300.000001',
    issuances: [{ ...first!, coin: second!.coin }],
  };
  refused(
    sign(home, again),
    'DOUBLE_ISSUE',
    /^issuances\[0\]\.coin: .* [0-9a-f]{64}:\d+, .* 500001-2021-ACME .* \d{4}-\d\d-\d\d, got/,
  );
  refused(
    sign(home, { ...again, issuances: [first!] }),
    'FIELD_INVALID',
    /^issuances\[0\]\.coin: .* got "[0-9a-f]{64}:\d+"/,
  );
  const reference = '500001-2021-ACME';
  const txid = 'ab'.repeat(32);
  const release = (bar: string, mapping: string, ...flags: string[]) => {
    program.put('map.json', mapping);
    return program.run('release', bar, '--mapping', 'map.json', '--home', home, '--json', ...flags);
  };
  const both = ['--transaction', txid, '--confirm', reference];
  const before = contentOf(home);
  refused(release('500009-2021-ACME', mappingText(spent), ...both), 'FIELD_INVALID', /^"500009-2021-ACME": /);
  refused(release(reference, mappingText(base), ...both), 'DOUBLE_ISSUE', /got none/);
  const issued = fullySignedMapping({ time: '1763795160.000001', issuances: [first!] });
  refused(release(reference, mappingText(issued), ...both), 'DOUBLE_ISSUE', /got 500001-2021-ACME/);
  const unsigned = spent.withSignatures(new Map([...spent.signatures].slice(1)));
  refused(release(reference, mappingText(unsigned), ...both), 'BASE_INVALID');
  refused(release(reference, mappingText(spent), '--confirm', reference), 'NOT_A_TERMINAL', /the transaction/);
  const coinsOwn = ['--transaction', first!.coin.txid, '--confirm', reference];
  refused(release(reference, mappingText(spent), ...coinsOwn), 'FIELD_INVALID', /transaction: expected/);
  const otherBar = ['--transaction', txid, '--confirm', '500003-2021-ACME'];
  refused(release(reference, mappingText(spent), ...otherBar), 'NOT_CONFIRMED');
  assert.equal(contentOf(home), before);
  const { err, json } = accepted(release(reference, mappingText(spent), ...both));
  assert.is(json.other, '500003-2021-ACME');
  const coin = `${first!.coin.txid}:${first!.coin.vout}`;
  for (const shown of [reference, '"500003-2021-ACME"', coin, assetIdOf(first!.coin), spent.digest, COIN_RISK])
    assert.ok(withoutLineBreaks(err).includes(shown), shown);
  assert.match(program.run('journal', '--home', home).out, new RegExp(`${reference} .* ${coin}, .*${txid}`));
  // After a release, signing the old request again binds the bar to its coin again.
  accepted(sign(copyOf(home, 'resigned'), { issuances: [first!] }));
  refused(sign('resigned', again), 'DOUBLE_ISSUE');
  const { flat } = accepted(sign(home, again));
  assert.match(flat, new RegExp(`! ${reference} .* \\d{4}-\\d\\d-\\d\\d .* ${coin}, and released\\.`));
  assert.ok(flat.includes(otherCoinCheckedText('released', 1)), flat);
  // After this signature the bar is bound to the other coin.
  const moved = { ...again, time: '1763795310.000001', issuances: [{ ...first!, coin: fourth!.coin }] };
  refused(sign(home, moved), 'DOUBLE_ISSUE', new RegExp(`\\.coin: .* ${second!.coin.txid}:`));
  refused(release(reference, mappingText(spent), ...both), 'DOUBLE_ISSUE');
});

test("a base with the coin's token for another bar releases nothing by itself", () => {
  const home = fresh();
  accepted(sign(home, { issuances: [first!] }));
  const spent = fullySignedMapping({ time: '1763795160.000001', issuances: [{ ...third!, coin: first!.coin }] });
  accepted(sign(home, { ...baseMemberOf(spent), time: '1763795300.000001', issuances: [second!] }));
  const again = {
    ...baseMemberOf(spent),
    time: '1763795310.000001',
    issuances: [{ ...first!, coin: fifth!.coin }],
  };
  refused(sign(home, again), 'DOUBLE_ISSUE');
  // The signer has its own copy of the mapping, so the command needs no file.
  const words = ['--transaction', 'cd'.repeat(32), '--confirm', '500001-2021-ACME', '--home', home, '--json'];
  accepted(program.run('release', '500001-2021-ACME', ...words));
  accepted(sign(home, again));
});

test('the answer for a rebuilt or imported key says that its memory is empty', () => {
  const run = program.run('import', 'privkey.dat', '--home', 'no-memory');
  assert.ok(withoutLineBreaks(run.err).includes(NO_MEMORY), run.err);
});

test.run();
