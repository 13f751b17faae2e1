/** Every row of THREATS.md names a test that exists. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const rows = [...read('THREATS.md').matchAll(/^\| (?!attack|-)(.*?) \|.*\| `([^`]+)`: (.*) \|$/gm)];
const corpus = read('../fixtures/hostile/index.json');

for (const [, attack, file, name] of rows) {
  test(`there is a test for: ${attack}`, () => {
    const text = (file === 'hostile.test.ts' ? corpus : read(file!)).replaceAll("\\'", "'");
    assert.ok(text.includes(name!), `${file}: ${name}`);
  });
}

test('all rows were read', () => assert.ok(rows.length >= 25, `${rows.length} rows`));

test.run();
