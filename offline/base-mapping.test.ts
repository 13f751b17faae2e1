/**
 * Requests without the base's text: the signer uses its own copy, or rebuilds the base from a request that it signed.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  base,
  baseText,
  issuanceAt,
  sampleRequest,
  sampleRequestBytes,
  testKeys,
  trust,
} from '../fixtures/sample-request.ts';
import { utf8 } from '../shared/bytes.ts';
import { derive } from '../shared/derive.ts';
import { parseMapping } from '../shared/mapping/mapping.ts';
import { signMapping } from '../shared/mapping/signatures.ts';
import { signDerivation, signedMapping } from '../shared/signatures.ts';
import { baseNeededText, OWN_COPY } from './base-mapping.ts';
import { HOME, makeDevice, type Run, type TestDevice, withoutLineBreaks } from './testing/test-device.ts';
import { ambiguousDigitsText, FIRST_BASE } from './texts/warnings.ts';

const request = sampleRequest();
const derivation = derive(request, base, trust);
const signatures = [1, 3].map(c => signDerivation(derivation, c, testKeys[c - 1]!, trust));
const next = signedMapping(derivation, signatures);
const carried = Object.fromEntries(next.signatures);

const fresh = await makeDevice(1);
const signedOnce = fresh.copy();
assert.is((await signedOnce.sign()).exit, 0);
signedOnce.storage.names.delete('/media/sign.json');

const requestOnMapping = (base: object, i = 2) => ({
  time: `176379530${i}.000001`,
  base: { mapping: next.digest, ...base },
  issuances: [issuanceAt(i, 3310)],
});

test('a mapping that was seen once is stored, so its digest alone is enough, also after a restart', async () => {
  const device = signedOnce.copy();
  const onlyDigest = { base: { mapping: base.digest }, issuances: [issuanceAt(3, 3310)] };
  const run = await device.sign(onlyDigest);
  assert.is(run.exit, 0, run.out);
  assert.match(run.err, / controllers 1 and 2; copy /);
  const unseen = await fresh.copy().sign(onlyDigest);
  assert.is(unseen.json.error.code, 'BASE_NEEDED');
  assert.is(unseen.json.error.message, baseNeededText(base.digest, false));
  assert.match(unseen.json.error.hint, /without --without-base/);
});

test('the signer builds the next mapping from the signatures in a later request, and stores it', async () => {
  const device = signedOnce.copy();
  const run = await device.sign(requestOnMapping({ signatures: carried }));
  assert.is(run.exit, 0, run.out);
  assert.match(run.err, / controllers 1 and 3; rebuilt here/);
  device.storage.names.delete('/media/sign.json');
  const held = await device.sign(requestOnMapping({}, 3));
  assert.is(held.exit, 0, held.out);
  assert.ok(held.err.includes(OWN_COPY), held.err);
  const old = await device.sign({ issuances: [issuanceAt(4, 3310)], time: '1763795309.000001' });
  assert.is(old.json.error.code, 'ROLLBACK', 'what was made here counts as seen');
});

test('the signer builds no mapping from wrong, missing or too few signatures, or without its own request', async () => {
  const cases: [object, string][] = [
    [{ signatures: { 1: carried['1'] } }, 'BASE_INVALID'],
    [{ signatures: { 1: carried['1'], 3: carried['1'] } }, 'BASE_INVALID'],
    [{ signatures: {} }, 'BASE_INVALID'],
    [{}, 'BASE_NEEDED'],
  ];
  for (const [members, code] of cases) {
    const run = await signedOnce.copy().sign(requestOnMapping(members));
    assert.is(run.json.error.code, code, run.out);
  }
  const stranger = await makeDevice(2);
  const run = await stranger.sign(requestOnMapping({ signatures: carried }));
  assert.is(run.json.error.code, 'BASE_NEEDED');
  assert.is(run.json.error.message, baseNeededText(next.digest, true));
});

test('a stored copy that was changed on the disk is not used, and the full text replaces it', async () => {
  const device = signedOnce.copy();
  const path = `${HOME}/mappings/${base.digest}.json`;
  const text = new TextDecoder().decode(device.storage.get(path));
  const onlyDigest = { base: { mapping: base.digest }, issuances: [issuanceAt(3, 3310)] };
  for (const damaged of ['x', text.slice(0, 50), text.replace('3303', '3304')]) {
    device.storage.put(path, utf8(damaged));
    assert.is((await device.sign(onlyDigest)).json.error.code, 'BASE_NEEDED');
    const after = device.copy();
    const run = await after.sign(requestOnMapping({ text: new TextDecoder().decode(next.bytes()) }));
    assert.is(run.exit, 0, run.out);
    assert.is((await device.sign()).exit, 0);
    assert.is(new TextDecoder().decode(device.storage.get(path)), text);
    device.storage.names.delete('/media/sign.json');
  }
  assert.is((await device.sign(onlyDigest)).exit, 0);
});

test('digits moved from the time to the height, with the same digest and signatures, are refused or give a warning', async () => {
  // With time 1763795123.000003 and height 3310, the signed message ends with 1763795123.0000033310.
  const made = derive(sampleRequest({ time: '1763795123.000003', issuances: [issuanceAt(0, 3310)] }), base, trust);
  const mapping = signedMapping(
    made,
    [2, 3].map(c => signDerivation(made, c, testKeys[c - 1]!, trust)),
  );
  const text = new TextDecoder().decode(mapping.bytes());
  const moved = text.replace('"time": 1763795123.000003, "height": 3310', '"time": 1763795123.0000033, "height": 310');
  assert.is(parseMapping(utf8(moved)).digest, mapping.digest);
  const next = (text: string, height: number) => {
    const base = { mapping: mapping.digest, text };
    return { base, height, time: '1763795124.000001', issuances: [issuanceAt(1, height)] };
  };
  const device = fresh.copy();
  const screenOf = async (text: string, height: number) =>
    withoutLineBreaks((await device.copy().sign(next(text, height))).err);
  const warning = (height: number, time: string) => `! ${ambiguousDigitsText({ height, time })}`;
  // The device cannot know which of the two texts of the mapping is genuine, so it warns about both.
  assert.ok((await screenOf(moved, 320)).includes(warning(310, '1763795123.0000033')));
  assert.ok((await screenOf(text, 3320)).includes(warning(3310, '1763795123.000003')));
  assert.is((await device.sign(made.request)).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const run = await device.sign(next(moved, 320));
  assert.is(run.json.error.code, 'BASE_INVALID', run.out);
  assert.match(run.json.error.message, /^base: .*3310 .*000003.*, got height 310/);
  assert.not.ok(device.storage.names.has('/media/sign.json'));
  const known = await device.sign(next(text, 3320));
  assert.is(known.exit, 0);
  assert.not.ok(withoutLineBreaks(known.err).includes(warning(3310, '1763795123.000003')), known.err);
});

test('for a mapping of the older scripts, the signer warns that its digits can be read in two ways', async () => {
  // A mapping as older tools sign it, with any number of decimals in its time.
  const older = (time: string, height: number) => {
    const text = baseText.replace('"time": 1568906123.897163, "height": 3303', `"time": ${time}, "height": ${height}`);
    const mapping = parseMapping(utf8(text));
    const signatures = new Map([1, 2].map(c => [String(c), signMapping(mapping, testKeys[c - 1]!)]));
    return mapping.withSignatures(signatures);
  };
  const [genuine, forged] = [older('1568906123.89716', 53105), older('1568906123.897165', 3105)];
  assert.is(genuine.digest, forged.digest);
  for (const mapping of [genuine, forged]) {
    const height = mapping.height + 10;
    const text = new TextDecoder().decode(mapping.bytes());
    const run = await fresh
      .copy()
      .sign({ base: { mapping: mapping.digest, text }, height, issuances: [issuanceAt(1, height)] });
    assert.is(run.exit, 0, run.out);
    assert.ok(withoutLineBreaks(run.err).includes(`! ${ambiguousDigitsText(mapping)}`), run.err);
  }
});

test('a stored copy with damaged signatures is not used, and the signer asks for the text', async () => {
  const device = signedOnce.copy();
  const path = `${HOME}/mappings/${base.digest}.json`;
  device.storage.put(path, base.withSignatures(new Map()).bytes());
  const onlyDigest = { base: { mapping: base.digest }, issuances: [issuanceAt(3, 3310)] };
  assert.is((await device.sign(onlyDigest)).json.error.code, 'BASE_NEEDED');
});

test('the signer keeps only the newest copies', async () => {
  const device = signedOnce.copy();
  let below = base;
  for (let i = 1; i < 6; i++) {
    const step = sampleRequest({
      time: `17637953${i}0.000001`,
      base: { mapping: below.digest, text: new TextDecoder().decode(below.bytes()) },
      issuances: [{ ...issuanceAt(i, 3310), serial: `70000${i}` }],
    });
    assert.is((await device.sign(step)).exit, 0);
    device.storage.names.delete('/media/sign.json');
    const made = derive(step, below, trust);
    below = signedMapping(
      made,
      [1, 2].map(c => signDerivation(made, c, testKeys[c - 1]!, trust)),
    );
  }
  const held = [...device.storage.names.keys()].filter(name => name.startsWith(`${HOME}/mappings/`));
  assert.ok(held.length >= 3 && held.length <= 5, `${held.length} held`);
});

test('the signer signs on a base that lost an asset only with a warning', async () => {
  const device = signedOnce.copy();
  assert.is((await device.sign(requestOnMapping({ signatures: carried }))).exit, 0);
  device.storage.names.delete('/media/sign.json');
  const other = derive(sampleRequest({ time: '1763795350.000001', issuances: [issuanceAt(5, 3310)] }), base, trust);
  const fork = signedMapping(
    other,
    [2, 3].map(c => signDerivation(other, c, testKeys[c - 1]!, trust)),
  );
  const onFork = (time: string, i: number) => ({
    time,
    base: { mapping: fork.digest, text: new TextDecoder().decode(fork.bytes()) },
    issuances: [issuanceAt(i, 3310)],
  });
  const warned = ({ err }: { err: string }) => /!.*\b2\b.*: "500001-2021-ACME", "500002/.test(withoutLineBreaks(err));
  for (const _ of [1, 2]) {
    const wrong = await device.run(
      ...writeRequestForSign(device, onFork('1763795351.000001', 4), '0000-0000-0000-0000'),
    );
    assert.is(wrong.json.error.code, 'NOT_CONFIRMED');
    assert.ok(warned(wrong), 'said again for as long as nothing was signed');
  }
  assert.is((await device.copy().sign(requestOnMapping({}, 3))).exit, 0, 'what was only shown changes nothing');
  const run = await device.sign(onFork('1763795351.000001', 4));
  assert.is(run.exit, 0, run.out);
  assert.ok(warned(run));
  device.storage.names.delete('/media/sign.json');
  assert.not.ok(warned(await device.sign(onFork('1763795352.000001', 3))), 'and not once it was');
});

/** Writes the request to the USB stick. @returns the words of the command that signs it */
function writeRequestForSign(device: TestDevice, changes: object, code: string): string[] {
  device.storage.put('/media/request.json', sampleRequestBytes(changes));
  return ['sign', '/media/request.json', '--out', '/media/sign.json', '--json', '--confirm', code];
}

test('the screen calls a mapping the first one until a request on it is signed', async () => {
  const device = fresh.copy();
  const isFirst = ({ err }: Run) => withoutLineBreaks(err).includes(FIRST_BASE);
  for (const _ of [1, 2])
    assert.ok(isFirst(await device.run(...writeRequestForSign(device, {}, '0000-0000-0000-0000'))));
  assert.ok(isFirst(await device.sign()));
  device.storage.names.delete('/media/sign.json');
  assert.not.ok(isFirst(await device.sign({ issuances: [issuanceAt(3, 3310)] })));
});

test.run();
