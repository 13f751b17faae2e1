/** Every row of THREATS.md names existing tests by their full titles. */
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const readText = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const page = readText('THREATS.md');
const rows = [...page.matchAll(/^\| (?!attack|-)(.*?) \| (.*?) \| (.*) \|$/gm)];
const corpus: Record<string, { why: string }> = JSON.parse(readText('../fixtures/hostile/index.json'));

/**
 * Titles of the tests in a file. For `hostile-requests.test.ts`, the reasons in the corpus are returned, because this
 * file makes the titles from them.
 */
function testTitlesIn(file: string): Set<string> {
  if (file === 'hostile-requests.test.ts') return new Set(Object.values(corpus).map(({ why }) => why));
  const calls = readText(file).matchAll(/^ *test\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*)\1,/gm);
  return new Set([...calls].map(([, , name]) => name!.replace(/\\(.)/g, '$1')));
}

for (const [, attack, , tests] of rows) {
  test(`there is a test for: ${attack}`, () => {
    for (const one of tests!.split('<br>')) {
      const [, file, name] = /^`([^`]+)`: (.+)$/.exec(one) ?? [];
      assert.ok(file && existsSync(new URL(file, import.meta.url)), one);
      assert.ok(testTitlesIn(file).has(name!), `${file}: no test is named ${name}`);
    }
  });
}

test('all rows are read', () => {
  const lines = page.split('\n').filter(line => line.startsWith('|')).length - 2;
  assert.is(rows.length, lines);
  assert.ok(lines >= 36, `${lines} rows`);
});

test('comments and parts of titles do not count as test titles', () => {
  const names = testTitlesIn('attacks.test.ts');
  assert.not.ok(names.has('What is tried against the signer') || names.has('a truncated, changed'));
});

test.run();
