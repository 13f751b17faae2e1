/** The build gate bites, the bundle is reproducible, and its hash stands in the repository. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildSigner } from './signer-build.ts';
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
  online: /online\/objects.ts may not go in/,
  unused: /imports node:net/,
  package: /node_modules\/jsqr\/.* may not go in/,
  'test-code': /shared\/testing.ts may not go in/,
};

for (const name of readdirSync(folder).map(file => file.replace('.ts', ''))) {
  test(`the gate refuses ${name}`, async () => {
    const { problems } = await buildSigner(root, `fixtures/hostile-imports/${name}.ts`);
    const others = problems.filter(p => !p.startsWith('the file fixtures/'));
    assert.match(others.join('\n'), expected[name] ?? /nothing expected/);
  });
}

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
