/** `verify-page` of the built program: the file, the object in the store, and their content. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { baseText, trust, trustJson } from '../../../fixtures/sample-request.ts';

const PROGRAM = resolve('dist/countersign.mjs');
const test = suite<{ folder: string }>('verify-page');

test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'countersign-page-'));
  writeFileSync(join(context.folder, 'trust.json'), JSON.stringify(trustJson));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function runProgram(folder: string, ...args: string[]) {
  const words = [PROGRAM, 'verify-page', '--trust', 'trust.json', '--json', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  return { status, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}

test('the page is written to a file, and an existing file is kept', ({ folder }) => {
  const { status, json } = runProgram(folder);
  assert.is(status, 0);
  const sha256 = createHash('sha256')
    .update(readFileSync(join(folder, 'verify.html')))
    .digest('hex');
  const { digest, reviewCode } = trust;
  assert.equal(json, { out: 'verify.html', published: null, sha256, digest, reviewCode });
  writeFileSync(join(folder, 'verify.html'), 'mine');
  const again = runProgram(folder);
  assert.is(again.status, 1);
  assert.match(again.stderr, /FILE_EXISTS/);
  assert.is(readFileSync(join(folder, 'verify.html'), 'utf8'), 'mine');
  assert.is(runProgram(folder, '--overwrite').status, 0);
});

test('the page has the profile and at most 120 kB, and its policy has the hashes of script and style', ({
  folder,
}) => {
  runProgram(folder);
  const page = readFileSync(join(folder, 'verify.html'), 'utf8');
  assert.ok(Buffer.byteLength(page) <= 120_000, `${Buffer.byteLength(page)} bytes`);
  assert.equal(JSON.parse(/id="profile">([^<]*)<\/script>/.exec(page)![1]!), JSON.parse(trust.text));
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = /<script>([\s\S]*)<\/script>\n<\/body>/.exec(page)![1]!;
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'`;
  assert.is(/Content-Security-Policy" content="([^"]*)"/.exec(page)![1], policy);
  assert.not.match(page, /\b(src|href)="/);
});

test('text of a profile cannot close its element in the page', ({ folder }) => {
  const network = { name: 'x_1', p2pkh: 38, p2sh: 97, wif: 180 };
  const address = { ...trustJson, network, policyAsset: '</script>' };
  writeFileSync(join(folder, 'trust.json'), JSON.stringify(address));
  assert.is(runProgram(folder).status, 1);
  assert.is(existsSync(join(folder, 'verify.html')), false);
});

test('--publish stores the page beside map.json, and also writes a file if one is named', ({ folder }) => {
  mkdirSync(join(folder, 'store'));
  writeFileSync(join(folder, 'store', 'map.json'), baseText);
  const { status, json } = runProgram(folder, '--publish', '--store', 'file:store', '--out', 'page.html');
  assert.is(status, 0);
  assert.is(json.out, 'page.html');
  const object = readFileSync(join(folder, 'store', 'verify.html'), 'utf8');
  assert.is(object, readFileSync(join(folder, 'page.html'), 'utf8'));
  assert.is(existsSync(join(folder, 'verify.html')), false);
});

test('--publish changes nothing if the published mapping is missing or does not verify under the profile', ({
  folder,
}) => {
  mkdirSync(join(folder, 'store'));
  const publish = () => runProgram(folder, '--publish', '--store', 'file:store', '--out', 'page.html');
  assert.match(publish().stderr, /OBJECT_MISSING/);
  writeFileSync(join(folder, 'store', 'map.json'), baseText.replace('389.142', '389.143'));
  assert.match(publish().stderr, /BASE_INVALID/);
  assert.is(existsSync(join(folder, 'store', 'verify.html')), false);
  assert.is(existsSync(join(folder, 'page.html')), false);
});

test('--publish changes nothing without a store or with a missing one', ({ folder }) => {
  assert.is(runProgram(folder, '--publish').status, 1);
  assert.is(runProgram(folder, '--publish', '--store', 'file:absent').status, 1);
  assert.is(existsSync(join(folder, 'absent')), false);
});

test.run();
