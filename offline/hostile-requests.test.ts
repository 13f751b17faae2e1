/** Prepared hostile requests: inspect and sign refuse each one with its code, and print only printable ASCII. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRequestBytes } from '../fixtures/sample-request.ts';
import { BuiltSigner } from './testing/built-signer.ts';
import { makeDevice } from './testing/test-device.ts';

const folder = new URL('../fixtures/hostile/', import.meta.url);
const readRequestFile = (name: string) => readFileSync(new URL(`${name}.json`, folder));
const index: Record<string, { code: string; why: string }> = JSON.parse(readRequestFile('index').toString());
const fresh = await makeDevice(1);
const program = await BuiltSigner.built();
const home = program.prepare();

test.after(() => program.remove());

for (const [name, { code, why }] of Object.entries(index)) {
  test(`${code}: ${why} (${name})`, async () => {
    const device = fresh.copy();
    device.storage.put('/media/request.json', new Uint8Array(readRequestFile(name)));
    const inspected = await device.run('inspect', '/media/request.json', '--json');
    assert.is(inspected.exit, 1);
    assert.is((inspected.json.error ?? inspected.json.refused).code, code, inspected.out);
    const words = ['sign', '/media/request.json', '--out', '/media/sign.json', '--json'];
    const run = await device.run(...words, '--confirm', inspected.json.reviewCode ?? '0000-0000-0000-0000');
    assert.is(run.json.error.code, code);
    assert.not.ok(device.storage.names.has('/media/sign.json'));
    program.put('request.json', new Uint8Array(readRequestFile(name)));
    const built = program.run('inspect', 'request.json', '--home', home, '--json');
    assert.is((built.json.error ?? built.json.refused).code, code, built.out);
    const signed = program.run(
      'sign',
      'request.json',
      '--out',
      'sign.json',
      '--confirm',
      'x',
      '--home',
      home,
      '--json',
    );
    assert.is(signed.json.error.code, code, 'the built program says the same');
    const text = inspected.out + inspected.err + run.out + run.err;
    assert.match(text, /^[\n\x20-\x7e]*$/, 'printable ASCII only');
    assert.ok(run.err.split('\n')[0]!.length < 500, 'one readable line');
  });
}

test('the screen shows no escape, line break or non-ASCII letter of a file name', async () => {
  const name = '/media/no\x1b[2J\nINJECTED: \x9b\u202e.json';
  const device = fresh.copy();
  device.storage.put('/media/request.json', sampleRequestBytes());
  const check = async (code: string, ...words: string[]) => {
    for (const more of [[], ['--json']]) {
      const run = await device.run(...words, ...more);
      assert.match(run.out + run.err, /^[\n\x20-\x7e]*$/, words[0]);
      assert.not.match(run.out + run.err, /^INJECTED/m);
      if (code === '') return;
      assert.match(run.err, new RegExp(`^error ${code}: .*\\n.*\\n$`));
      if (run.json) assert.ok(run.json.error.message.includes(name), 'JSON has the name itself');
    }
  };
  for (const words of [['inspect'], ['trust'], ['sign', '--out', '/media/x'], ['import', '--home', '/new']])
    await check('FILE_MISSING', ...words, name);
  await check('FILE_MISSING', 'sign', '/media/request.json', '--out', `${name}/x`);
  for (const words of [['journal'], ['change-passphrase'], ['sign', '/media/request.json', '--out', '/media/x']])
    await check('KEY_MISSING', ...words, '--home', name);
  device.storage.put(name, new Uint8Array([0x7b]));
  for (const words of [['inspect'], ['trust'], ['sign', '--out', '/media/x']])
    await check('FORMAT_INVALID', ...words, name);
  device.storage.names.delete(name);
  const { json } = await device.run('inspect', '/media/request.json', '--json');
  await check('', 'sign', '/media/request.json', '--out', name, '--confirm', json.reviewCode);
  assert.ok(device.storage.names.has(name));
});

test('a command line with only --json is answered in JSON', async () => {
  const run = await fresh.copy().run('--json');
  assert.is(run.exit, 2);
  assert.is(run.json.error.code, 'USAGE');
});

test('the corpus has at least 60 hostile requests', () => assert.ok(Object.keys(index).length >= 60));

test.run();
