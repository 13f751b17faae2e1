/** The trust profile is shown, pinned and replaced. Each policy asset has its own memory. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { issuanceAt, ocean, sampleRequestBytes, trust, trustJson } from '../fixtures/sample-request.ts';
import { olderControllersFile, olderP2shFile } from '../online/legacy/older-files.ts';
import { utf8 } from '../shared/bytes.ts';
import { FILE } from '../shared/file-kind.ts';
import { failsWith } from '../shared/testing.ts';
import { readTrust } from '../shared/trust.ts';
import { NOT_VERIFIED, verifiedText } from './commands/inspect-and-journal.ts';
import { SIGNS_AGAIN } from './commands/trust-command.ts';
import { HOME, makeDevice, withoutLineBreaks } from './testing/test-device.ts';
import { REVIEW_CODE } from './texts/asked-questions.ts';

const profileBytes = (change: object) => utf8(JSON.stringify({ ...trustJson, ...change }));
const wider = profileBytes({ mass: { min: '300', max: '450' } });
const widerCode = readTrust(wider).reviewCode;

test("a profile is pinned only with its own code and this device's key", async () => {
  const device = await makeDevice(1, false);
  const run = (...flags: string[]) => device.run('trust', '/media/trust.json', '--json', ...flags);
  assert.is((await run()).json.error.code, 'NOT_A_TERMINAL');
  assert.is((await run('--confirm', widerCode)).json.error.code, 'NOT_CONFIRMED');
  assert.not.ok(device.storage.names.has(`${HOME}/trust.json`));
  const pinned = await run('--confirm', trust.reviewCode);
  assert.equal(pinned.json, {
    digest: trust.digest,
    reviewCode: trust.reviewCode,
    controller: 1,
    address: trust.address,
  });
  for (const part of [...ocean.pubkeys, trust.policyAsset, trust.reissuanceAddress, trust.address, ' controller 1'])
    assert.ok(pinned.err.includes(part), `${part} is shown`);
  assert.ok(pinned.err.trimEnd().endsWith(`Review code   ${trust.reviewCode}`), 'the code is last');
  const others = { n: 1, m: 2, pubkeys: { 1: ocean.pubkeys[1], 2: ocean.pubkeys[2] } };
  device.storage.put('/media/trust.json', profileBytes({ controllers: others }));
  assert.is((await run('--replace', '--confirm', 'X')).json.error.code, 'KEY_FOREIGN');
});

test('a pinned profile is replaced only with --replace and the new code, and the memory is kept', async () => {
  const device = await makeDevice(1);
  assert.is((await device.sign({ issuances: [issuanceAt(0, 3310)] })).exit, 0);
  device.storage.put('/media/wider.json', wider);
  const run = (...flags: string[]) => device.run('trust', '/media/wider.json', '--json', ...flags);
  const refused = await run('--confirm', widerCode);
  assert.is(refused.json.error.code, 'TRUST_MISMATCH');
  assert.match(refused.json.error.message, new RegExp(`${trust.reviewCode}, got ${widerCode}`));
  assert.is((await run('--replace', '--confirm', trust.reviewCode)).json.error.code, 'NOT_CONFIRMED');
  assert.is((await run('--replace', '--confirm', widerCode)).exit, 0);
  const old = await device.sign({ issuances: [issuanceAt(1, 3310)] });
  assert.is(old.json.error.code, 'TRUST_MISMATCH');
  const moved = { ...issuanceAt(0, 3310), coin: issuanceAt(1, 3310).coin };
  const again = await device.sign({
    trust: readTrust(wider).digest,
    time: '1763795200.000001',
    issuances: [moved],
  });
  assert.is(again.json.error.code, 'DOUBLE_ISSUE', 'what was signed under the old profile of this chain is known');
});

test('a replacement shows the changes first, in pages, and the new code last', async () => {
  const device = await makeDevice(1);
  device.storage.put('/media/wider.json', wider);
  device.rows = 16;
  device.screen = '';
  device.typed = ['', '', '', widerCode];
  const run = await device.run('trust', '/media/wider.json', '--replace');
  assert.is(run.exit, 0, run.err);
  const shown = device.screen.replace(/-- line .* --\s*\n/g, '');
  const half = `${widerCode.slice(0, 9)}-....-....`;
  assert.equal(shown.match(/Review code .*/g), [`Review code   ${half}`]);
  assert.not.ok(device.screen.includes(widerCode), 'read from the other screen, not from this one');
  assert.match(shown, / change, from\n {2}Mass +350 to 450 .*\n {2}Digest +\w+\nto\n {2}Mass +300 to 450 .*\n/);
  assert.ok(device.asked.length > 1, 'each page waits');
  assert.ok(device.screen.includes(`Review code   ${half}\n${REVIEW_CODE.text}`));
});

test('a network name with the version bytes of another network is refused', () => {
  const named = (network: object) => readTrust(profileBytes({ network }));
  failsWith(
    'FIELD_INVALID',
    () => named({ name: 'gold_main', p2pkh: 28, p2sh: 87, wif: 128 }),
    /^network\.name: .*gold_main.*got "gold_main"/,
  );
  assert.is(named({ name: 'gold_main', p2pkh: 38, p2sh: 97, wif: 180 }).address, trust.address);
});

test('a profile with the same policy asset and another network name keeps rule 8', async () => {
  const device = await makeDevice(1);
  assert.is((await device.sign({ issuances: [issuanceAt(0, 3310)] })).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const renamed = profileBytes({ network: { name: 'gold_two', p2pkh: 38, p2sh: 97, wif: 180 } });
  const { digest, reviewCode } = readTrust(renamed);
  device.storage.put('/media/renamed.json', renamed);
  assert.is((await device.run('trust', '/media/renamed.json', '--replace', '--confirm', reviewCode)).exit, 0);
  const moved = { ...issuanceAt(0, 3310), coin: issuanceAt(1, 3310).coin };
  const run = await device.sign({ network: 'gold_two', trust: digest, issuances: [moved] });
  assert.is(run.json.error.code, 'DOUBLE_ISSUE', run.out);
  assert.not.ok(device.storage.names.has('/media/sign.json'));
});

test('each chain has its own memory, and pinning the old profile restores the old memory', async () => {
  const device = await makeDevice(1);
  assert.is((await device.sign({ issuances: [issuanceAt(0, 3310)] })).exit, 0);
  const other = profileBytes({ policyAsset: 'cd'.repeat(32) });
  device.storage.put('/media/other.json', other);
  const pin = (name: string, code: string, ...flags: string[]) =>
    device.run('trust', name, '--replace', '--json', '--confirm', code, ...flags);
  const { reviewCode, policyAsset } = readTrust(other);
  const before = [...device.storage.names];
  const silent = await pin('/media/other.json', reviewCode);
  assert.is(silent.json.error.code, 'NOT_A_TERMINAL');
  const text = withoutLineBreaks(silent.err);
  for (const shown of [trust.policyAsset, '1 request with 1 bar', 'height 3303', SIGNS_AGAIN])
    assert.ok(text.includes(shown), shown);
  const wrong = await pin('/media/other.json', reviewCode, '--asset', trust.policyAsset);
  assert.is(wrong.json.error.code, 'NOT_CONFIRMED');
  assert.equal([...device.storage.names], before, 'nothing is pinned without it');
  assert.is((await pin('/media/other.json', reviewCode, '--asset', policyAsset)).exit, 0);
  assert.is((await device.run('journal', '--json')).json.signed.length, 0);
  assert.is((await pin('/media/trust.json', trust.reviewCode)).exit, 0, 'nothing was signed there');
  assert.is((await device.run('journal', '--json')).json.signed.length, 1);
});

test('a changed or removed trust.json on the disk is noticed, and pinning again restores it', async () => {
  for (const content of [wider, utf8('{}'), null]) {
    const device = await makeDevice(1);
    if (content) device.storage.put(`${HOME}/trust.json`, content);
    else device.storage.names.delete(`${HOME}/trust.json`);
    const run = await device.sign();
    assert.is(run.json.error.code, 'TRUST_INVALID', run.out);
    assert.not.ok(device.storage.names.has('/media/sign.json'));
    assert.is((await device.run('trust', '/media/trust.json', '--confirm', trust.reviewCode)).exit, 0);
    assert.is((await device.sign()).exit, 0);
  }
});

test('inspect shows a profile, and no screen is wider than 80 columns', async () => {
  const device = await makeDevice(1);
  const profile = await device.run('inspect', '/media/trust.json');
  const longest = {
    ...issuanceAt(0, 3310),
    serial: '710001',
    manufacturer: 'A'.repeat(32),
    coin: { ...issuanceAt(0, 3310).coin, vout: 0x3fffffff },
  };
  const many = Array.from({ length: 100 }, (_, i) => ({
    ...issuanceAt(0, 3310),
    serial: String(600000 + i),
    coin: { ...longest.coin, vout: i },
  }));
  const screens = [profile.out];
  for (const issuances of [[longest], many, [0, 1, 2].map(i => issuanceAt(i, 3310))]) {
    const run = await device.sign({ issuances });
    assert.is(run.exit, 0, run.out);
    screens.push(run.err);
    device.storage.names.delete('/media/sign.json');
  }
  for (const screen of screens) {
    assert.match(screen, /^[\n\x20-\x7e]*$/);
    for (const line of screen.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  }
  const bare = screens.map(screen => screen.replaceAll(' ', ''));
  assert.ok(screens[1]!.includes(`710001-2021-${'A'.repeat(32)}`) && bare[1]!.includes(longest.address));
  assert.ok(screens[3]!.split('\n').length <= 75, `${screens[3]!.split('\n').length} lines`);
  for (const { address, serial } of many) assert.ok(bare[2]!.includes(address) && screens[2]!.includes(serial));
});

test('inspect gives the reason why signatures could not be verified', async () => {
  const device = await makeDevice(1);
  const verified = async (of = device) => (await of.run('inspect', '/media/sign.json', '--json')).json.verified;
  assert.is((await device.sign()).exit, 0);
  assert.is(await verified(), verifiedText(2));
  const stranger = await makeDevice(2);
  stranger.storage.put('/media/sign.json', device.storage.get('/media/sign.json'));
  assert.is(await verified(stranger), NOT_VERIFIED.unsigned);
  const gone = device.copy();
  for (const name of gone.storage.names.keys()) if (name.includes('/mappings/')) gone.storage.names.delete(name);
  assert.is(await verified(gone), NOT_VERIFIED.baseMissing);
  device.storage.put('/media/wider.json', wider);
  assert.is((await device.run('trust', '/media/wider.json', '--replace', '--confirm', widerCode)).exit, 0);
  assert.is(await verified(), NOT_VERIFIED.otherProfile);
});

test('no page waits for a key if no further text follows', async () => {
  const device = await makeDevice(1);
  device.storage.put('/media/request.json', sampleRequestBytes());
  device.typed = [];
  await device.run('inspect', '/media/request.json');
  device.rows = device.screen.trimEnd().split('\n').length;
  device.screen = '';
  await device.run('inspect', '/media/request.json');
  const lines = device.screen.trimEnd().split('\n').length;
  device.rows = lines + 2;
  await device.run('inspect', '/media/request.json');
  assert.equal(device.asked, []);
});

test('a screen longer than the terminal waits at each page', async () => {
  const device = await makeDevice(1);
  device.rows = 24;
  device.typed = ['', '', '', ''];
  device.storage.put('/media/request.json', utf8('{}'));
  await device.sign({}, '--frob');
  device.screen = '';
  await device.run('inspect', '/media/request.json');
  assert.match(device.screen, /-- line 22 of \d+, .* -- /);
});

test("the refusal of an older script's file names its kind and the expected kind", async () => {
  const device = await makeDevice(1, false);
  device.storage.put('/media/p2sh.json', utf8(olderP2shFile(trust)));
  device.storage.put('/media/controllers.json', utf8(olderControllersFile(trust)));
  for (const name of ['p2sh', 'controllers']) {
    const { err } = await device.run('trust', `/media/${name}.json`);
    assert.match(err, new RegExp(`expected ${FILE.trust}, got ${name}\\.json, .*\n.*trust\\.json`));
  }
});

test.run();
