/** The build gate finds each fixture's problem, the bundle is reproducible, and its hash is committed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildSigner, signerOptions, writeSigner } from './signer-build.ts';
import {
  ALLOWED_GLOBALS,
  ALLOWED_MEMBERS,
  ALLOWED_MEMBERS_OF_PACKAGES,
  ALLOWED_OF_PROCESS,
} from './signer-rules.ts';
import { syntaxOf } from './syntax.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'fixtures/hostile-imports');

/** The gate's message for each fixture, besides the one that the file is not permitted. */
const expected: Record<string, RegExp> = {
  net: /imports node:net[\s\S]*an import of connect of node:net/,
  http: /imports http$/m,
  'child-process': /imports node:child_process/,
  worker: /imports node:worker_threads/,
  fetch: /a global beyond those allowed: fetch/,
  'fetch-alias': /the global object/,
  websocket: /a global beyond those allowed: WebSocket/,
  eval: /a global beyond those allowed: eval/,
  function: /a global beyond those allowed: Function/,
  'function-variable': /a global beyond those allowed: Function/,
  constructor: /own code has the member "constructor"/,
  'dynamic-import': /syntax beyond what is allowed \(ImportExpression\)/,
  meta: /syntax beyond what is allowed \(MetaProperty\)/,
  'create-require': /imports node:module/,
  'builtin-module': /process beyond what is allowed/,
  'process-binding': /process beyond what is allowed/,
  'global-by-name': /the global object/,
  online: /online\/[a-z/-]+\.ts may not go in/,
  unused: /imports node:net/,
  'dead-code': /own code has the global object/,
  package: /node_modules\/jsqr\/.* may not go in/,
  'global-alias': /the global object/,
  'global-members': /the global object[\s\S]*the member "getOwnPropertyDescriptors"/,
  'global-node': /a global beyond those allowed: global$/m,
  'constructor-of-async': /own code has the member "constructor"/,
  'constructor-variable': /own code has the member "constructor"/,
  'constructor-split': /own code has the member "constructor"/,
  'constructor-generator': /own code has the member "getPrototypeOf"/,
  'constructor-taken': /own code has the member "constructor"/,
  'prototype-of': /own code has the member "getPrototypeOf"[\s\S]*a member by a name that is put together/,
  'proto-literal': /the member "__proto__"/,
  'process-alias': /process beyond what is allowed/,
  'process-taken': /process beyond what is allowed/,
  'process-optional': /process beyond what is allowed/,
  'process-dlopen': /the member "dlopen"/,
  'process-spread': /process beyond what is allowed/,
  'process-kill': /process\.kill with another signal than 0/,
  'process-kill-variable': /process\.kill with another signal than 0/,
  'process-on': /process\.on with another event/,
  'stdin-connect': /process\.stdin beyond what is allowed[\s\S]*the member "connect"/,
  'stdin-alias': /process\.stdin beyond what is allowed[\s\S]*the member "connect"/,
  lookup: /own code has a member by a name that is put together: o\[name\]/,
  'lookup-pattern': /own code has a member taken by a name that is put together/,
  'lookup-length': /own code has a member by a name that is put together/,
  'lookup-twice': /own code has a member by a name that is put together: first\[name\]/,
  'lookup-index': /own code has a member by a name that is put together: /,
  'lookup-map-key': /own code has a member by a name that is put together: code\[name\]/,
  'lookup-own-from': /own code has a member by a name that is put together: code\[name\]/,
  'lookup-loop': /own code has a member by a name that is put together: code\[name\]/,
  'lookup-table-loop': /own code has a member by a name that is put together: table\[name\]/,
  'lookup-assigned': /own code has a member by a name that is put together: code\[name\]/,
  'lookup-global-changed': /own code has a member by a name that is put together: code\[name\]/,
  'for-in': /syntax beyond what is allowed \(ForInStatement\)/,
  'change-of-global': /a change of a global/,
  'set-engine': /imports? (of )?setEngine of node:crypto/,
  'whole-module': /an import of \* of node:os/,
  'fs-watch': /an import of createReadStream of node:fs/,
  timer: /a global beyond those allowed: setInterval/,
  'called-by-name': /own code has a member by a name that is put together: all\[name\]/,
  'computed-prototype': /a member by a name that is put together: table\[\["__pro"/,
  'computed-literal': /a member by a name that is put together: \{\}\[/,
  'computed-template': /a member by a name that is put together: .*`constructor`/,
  'computed-super': /a member by a name that is put together: super\[/,
  'computed-set': /a member by a name that is put together: code\[name\]/,
  'escaped-name': /own code has the member "constructor"/,
  'number-in-disguise': /a member by a name that is put together: /,
  'number-by-default': /a member by a name that is put together: /,
  'stdin-values': /process\.stdin beyond what is allowed/,
  'stdin-entries-of-spread': /process\.stdin beyond what is allowed/,
  'stdin-rest': /process\.stdin beyond what is allowed/,
  'stdin-stringified': /process\.stdin beyond what is allowed/,
  'stdin-returned': /a method of process\.stdin as a value/,
  'stdin-chained': /a method of process\.stdin as a value/,
  'stdin-this': /a listener that is not an arrow function[\s\S]*ThisExpression outside a class/,
  'stdin-method-as-listener': /a listener that is not an arrow function: process\.stdin/,
  'stdin-handle': /process\.stdin beyond what is allowed: process\.stdin\._handle/,
  'stderr-default': /process\.stderr beyond what is allowed/,
  'process-this': /a listener that is not an arrow function: process\.on/,
  'process-changed': /a change of a global: process\.exit/,
  'stack-sites': /a change of a global: Error\.prepareStackTrace/,
  'global-value': /a global as a value: \[Error, JSON\]/,
  'global-crypto': /own code has the global object: globalThis\.crypto/,
  'global-taken': /a change of a global: JSON\.parse[\s\S]*a global as a value/,
  'json-changed': /a change of a global: JSON\.parse/,
  'data-url': /data:text\/javascript.* may not go in/,
  'create-from': /Object beyond what is allowed: Object\.create/,
  'timer-method': /a listener that is not an arrow function: setTimeout/,
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
  const refused = await writeSigner(result, 'fixtures/hostile-imports/fetch.ts').then(String, String);
  assert.match(refused, /^Error: signer.mjs may not be built: .*a global beyond those allowed: fetch/);
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
});

test('what is allowed is used: a permission does not outlive the code that needed it', async () => {
  const { text, ownText } = await buildSigner();
  const members = new Set<unknown>();
  const globals = new Set<unknown>();
  for (const { nodes, uses } of [syntaxOf(text), syntaxOf(ownText)]) {
    for (const { identifier, binding } of uses) if (!binding) globals.add(identifier.name);
    for (const { node, parents } of nodes) {
      if (node.type === 'MemberExpression' && node.property.type === 'Identifier')
        members.add(node.property.name);
      const isTaken = node.type === 'Property' && parents[0]?.type === 'ObjectPattern';
      if (isTaken && node.key.type === 'Identifier') members.add(node.key.name);
    }
  }
  const unused = (allowed: ReadonlySet<string>, used: Set<unknown>) =>
    [...allowed].filter(name => !used.has(name));
  assert.equal(unused(ALLOWED_MEMBERS, members), []);
  assert.equal(unused(ALLOWED_MEMBERS_OF_PACKAGES, members), []);
  assert.equal(unused(ALLOWED_GLOBALS, globals), []);
  assert.equal(unused(ALLOWED_OF_PROCESS, members), []);
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
