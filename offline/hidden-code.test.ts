/** The screen hides the text that a person must read from another screen, and shows the most important facts first. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, issuanceAt, trust, trustJson } from '../fixtures/sample-request.ts';
import { utf8 } from '../shared/bytes.ts';
import { emptyMapping } from '../shared/mapping/mapping.ts';
import { MAX_HEIGHT } from '../shared/token-schedule.ts';
import { readTrust } from '../shared/trust.ts';
import { baseMemberOf, fullySignedMapping } from './testing/signing-attempts.ts';
import { makeDevice, NOW, withoutLineBreaks } from './testing/test-device.ts';
import { sameBaseText } from './texts/warnings.ts';

const signedDevice = await makeDevice(1);
const { json: signed } = await signedDevice.sign();
const secondHalfOfCode = (code: string) => code.slice(-9);

for (const [file, code] of [
  ['/media/request.json', signed.reviewCode],
  ['/media/sign.json', signed.reviewCode],
  ['/media/trust.json', trust.reviewCode],
] as const)
  test(`inspect ${file}: a person sees half of the code, and a script gets all of it`, async () => {
    const device = signedDevice.copy();
    assert.ok((await device.run('inspect', file)).out.includes(secondHalfOfCode(code)), 'to a script');
    device.screen = '';
    device.typed = [];
    const { out } = await device.run('inspect', file);
    const seen = device.screen + out;
    assert.ok(seen.includes(code.slice(0, 9)), seen);
    assert.not.ok(seen.includes(secondHalfOfCode(code)), seen);
  });

test('a profile that is refused because another is pinned shows half of its code', async () => {
  const device = signedDevice.copy();
  const wider = utf8(JSON.stringify({ ...trustJson, mass: { min: '1', max: '450' } }));
  device.storage.put('/media/wider.json', wider);
  device.screen = '';
  device.typed = [];
  const { err } = await device.run('trust', '/media/wider.json');
  const code = readTrust(wider).reviewCode;
  assert.match(err, new RegExp(`^error TRUST_MISMATCH: .*${code.slice(0, 9)}`));
  assert.not.ok((device.screen + err).includes(secondHalfOfCode(code)), err);
});

const never = fullySignedMapping({ issuances: [issuanceAt(1, 3310)] });
for (const [name, older, signers] of [
  ['one that controllers signed', base, / controllers 1 and 2\b/],
  ['the empty one', emptyMapping(2, 3, '1500000000.000001'), /UNSIGNED: any PC/],
] as const)
  test(`rollback to ${name}: the screen shows the signers, and half of the digest until it is typed`, async () => {
    const device = await makeDevice(1);
    const request = { ...baseMemberOf(never), time: '1763795210.000001', issuances: [issuanceAt(3, 3310)] };
    assert.is((await device.sign(request)).exit, 0);
    device.storage.put('/media/map.json', older.bytes());
    device.screen = '';
    device.typed = [
      screen => {
        assert.ok(screen.includes(older.digest.slice(0, 32)), screen);
        assert.not.ok(screen.includes(older.digest.slice(32)), screen);
        assert.match(withoutLineBreaks(screen), signers);
        return older.digest;
      },
    ];
    const run = await device.run('rollback', '/media/map.json');
    assert.is(run.exit, 0, run.err);
  });

test('warnings about bars that this device signed come before warnings about the height', async () => {
  const device = signedDevice.copy();
  device.storage.names.delete('/media/sign.json');
  const height = MAX_HEIGHT;
  const { json } = await device.sign({ time: '1763795200.000001', height, issuances: [issuanceAt(1, height)] });
  assert.is(json.error, undefined);
  const { json: shown } = await device.run('inspect', '/media/request.json', '--json');
  const bars = shown.warnings.indexOf(sameBaseText(signed.reviewCode, new Date(NOW).toISOString()));
  const ofHeight = shown.warnings.findIndex((text: string) => text.includes(` ${height} is `));
  assert.ok(bars >= 0 && bars < ofHeight, shown.warnings.join('\n'));
});

test.run();
