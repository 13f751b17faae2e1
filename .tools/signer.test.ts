/** The build gate bites, the bundle is reproducible, and its hash stands in the repository. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildSigner, signerOptions, writeSigner } from './signer-build.ts';
import { FORBIDDEN } from './signer-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'fixtures/hostile-imports');

/** What the gate must say of each fixture, beside that the file itself is not one of the signer's. */
const expected: Record<string, RegExp> = {
  net: /imports node:net/,
  http: /imports http$/m,
  'child-process': /imports node:child_process/,
  worker: /imports node:worker_threads/,
  fetch: /has fetch/,
  'fetch-alias': /has fetch/,
  websocket: /has WebSocket/,
  eval: /has eval/,
  function: /has Function from text/,
  constructor: /has Function from text/,
  'dynamic-import': /has dynamic import/,
  'create-require': /imports node:module/,
  'builtin-module': /has require/,
  'process-binding': /has process internals/,
  'global-by-name': /has global by name/,
  online: /online\/platform\/text\/html.ts may not go in/,
  unused: /imports node:net/,
  package: /node_modules\/jsqr\/.* may not go in/,
  'global-alias': /has the global object/,
  'global-members': /has the global object[\s\S]*has a way to what is hidden/,
  'global-node': /has a global beyond those allowed: "global"/,
  'constructor-of-async': /has constructor/,
  'constructor-variable': /has constructor/,
  'constructor-split': /has a member by a text/,
  'constructor-generator': /has constructor/,
  'constructor-taken': /has constructor/,
  'process-alias': /has process beyond what is allowed/,
  'process-taken': /has process beyond what is allowed/,
  'process-optional': /has process beyond what is allowed/,
  'process-dlopen': /has process internals/,
  'process-spread': /has process beyond what is allowed/,
  'set-engine': /imports setEngine of node:crypto/,
  'whole-module': /2 imports or exports that are not of names/,
  'fs-watch': /imports createReadStream of node:fs/,
  timer: /has a global beyond those allowed: "setInterval"/,
  'called-by-name': /has a call of what a variable names/,
  'test-code': /shared\/testing.ts may not go in/,
};

for (const name of readdirSync(folder).map(file => file.replace('.ts', ''))) {
  test(`the gate refuses ${name}`, async () => {
    const { problems } = await buildSigner(root, `fixtures/hostile-imports/${name}.ts`);
    const others = problems.filter(p => !p.startsWith('the file fixtures/'));
    assert.match(others.join('\n'), expected[name] ?? /nothing expected/);
  });
}

test('a bundle that the gate refuses is not written, and the one that was there stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  const file = join(folder, 'signer.mjs');
  writeFileSync(file, 'the last good one');
  const result = await build({
    ...signerOptions(root, 'fixtures/hostile-imports/fetch.ts'),
    outfile: file,
    write: false,
  });
  assert.throws(() => writeSigner(result), /^signer.mjs may not be built: .*has fetch/s);
  assert.is(readFileSync(file, 'utf8'), 'the last good one');
  rmSync(folder, { recursive: true });
});

test('a build that fails says why in a line, without a stack', () => {
  const { status, stderr } = spawnSync('npx', ['tsx', '.tools/build.ts', 'broken'], { encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(stderr, /^no target "broken": .*\n$/);
});

test('the signer itself passes', async () => {
  const { problems, text } = await buildSigner();
  assert.equal(problems, []);
  assert.ok(text.startsWith('#!/usr/bin/env node\n/*\n * Countersign signer '));
  assert.ok(FORBIDDEN.length > 10);
});

test('built in two other folders it is the same bytes', async () => {
  const { text } = await buildSigner();
  for (const depth of ['a', 'b/c/d']) {
    const base = mkdtempSync(join(tmpdir(), 'countersign-'));
    const copy = join(base, depth);
    mkdirSync(copy, { recursive: true });
    const parts = ['offline', 'shared', 'package.json'];
    for (const name of ['@noble/secp256k1', '@noble/hashes', '@scure/bip39'])
      parts.push(`node_modules/${name}`);
    for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
    assert.ok((await buildSigner(copy)).text === text, 'the same bytes');
    rmSync(base, { recursive: true });
  }
});

test.run();
