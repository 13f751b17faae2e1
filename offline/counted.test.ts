/** Burnt outputs of a signed but unpublished redemption: when `signer release` releases them, and when it refuses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt } from '../fixtures/sample.ts';
import { utf8 } from '../shared/bytes.ts';
import { outpointOf, referenceOf } from '../shared/changes.ts';
import { assetsOf } from '../shared/mapping/listing.ts';
import type { Mapping } from '../shared/mapping/mapping.ts';
import { type Changes, on, published, textOf } from './testing/attempts.ts';
import { type Device, deviceOf, PASSPHRASE, type Run } from './testing/device.ts';
import { correct, nameOf, redeem, redemptionOf } from './testing/redeeming.ts';

const fresh = await deviceOf(1);
const [wrong, right, third] = [...base.references()] as [string, string, string];
/** Each request gets a later time than the previous one. */
let made = 0;
const at = <T extends object>(changes: T) => ({ ...changes, time: `${1763795310 + made++}.000001` });
const barAt = (i: number, coin = i) => ({ ...issuanceAt(i, 3310), coin: issuanceAt(coin, 3310).coin });
const issue = (mapping: Mapping, i: number, coin = i) => at({ ...on(mapping), issuances: [barAt(i, coin)] });
/** Every bar's redemption names the same burnt outputs unless the test gives others. */
const redemption = (mapping: Mapping, bar: string, outputs = 'burnt') =>
  at(redeem(mapping, redemptionOf(mapping, bar, outputs)));

async function signed(device: Device, changes: Changes): Promise<Run> {
  device.storage.names.delete('/media/sign.json');
  const run = await device.sign(changes);
  assert.is(run.exit, 0, run.out);
  return run;
}

async function refused(device: Device, changes: Changes, code: string): Promise<Run> {
  device.storage.names.delete('/media/sign.json');
  const run = await device.copy().sign(changes);
  assert.is(run.json.error?.code, code, run.out);
  return run;
}

function release(device: Device, bar: string, mapping?: Mapping, typed = bar): Promise<Run> {
  if (mapping) device.storage.put('/media/map.json', utf8(textOf(mapping)));
  const file = mapping ? ['--mapping', '/media/map.json'] : [];
  return device.run('release', bar, ...file, '--confirm', typed, '--json');
}

async function notReleased(device: Device, code: string, bar: string, mapping?: Mapping, typed = bar): Promise<void> {
  const { exit, json, out } = await release(device, bar, mapping, typed);
  assert.is(exit, 1, out);
  assert.is(json.error.code, code, json.error.message);
}

async function isReleased(device: Device, bar: string, mapping?: Mapping): Promise<Run> {
  const run = await release(device, bar, mapping);
  assert.is(run.exit, 0, run.out);
  return run;
}

const flat = (text: string) => text.replace(/\s+/g, ' ');
const codeOf = async (device: Device) =>
  (await device.run('journal', '--json')).json.signed.at(-1).reviewCode as string;

/** A device that signed a redemption of the wrong bar. */
const forWrong = redemption(base, wrong);
const device = fresh.copy();
await signed(device, forWrong);
/** The mapping that was published in place of the wrong redemption. */
const newer = published(issue(base, 0), base);

test('without a release, the burns are refused for the right bar, and the hint names the command', async () => {
  const { json } = await refused(device, redemption(base, right), 'BURN_SPENT');
  assert.ok(json.error.hint.includes(`signer release ${wrong}`), json.error.hint);
  const later = device.copy();
  await signed(later, issue(newer, 1));
  await refused(later, redemption(newer, right), 'BURN_SPENT');
});

test('after a release by a newer mapping with the unchanged bar, the burns count once for another bar', async () => {
  const on = device.copy();
  const code = await codeOf(on);
  const { json, err } = await isReleased(on, wrong, newer);
  const { burns } = redemptionOf(base, wrong, 'burnt');
  const outputs = burns.map(outpointOf);
  assert.equal(json.outputs, outputs);
  assert.equal([json.bar, json.mapping, json.requests.length], [wrong, newer.digest, 1]);
  for (const shown of [wrong, code, '2025-11-22', newer.digest, ...outputs, 'countersign status', 'newest mapping'])
    assert.ok(flat(err).includes(shown), shown);
  assert.ok(err.split('\n').every(line => line.length <= 80));
  const journal = await on.run('journal');
  assert.match(journal.out, new RegExp(`released the burns of ${wrong} in ${code}.* ${newer.digest}`));
  await notReleased(on, 'FIELD_INVALID', wrong, newer);
  const forRight = redemption(newer, right);
  await signed(on, forRight);
  assert.ok(flat(on.screen).includes(`Burns of ${right} were counted for ${wrong} in ${code}, signed on 2025-11-22`));
  assert.match(flat(on.screen), /counted for another bar or in a mapping built on, unless it was released/);
  await refused(on, redemption(newer, third), 'BURN_SPENT');
  await refused(on, redemption(newer, wrong), 'BURN_SPENT');
  // The same conditions hold for the outputs of the right bar's redemption.
  await notReleased(on, 'ROLLBACK', right, newer);
  await refused(on, redemption(published(forRight, newer), third), 'BURN_SPENT');
});

test('the stored newest mapping suffices for a release, without a file', async () => {
  const on = device.copy();
  await signed(on, issue(newer, 1));
  await isReleased(on, wrong);
  await signed(on, redemption(newer, right));
});

test('released burns can be signed again for the released bar, and are then bound to it', async () => {
  const on = device.copy();
  await isReleased(on, wrong, newer);
  await signed(on, redemption(newer, wrong));
  await refused(on, redemption(newer, right), 'BURN_SPENT');
});

test('a release is refused for an unsigned redemption and for unsuitable mappings', async () => {
  const files = () => [...device.storage.names.keys()].sort().join();
  const before = [files(), (await device.run('journal', '--json')).json.head];
  await notReleased(device, 'FIELD_INVALID', right, newer);
  await notReleased(device, 'ROLLBACK', wrong);
  await notReleased(device, 'ROLLBACK', wrong, base);
  const older = published({ ...on(base), time: '1763795200.000001', issuances: [barAt(0)] }, base);
  await notReleased(device, 'ROLLBACK', wrong, older);
  await notReleased(device, 'BASE_INVALID', wrong, newer.withSignatures(new Map([...newer.signatures].slice(1))));
  await notReleased(device, 'BASE_INVALID', wrong, newer.withSignatures(new Map()));
  await notReleased(device, 'NOT_CONFIRMED', wrong, newer, right);
  device.env = { SIGNER_PASSPHRASE: `${PASSPHRASE}s` };
  await notReleased(device, 'PASSPHRASE_WRONG', wrong, newer);
  device.env = { SIGNER_PASSPHRASE: PASSPHRASE };
  device.storage.names.delete('/media/map.json');
  assert.equal([files(), (await device.run('journal', '--json')).json.head], before);
});

test("a release is refused with the redemption's own mapping or a later one, which lack the bar", async () => {
  const done = published(forWrong, base);
  await notReleased(device, 'ROLLBACK', wrong, done);
  await notReleased(device, 'BURN_SPENT', wrong, published(issue(done, 0), done));
  // A correction removed the bar, so the two entries of the bar cannot be compared.
  await notReleased(
    device,
    'BURN_SPENT',
    wrong,
    published(at(correct(base, { reference: wrong, remove: true })), base),
  );
  // Another request redeemed the bar with other burns.
  await notReleased(device, 'BURN_SPENT', wrong, published(redemption(base, wrong, 'others'), base));
});

test("a release is refused if the device built on the redemption's mapping or a later one", async () => {
  const done = published(forWrong, base);
  const onIt = device.copy();
  await signed(onIt, issue(done, 1));
  // A mapping that two controllers signed but nobody published.
  const aside = published(issue(base, 2), base);
  await notReleased(onIt, 'FIELD_INVALID', wrong, aside);
  const after = device.copy();
  const next = published(issue(done, 1), done);
  await signed(after, issue(next, 2));
  await notReleased(after, 'BURN_SPENT', wrong, published(issue(base, 3), base));
});

test('a release is refused for a bar that was redeemed and issued again with the same entry number', async () => {
  const bar = referenceOf(barAt(0));
  const there = published(issue(base, 0), base);
  const ours = redemption(there, bar);
  const own = fresh.copy();
  await signed(own, ours);
  const gone = published(ours, there);
  const back = published(issue(gone, 0, 3), gone);
  const keyOf = (mapping: Mapping) => [...assetsOf(mapping)].find(one => one.reference === bar)?.key;
  assert.is(keyOf(back), keyOf(there));
  await notReleased(own, 'BURN_SPENT', bar, back);
  // Signed on this device with the same coin, after others published another redemption. Entry number and asset id
  // equal the old ones.
  const theirs = published(redemption(there, bar, 'theirs'), there);
  const same = issue(theirs, 0);
  const known = published(same, theirs);
  await signed(own, same);
  await signed(own, issue(known, 1));
  const next = published(issue(known, 2), known);
  assert.is(keyOf(next), keyOf(there));
  // Now only the coin can be released. The coin's token belongs to the bar itself.
  await notReleased(own, 'DOUBLE_ISSUE', bar, next);
});

test('a release is refused if another bar was renamed to the redeemed one', async () => {
  const done = published(forWrong, base);
  const renamed = published(at(correct(done, { reference: right, to: nameOf(wrong) })), done);
  await notReleased(device, 'BURN_SPENT', wrong, renamed);
});

test('a release accepts a renamed bar, and the screen shows the new name', async () => {
  const on = device.copy();
  const renamed = published(at(correct(base, { reference: wrong, to: nameOf('700001-2021-ACME') })), base);
  const { err } = await isReleased(on, wrong, renamed);
  assert.ok(flat(err).includes('now 700001-2021-ACME'));
  await signed(on, redemption(renamed, right));
});

test('a release accepts a bar whose tokens changed', async () => {
  const on = device.copy();
  const tokens = [wrong, third].map(bar => [...assetsOf(base)].find(one => one.reference === bar)!.assetId);
  const moved = published(at(redeem(base, redemptionOf(base, third, 'others', tokens))), base);
  assert.is([...moved.references()].filter(reference => reference === wrong).length, 2);
  await isReleased(on, wrong, moved);
  await signed(on, redemption(moved, right));
});

test('a release covers all requests for the bar that may still be published, and no others', async () => {
  const on = device.copy();
  await signed(on, redemption(base, wrong, 'more'));
  const middle = published(issue(base, 1), base);
  await signed(on, redemption(middle, wrong, 'later'));
  const { json } = await isReleased(on, wrong, published(issue(middle, 2), middle));
  assert.is(json.requests.length, 3);
  const two = device.copy();
  const other = published(issue(base, 1), base);
  // A time later than the time of this mapping.
  await signed(two, redemption(base, wrong, 'more'));
  const { json: some } = await isReleased(two, wrong, other);
  assert.is(some.requests.length, 1);
  await refused(two, redemption(other, right, 'more'), 'BURN_SPENT');
  await signed(two, redemption(other, right));
});

test('after a release, the signer refuses the released redemption and its mapping as too old', async () => {
  const on = device.copy();
  await isReleased(on, wrong, newer);
  await refused(on, forWrong, 'ROLLBACK');
  await refused(on, issue(published(forWrong, base), 1), 'ROLLBACK');
});

test('a rollback from the mapping that justifies a release ends the release', async () => {
  const on = device.copy();
  await isReleased(on, wrong, newer);
  on.storage.put('/media/map.json', utf8(textOf(base)));
  assert.is((await on.run('rollback', '/media/map.json', '--confirm', base.digest)).exit, 0);
  await refused(on, redemption(base, right), 'BURN_SPENT');
  await signed(on, forWrong);
  await isReleased(on, wrong, published(issue(base, 2), base));
});

test('the burns of a bar that also has a signed coin are released without --transaction', async () => {
  const bar = referenceOf(barAt(0));
  const own = fresh.copy();
  await signed(own, issue(base, 0));
  const there = published(issue(base, 0), base);
  await signed(own, redemption(there, bar));
  const next = published(issue(there, 1), there);
  const { json } = await isReleased(own, bar, next);
  assert.is(json.bar, bar);
  await notReleased(own, 'DOUBLE_ISSUE', bar, next);
  await signed(own, redemption(next, right));
});

test('at a terminal, a release asks for the reference and the passphrase', async () => {
  const on = device.copy();
  on.env = {};
  on.typed = [right, wrong, PASSPHRASE];
  on.storage.put('/media/map.json', utf8(textOf(newer)));
  const { exit, err } = await on.run('release', wrong, '--mapping', '/media/map.json');
  assert.is(exit, 0, err);
  assert.equal(
    on.asked.map(({ hidden }) => hidden),
    [false, false, true],
  );
});

test.run();
