/** `qr.mjs` and the courier page cannot reach a network, and the build gate refuses code that can. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targets } from '../build-targets.ts';
import { FINDINGS, findingText, memberFinding, refusedBuildText } from './findings.ts';
import { COMMITTED } from './laptop-files.ts';
import { findNetworkAccess, qrBuildOptions, refuseNetworkAccess } from './network-gate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function networkProblems(options: BuildOptions): Promise<string[]> {
  const defaults: BuildOptions = { bundle: true, format: 'esm', platform: 'node', target: 'node20' };
  const all = { ...defaults, absWorkingDir: root, charset: 'ascii' as const, ...options };
  const result = await build({ ...all, metafile: true, write: false, logLevel: 'silent' });
  return findNetworkAccess(result.metafile, result.outputFiles[0]!.text, all.platform === 'node');
}

for (const name of ['qr', 'courier']) {
  test(`the build of ${name} cannot reach a network`, async () => {
    const { options } = targets.find(target => target.name === name)!;
    assert.equal(await networkProblems(options), []);
  });
}

test('the gate finds a package that can send HTTP requests', async () => {
  // jpeg-js contains code that fetches a picture from an address.
  const stdin = { contents: "import { decode } from 'jpeg-js';\nconsole.log(decode);", resolveDir: root };
  const found = await networkProblems({ stdin });
  assert.match(found.join('\n'), /WebSocket, XMLHttpRequest, .*: "XMLHttpRequest"$/m);
  assert.ok(
    found.some(line => line.endsWith(`${FINDINGS.global}: XMLHttpRequest`)),
    found.join('\n'),
  );
});

const HOSTILE: Record<string, RegExp | string> = {
  net: /imports node:net/,
  http: /imports http$/m,
  'child-process': /imports node:child_process/,
  fetch: /has fetch/,
  websocket: /has WebSocket/,
  eval: /has eval/,
  'dynamic-import': /dynamic import/,
  unused: /imports node:net/,
  'function-variable': `${FINDINGS.global}: Function`,
  'builtin-module': memberFinding('getBuiltinModule'),
  'process-alias': memberFinding('binding'),
};
for (const [name, expected] of Object.entries(HOSTILE)) {
  test(`the gate refuses ${name}`, async () => {
    const found = await networkProblems(qrBuildOptions(join('fixtures/hostile-imports', `${name}.ts`)));
    assert.ok(
      found.some(line => line.match(expected)),
      found.join('\n'),
    );
  });
}

test('each installed file of the laptop has a committed hash, equal to the build', () => {
  const committed = COMMITTED.flatMap(path => readFileSync(path, 'utf8').trim().split('\n'));
  const installed = readFileSync('dist/SHA256SUMS', 'utf8').trim().split('\n');
  assert.equal(committed.map(line => line.replace('  dist/', '  ')).sort(), installed.sort());
});

test('a build that can reach a network fails, and the error names file and line', async () => {
  const result = await build({
    stdin: { contents: 'void fetch("x")' },
    ...{ bundle: true, metafile: true, write: false },
  });
  const text = result.outputFiles[0]!.text;
  try {
    refuseNetworkAccess('dist/qr.mjs', result, text);
  } catch (error) {
    const expected = `${refusedBuildText('dist/qr.mjs')}\n  ${findingText('bundle', 3, 'fetch')}`;
    assert.ok((error as Error).message.startsWith(expected), String(error));
    return;
  }
  assert.unreachable();
});

test.run();
