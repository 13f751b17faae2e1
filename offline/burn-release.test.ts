/** Burnt outputs of a signed but unpublished redemption: when `signer release` releases them, and when it refuses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt } from '../fixtures/sample-request.ts';
import { utf8 } from '../shared/bytes.ts';
import { barReference, outpointText } from '../shared/changes.ts';
import { listAssets } from '../shared/mapping/asset-listing.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { BURNS_RISK } from './commands/release.ts';
import { correctionRequest, makeRedemption, redemptionRequest, referenceParts } from './testing/redemption-requests.ts';
import { baseMemberOf, type Changes, fullySignedMapping, mappingText } from './testing/signing-attempts.ts';
import { makeDevice, PASSPHRASE, type Run, type TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { burnsCheckedText } from './texts/passed-checks.ts';
import { releasedBurnsText } from './texts/warnings.ts';

const fresh = await makeDevice(1);
const [wrong, right, third] = [...base.references()] as [string, string, string];
/** Each request gets a later time than the previous one. */
let made = 0;
const withLaterTime = <T extends object>(changes: T) => ({ ...changes, time: `${1763795310 + made++}.000001` });
const barWithCoin = (i: number, coin = i) => ({ ...issuanceAt(i, 3310), coin: issuanceAt(coin, 3310).coin });
const issuanceOn = (mapping: Mapping, i: number, coin = i) =>
  withLaterTime({ ...baseMemberOf(mapping), issuances: [barWithCoin(i, coin)] });
/** By default, the redemptions of all bars name the same burnt outputs. */
const redemptionOn = (mapping: Mapping, bar: string, outputs = 'burnt') =>
  withLaterTime(redemptionRequest(mapping, makeRedemption(mapping, bar, outputs)));

async function signRequest(device: TestDevice, changes: Changes): Promise<Run> {
  device.storage.names.delete('/media/sign.json');
  const run = await device.sign(changes);
  assert.is(run.exit, 0, run.out);
  return run;
}

async function expectRefusal(device: TestDevice, changes: Changes, code: string): Promise<Run> {
  device.storage.names.delete('/media/sign.json');
  const run = await device.copy().sign(changes);
  assert.is(run.json.error?.code, code, run.out);
  return run;
}

function runRelease(device: TestDevice, bar: string, mapping?: Mapping, typed = bar): Promise<Run> {
  if (mapping) device.storage.put('/media/map.json', utf8(mappingText(mapping)));
  const file = mapping ? ['--mapping', '/media/map.json'] : [];
  return device.run('release', bar, ...file, '--confirm', typed, '--json');
}

async function expectNoRelease(
  device: TestDevice,
  code: string,
  bar: string,
  mapping?: Mapping,
  typed = bar,
): Promise<void> {
  const { exit, json, out } = await runRelease(device, bar, mapping, typed);
  assert.is(exit, 1, out);
  assert.is(json.error.code, code, json.error.message);
}

async function expectRelease(device: TestDevice, bar: string, mapping?: Mapping): Promise<Run> {
  const run = await runRelease(device, bar, mapping);
  assert.is(run.exit, 0, run.out);
  return run;
}

const lastReviewCode = async (device: TestDevice) =>
  (await device.run('journal', '--json')).json.signed.at(-1).reviewCode as string;

/** A redemption of the wrong bar, which the device has signed. */
const forWrong = redemptionOn(base, wrong);
const device = fresh.copy();
await signRequest(device, forWrong);
/** The mapping that was published in place of the wrong redemption. */
const newer = fullySignedMapping(issuanceOn(base, 0), base);

test('without a release, the burns are refused for the right bar, and the hint names the command', async () => {
  const { json } = await expectRefusal(device, redemptionOn(base, right), 'BURN_SPENT');
  assert.ok(json.error.hint.includes(`signer release ${wrong}`), json.error.hint);
  const later = device.copy();
  await signRequest(later, issuanceOn(newer, 1));
  await expectRefusal(later, redemptionOn(newer, right), 'BURN_SPENT');
});

test('after burns are released with a newer mapping that has the unchanged bar, they count for one other bar only', async () => {
  const on = device.copy();
  const code = await lastReviewCode(on);
  const { json, err } = await expectRelease(on, wrong, newer);
  const { burns } = makeRedemption(base, wrong, 'burnt');
  const outputs = burns.map(outpointText);
  assert.equal(json.outputs, outputs);
  assert.equal([json.bar, json.mapping, json.requests.length], [wrong, newer.digest, 1]);
  for (const shown of [wrong, code, '2025-11-22', newer.digest, ...outputs, BURNS_RISK])
    assert.ok(withoutLineBreaks(err).includes(shown), shown);
  assert.ok(err.split('\n').every(line => line.length <= 80));
  const journal = await on.run('journal');
  assert.match(journal.out, new RegExp(` burns .* ${wrong} in ${code}, .* ${newer.digest}$`, 'm'));
  await expectNoRelease(on, 'FIELD_INVALID', wrong, newer);
  const forRight = redemptionOn(newer, right);
  await signRequest(on, forRight);
  const screen = withoutLineBreaks(on.screen);
  assert.ok(screen.includes(releasedBurnsText(right, wrong, code, '2025-11-22')), screen);
  assert.ok(screen.includes(burnsCheckedText(true, 1)), screen);
  await expectRefusal(on, redemptionOn(newer, third), 'BURN_SPENT');
  await expectRefusal(on, redemptionOn(newer, wrong), 'BURN_SPENT');
  // The outputs of the right bar's redemption are not released: `newer` is older than this redemption's mapping.
  await expectNoRelease(on, 'ROLLBACK', right, newer);
  await expectRefusal(on, redemptionOn(fullySignedMapping(forRight, newer), third), 'BURN_SPENT');
});

test('the stored newest mapping suffices for a release, without a file', async () => {
  const on = device.copy();
  await signRequest(on, issuanceOn(newer, 1));
  await expectRelease(on, wrong);
  await signRequest(on, redemptionOn(newer, right));
});

test('released burns can be signed again for the released bar, and are then bound to it', async () => {
  const on = device.copy();
  await expectRelease(on, wrong, newer);
  await signRequest(on, redemptionOn(newer, wrong));
  await expectRefusal(on, redemptionOn(newer, right), 'BURN_SPENT');
});

test('a release is refused for an unsigned redemption and for unsuitable mappings', async () => {
  const files = () => [...device.storage.names.keys()].sort().join();
  const before = [files(), (await device.run('journal', '--json')).json.head];
  await expectNoRelease(device, 'FIELD_INVALID', right, newer);
  await expectNoRelease(device, 'ROLLBACK', wrong);
  await expectNoRelease(device, 'ROLLBACK', wrong, base);
  const older = fullySignedMapping(
    { ...baseMemberOf(base), time: '1763795200.000001', issuances: [barWithCoin(0)] },
    base,
  );
  await expectNoRelease(device, 'ROLLBACK', wrong, older);
  await expectNoRelease(device, 'BASE_INVALID', wrong, newer.withSignatures(new Map([...newer.signatures].slice(1))));
  await expectNoRelease(device, 'BASE_INVALID', wrong, newer.withSignatures(new Map()));
  await expectNoRelease(device, 'NOT_CONFIRMED', wrong, newer, right);
  device.env = { SIGNER_PASSPHRASE: `${PASSPHRASE}s` };
  await expectNoRelease(device, 'PASSPHRASE_WRONG', wrong, newer);
  device.env = { SIGNER_PASSPHRASE: PASSPHRASE };
  device.storage.names.delete('/media/map.json');
  assert.equal([files(), (await device.run('journal', '--json')).json.head], before);
});

test("a release is refused with the redemption's own mapping or a later one, which lack the bar", async () => {
  const done = fullySignedMapping(forWrong, base);
  await expectNoRelease(device, 'ROLLBACK', wrong, done);
  await expectNoRelease(device, 'BURN_SPENT', wrong, fullySignedMapping(issuanceOn(done, 0), done));
  // A correction removed the bar, so this mapping has no entry of the bar.
  await expectNoRelease(
    device,
    'BURN_SPENT',
    wrong,
    fullySignedMapping(withLaterTime(correctionRequest(base, { reference: wrong, remove: true })), base),
  );
  // In this mapping, another request redeemed the bar with other burns.
  await expectNoRelease(device, 'BURN_SPENT', wrong, fullySignedMapping(redemptionOn(base, wrong, 'others'), base));
});

test("a release is refused if the device built on the redemption's mapping or a later one", async () => {
  const done = fullySignedMapping(forWrong, base);
  const onIt = device.copy();
  await signRequest(onIt, issuanceOn(done, 1));
  // A mapping that two controllers signed but nobody published.
  const aside = fullySignedMapping(issuanceOn(base, 2), base);
  await expectNoRelease(onIt, 'FIELD_INVALID', wrong, aside);
  const after = device.copy();
  const next = fullySignedMapping(issuanceOn(done, 1), done);
  await signRequest(after, issuanceOn(next, 2));
  await expectNoRelease(after, 'BURN_SPENT', wrong, fullySignedMapping(issuanceOn(base, 3), base));
});

test('a release is refused for a bar that was redeemed and issued again with the same entry number', async () => {
  const bar = barReference(barWithCoin(0));
  const there = fullySignedMapping(issuanceOn(base, 0), base);
  const ours = redemptionOn(there, bar);
  const own = fresh.copy();
  await signRequest(own, ours);
  const gone = fullySignedMapping(ours, there);
  const back = fullySignedMapping(issuanceOn(gone, 0, 3), gone);
  const keyOf = (mapping: Mapping) => [...listAssets(mapping)].find(one => one.reference === bar)?.key;
  assert.is(keyOf(back), keyOf(there));
  await expectNoRelease(own, 'BURN_SPENT', bar, back);
  // This device signs the bar on the same coin, after others published another redemption of the bar. The new entry has
  // the number and the asset id of the old entry.
  const theirs = fullySignedMapping(redemptionOn(there, bar, 'theirs'), there);
  const same = issuanceOn(theirs, 0);
  const known = fullySignedMapping(same, theirs);
  await signRequest(own, same);
  await signRequest(own, issuanceOn(known, 1));
  const next = fullySignedMapping(issuanceOn(known, 2), known);
  assert.is(keyOf(next), keyOf(there));
  // Only the coin could be released now. The coin's token belongs to the bar itself, so the coin is not released.
  await expectNoRelease(own, 'DOUBLE_ISSUE', bar, next);
});

test('a release is refused if another bar was renamed to the redeemed one', async () => {
  const done = fullySignedMapping(forWrong, base);
  const renamed = fullySignedMapping(
    withLaterTime(correctionRequest(done, { reference: right, to: referenceParts(wrong) })),
    done,
  );
  await expectNoRelease(device, 'BURN_SPENT', wrong, renamed);
});

test('a release accepts a renamed bar, and the screen shows the new name', async () => {
  const on = device.copy();
  const renamed = fullySignedMapping(
    withLaterTime(correctionRequest(base, { reference: wrong, to: referenceParts('700001-2021-ACME') })),
    base,
  );
  const { err } = await expectRelease(on, wrong, renamed);
  assert.ok(withoutLineBreaks(err).includes('now 700001-2021-ACME'));
  await signRequest(on, redemptionOn(renamed, right));
});

test('a release accepts a bar whose tokens changed', async () => {
  const on = device.copy();
  const tokens = [wrong, third].map(bar => [...listAssets(base)].find(one => one.reference === bar)!.assetId);
  const moved = fullySignedMapping(
    withLaterTime(redemptionRequest(base, makeRedemption(base, third, 'others', tokens))),
    base,
  );
  assert.is([...moved.references()].filter(reference => reference === wrong).length, 2);
  await expectRelease(on, wrong, moved);
  await signRequest(on, redemptionOn(moved, right));
});

test('a release covers all requests for the bar that may still be published, and no others', async () => {
  const on = device.copy();
  await signRequest(on, redemptionOn(base, wrong, 'more'));
  const middle = fullySignedMapping(issuanceOn(base, 1), base);
  await signRequest(on, redemptionOn(middle, wrong, 'later'));
  const { json } = await expectRelease(on, wrong, fullySignedMapping(issuanceOn(middle, 2), middle));
  assert.is(json.requests.length, 3);
  const two = device.copy();
  const other = fullySignedMapping(issuanceOn(base, 1), base);
  // This redemption has a later time than `other`, so its burns cannot be released with `other`.
  await signRequest(two, redemptionOn(base, wrong, 'more'));
  const { json: some } = await expectRelease(two, wrong, other);
  assert.is(some.requests.length, 1);
  await expectRefusal(two, redemptionOn(other, right, 'more'), 'BURN_SPENT');
  await signRequest(two, redemptionOn(other, right));
});

test('after a release, the signer refuses the released redemption and its mapping as too old', async () => {
  const on = device.copy();
  await expectRelease(on, wrong, newer);
  await expectRefusal(on, forWrong, 'ROLLBACK');
  await expectRefusal(on, issuanceOn(fullySignedMapping(forWrong, base), 1), 'ROLLBACK');
});

test('a rollback from the mapping that justifies a release ends the release', async () => {
  const on = device.copy();
  await expectRelease(on, wrong, newer);
  on.storage.put('/media/map.json', utf8(mappingText(base)));
  assert.is((await on.run('rollback', '/media/map.json', '--confirm', base.digest)).exit, 0);
  await expectRefusal(on, redemptionOn(base, right), 'BURN_SPENT');
  await signRequest(on, forWrong);
  await expectRelease(on, wrong, fullySignedMapping(issuanceOn(base, 2), base));
});

test('the burns of a bar that also has a signed coin are released without --transaction', async () => {
  const bar = barReference(barWithCoin(0));
  const own = fresh.copy();
  await signRequest(own, issuanceOn(base, 0));
  const there = fullySignedMapping(issuanceOn(base, 0), base);
  await signRequest(own, redemptionOn(there, bar));
  const next = fullySignedMapping(issuanceOn(there, 1), there);
  const { json } = await expectRelease(own, bar, next);
  assert.is(json.bar, bar);
  await expectNoRelease(own, 'DOUBLE_ISSUE', bar, next);
  await signRequest(own, redemptionOn(next, right));
});

test('at a terminal, a release asks for the reference and the passphrase', async () => {
  const on = device.copy();
  on.env = {};
  on.typed = [right, wrong, PASSPHRASE];
  on.storage.put('/media/map.json', utf8(mappingText(newer)));
  const { exit, err } = await on.run('release', wrong, '--mapping', '/media/map.json');
  assert.is(exit, 0, err);
  assert.equal(
    on.asked.map(({ hidden }) => hidden),
    [false, false, true],
  );
});

test.run();
