/** Neither `qr.mjs` nor the courier page has a way out of the isolated laptop, and the gate that says so bites. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targets } from '../targets.ts';
import { qrOptions, refuseWaysOut, waysOut } from './laptop-build.ts';
import { COMMITTED } from './laptop-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function problems(options: BuildOptions): Promise<string[]> {
  const defaults: BuildOptions = { bundle: true, format: 'esm', platform: 'node', target: 'node20' };
  const all = { ...defaults, absWorkingDir: root, charset: 'ascii' as const, ...options };
  const result = await build({ ...all, metafile: true, write: false, logLevel: 'silent' });
  return waysOut(result.metafile, result.outputFiles[0]!.text, all.platform === 'node');
}

for (const name of ['qr', 'courier']) {
  test(`${name}, as it is built, has no way out`, async () => {
    const { options } = targets.find(target => target.name === name)!;
    assert.equal(await problems(options), []);
  });
}

test('a package that can send a request of its own is found', async () => {
  // jpeg-js can fetch a picture by its address, whether or not that is used.
  const stdin = { contents: "import { decode } from 'jpeg-js';\nconsole.log(decode);", resolveDir: root };
  const found = await problems({ stdin });
  assert.match(found.join('\n'), /has WebSocket, XMLHttpRequest, .*: "XMLHttpRequest"$/m);
  assert.match(found.join('\n'), /a global beyond those allowed: XMLHttpRequest$/m);
});

const HOSTILE: Record<string, RegExp> = {
  net: /imports node:net/,
  http: /imports http$/m,
  'child-process': /imports node:child_process/,
  fetch: /has fetch/,
  websocket: /has WebSocket/,
  eval: /has eval/,
  'dynamic-import': /has dynamic import/,
  unused: /imports node:net/,
  'function-variable': /a global beyond those allowed: Function/,
  'builtin-module': /the member getBuiltinModule/,
  'process-alias': /the member binding/,
};
for (const [name, expected] of Object.entries(HOSTILE)) {
  test(`${name} is refused`, async () => {
    const found = await problems(qrOptions(join('fixtures/hostile-imports', `${name}.ts`)));
    assert.match(found.join('\n'), expected);
  });
}

test('each file that is installed on the laptop has a committed hash, which the build makes', () => {
  const committed = COMMITTED.flatMap(path => readFileSync(path, 'utf8').trim().split('\n'));
  const installed = readFileSync('dist/SHA256SUMS', 'utf8').trim().split('\n');
  assert.equal(committed.map(line => line.replace('  dist/', '  ')).sort(), installed.sort());
});

test('a build with a way out fails, and says what and where', async () => {
  const result = await build({
    stdin: { contents: 'void fetch("x")' },
    ...{ bundle: true, metafile: true, write: false },
  });
  const text = result.outputFiles[0]!.text;
  try {
    refuseWaysOut('dist/qr.mjs', result, text);
  } catch (error) {
    assert.match(
      (error as Error).message,
      /^dist\/qr\.mjs may not be built:\n {2}line 3 of the bundle has fetch/,
    );
    return;
  }
  assert.unreachable('it was built');
});

test.run();
