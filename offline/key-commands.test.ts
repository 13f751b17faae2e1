/** Keys: entropy, recovery phrases, the key file, keys of older tools, passphrases, prompts. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { amap, testKeys, trustJson } from '../fixtures/sample-request.ts';
import { encodeBase58Check } from '../shared/base58.ts';
import { asciiText, bytesToHex, concatBytes, utf8 } from '../shared/bytes.ts';
import { publicKeyOf } from '../shared/ecdsa.ts';
import { failsWith } from '../shared/testing.ts';
import { REBUILT } from './commands/key-commands.ts';
import { parseImportedKey, wifFormText } from './import-key.ts';
import { keyFromPhrase, mixEntropy, phraseFromEntropy, phraseLengthsText } from './phrase.ts';
import { triesLeftText } from './questions.ts';
import { HOME, makeDevice, PASSPHRASE, TestDevice } from './testing/test-device.ts';
import {
  DESTROY_PAPER,
  passphrasesDifferRefusal,
  wordNotConfirmedText,
  wordQuestion,
  wrongPassphraseText,
} from './texts/asked-questions.ts';
import { OTHER_KEY } from './texts/journal.ts';
import { lengthQuestion, NO_CHECKSUM, OTHER_WORD, WRONG_CHECKSUM } from './texts/phrase.ts';

const KEY = `${HOME}/key.json`;
const ROLLS = '1234561234561234561234561234561234561234561234561234';

for (const { recoveryPhrase, privateKey, publicKey: expected } of amap.recovery) {
  test(`the older tool's phrase of ${recoveryPhrase.split(' ').length} words gives its key`, async () => {
    const words = recoveryPhrase.split(' ');
    const checked = words.length !== 16; // BIP39 does not have phrases of this length.
    assert.is(bytesToHex(keyFromPhrase(words, !checked).key), privateKey);
    const device = new TestDevice();
    device.storage.put('/media/phrase.txt', utf8(recoveryPhrase));
    const recover = ['recover', '--phrase-file', '/media/phrase.txt', '--json'];
    if (!checked) {
      const refused = (await device.run(...recover)).json.error;
      assert.is(refused.code, 'PHRASE_INVALID');
      assert.match(refused.message, /expected 12, 15, 18, 21 or 24 words, got 16/);
    }
    const run = await device.run(...recover, ...(checked ? [] : ['--unchecked']));
    assert.equal(run.json, { publicKey: expected, checked });
    assert.is(run.err.includes(NO_CHECKSUM), !checked);
  });
}

test('a phrase accepts four letters of each word, and refusals never quote a word', () => {
  const words: string[] = amap.recovery[1].recoveryPhrase.split(' ');
  const short = words.map(word => word.slice(0, 4).toUpperCase());
  assert.equal(keyFromPhrase(short), keyFromPhrase(words));
  const swapped = [words[1]!, words[0]!, ...words.slice(2)];
  const cases: [string[], RegExp][] = [
    [['zzzz', ...words.slice(1)], /^word 1.*BIP39 list$/],
    [swapped, new RegExp(`^${WRONG_CHECKSUM}$`)],
    [words.slice(0, 11), /got 11/],
    [[...words, 'zoo'], /got 25/],
    [[], /got 0/],
  ];
  for (const [wrong, message] of cases) failsWith('PHRASE_INVALID', () => keyFromPhrase(wrong), message);
  assert.is(keyFromPhrase(swapped, true).checked, false);
});

test('a person can compute the entropy of dice as the help describes', async () => {
  const device = new TestDevice();
  const run = await device.run('keygen', '--dice', ROLLS, '--phrase-out', '/media/phrase.txt', '--json');
  assert.is(run.exit, 0, run.out);
  const [words, system, , entropy] = asciiText(device.storage.get('/media/phrase.txt')).split('\n');
  const hex = system!.split(/\s+/).pop()!;
  const byHand = createHash('sha256')
    .update(hex + ROLLS)
    .digest('hex');
  assert.is(entropy, `# ${byHand}`);
  assert.equal(phraseFromEntropy(Buffer.from(byHand, 'hex')).join(' '), words);
  assert.is(run.json.publicKey, bytesToHex(publicKeyOf(keyFromPhrase(words!.split(' ')).key)));
  assert.is(device.storage.names.get('/media/phrase.txt')!.mode & 0o777, 0o600);
  assert.is.not(
    bytesToHex(mixEntropy(new Uint8Array(32), ROLLS)),
    bytesToHex(mixEntropy(new Uint8Array(32), `${ROLLS}1`)),
  );
  for (const rolls of ['1'.repeat(49), `${ROLLS}7`, `${ROLLS}0`, 'x'.repeat(60)]) {
    const wrong = await new TestDevice().run('keygen', '--dice', rolls, '--phrase-out', '/media/p', '--json');
    assert.is(wrong.json.error.code, 'FIELD_INVALID');
    assert.not.ok(wrong.out.includes(rolls), 'rolls are secret');
  }
});

const askedWord = (screen: string) => {
  const place = Array.from({ length: 24 }, (_, i) => i + 1).find(place => screen.endsWith(wordQuestion(place).text));
  return screen.match(new RegExp(`\\b${place}  ([a-z]+)`))![1]!;
};

test('keygen at a terminal hides the passphrase, commits before the dice, and asks for words of the phrase', async () => {
  const device = new TestDevice();
  device.env = {};
  device.typed = [PASSPHRASE, PASSPHRASE, ROLLS, '', '', askedWord, askedWord, askedWord];
  const run = await device.run('keygen', '--dice', 'ask');
  assert.is(run.exit, 0, run.err);
  assert.equal(
    device.asked.map(({ hidden }) => hidden),
    [true, true, false, false, false, false, false, false],
  );
  const commitment = device.screen.match(/:\n([0-9a-f]{64})/)![1];
  const system = device.screen.match(/system {3}([0-9a-f]{64})/)![1]!;
  assert.is(createHash('sha256').update(system).digest('hex'), commitment);
  assert.is(device.screen.match(/\x1b\[2J\x1b\[3J/g)!.length, 3, 'cleared before, after, and of the words asked back');
  assert.ok(device.screen.includes('\x1b[H'), 'to the top');
  assert.not.match(run.out + run.err, /\b[a-z]+ {2,}\d+ {2}[a-z]+/, 'the phrase went to the terminal only');
  for (const line of device.screen.split('\n')) assert.ok(line.replace(/\x1b\[[0-9]*[A-Z]/g, '').length <= 80, line);
});

test('keygen stores nothing after three wrong words or two different passphrases', async () => {
  const device = new TestDevice();
  device.env = {};
  device.typed = [PASSPHRASE, PASSPHRASE, '', '', 'no', 'no', 'no'];
  const wrong = await device.run('keygen');
  const [asked] = wrong.err.match(/\d+/)!;
  assert.is(wrong.err, `error NOT_CONFIRMED: ${wordNotConfirmedText(Number(asked))}\n${DESTROY_PAPER}\n`);
  const question = wordQuestion(Number(asked));
  assert.is(device.screen.split(String(question.wrong)).length - 1, 3);
  assert.is(device.screen.split(`${question.wrong}${triesLeftText(1)}\n${question.text}`).length - 1, 1);
  const differ = [PASSPHRASE, `${PASSPHRASE}x`];
  device.typed = [...differ, ...differ, ...differ];
  assert.match((await device.run('keygen')).err, `NOT_CONFIRMED: ${passphrasesDifferRefusal().message}`);
  assert.not.ok(device.storage.names.has(KEY));
  device.env = { SIGNER_PASSPHRASE: 'nine char' };
  assert.match((await device.run('keygen')).err, /PASSPHRASE_WEAK: .* got 9/);
});

test('keygen asks again after a weak or different passphrase, so no input goes to the shell', async () => {
  const device = new TestDevice();
  device.env = {};
  device.typed = ['nine char', PASSPHRASE, 'another one', PASSPHRASE, PASSPHRASE];
  const ran = await device.run('keygen', '--phrase-out', '/phrase');
  assert.is(ran.exit, 0, ran.err);
  assert.match(device.screen, /got 9[\s\S]*New passphrase[\s\S]*passphrases differ[\s\S]*New passphrase/);
  assert.equal(device.typed, []);
  assert.ok(device.asked.every(({ hidden }) => hidden));
});

test('recover at a terminal asks for each word and accepts only words of the list', async () => {
  const device = new TestDevice();
  const [known] = amap.recovery.filter((r: { recoveryPhrase: string }) => r.recoveryPhrase.split(' ').length === 24);
  device.typed = ['abc', '25', '5', '1e1', '13', '', '24', 'lettre', ...known.recoveryPhrase.split(' ')];
  const run = await device.run('recover', '--json');
  assert.is(run.json.publicKey, known.publicKey);
  assert.is(device.screen.split(OTHER_WORD).length - 1, 1);
  const rebuilt = Object.assign(new TestDevice(), { typed: ['24', ...known.recoveryPhrase.split(' ')] });
  assert.match((await rebuilt.run('recover')).out, REBUILT);
  assert.is(device.screen.split(lengthQuestion(phraseLengthsText(false))).length - 1, 7, 'asked again at once');
  const after = device.screen.slice(device.screen.lastIndexOf('Word 24'));
  assert.ok(after.endsWith('\x1b[2J\x1b[3J\x1b[H'), 'no word stays on the screen');
  const older = new TestDevice();
  older.typed = ['16', ...amap.recovery[2].recoveryPhrase.split(' ')];
  assert.is((await older.run('recover', '--unchecked', '--json')).json.publicKey, amap.recovery[2].publicKey);
});

test('the refusal of a passphrase with a trailing space names the spaces and no other character', async () => {
  const device = await makeDevice(1);
  device.env = {};
  device.typed = [`${PASSPHRASE} `, 'tulip', PASSPHRASE, PASSPHRASE, PASSPHRASE];
  assert.is((await device.run('change-passphrase')).exit, 0);
  assert.is(device.screen.split(wrongPassphraseText(2, `${PASSPHRASE} `)).length - 1, 1);
  assert.not.match(device.screen, /correct|tulip/);
});

test('without a terminal, each refusal names the flag or variable of the question', async () => {
  const cases: [string[], object, RegExp][] = [
    [['keygen'], {}, /SIGNER_PASSPHRASE/],
    [['keygen'], { SIGNER_PASSPHRASE: PASSPHRASE }, /--phrase-out FILE/],
    [['recover'], { SIGNER_PASSPHRASE: PASSPHRASE }, /--phrase-file FILE/],
    [['keygen', '--dice', 'ask', '--phrase-out', '/media/p'], { SIGNER_PASSPHRASE: PASSPHRASE }, /--dice ROLLS/],
    [['change-passphrase'], { SIGNER_PASSPHRASE: PASSPHRASE }, /SIGNER_NEW_PASSPHRASE/],
    [['trust', '/media/trust.json'], {}, /--confirm CODE/],
  ];
  for (const [words, env, hint] of cases) {
    const device =
      words[0] === 'change-passphrase' || words[0] === 'trust' ? await makeDevice(1, false) : new TestDevice();
    device.env = { ...env };
    const run = await device.run(...words, '--json');
    assert.is(run.json.error.code, 'NOT_A_TERMINAL', words.join(' '));
    assert.match(run.json.error.hint, hint);
  }
});

test('keygen, recover and import never overwrite a key', async () => {
  const device = await makeDevice(1);
  const before = device.storage.get(KEY);
  device.storage.put('/media/phrase.txt', utf8(amap.recovery[0].recoveryPhrase));
  for (const words of [
    ['keygen', '--phrase-out', '/media/p'],
    ['recover', '--phrase-file', '/media/phrase.txt'],
    ['import', '/media/privkey.dat'],
  ]) {
    assert.is((await device.run(...words, '--json')).json.error.code, 'KEY_EXISTS');
  }
  assert.equal(device.storage.get(KEY), before);
  assert.not.ok(device.storage.names.has('/media/p'));
});

test('a home without its key file accepts only the same key again, and keeps its memory', async () => {
  const device = await makeDevice(1);
  assert.is((await device.sign()).exit, 0);
  device.storage.names.delete(KEY);
  const keygen = await device.run('keygen', '--phrase-out', '/media/p', '--json');
  assert.not.ok(device.storage.names.has('/media/p'), 'before a phrase is made');
  assert.is(keygen.json.error.code, 'JOURNAL_INVALID');
  assert.is(keygen.json.error.message, OTHER_KEY);
  assert.is((await device.run('import', '/media/privkey.dat')).exit, 0);
  assert.is((await device.run('journal', '--json')).json.signed.length, 1);
});

test('a key, journal or home that other users can access is refused', async () => {
  for (const name of [KEY, `${HOME}/journal`, `${HOME}/journal.head`, HOME]) {
    for (const bits of [0o040, 0o004, 0o020, 0o001]) {
      const device = await makeDevice(1);
      device.storage.names.get(name)!.mode |= bits;
      const run = await device.run('public-key', '--json');
      assert.is(run.json.error.code, 'PERMISSIONS', `${name} ${bits.toString(8)}`);
      assert.match(run.json.error.hint, /chmod [67]00/);
    }
  }
});

test('a wrong passphrase, a changed byte and a truncated key file are refused', async () => {
  const device = await makeDevice(1);
  device.env = { SIGNER_PASSPHRASE: 'another one, wrong', SIGNER_NEW_PASSPHRASE: PASSPHRASE };
  assert.is((await device.run('change-passphrase', '--json')).json.error.code, 'PASSPHRASE_WRONG');
  device.env = { SIGNER_PASSPHRASE: PASSPHRASE, SIGNER_NEW_PASSPHRASE: PASSPHRASE };
  const bytes = device.storage.get(KEY).slice();
  const expected = ['PASSPHRASE_WRONG', 'KEY_INVALID', 'JOURNAL_INVALID', 'PERMISSIONS'];
  for (let i = 0; i < bytes.length; i += 5) {
    const changed = bytes.slice();
    changed[i] = changed[i]! ^ 4;
    device.storage.put(KEY, changed);
    const run = await device.sign();
    if (run.exit === 0) assert.ok(/\s/.test(String.fromCharCode(bytes[i]!)), `byte ${i}`);
    else assert.ok(expected.includes(run.json.error.code), run.out);
    device.storage.put(KEY, bytes.slice(0, i));
    assert.is((await device.run('public-key', '--json')).json.error.code, 'KEY_INVALID');
  }
});

test('scrypt parameters that need too much or no memory are refused before memory is allocated', async () => {
  const device = await makeDevice(1);
  const content = JSON.parse(asciiText(device.storage.get(KEY)));
  const costs = [
    { N: 1 << 22, r: 32 },
    { N: 1 << 20, r: 8 },
    { N: 1000 },
    { N: 1024 },
    { N: 131071 },
    { p: 100 },
    { r: 1 },
    { N: 2 ** 40 },
  ];
  for (const cost of costs) {
    device.storage.put(KEY, utf8(JSON.stringify({ ...content, scrypt: { ...content.scrypt, ...cost } })));
    const started = process.cpuUsage();
    assert.is((await device.run('public-key', '--json')).json.error.code, 'KEY_INVALID', JSON.stringify(cost));
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 200_000, 'refused before any work is done');
  }
});

test('another public key in the key file is refused', async () => {
  const device = await makeDevice(1);
  const content = JSON.parse(asciiText(device.storage.get(KEY)));
  content.publicKey = bytesToHex(publicKeyOf(testKeys[1]!));
  device.storage.put(KEY, utf8(JSON.stringify(content)));
  assert.is((await device.run('public-key', '--json')).json.error.code, 'JOURNAL_INVALID');
});

test('after change-passphrase only the new passphrase opens the key', async () => {
  const device = await makeDevice(1);
  device.env = { SIGNER_PASSPHRASE: PASSPHRASE, SIGNER_NEW_PASSPHRASE: 'another long one' };
  assert.is((await device.run('change-passphrase')).exit, 0);
  assert.is((await device.sign()).json.error.code, 'PASSPHRASE_WRONG');
  device.env = { SIGNER_PASSPHRASE: 'another long one' };
  assert.is((await device.sign()).exit, 0);
});

const OWN = encodeBase58Check(concatBytes(Uint8Array.of(1), new Uint8Array(20)));

const wifText = (version: number, ...end: number[]) =>
  encodeBase58Check(concatBytes(Uint8Array.of(version), testKeys[0]!, Uint8Array.from(end)));

test('import reads privkey.dat in any white space and case, and WIF of each network', () => {
  const hex = bytesToHex(testKeys[0]!);
  for (const text of [hex, `${hex}\n`, ` ${hex.toUpperCase()}\r\n`])
    assert.equal(parseImportedKey(utf8(text), null).privateKey, testKeys[0]);
  for (const [version, name] of [
    [128, 'ocean_main'],
    [239, 'ocean_test'],
    [180, 'gold_main'],
  ] as const) {
    const { privateKey, form } = parseImportedKey(utf8(`${wifText(version, 1)}\n`), null);
    assert.equal(privateKey, testKeys[0]);
    assert.is(form, wifFormText(name, true));
  }
  assert.match(parseImportedKey(utf8(wifText(180)), null).form, /UNCOMPRESSED/);
});

test('import reads a WIF of a custom network that the profile describes', async () => {
  const device = new TestDevice();
  const network = { name: 'own', p2pkh: 1, p2sh: 2, wif: 7 };
  device.storage.put('/media/own.json', utf8(JSON.stringify({ ...trustJson, network, reissuanceAddress: OWN })));
  device.storage.put('/media/k', utf8(wifText(7, 1)));
  assert.is((await device.run('import', '/media/k', '--json')).json.error.code, 'KEY_INVALID');
  assert.is((await device.run('import', '/media/k', '--network', 'own', '--json')).json.error.code, 'NETWORK_UNKNOWN');
  const run = await device.run('import', '/media/k', '--network', '/media/own.json');
  assert.ok(run.out.includes(wifFormText('own', true)), run.out);
});

test('import refuses other files and never quotes them', async () => {
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
  const cases: [string, RegExp][] = [
    ['00'.repeat(32), /^key: .*secp256k1, got another/],
    [order, /^key: .*secp256k1, got another/],
    [bytesToHex(testKeys[0]!).slice(1), /^key: .*expected 64.*WIF key/],
    [wifText(7, 1), /version byte 7/],
    [wifText(180, 2), /^key: .*WIF key.*got 34/],
    [wifText(180, 1).replace(/.$/, '1'), /checksum/],
  ];
  for (const [text, message] of cases) {
    const refusal = failsWith('KEY_INVALID', () => parseImportedKey(utf8(text), null), message);
    assert.not.ok(refusal.message.includes(text));
  }
  const device = new TestDevice();
  device.storage.put('/media/k', utf8(wifText(128, 1)));
  const run = await device.run('import', '/media/k', '--network', 'gold_main', '--json');
  assert.match(run.json.error.message, / gold_main \(180\), .* 128$/);
});

test('secrets are in no answer, message or file except the encrypted key file', async () => {
  const device = await makeDevice(1);
  const runs = [await device.sign(), await device.run('journal'), await device.run('public-key', '--json')];
  device.env = { SIGNER_PASSPHRASE: 'wrong passphrase!' };
  runs.push(await device.sign());
  const said = runs.map(({ out, err }) => out + err).join('') + device.screen;
  const secrets = [bytesToHex(testKeys[0]!), PASSPHRASE, 'wrong passphrase!'];
  const files = [...device.storage.names]
    .filter(([name]) => name.startsWith(HOME))
    .map(([, node]) => asciiText(node.data));
  for (const secret of secrets) for (const text of [said, ...files]) assert.not.ok(text.includes(secret));
});

test.run();
