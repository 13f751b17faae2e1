/** Runs the developer example of the handbook. Nothing but the paths of its imports is changed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseText, trust, trustJson } from '../../../fixtures/sample-request.ts';
import { TOKEN } from './sample-values.ts';

const page = readFileSync('docs/checking-the-mapping.md', 'utf8');
const example = /the example -->\n```ts\n([\s\S]*?)```/.exec(page)![1]!;
const folder = mkdtempSync(join(tmpdir(), 'countersign-example-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** The imports of the example are relative to the root of the checkout. */
const program = join(folder, 'example.ts');
writeFileSync(program, example.replaceAll("'./shared/", `'${resolve('shared')}/`));

function runExample(mapping: string, digest: string) {
  const files = { map: join(folder, 'map.json'), trust: join(folder, 'trust.json') };
  writeFileSync(files.map, mapping);
  writeFileSync(files.trust, JSON.stringify(trustJson));
  const args = ['--import', 'tsx', program, files.map, files.trust, digest, TOKEN];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('for a valid mapping, the example prints the bars of the token', () => {
  const { status, stdout, stderr } = runExample(baseText, trust.digest);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^031037-2019-PAMP: 389\.142 .*\n$/);
});

test('the example refuses another profile and a changed mapping', () => {
  assert.is(runExample(baseText, '0'.repeat(64)).status, 1);
  const changed = runExample(baseText.replace('389.142', '389.143'), trust.digest);
  assert.equal([changed.status, changed.stdout], [1, '']);
});

test.run();
