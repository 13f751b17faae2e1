/** The build gate finds each fixture's problem, the bundle is reproducible, and its hash is committed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FINDINGS,
  importFinding,
  inputFileFinding,
  memberFinding,
  methodFinding,
  outsideClassFinding,
  refusedBuildText,
  streamFinding,
  syntaxFinding,
} from './findings.ts';
import { buildSigner, signerBuildOptions, writeCheckedSigner } from './signer-build.ts';
import {
  ALLOWED_GLOBALS,
  ALLOWED_MEMBERS,
  ALLOWED_MEMBERS_OF_PACKAGES,
  ALLOWED_OF_PROCESS,
} from './signer-rules.ts';
import { parseSyntax } from './syntax-tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'fixtures/hostile-imports');

/** Text of a problem that the gate finds in the fixture's own code, and not only in the bundle. */
const ownCodeFindingText = (what: string) => `of the own code has ${what}`;

/** Expected problems by fixture. The gate also reports that the fixture's file is not permitted. */
const expected: Record<string, string[]> = {
  net: ['imports node:net', importFinding('connect', 'node:net')],
  http: ['imports http\n'],
  'child-process': ['imports node:child_process'],
  worker: ['imports node:worker_threads'],
  fetch: [`${FINDINGS.global}: fetch`],
  'fetch-alias': [FINDINGS.globalObject],
  websocket: [`${FINDINGS.global}: WebSocket`],
  eval: [`${FINDINGS.global}: eval`],
  function: [`${FINDINGS.global}: Function`],
  'function-variable': [`${FINDINGS.global}: Function`],
  constructor: [ownCodeFindingText(memberFinding('constructor'))],
  'dynamic-import': [syntaxFinding('ImportExpression')],
  meta: [syntaxFinding('MetaProperty')],
  'create-require': ['imports node:module'],
  'builtin-module': [FINDINGS.process],
  'process-binding': [FINDINGS.process],
  'global-by-name': [FINDINGS.globalObject],
  online: [inputFileFinding('online/platform/text/html-escaping.ts')],
  unused: ['imports node:net'],
  'dead-code': [ownCodeFindingText(FINDINGS.globalObject)],
  package: [inputFileFinding('node_modules/jsqr/dist/jsQR.js')],
  'global-alias': [FINDINGS.globalObject],
  'global-members': [FINDINGS.globalObject, memberFinding('getOwnPropertyDescriptors')],
  'global-node': [`${FINDINGS.global}: global\n`],
  'constructor-of-async': [ownCodeFindingText(memberFinding('constructor'))],
  'constructor-variable': [ownCodeFindingText(memberFinding('constructor'))],
  'constructor-split': [ownCodeFindingText(memberFinding('constructor'))],
  'constructor-generator': [ownCodeFindingText(memberFinding('getPrototypeOf'))],
  'constructor-taken': [ownCodeFindingText(memberFinding('constructor'))],
  'prototype-of': [ownCodeFindingText(memberFinding('getPrototypeOf')), FINDINGS.byName],
  'proto-literal': [memberFinding('__proto__')],
  'process-alias': [FINDINGS.process],
  'process-taken': [FINDINGS.process],
  'process-optional': [FINDINGS.process],
  'process-dlopen': [memberFinding('dlopen')],
  'process-spread': [FINDINGS.process],
  'process-kill': [FINDINGS.kill],
  'process-kill-variable': [FINDINGS.kill],
  'process-on': [FINDINGS.event],
  'stdin-connect': [streamFinding('stdin'), memberFinding('connect')],
  'stdin-alias': [streamFinding('stdin'), memberFinding('connect')],
  lookup: [ownCodeFindingText(`${FINDINGS.byName}: o[name]`)],
  'lookup-pattern': [ownCodeFindingText(FINDINGS.taken)],
  'lookup-key-named-length': [ownCodeFindingText(FINDINGS.byName)],
  'lookup-twice': [ownCodeFindingText(`${FINDINGS.byName}: first[name]`)],
  'lookup-index': [ownCodeFindingText(`${FINDINGS.byName}: `)],
  'lookup-map-key': [ownCodeFindingText(`${FINDINGS.byName}: textLength[name]`)],
  'lookup-own-from': [ownCodeFindingText(`${FINDINGS.byName}: textLength[name]`)],
  'lookup-loop': [ownCodeFindingText(`${FINDINGS.byName}: textLength[name]`)],
  'lookup-table-loop': [ownCodeFindingText(`${FINDINGS.byName}: table[name]`)],
  'lookup-assigned': [ownCodeFindingText(`${FINDINGS.byName}: textLength[name]`)],
  'lookup-global-changed': [ownCodeFindingText(`${FINDINGS.byName}: textLength[name]`)],
  'for-in': [syntaxFinding('ForInStatement')],
  'change-of-global': [FINDINGS.change],
  'set-engine': [importFinding('setEngine', 'node:crypto')],
  'whole-module': [importFinding('*', 'node:os')],
  'fs-watch': [importFinding('createReadStream', 'node:fs')],
  timer: [`${FINDINGS.global}: setInterval`],
  'called-by-name': [ownCodeFindingText(`${FINDINGS.byName}: all[name]`)],
  'computed-prototype': [`${FINDINGS.byName}: table[["__pro"`],
  'computed-literal': [`${FINDINGS.byName}: {}[`],
  'computed-template': [`${FINDINGS.byName}: (() => { })[\`constructor\`]`],
  'computed-super': [`${FINDINGS.byName}: super[`],
  'computed-set': [`${FINDINGS.byName}: code[name]`],
  'escaped-name': [ownCodeFindingText(memberFinding('constructor'))],
  'number-in-disguise': [`${FINDINGS.byName}: `],
  'number-by-default': [`${FINDINGS.byName}: `],
  'stdin-values': [streamFinding('stdin')],
  'stdin-entries-of-spread': [streamFinding('stdin')],
  'stdin-rest': [streamFinding('stdin')],
  'stdin-stringified': [streamFinding('stdin')],
  'stdin-returned': [methodFinding('stdin')],
  'stdin-chained': [methodFinding('stdin')],
  'stdin-this': [FINDINGS.listener, outsideClassFinding('ThisExpression')],
  'stdin-method-as-listener': [`${FINDINGS.listener}: process.stdin`],
  'stdin-handle': [`${streamFinding('stdin')}: process.stdin._handle`],
  'stderr-default': [streamFinding('stderr')],
  'process-this': [`${FINDINGS.listener}: process.on`],
  'process-changed': [`${FINDINGS.change}: process.exit`],
  'stack-sites': [`${FINDINGS.change}: Error.prepareStackTrace`],
  'global-value': [`${FINDINGS.value}: [Error, JSON]`],
  'global-crypto': [ownCodeFindingText(`${FINDINGS.globalObject}: globalThis.crypto`)],
  'global-taken': [`${FINDINGS.change}: JSON.parse`, FINDINGS.value],
  'json-changed': [`${FINDINGS.change}: JSON.parse`],
  'data-url': [inputFileFinding('<data:text/javascript,export const run = () => process>')],
  'create-from': [`${FINDINGS.object}: Object.create`],
  'timer-method': [`${FINDINGS.listener}: setTimeout`],
  'test-code': [inputFileFinding('shared/testing.ts')],
};

for (const name of readdirSync(folder).map(file => file.replace('.ts', ''))) {
  test(`the gate refuses ${name}`, async () => {
    const { problems } = await buildSigner(root, `fixtures/hostile-imports/${name}.ts`);
    const others = problems.filter(p => !p.startsWith('the file fixtures/'));
    const text = `${others.join('\n')}\n`;
    assert.ok(expected[name], name);
    for (const finding of expected[name] ?? []) assert.ok(text.includes(finding), text);
  });
}

test('a refused bundle does not replace the existing file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  const file = join(folder, 'signer.mjs');
  const before = 'the last good one';
  writeFileSync(file, before);
  const result = await build({
    ...signerBuildOptions(root, 'fixtures/hostile-imports/fetch.ts'),
    outfile: file,
    write: false,
  });
  const refused = await writeCheckedSigner(result, 'fixtures/hostile-imports/fetch.ts').then(String, String);
  assert.ok(refused.startsWith(`Error: ${refusedBuildText('signer.mjs')} `), refused);
  assert.ok(refused.includes(`${FINDINGS.global}: fetch`), refused);
  assert.is(readFileSync(file, 'utf8'), before);
  rmSync(folder, { recursive: true });
});

test('a failed build prints one line with the reason, without a stack trace', () => {
  const { status, stderr } = spawnSync('npx', ['tsx', '.tools/build.ts', 'broken'], { encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(stderr, /^no target "broken": .*\n$/);
});

test('the gate accepts the signer', async () => {
  const { problems, text } = await buildSigner();
  assert.equal(problems, []);
  assert.ok(text.startsWith('#!/usr/bin/env node\n/*\n * Countersign signer '));
});

test('the signer uses every name that the gate permits', async () => {
  const { text, ownText } = await buildSigner();
  const members = new Set<unknown>();
  const globals = new Set<unknown>();
  for (const { nodes, uses } of [parseSyntax(text), parseSyntax(ownText)]) {
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

test('builds in two other folders give the same bytes', async () => {
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
