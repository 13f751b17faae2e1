/** A burnt output counts once and a bar keeps its coin, also after redemptions, renaming and removal. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt } from '../fixtures/sample-request.ts';
import { formatAmount, parseAmount } from '../shared/amount.ts';
import { utf8 } from '../shared/bytes.ts';
import { type Burn, barReference, outpointText } from '../shared/changes.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import {
  correctionRequest,
  makeRedemption,
  outputFromName,
  redemptionRequest,
  referenceParts,
} from './testing/redemption-requests.ts';
import { baseMemberOf, type Changes, fullySignedMapping, mappingText } from './testing/signing-attempts.ts';
import { makeDevice, type Run, type TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { otherCoinCheckedText } from './texts/passed-checks.ts';
import { otherCoinText } from './texts/warnings.ts';

const OLDER_HOME = new URL('testing/older-home.json', import.meta.url);
const fresh = await makeDevice(1);
const [first, second] = [...base.references()] as [string, string];
/** Each request gets a later time than the previous one. */
let made = 0;
const withLaterTime = <T extends object>(changes: T) => ({ ...changes, time: `${1763795310 + made++}.000001` });

async function signRequest(device: TestDevice, changes: Changes): Promise<Run> {
  device.storage.names.delete('/media/sign.json');
  const run = await device.sign(changes);
  assert.is(run.exit, 0, run.out);
  return run;
}

async function expectRefusal(device: TestDevice, changes: Changes, code: string, message = /./): Promise<void> {
  const { exit, json } = await device.copy().sign(changes);
  assert.is(exit, 1, JSON.stringify(json));
  assert.is(json.error.code, code, json.error.message);
  assert.match(json.error.message, message);
}

const lastScreenOf = (device: TestDevice) => withoutLineBreaks(device.screen);
const barWithCoin = (i: number, coin = i) => ({ ...issuanceAt(i, 3310), coin: issuanceAt(coin, 3310).coin });
const issuanceOn = (mapping: Mapping, i: number, coin = i) =>
  withLaterTime({ ...baseMemberOf(mapping), issuances: [barWithCoin(i, coin)] });
/** Signs the issuance of another bar, so that the device has built on the mapping. */
const signOnMapping = (device: TestDevice, mapping: Mapping) => signRequest(device, issuanceOn(mapping, 4));

/** The bar of most of these tests. */
const bar = barReference(barWithCoin(0));
const NAME = '700001-2021-ACME';
const renameOn = (mapping: Mapping, reference = bar, name = NAME) =>
  withLaterTime(correctionRequest(mapping, { reference, to: referenceParts(name) }));
const removalOn = (mapping: Mapping, reference: string) =>
  withLaterTime(correctionRequest(mapping, { reference, remove: true }));
const redemptionOn = (mapping: Mapping, reference = bar, outputs = 'burnt') =>
  withLaterTime(redemptionRequest(mapping, makeRedemption(mapping, reference, outputs)));

/** A mapping in which the token of the first coin represents the bar. */
const issued = fullySignedMapping(issuanceOn(base, 0));

/** A device that signed the issuance of the bar on its first coin, and then the given changes. */
async function deviceAfterIssuance(...more: Changes[]): Promise<TestDevice> {
  const device = fresh.copy();
  for (const changes of [issuanceOn(base, 0), ...more]) await signRequest(device, changes);
  return device;
}

test('an output signed for one bar is refused for another, also after other outputs in the list', async () => {
  const device = fresh.copy();
  const [own, other] = [first, second].map(reference => makeRedemption(base, reference));
  const [burn] = own!.burns as [Burn];
  const half = formatAmount(parseAmount(burn.amount, 'amount') / 2n);
  const halves = [0, 1].map(vout => ({ ...burn, ...outputFromName('burnt', vout), amount: half }));
  await signRequest(device, withLaterTime(redemptionRequest(base, { ...own!, burns: halves })));
  const stolen = { ...other!, burns: [{ ...other!.burns[0]!, ...outputFromName('burnt', 1) }] };
  await expectRefusal(
    device,
    withLaterTime(redemptionRequest(base, stolen)),
    'BURN_SPENT',
    new RegExp(`redemptions\\[0\\].*${first}`),
  );
  const kept = { ...own!, burns: [{ ...burn, ...outputFromName('burnt', 0) }] };
  await expectRefusal(device, withLaterTime(redemptionRequest(base, kept, stolen)), 'BURN_SPENT', /redemptions\[1\]/);
  await signRequest(device, withLaterTime(redemptionRequest(base, kept, other!)));
});

test('after a redemption of two bars, each output is bound to its own bar', async () => {
  const device = fresh.copy();
  const [one, two] = [makeRedemption(base, first, 'one'), makeRedemption(base, second, 'two')];
  await signRequest(device, withLaterTime(redemptionRequest(base, one, two)));
  const swapped = [one, two].map((redemption, i) => {
    const { txid } = [two, one][i]!.burns[0]!;
    return { ...redemption, burns: [{ ...redemption.burns[0]!, txid }] };
  });
  await expectRefusal(device, withLaterTime(redemptionRequest(base, ...swapped)), 'BURN_SPENT');
  await signRequest(device, withLaterTime(redemptionRequest(base, two, one)));
});

test('an output can be signed again for the same bar until the mapping is built on', async () => {
  const device = await deviceAfterIssuance();
  await signRequest(device, redemptionOn(issued));
  const overtaken = fullySignedMapping(issuanceOn(issued, 1), issued);
  await signRequest(device.copy(), redemptionOn(overtaken));
  const again = withLaterTime(redemptionRequest(issued, makeRedemption(issued, bar, 'burnt')));
  await signRequest(device, again);
  const own = fullySignedMapping(again, issued);
  await signOnMapping(device, own);
  // The bar is issued again on another coin, by a request that this device has not seen.
  const back = fullySignedMapping(issuanceOn(own, 0, 3), own);
  await expectRefusal(device, redemptionOn(back), 'BURN_SPENT', new RegExp(`counted for ${bar}`));
  await signRequest(device, redemptionOn(back, bar, 'new'));
});

test('an output cannot be signed again after a later issuance of the same bar was signed', async () => {
  const ours = redemptionOn(issued);
  const device = await deviceAfterIssuance(ours);
  // Others published another redemption of the bar, with a later time. This device did not sign it.
  const theirs = fullySignedMapping(redemptionOn(issued, bar, 'theirs'), issued);
  const comeback = issuanceOn(theirs, 0, 3);
  await signRequest(device, comeback);
  const back = fullySignedMapping(comeback, theirs);
  await expectRefusal(device, redemptionOn(back), 'BURN_SPENT');
  await signRequest(device, redemptionOn(back, bar, 'new'));
});

test("an output can be signed again after the controller went back from the redemption's mapping", async () => {
  const ours = redemptionOn(issued);
  const device = await deviceAfterIssuance(ours);
  const done = fullySignedMapping(ours, issued);
  await signOnMapping(device, done);
  device.storage.put('/media/map.json', utf8(mappingText(issued)));
  const back = await device.run('rollback', '/media/map.json', '--confirm', issued.digest);
  assert.is(back.exit, 0, back.err);
  await signRequest(device, redemptionOn(issued));
});

test('an output is accepted for a renamed bar only after the rename was built on', async () => {
  const renaming = renameOn(issued);
  const device = await deviceAfterIssuance(redemptionOn(issued), renaming);
  const renamed = fullySignedMapping(renaming, issued);
  const unseen = await deviceAfterIssuance(redemptionOn(issued));
  await expectRefusal(unseen, redemptionOn(renamed, NAME), 'BURN_SPENT');
  await expectRefusal(device, redemptionOn(renamed, second), 'BURN_SPENT');
  // In this mapping, another bar has the new name.
  const other = fullySignedMapping(
    withLaterTime({ ...baseMemberOf(issued), issuances: [{ ...barWithCoin(3), ...referenceParts(NAME) }] }),
    issued,
  );
  await expectRefusal(device, redemptionOn(other, NAME), 'BURN_SPENT');
  await signRequest(device, redemptionOn(renamed, NAME));
});

test('after a redemption signed here, a bar can be issued on another coin, on that mapping or a newer one', async () => {
  const ours = redemptionOn(issued);
  const device = await deviceAfterIssuance(ours);
  const done = fullySignedMapping(ours, issued);
  const onIt = device.copy();
  await signRequest(onIt, issuanceOn(done, 0, 3));
  const { coin } = issuanceAt(0, 3310);
  assert.ok(
    lastScreenOf(onIt).includes(otherCoinText(bar, '2025-11-22', outpointText(coin), true)),
    lastScreenOf(onIt),
  );
  assert.ok(lastScreenOf(onIt).includes(otherCoinCheckedText('redeemed', 2)), lastScreenOf(onIt));
  const newer = fullySignedMapping(issuanceOn(done, 1), done);
  await signRequest(device, issuanceOn(newer, 0, 3));
  // After this signature the bar is bound to the new coin.
  await expectRefusal(device, issuanceOn(newer, 0, 2), 'DOUBLE_ISSUE');
});

test('a bar is refused on another coin if its redemption was not signed here after its issuance', async () => {
  const ours = redemptionOn(issued);
  const done = fullySignedMapping(ours, issued);
  await expectRefusal(await deviceAfterIssuance(), issuanceOn(done, 0, 3), 'DOUBLE_ISSUE');
  const device = await deviceAfterIssuance(ours);
  await signRequest(device, issuanceOn(done, 0, 3));
  const back = fullySignedMapping(issuanceOn(done, 0, 3), done);
  const theirs = fullySignedMapping(redemptionOn(back, bar, 'theirs'), back);
  await expectRefusal(device, issuanceOn(theirs, 0, 2), 'DOUBLE_ISSUE');
});

test('a bar is refused on another coin if the base is older than its redemption', async () => {
  const theirs = fullySignedMapping(redemptionOn(issued, bar, 'theirs'), issued);
  const device = await deviceAfterIssuance(redemptionOn(issued));
  await expectRefusal(device, issuanceOn(theirs, 0, 3), 'DOUBLE_ISSUE');
});

test('a bar is refused on another coin if a signed request renamed or removed it later', async () => {
  const ours = redemptionOn(issued);
  const done = fullySignedMapping(ours, issued);
  for (const correction of [removalOn(issued, bar), renameOn(issued)])
    await expectRefusal(await deviceAfterIssuance(ours, correction), issuanceOn(done, 0, 3), 'DOUBLE_ISSUE');
  // In the meantime, another bar got the name of the redeemed bar, and was then removed. This device does not know that
  // bar's coin.
  const renaming = renameOn(done, second, bar);
  const device = await deviceAfterIssuance(ours, renaming);
  const renamed = fullySignedMapping(renaming, done);
  await expectRefusal(device, issuanceOn(fullySignedMapping(removalOn(renamed, bar), renamed), 0, 3), 'DOUBLE_ISSUE');
});

test('a renamed bar keeps its coin under both names, also after its removal', async () => {
  const renaming = renameOn(issued);
  const device = await deviceAfterIssuance(renaming);
  const renamed = fullySignedMapping(renaming, issued);
  const gone = fullySignedMapping(removalOn(renamed, NAME), renamed);
  const underNewName = (coin: number) =>
    withLaterTime({ ...baseMemberOf(gone), issuances: [{ ...barWithCoin(0, coin), ...referenceParts(NAME) }] });
  await expectRefusal(device, underNewName(3), 'DOUBLE_ISSUE', new RegExp(NAME));
  await expectRefusal(device, issuanceOn(gone, 0, 3), 'DOUBLE_ISSUE', new RegExp(bar));
  await signRequest(device.copy(), underNewName(0));
  await signRequest(device, issuanceOn(gone, 0));
});

test('a new name that was signed on another coin is refused until its release', async () => {
  const other = withLaterTime({ ...baseMemberOf(base), issuances: [{ ...barWithCoin(3), ...referenceParts(NAME) }] });
  const device = await deviceAfterIssuance(other);
  await expectRefusal(device, renameOn(issued), 'DOUBLE_ISSUE', /corrections\[0\]\.to/);
  // If the new name was signed on the same coin, the renaming is accepted.
  const same = fresh.copy();
  await signRequest(
    same,
    withLaterTime({ ...baseMemberOf(base), issuances: [{ ...barWithCoin(0), ...referenceParts(NAME) }] }),
  );
  await signRequest(same, renameOn(issued));
  const there = await deviceAfterIssuance(renameOn(issued));
  await signRequest(there, renameOn(fullySignedMapping(renameOn(issued), issued), NAME, bar));
});

test('after the release of a renamed bar, another bar with the old name may be issued', async () => {
  const renaming = renameOn(issued);
  const device = await deviceAfterIssuance(renaming);
  const renamed = fullySignedMapping(renaming, issued);
  await expectRefusal(device, issuanceOn(renamed, 0, 3), 'DOUBLE_ISSUE');
  device.storage.put('/media/map.json', utf8(mappingText(renamed)));
  const words = ['--mapping', '/media/map.json', '--transaction', 'ab'.repeat(32)];
  const release = (name: string) => device.run('release', name, ...words, '--confirm', name, '--json');
  assert.is((await release(NAME)).json.error.code, 'DOUBLE_ISSUE');
  assert.is((await release(bar)).exit, 0);
  await signRequest(device, issuanceOn(renamed, 0, 3));
});

test('signing a rename again after a release restores its memory once', async () => {
  const renaming = renameOn(issued);
  const device = await deviceAfterIssuance(renaming);
  device.storage.put('/media/map.json', utf8(mappingText(issued)));
  const words = ['--mapping', '/media/map.json', '--transaction', 'ab'.repeat(32), '--confirm', NAME];
  assert.is((await device.run('release', NAME, ...words)).exit, 0);
  const lines = async () => (await device.run('journal', '--json')).json.entries as number;
  const before = await lines();
  await signRequest(device, renaming);
  assert.is(await lines(), before + 1);
  await signRequest(device, renaming);
  assert.is(await lines(), before + 1);
});

test('a home from a signer without redemptions keeps its memory and accepts a redemption', async () => {
  const files: Record<string, string> = JSON.parse(readFileSync(OLDER_HOME, 'utf8'));
  const device = fresh.copy();
  for (const [name, text] of Object.entries(files)) device.storage.put(`/home/${name}`, utf8(text));
  const { json } = await device.run('journal', '--json');
  assert.equal([json.signed.length, json.entries], [2, 5]);
  assert.equal(json.signed[0].issuances[0].reference, bar);
  await expectRefusal(device, issuanceOn(base, 0, 3), 'DOUBLE_ISSUE');
  const { journal } = files;
  await signRequest(device, redemptionOn(base, first));
  assert.ok(new TextDecoder().decode(device.storage.get('/home/journal')).startsWith(journal!), 'its lines are kept');
});

test.run();
