/** `verify-page` of the built program: the file, the object in the store, and what they carry. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { baseText, trust, trustJson } from '../../../fixtures/sample.ts';

const PROGRAM = resolve('dist/countersign.mjs');
const test = suite<{ folder: string }>('verify-page');

test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'countersign-page-'));
  writeFileSync(join(context.folder, 'trust.json'), JSON.stringify(trustJson));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function run(folder: string, ...args: string[]) {
  const words = [PROGRAM, 'verify-page', '--trust', 'trust.json', '--json', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  return { status, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}

test('a file, and a file that is there is kept', ({ folder }) => {
  const { status, json } = run(folder);
  assert.is(status, 0);
  const sha256 = createHash('sha256')
    .update(readFileSync(join(folder, 'verify.html')))
    .digest('hex');
  const { digest, reviewCode } = trust;
  assert.equal(json, { out: 'verify.html', published: null, sha256, digest, reviewCode });
  writeFileSync(join(folder, 'verify.html'), 'mine');
  const again = run(folder);
  assert.is(again.status, 1);
  assert.match(again.stderr, /FILE_EXISTS/);
  assert.is(readFileSync(join(folder, 'verify.html'), 'utf8'), 'mine');
  assert.is(run(folder, '--overwrite').status, 0);
});

test('the page carries the profile, at most 120 kB, and its policy has the hashes of its script and style', ({
  folder,
}) => {
  run(folder);
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

test('a profile cannot end its element', ({ folder }) => {
  const network = { name: 'x_1', p2pkh: 38, p2sh: 97, wif: 180 };
  const address = { ...trustJson, network, policyAsset: '</script>' };
  writeFileSync(join(folder, 'trust.json'), JSON.stringify(address));
  assert.is(run(folder).status, 1);
  assert.is(existsSync(join(folder, 'verify.html')), false);
});

test('--publish: the object beside map.json; a file besides if one is named', ({ folder }) => {
  mkdirSync(join(folder, 'store'));
  writeFileSync(join(folder, 'store', 'map.json'), baseText);
  const { status, json } = run(folder, '--publish', '--store', 'file:store', '--out', 'page.html');
  assert.is(status, 0);
  assert.is(json.out, 'page.html');
  const object = readFileSync(join(folder, 'store', 'verify.html'), 'utf8');
  assert.is(object, readFileSync(join(folder, 'page.html'), 'utf8'));
  assert.is(existsSync(join(folder, 'verify.html')), false);
});

test('--publish beside a mapping that this profile does not verify, or beside none, changes nothing', ({
  folder,
}) => {
  mkdirSync(join(folder, 'store'));
  const publish = () => run(folder, '--publish', '--store', 'file:store', '--out', 'page.html');
  assert.match(publish().stderr, /OBJECT_MISSING/);
  writeFileSync(join(folder, 'store', 'map.json'), baseText.replace('389.142', '389.143'));
  assert.match(publish().stderr, /BASE_INVALID/);
  assert.is(existsSync(join(folder, 'store', 'verify.html')), false);
  assert.is(existsSync(join(folder, 'page.html')), false);
});

test('--publish without a store, or to one that is not there, changes nothing', ({ folder }) => {
  assert.is(run(folder, '--publish').status, 1);
  assert.is(run(folder, '--publish', '--store', 'file:absent').status, 1);
  assert.is(existsSync(join(folder, 'absent')), false);
});

test.run();
