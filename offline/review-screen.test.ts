/** The screens of the built program show exchanged recipients, wrong heights, look-alike serials and weak policies. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, trust, trustJson } from '../fixtures/sample-request.ts';
import { utf8 } from '../shared/bytes.ts';
import { barReference, outpointText } from '../shared/changes.ts';
import { emptyMapping } from '../shared/mapping/mapping.ts';
import { MAX_HEIGHT } from '../shared/token-schedule.ts';
import { readTrust } from '../shared/trust.ts';
import { SPLIT } from './screen/profile.ts';
import { BuiltSigner } from './testing/built-signer.ts';
import { baseMemberOf, type Changes, fullySignedMapping, makeSigningHelpers } from './testing/signing-attempts.ts';
import { withoutLineBreaks } from './testing/test-device.ts';
import { alikeSignedText, alikeText, ownAddressText } from './texts/warnings.ts';

const program = await BuiltSigner.built();
const { fresh, sign, refused, accepted } = makeSigningHelpers(program, program.prepare('master'));
const bar = issuanceAt(0, 3310);
const other = issuanceAt(1, 3310);
const addressGroups = (address: string) => address.match(/.{1,4}/g)!.join(' ');
const WRONG = '0000-0000-0000-0000';

test.after(() => program.remove());

function inspectRequest(home: string, changes: Changes) {
  program.request('request.json', changes);
  const run = program.run('inspect', 'request.json', '--home', home, '--json');
  return { screen: run.err, warnings: run.json.warnings as string[] };
}

/** The issuances of this number of bars, each on its own coin. */
const makeIssuances = (count: number, serials: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({ ...bar, serial: serials(i), coin: { ...bar.coin, vout: 100 + i } }));

test('one exchanged address among 120 bars is in the summary, before the list and before the code', () => {
  const issuances = makeIssuances(120, i => `9${String(i).padStart(5, '0')}`);
  issuances[77] = { ...issuances[77]!, address: other.address };
  const { screen } = inspectRequest(fresh(), { issuances });
  const summary = [
    `  Recipient     ${addressGroups(bar.address)}`,
    '                119 assets, 46307.898 fine troy ounces, 463104.48261630 tokens',
    `  Recipient     ${addressGroups(other.address)}`,
    '                1 asset, 389.142 fine troy ounces, 3891.63430770 tokens',
    '  In all        120 assets, 46697.040 fine troy ounces, 466996.11692400 tokens',
  ].join('\n');
  const parts = screen.split(summary);
  assert.is(parts.length, 3, screen.slice(0, 3000));
  assert.not.match(parts[0]!, /900000-2021-ACME/);
  assert.match(parts[2]!, /^\n-+\n.*code/i);
  assert.ok(parts[1]!.includes(`      to    ${addressGroups(other.address)}\n`), 'addresses stand in groups of four');
});

test('a height that contradicts the clock gives one of the first warnings, with both figures', () => {
  const home = fresh();
  const mapping = fullySignedMapping({ issuances: [other] });
  const next = (height: number, time: string) =>
    inspectRequest(home, { ...baseMemberOf(mapping), height, time, issuances: [issuanceAt(2, height)] }).warnings;
  // The mapping has height 3310 and time 1763795123.
  const [first] = next(MAX_HEIGHT, '1763795183.000001');
  assert.match(first!, /20000000 is 19996690.*\b1\b/);
  const about = (list: string[]) => list.filter(text => text.startsWith('The height'));
  assert.is(about(next(3310 + 121, '1763795183.000002')).length, 0, '120 more than the minutes are allowed');
  assert.is(about(next(3310 + 122, '1763795183.000002')).length, 1);
});

test('small excesses of several heights are added up from the first height that the signer knows', () => {
  const home = fresh();
  const minutes = (time: string) => Math.floor((Number(time) - Number(base.time)) / 60);
  const about = (list: string[]) => list.filter(text => text.startsWith('The height'));
  const [one, two] = ['1763795183.000001', '1763795243.000001'];
  const height = base.height + minutes(one) + 100;
  const first = { height, time: one, issuances: [issuanceAt(0, height)] };
  assert.equal(about(inspectRequest(home, first).warnings), []);
  accepted(sign(home, first));
  const next = (more: number) => {
    const second = { height: height + more, time: two, issuances: [issuanceAt(1, height + more)] };
    return about(inspectRequest(home, { ...baseMemberOf(fullySignedMapping(first)), ...second }).warnings);
  };
  assert.equal(next(21), []);
  const [warning, ...others] = next(22);
  assert.match(warning!, new RegExp(` ${height + 22 - base.height} blocks .* ${minutes(two)} minutes `));
  assert.equal(others, []);
});

test('on the initial mapping, a height is compared with signed requests, and without them a warning appears', () => {
  const home = fresh();
  const empty = baseMemberOf(emptyMapping(2, 3, '1500000000.000001'));
  const about = (changes: Changes) =>
    inspectRequest(home, changes).warnings.filter(text => text.startsWith('The height'));
  const first = { ...empty, height: 3310, issuances: [bar] };
  assert.match(about(first)[0]!, /^The height 3310 /);
  accepted(sign(home, first));
  const time = '1763795183.000001';
  assert.equal(about({ ...empty, height: 3431, time, issuances: [issuanceAt(1, 3431)] }), []);
  const [warning] = about({ ...empty, height: 3432, time, issuances: [issuanceAt(1, 3432)] });
  assert.match(warning!, / 3432 is 122 blocks .* 1 minute /);
});

test('bars with any look-alike pair of characters give a warning, in the mapping and in signed requests', () => {
  const home = fresh();
  accepted(sign(home, { issuances: [{ ...bar, serial: '5D2B6I' }] }));
  const [{ at }] = program.run('journal', '--home', home, '--json').json.signed;
  for (const serial of ['S02861', 'sOzbgL', '5Q2BG1', '5d286l']) {
    const changes = { time: '1763795200.000001', issuances: [{ ...bar, serial, coin: other.coin }] };
    const reference = `${serial}-2021-ACME`;
    const [warning] = inspectRequest(home, changes).warnings;
    const coin = outpointText(bar.coin);
    assert.is(warning, alikeSignedText({ bar: reference, other: '5D2B6I-2021-ACME', coin, at }));
    refused(sign(home, changes), 'NOT_A_TERMINAL', new RegExp(` ${serial}, `));
    refused(sign(home, changes, { flags: ['--alike', '5D2B6I-2021-ACME'] }), 'NOT_CONFIRMED');
  }
  // This bar has the same coin, so only one of the two transactions can confirm, and no reference has to be typed.
  const same = { time: '1763795210.000001', issuances: [{ ...bar, serial: 'S02861' }] };
  accepted(sign(home, same));
  const typed = { time: '1763795220.000001', issuances: [{ ...bar, serial: '5Q2BG1', coin: other.coin }] };
  accepted(sign(home, typed, { flags: ['--alike', '5Q2BG1-2021-ACME'] }));
  const inMapping = fullySignedMapping({ issuances: [{ ...bar, serial: '500001' }] });
  for (const serial of ['5Q0001', '5D0001', 'SOOOO1']) {
    const changes = { ...baseMemberOf(inMapping), time: '1763795200.000001', issuances: [{ ...other, serial }] };
    const { warnings } = inspectRequest(fresh(), changes);
    assert.ok(warnings.includes(alikeText(`${serial}-2021-ACME`, '500001-2021-ACME', 'mapping')));
  }
});

test('warnings about bars that were signed here come first and are complete', () => {
  const home = fresh();
  accepted(sign(home, { issuances: [{ ...bar, serial: 'B00000' }] }));
  const twins = makeIssuances(12, i => '8OOOOO'.replace(/O/g, (o, at) => ((i >> (at - 1)) & 1 ? 'Q' : o)));
  const { warnings } = inspectRequest(home, { time: '1763795200.000001', issuances: twins });
  const mine = warnings.slice(0, 12);
  assert.ok(
    mine.every(text => /B00000-2021-ACME/.test(text)),
    warnings.join('\n'),
  );
  assert.ok(warnings.some(text => /^\d+ more pairs? /.test(text)));
});

test('look-alike bars within the request do not suppress the warning about a bar of the mapping', () => {
  const inMapping = fullySignedMapping({ issuances: [{ ...bar, serial: '500001' }] });
  const twins = makeIssuances(12, i => '8OOOOO'.replace(/O/g, (o, at) => ((i >> (at - 1)) & 1 ? 'Q' : o)));
  const issuances = [...twins, { ...other, serial: '5Q0001' }];
  const { warnings } = inspectRequest(fresh(), {
    ...baseMemberOf(inMapping),
    time: '1763795200.000001',
    issuances,
  });
  const text = alikeText('5Q0001-2021-ACME', '500001-2021-ACME', 'mapping');
  assert.ok(warnings.includes(text), warnings.join('\n'));
});

test('bars of other years with the same serial do not suppress the warning about a bar under two names', () => {
  const years = makeIssuances(8, () => '500002').map((bar, i) => ({ ...bar, year: String(2001 + i) }));
  const issuances = [...years, { ...bar, serial: '60000I' }, { ...other, serial: '600001' }];
  const { warnings } = inspectRequest(fresh(), { issuances });
  const text = alikeText('600001-2021-ACME', '60000I-2021-ACME', 'request');
  assert.ok(warnings.includes(text), warnings.join('\n'));
});

test("tokens for the controllers' own address or the reissuance address give a warning", () => {
  for (const [address, isReissuance] of [
    [trust.address, false],
    [trust.reissuanceAddress, true],
  ] as const) {
    const { warnings } = inspectRequest(fresh(), { issuances: [{ ...bar, address }] });
    assert.ok(warnings.includes(ownAddressText(barReference(bar), isReissuance)), warnings.join('\n'));
  }
});

test('a policy with two groups that can each sign gives a warning before it is pinned', () => {
  const shown = (n: number, m: 2 | 3) => {
    const pubkeys = Object.fromEntries(Object.entries(trustJson.controllers.pubkeys).slice(0, m));
    const profile = JSON.stringify({ ...trustJson, controllers: { n, m, pubkeys } });
    program.put('policy.json', profile);
    const words = ['trust', 'policy.json', '--home', fresh(), '--replace', '--confirm', WRONG];
    const run = program.run(...words);
    assert.match(run.err, /NOT_CONFIRMED/);
    assert.ok(run.out.includes(readTrust(utf8(profile)).reviewCode));
    return withoutLineBreaks(run.out);
  };
  for (const [n, m] of [
    [1, 2],
    [1, 3],
  ] as const)
    assert.ok(shown(n, m).includes(`WARNINGS ! ${SPLIT}`));
  assert.not.match(shown(2, 2), /WARNING/);
});

assert.is(base.height, 3303);
test.run();
